import { createCipheriv, createDecipheriv } from 'node:crypto'
import { AwsError } from '@cloud-orrery/models'
import { Decrypt, GenerateDataKey } from '@cloud-orrery/models/kms'
import type { CallOptions, Context } from '../context.ts'
import { isThrottle, isTransient } from '../shared/transient-errors.ts'
import {
  decryptionFailed,
  encryptionFailed,
  kmsDenied,
  kmsThrottled,
  serviceFailure,
} from './errors.ts'
import type { SealedValue } from './state.ts'

/** The key of secrets that name none. */
const defaultKeyId = 'alias/aws/secretsmanager'

const nonceBytes = 12
const tagBytes = 16

/** A value as the caller gave it. */
export interface PlainValue {
  readonly kind: 'string' | 'binary'
  readonly bytes: Uint8Array
}

/** What a value is bound to. Source: Secrets Manager User Guide, "Secret encryption and decryption". */
export interface Place {
  readonly arn: string
  readonly versionId: string
}

/** Encrypts a value with a new data key, in the caller's name unless told otherwise. */
export async function sealed(
  ctx: Context,
  { arn, versionId }: Place,
  { kind, bytes }: PlainValue,
  kmsKeyId: string | undefined,
  options: CallOptions = {},
): Promise<SealedValue> {
  const EncryptionContext = { SecretARN: arn, SecretVersionId: versionId }
  const key = { KeyId: kmsKeyId ?? defaultKeyId, EncryptionContext }
  const call = ctx.call(GenerateDataKey, { ...key, KeySpec: 'AES_256' }, located(ctx, options))
  const made = await byKms(call, encryptionFailed)
  const dataKey = Buffer.from(made.CiphertextBlob ?? [])
  const nonce = ctx.random.bytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(made.Plaintext ?? []), nonce)
  const text = Buffer.concat([cipher.update(bytes), cipher.final()])
  const length = Buffer.alloc(2)
  length.writeUInt16BE(dataKey.length)
  const parts = [length, dataKey, nonce, text, cipher.getAuthTag()]
  return {
    kind,
    sealed: Buffer.concat(parts).toString('base64'),
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
  }
}

/** The value as it was put, decrypted in the caller's name unless told otherwise. */
export async function opened(
  ctx: Context,
  { arn, versionId }: Place,
  { kind, sealed: text }: SealedValue,
  options: CallOptions = {},
): Promise<PlainValue> {
  const EncryptionContext = { SecretARN: arn, SecretVersionId: versionId }
  const bytes = Buffer.from(text, 'base64')
  const textAt = 2 + bytes.readUInt16BE(0) + nonceBytes
  const CiphertextBlob = new Uint8Array(bytes.subarray(2, textAt - nonceBytes))
  const call = ctx.call(Decrypt, { CiphertextBlob, EncryptionContext }, located(ctx, options))
  const { Plaintext } = await byKms(call, decryptionFailed)
  const nonce = bytes.subarray(textAt - nonceBytes, textAt)
  const cipher = createDecipheriv('aes-256-gcm', Buffer.from(Plaintext ?? []), nonce)
  cipher.setAuthTag(bytes.subarray(-tagBytes))
  return {
    kind,
    bytes: Buffer.concat([cipher.update(bytes.subarray(textAt, -tagBytes)), cipher.final()]),
  }
}

/** Keys are the secret's account's, whoever calls. */
function located({ accountId }: Context, options: CallOptions): CallOptions {
  return { accountId, ...options }
}

/** What KMS refuses, in the words of Secrets Manager. */
async function byKms<T>(call: Promise<T>, otherwise: () => AwsError): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (isThrottle(error)) throw kmsThrottled(error.message)
    if (isTransient(error)) throw serviceFailure(`KMS: ${error.message}`)
    throw error.code === 'AccessDeniedException' ? kmsDenied() : otherwise()
  }
}
