import {
  type DefaultRetention,
  GetObjectLockConfiguration,
  PutObjectLockConfiguration,
} from '@cloud-orrery/models/s3'
import { operation } from '../../define.ts'
import { bucketArn, bucketOf, scopeOfBucket } from '../access.ts'
import { invalidArgument, malformedXml, notModelled, s3Error } from '../errors.ts'
import { retentionDaysMax, retentionYearsMax } from '../limits.ts'
import { buckets } from '../state.ts'

export const putObjectLockConfiguration = operation(PutObjectLockConfiguration, {
  authorize: (input, ctx) => ({
    action: 's3:PutBucketObjectLockConfiguration',
    resource: bucketArn(ctx, input.Bucket),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  refuses: ['Token'],
  run(ctx, { Bucket, ObjectLockConfiguration: asked }) {
    const { versioning } = bucketOf(ctx, Bucket)
    if (asked?.ObjectLockEnabled !== 'Enabled') throw malformedXml()
    const { Rule } = asked
    if (Rule !== undefined && Rule.DefaultRetention === undefined) throw malformedXml()
    if (Rule?.DefaultRetention !== undefined) checkRetention(Rule.DefaultRetention)
    if (versioning !== 'Enabled') {
      throw s3Error(
        'InvalidBucketState',
        "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
      )
    }
    const rule = Rule?.DefaultRetention
    buckets.update(ctx, Bucket, { objectLock: rule === undefined ? {} : { rule } })
    return {}
  },
})

function checkRetention({ Mode, Days, Years, DefaultEventHold }: DefaultRetention): void {
  if (DefaultEventHold !== undefined) {
    throw notModelled('PutObjectLockConfiguration', 'DefaultEventHold')
  }
  if (Mode === undefined || (Days === undefined) === (Years === undefined)) throw malformedXml()
  const period = Days ?? Years ?? 0
  if (period < 1) {
    throw invalidArgument('Default retention period must be a positive integer value.', 'Days')
  }
  if (period > (Days === undefined ? retentionYearsMax : retentionDaysMax)) {
    throw invalidArgument('Default retention period is too large.', 'Days')
  }
}

export const getObjectLockConfiguration = operation(GetObjectLockConfiguration, {
  authorize: (input, ctx) => ({
    action: 's3:GetBucketObjectLockConfiguration',
    resource: bucketArn(ctx, input.Bucket),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { objectLock } = bucketOf(ctx, Bucket)
    if (objectLock === undefined) {
      throw s3Error(
        'ObjectLockConfigurationNotFoundError',
        'Object Lock configuration does not exist for this bucket',
        { BucketName: Bucket },
      )
    }
    const { rule } = objectLock
    return {
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled' as const,
        ...(rule === undefined ? {} : { Rule: { DefaultRetention: rule } }),
      },
    }
  },
})
