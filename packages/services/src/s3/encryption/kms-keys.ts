import { AwsError } from '@cloud-orrery/models'
import { Decrypt, GenerateDataKey } from '@cloud-orrery/models/kms'
import type { CallOptions, Context } from '../../context.ts'
import { isThrottle, isTransient } from '../../shared/transient-errors.ts'
import { bucketArn, objectArn } from '../access.ts'
import { accessDenied, internalError, kmsRefusal, kmsSlowDown, s3Error } from '../errors.ts'
import type { Tags } from '../state.ts'

/** How an object is encrypted with a key of KMS. */
export interface KmsEncryption {
  readonly kind: 'kms'
  readonly keyArn: string
  /** The data key, encrypted by KMS, base64. Whoever reads must be able to have it decrypted. */
  readonly dataKey: string
  readonly context: Tags
  /** As the request gave it, base64: answers give it back. */
  readonly statedContext?: string
  readonly bucketKey: boolean
}

export interface KmsRequest {
  readonly kind: 'kms'
  /** Id, ARN or alias; absent: the AWS managed key of the caller's account. */
  readonly keyId: string | undefined
  readonly statedContext: string | undefined
  readonly bucketKey: boolean
}

const managedKey = 'alias/aws/s3'

/**
 * Has KMS make a data key, as the one who writes. The encryption context is the object's ARN, or with a bucket
 * key the bucket's. Source: S3 User Guide, "Using server-side encryption with AWS KMS keys", Encryption context.
 * Deviation: with a bucket key AWS asks KMS once per caller and a while, ours for every object.
 */
export async function newDataKey(
  ctx: Context,
  request: KmsRequest,
  place: { readonly bucket: string; readonly key: string },
  options: CallOptions = {},
): Promise<KmsEncryption> {
  const { keyId = managedKey, statedContext, bucketKey } = request
  const arn = bucketKey ? bucketArn(ctx, place.bucket) : objectArn(ctx, place.bucket, place.key)
  const context = { 'aws:s3:arn': arn, ...readContext(statedContext) }
  try {
    const { KeyId = '', CiphertextBlob = new Uint8Array(0) } = await ctx.call(
      GenerateDataKey,
      { KeyId: keyId, KeySpec: 'AES_256', EncryptionContext: context },
      options,
    )
    return {
      kind: 'kms',
      keyArn: KeyId,
      dataKey: Buffer.from(CiphertextBlob).toString('base64'),
      context,
      ...(statedContext === undefined ? {} : { statedContext }),
      bucketKey,
    }
  } catch (error) {
    throw refusalOf(error)
  }
}

/** Has KMS decrypt the data key, as the one who reads. */
export async function openDataKey(
  ctx: Context,
  { keyArn, dataKey, context }: KmsEncryption,
  options: CallOptions = {},
): Promise<void> {
  const input = {
    CiphertextBlob: Buffer.from(dataKey, 'base64'),
    KeyId: keyArn,
    EncryptionContext: context,
  }
  try {
    await ctx.call(Decrypt, input, options)
  } catch (error) {
    throw refusalOf(error)
  }
}

/** Base64 of a JSON object of strings. Throws InvalidArgument. */
export function readContext(stated: string | undefined): Tags {
  if (stated === undefined) return {}
  const context = parsed(Buffer.from(stated, 'base64').toString())
  const isMap = typeof context === 'object' && context !== null && !Array.isArray(context)
  if (!isMap || !Object.values(context).every((value) => typeof value === 'string')) {
    throw s3Error(
      'InvalidArgument',
      'The header x-amz-server-side-encryption-context shall be Base64-encoded UTF-8 string holding JSON which represents a string-string map',
      { ArgumentName: 'x-amz-server-side-encryption-context', ArgumentValue: stated },
    )
  }
  return context as Tags // Every value is a string.
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * What S3 says when KMS refuses: a denial is S3's own, everything else keeps KMS's code behind `KMS.`.
 * Recorded: S3, PutObject and GetObject with keys that are not there, disabled, pending deletion, February 2026.
 */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof AwsError)) return error
  const { code, message } = error
  if (code === 'AccessDeniedException') return accessDenied(message)
  if (isThrottle(error)) return kmsSlowDown()
  if (isTransient(error)) return internalError()
  return kmsRefusal(code, message)
}
