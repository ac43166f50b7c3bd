import { GetBucketLogging, PutBucketLogging } from '@cloud-orrery/models/s3'
import { operation } from '../../define.ts'
import { bucketArn, bucketOf, scopeOfBucket } from '../access.ts'
import { s3Error } from '../errors.ts'
import { buckets } from '../state.ts'

/** Recorded: S3, PutBucketLogging, August 2023. */
export const putBucketLogging = operation(PutBucketLogging, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket, BucketLoggingStatus: { LoggingEnabled: logging } }) {
    const { logging: _former, ...bucket } = bucketOf(ctx, Bucket)
    if (logging === undefined) {
      buckets.put(ctx, bucket)
      return {}
    }
    const target = buckets.get(ctx, logging.TargetBucket)
    if (target === undefined) {
      throw wrongTarget('The target bucket for logging does not exist', logging.TargetBucket)
    }
    if (target.accountId !== bucket.accountId) {
      throw wrongTarget(
        'The owner for the bucket to be logged and the target bucket must be the same.',
        logging.TargetBucket,
      )
    }
    if (target.region !== bucket.region) {
      throw s3Error('CrossLocationLoggingProhibitted', 'Cross S3 location logging not allowed. ', {
        TargetBucketLocation: target.region,
      })
    }
    buckets.put(ctx, { ...bucket, logging })
    return {}
  },
})

function wrongTarget(message: string, target: string) {
  return s3Error('InvalidTargetBucketForLogging', message, { TargetBucket: target })
}

export const getBucketLogging = operation(GetBucketLogging, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { logging } = bucketOf(ctx, Bucket)
    return logging === undefined ? {} : { LoggingEnabled: logging }
  },
})
