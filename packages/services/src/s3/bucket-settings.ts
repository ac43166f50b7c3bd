import { GetBucketRequestPayment, PutBucketRequestPayment } from '@cloud-orrery/models/s3'
import { operation } from '../define.ts'
import { bucketArn, bucketOf, scopeOfBucket } from './access.ts'
import { buckets } from './state.ts'

export const putBucketRequestPayment = operation(PutBucketRequestPayment, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket, RequestPaymentConfiguration: { Payer } }) {
    bucketOf(ctx, Bucket)
    buckets.update(ctx, Bucket, {
      requestPayer: Payer === 'Requester' ? 'Requester' : 'BucketOwner',
    })
    return {}
  },
})

export const getBucketRequestPayment = operation(GetBucketRequestPayment, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'modelled',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    return { Payer: bucketOf(ctx, Bucket).requestPayer }
  },
})
