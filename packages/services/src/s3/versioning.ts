import { GetBucketVersioning, PutBucketVersioning } from '@cloud-orrery/models/s3'
import { operation } from '../define.ts'
import { bucketArn, bucketOf, scopeOfBucket } from './access.ts'
import { malformedXml, notModelled, s3Error } from './errors.ts'
import { buckets } from './state.ts'

export const putBucketVersioning = operation(PutBucketVersioning, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'recorded',
  scope: scopeOfBucket,
  refuses: ['MFA'],
  run(ctx, { Bucket, VersioningConfiguration: { Status, MFADelete } }) {
    if (MFADelete === 'Enabled') throw notModelled('PutBucketVersioning', 'MFADelete')
    if (Status === undefined) {
      throw s3Error(
        'IllegalVersioningConfigurationException',
        'The Versioning element must be specified',
      )
    }
    if (Status !== 'Enabled' && Status !== 'Suspended') throw malformedXml()
    const { objectLock } = bucketOf(ctx, Bucket)
    if (objectLock !== undefined && Status !== 'Enabled') {
      throw s3Error(
        'InvalidBucketState',
        'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
      )
    }
    buckets.update(ctx, Bucket, { versioning: Status })
    return {}
  },
})

export const getBucketVersioning = operation(GetBucketVersioning, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { versioning } = bucketOf(ctx, Bucket)
    return versioning === undefined ? {} : { Status: versioning }
  },
})
