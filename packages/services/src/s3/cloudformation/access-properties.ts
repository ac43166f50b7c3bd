import {
  type BucketVersioningStatus,
  DeletePublicAccessBlock,
  GetBucketVersioning,
  GetPublicAccessBlock,
  PutBucketVersioning,
  PutPublicAccessBlock,
} from '@cloud-orrery/models/s3'
import { setting } from './setting.ts'

export const publicAccessBlock = setting('PublicAccessBlockConfiguration', {
  toApi: (configuration) => configuration,
  put: (ctx, Bucket, PublicAccessBlockConfiguration) =>
    ctx.call(PutPublicAccessBlock, { Bucket, PublicAccessBlockConfiguration }),
  remove: (ctx, Bucket) => ctx.call(DeletePublicAccessBlock, { Bucket }),
  get: async (ctx, Bucket) =>
    (await ctx.call(GetPublicAccessBlock, { Bucket })).PublicAccessBlockConfiguration,
  fromApi: (configuration) => configuration,
})

export const versioning = setting('VersioningConfiguration', {
  toApi: ({ Status }): BucketVersioningStatus => (Status === 'Enabled' ? 'Enabled' : 'Suspended'),
  put: (ctx, Bucket, Status) =>
    ctx.call(PutBucketVersioning, { Bucket, VersioningConfiguration: { Status } }),
  // What had versions once keeps them: it can only be suspended.
  remove: (ctx, Bucket) =>
    ctx.call(PutBucketVersioning, { Bucket, VersioningConfiguration: { Status: 'Suspended' } }),
  get: async (ctx, Bucket) => (await ctx.call(GetBucketVersioning, { Bucket })).Status,
  fromApi: (Status) => ({ Status }),
})
