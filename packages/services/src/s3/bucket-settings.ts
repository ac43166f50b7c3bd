import {
  DeleteBucketEncryption,
  GetBucketEncryption,
  GetBucketRequestPayment,
  PutBucketEncryption,
  PutBucketRequestPayment,
} from '@cloud-orrery/models/s3'
import { operation } from '../define.ts'
import { bucketArn, bucketOf, scopeOfBucket } from './access.ts'
import { malformedXml, notModelled, s3Error } from './errors.ts'
import { buckets } from './state.ts'

export const putBucketEncryption = operation(PutBucketEncryption, {
  authorize: (input, ctx) => ({
    action: 's3:PutEncryptionConfiguration',
    resource: bucketArn(ctx, input.Bucket),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket, ServerSideEncryptionConfiguration: { Rules } }) {
    bucketOf(ctx, Bucket)
    const [rule] = Rules
    if (rule === undefined || Rules.length > 1) throw malformedXml()
    const standard = rule.ApplyServerSideEncryptionByDefault
    if (standard === undefined) throw malformedXml()
    if (standard.SSEAlgorithm === 'AES256' && standard.KMSMasterKeyID !== undefined) {
      throw s3Error(
        'InvalidArgument',
        'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
        { ArgumentName: 'ApplyServerSideEncryptionByDefault' },
      )
    }
    if (standard.SSEAlgorithm !== 'AES256') {
      throw notModelled('PutBucketEncryption', `SSEAlgorithm ${standard.SSEAlgorithm}`)
    }
    if (rule.BlockedEncryptionTypes?.EncryptionType?.some((type) => type !== 'SSE-C')) {
      throw notModelled('PutBucketEncryption', 'BlockedEncryptionTypes other than SSE-C')
    }
    buckets.update(ctx, Bucket, {
      bucketKeyEnabled: rule.BucketKeyEnabled ?? false,
      encryptionSet: true,
    })
    return {}
  },
})

export const getBucketEncryption = operation(GetBucketEncryption, {
  authorize: (input, ctx) => ({
    action: 's3:GetEncryptionConfiguration',
    resource: bucketArn(ctx, input.Bucket),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { bucketKeyEnabled } = bucketOf(ctx, Bucket)
    return {
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const },
            BucketKeyEnabled: bucketKeyEnabled,
          },
        ],
      },
    }
  },
})

export const deleteBucketEncryption = operation(DeleteBucketEncryption, {
  authorize: (input, ctx) => ({
    action: 's3:PutEncryptionConfiguration',
    resource: bucketArn(ctx, input.Bucket),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    bucketOf(ctx, Bucket)
    buckets.update(ctx, Bucket, { bucketKeyEnabled: false, encryptionSet: false })
    return {}
  },
})

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
