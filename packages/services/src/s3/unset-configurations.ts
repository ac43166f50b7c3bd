import type { Operation } from '@cloud-orrery/models'
import {
  DeleteBucketAnalyticsConfiguration,
  DeleteBucketIntelligentTieringConfiguration,
  DeleteBucketMetricsConfiguration,
  GetBucketAccelerateConfiguration,
  GetBucketAnalyticsConfiguration,
  GetBucketIntelligentTieringConfiguration,
  GetBucketMetricsConfiguration,
  ListBucketAnalyticsConfigurations,
  ListBucketIntelligentTieringConfigurations,
  ListBucketMetricsConfigurations,
} from '@cloud-orrery/models/s3'
import { type OperationHandler, operation, type Provenance } from '../define.ts'
import { type BucketInput, bucketArn, bucketOf, scopeOfBucket } from './access.ts'
import { s3Error } from './errors.ts'

/**
 * Configurations that nobody can put here: putting one is refused by name, so that "there is none" is the
 * truth, told as S3 tells it.
 */

/** Answers with an output that says nothing is set. */
function empty<O>(
  descriptor: Operation<BucketInput, O>,
  action: string,
  output: O,
): OperationHandler {
  return operation(descriptor, {
    authorize: (input, ctx) => ({ action, resource: bucketArn(ctx, input.Bucket) }),
    provenance: 'modelled',
    scope: scopeOfBucket,
    run(ctx, { Bucket }) {
      bucketOf(ctx, Bucket)
      return output
    },
  })
}

/** Of configurations that have an id there is none: to read one or to delete one is the same. */
function noneWithId<O>(
  descriptor: Operation<BucketInput & { readonly Id: string }, O>,
  action: string,
  provenance: Provenance = 'modelled',
): OperationHandler {
  return operation(descriptor, {
    authorize: (input, ctx) => ({ action, resource: bucketArn(ctx, input.Bucket) }),
    provenance,
    scope: scopeOfBucket,
    run(ctx, { Bucket }) {
      bucketOf(ctx, Bucket)
      throw s3Error('NoSuchConfiguration', 'The specified configuration does not exist.')
    },
  })
}

export const unsetConfigurations: readonly OperationHandler[] = [
  empty(GetBucketAccelerateConfiguration, 's3:GetAccelerateConfiguration', {}),
  empty(ListBucketAnalyticsConfigurations, 's3:GetAnalyticsConfiguration', { IsTruncated: false }),
  empty(ListBucketIntelligentTieringConfigurations, 's3:GetIntelligentTieringConfiguration', {
    IsTruncated: false,
  }),
  empty(ListBucketMetricsConfigurations, 's3:GetMetricsConfiguration', { IsTruncated: false }),
  noneWithId(GetBucketAnalyticsConfiguration, 's3:GetAnalyticsConfiguration', 'recorded'),
  noneWithId(GetBucketIntelligentTieringConfiguration, 's3:GetIntelligentTieringConfiguration'),
  noneWithId(GetBucketMetricsConfiguration, 's3:GetMetricsConfiguration'),
  noneWithId(DeleteBucketAnalyticsConfiguration, 's3:PutAnalyticsConfiguration'),
  noneWithId(DeleteBucketIntelligentTieringConfiguration, 's3:PutIntelligentTieringConfiguration'),
  noneWithId(DeleteBucketMetricsConfiguration, 's3:PutMetricsConfiguration'),
]
