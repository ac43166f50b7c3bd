import {
  GetObjectLockConfiguration,
  type ObjectLockConfiguration,
  PutObjectLockConfiguration,
} from '@cloud-orrery/models/s3'
import { setting } from './setting.ts'

/** A bucket that once locks its objects always does; only the rule for new ones goes. */
const enabled = { ObjectLockEnabled: 'Enabled' } as const

export const objectLock = setting('ObjectLockConfiguration', {
  toApi: (configuration) => configuration as ObjectLockConfiguration, // Modes are judged by S3 itself.
  put: (ctx, Bucket, configuration) =>
    ctx.call(PutObjectLockConfiguration, { Bucket, ObjectLockConfiguration: configuration }),
  remove: (ctx, Bucket) =>
    ctx.call(PutObjectLockConfiguration, { Bucket, ObjectLockConfiguration: enabled }),
  get: async (ctx, Bucket) => {
    const { ObjectLockConfiguration } = await ctx.call(GetObjectLockConfiguration, { Bucket })
    return ObjectLockConfiguration?.Rule === undefined ? undefined : ObjectLockConfiguration
  },
  fromApi: (configuration) => configuration,
})

/** For a bucket that was made without. */
export const objectLockEnabled = setting('ObjectLockEnabled', {
  toApi: (isEnabled) => isEnabled,
  put: async (ctx, Bucket, isEnabled) => {
    if (!isEnabled) return
    await ctx.call(PutObjectLockConfiguration, { Bucket, ObjectLockConfiguration: enabled })
  },
  remove: async () => {},
  get: async (ctx, Bucket) =>
    (await ctx.call(GetObjectLockConfiguration, { Bucket })).ObjectLockConfiguration !== undefined,
  fromApi: (isEnabled) => isEnabled,
})
