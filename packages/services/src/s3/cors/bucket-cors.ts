import { DeleteBucketCors, GetBucketCors, PutBucketCors } from '@cloud-orrery/models/s3'
import { type Authorize, operation } from '../../define.ts'
import { bucketArn, bucketOf, scopeOfBucket } from '../access.ts'
import { s3Error } from '../errors.ts'
import { buckets } from '../state.ts'
import { checkCorsRules } from './cors-rules.ts'

const toPut: Authorize<{ readonly Bucket: string }> = (input, ctx) => ({
  action: 's3:PutBucketCORS',
  resource: bucketArn(ctx, input.Bucket),
})

export const putBucketCors = operation(PutBucketCors, {
  authorize: toPut,
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket, CORSConfiguration: { CORSRules } }) {
    bucketOf(ctx, Bucket)
    checkCorsRules(CORSRules)
    buckets.update(ctx, Bucket, { cors: CORSRules })
    return {}
  },
})

export const getBucketCors = operation(GetBucketCors, {
  authorize: (input, ctx) => ({
    action: 's3:GetBucketCORS',
    resource: bucketArn(ctx, input.Bucket),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { cors } = bucketOf(ctx, Bucket)
    if (cors !== undefined) return { CORSRules: cors }
    throw s3Error('NoSuchCORSConfiguration', 'The CORS configuration does not exist', {
      BucketName: Bucket,
    })
  },
})

export const deleteBucketCors = operation(DeleteBucketCors, {
  authorize: toPut,
  provenance: 'modelled',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { cors: _former, ...rest } = bucketOf(ctx, Bucket)
    buckets.put(ctx, rest)
    return {}
  },
})
