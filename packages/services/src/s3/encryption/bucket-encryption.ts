import {
  DeleteBucketEncryption,
  GetBucketEncryption,
  PutBucketEncryption,
  type ServerSideEncryptionByDefault,
} from '@cloud-orrery/models/s3'
import { type Authorize, operation } from '../../define.ts'
import { bucketArn, bucketOf, scopeOfBucket } from '../access.ts'
import { malformedXml, notModelled, s3Error } from '../errors.ts'
import { buckets } from '../state.ts'

const toPut: Authorize<{ readonly Bucket: string }> = (input, ctx) => ({
  action: 's3:PutEncryptionConfiguration',
  resource: bucketArn(ctx, input.Bucket),
})

/** The key is not looked for: only a write finds out whether it is there. Recorded: S3, February 2026. */
export const putBucketEncryption = operation(PutBucketEncryption, {
  authorize: toPut,
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket, ServerSideEncryptionConfiguration: { Rules } }) {
    const { encryption: _former, ...bucket } = bucketOf(ctx, Bucket)
    const [rule] = Rules
    if (rule === undefined || Rules.length > 1) throw malformedXml()
    const { ApplyServerSideEncryptionByDefault: standard, BlockedEncryptionTypes } = rule
    if (standard === undefined && BlockedEncryptionTypes === undefined) throw malformedXml()
    checkDefault(standard)
    const blocked = BlockedEncryptionTypes?.EncryptionType
    if (blocked?.includes('NONE') === true && blocked.length > 1) {
      throw malformedXml()
    }
    buckets.put(ctx, {
      ...bucket,
      ...(standard?.SSEAlgorithm === 'aws:kms'
        ? {
            encryption:
              standard.KMSMasterKeyID === undefined ? {} : { keyId: standard.KMSMasterKeyID },
          }
        : {}),
      bucketKeyEnabled: rule.BucketKeyEnabled ?? false,
      encryptionSet: true,
      ...(blocked === undefined ? {} : { blocksCustomerKeys: blocked.includes('SSE-C') }),
    })
    return {}
  },
})

function checkDefault(standard: ServerSideEncryptionByDefault | undefined): void {
  if (standard === undefined) return
  const { SSEAlgorithm, KMSMasterKeyID } = standard
  if (SSEAlgorithm === 'AES256' && KMSMasterKeyID !== undefined) {
    throw s3Error(
      'InvalidArgument',
      'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
      { ArgumentName: 'ApplyServerSideEncryptionByDefault' },
    )
  }
  if (SSEAlgorithm !== 'AES256' && SSEAlgorithm !== 'aws:kms') {
    throw notModelled('PutBucketEncryption', `SSEAlgorithm ${SSEAlgorithm}`)
  }
}

export const getBucketEncryption = operation(GetBucketEncryption, {
  authorize: (input, ctx) => ({
    action: 's3:GetEncryptionConfiguration',
    resource: bucketArn(ctx, input.Bucket),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { bucketKeyEnabled, encryption, blocksCustomerKeys } = bucketOf(ctx, Bucket)
    const standard =
      encryption === undefined
        ? { SSEAlgorithm: 'AES256' as const }
        : {
            SSEAlgorithm: 'aws:kms' as const,
            ...(encryption.keyId === undefined ? {} : { KMSMasterKeyID: encryption.keyId }),
          }
    const rule = {
      ApplyServerSideEncryptionByDefault: standard,
      BucketKeyEnabled: bucketKeyEnabled,
      ...(blocksCustomerKeys === undefined
        ? {}
        : {
            BlockedEncryptionTypes: {
              EncryptionType: [blocksCustomerKeys ? ('SSE-C' as const) : ('NONE' as const)],
            },
          }),
    }
    return { ServerSideEncryptionConfiguration: { Rules: [rule] } }
  },
})

export const deleteBucketEncryption = operation(DeleteBucketEncryption, {
  authorize: toPut,
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { encryption: _former, blocksCustomerKeys: _blocks, ...rest } = bucketOf(ctx, Bucket)
    buckets.put(ctx, { ...rest, bucketKeyEnabled: false, encryptionSet: false })
    return {}
  },
})
