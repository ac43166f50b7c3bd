import { GetBucketRequestPayment, PutBucketRequestPayment } from '@cloud-orrery/models/s3'
import { operation } from '../define.ts'
import { bucketArn, bucketOf, scopeOfBucket } from './access.ts'
import { notModelled } from './errors.ts'

export const putBucketRequestPayment = operation(PutBucketRequestPayment, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket, RequestPaymentConfiguration: { Payer } }) {
    bucketOf(ctx, Bucket)
    if (Payer === 'BucketOwner') return {}
    throw notModelled('PutBucketRequestPayment', `Payer ${Payer}`)
  },
})

export const getBucketRequestPayment = operation(GetBucketRequestPayment, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'modelled',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    bucketOf(ctx, Bucket)
    return { Payer: 'BucketOwner' as const }
  },
})
