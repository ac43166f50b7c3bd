import { createCipheriv, createDecipheriv } from 'node:crypto'
import { AwsError } from '@cloud-orrery/models'
import { Decrypt, Encrypt, GenerateDataKey } from '@cloud-orrery/models/kms'
import type { Context } from '../../context.ts'
import { kmsWords } from '../../shared/kms-refusals.ts'
import { isThrottle, isTransient } from '../../shared/transient-errors.ts'
import { decryptionDenied, invalidKeyId, kmsFailed, kmsThrottled } from './errors.ts'
import type { ParameterVersion, Tier } from './state.ts'

/** The key of whoever names none. */
export const defaultKeyId = 'alias/aws/ssm'

const nonceBytes = 12
const tagBytes = 16

/**
 * A value encrypted in the caller's name, bound to its parameter's ARN, in base64. Standard parameters are
 * encrypted by KMS itself, advanced ones with a data key.
 * Source: Systems Manager User Guide, "How AWS Systems Manager Parameter Store uses AWS KMS".
 */
export async function sealed(
  ctx: Context,
  { arn, keyId, tier, value }: { arn: string; keyId: string; tier: Tier; value: string },
): Promise<string> {
  const EncryptionContext = { PARAMETER_ARN: arn }
  const asked = { KeyId: keyId, EncryptionContext }
  if (tier === 'Standard') {
    const Plaintext = new Uint8Array(Buffer.from(value))
    const { CiphertextBlob } = await byKms(ctx, ctx.call(Encrypt, { ...asked, Plaintext }))
    return Buffer.from(CiphertextBlob ?? []).toString('base64')
  }
  const made = await byKms(ctx, ctx.call(GenerateDataKey, { ...asked, KeySpec: 'AES_256' }))
  const dataKey = Buffer.from(made.CiphertextBlob ?? [])
  const nonce = ctx.random.bytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(made.Plaintext ?? []), nonce)
  const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()])
  const length = Buffer.alloc(2)
  length.writeUInt16BE(dataKey.length)
  return Buffer.concat([length, dataKey, nonce, text, cipher.getAuthTag()]).toString('base64')
}

/** The value as it was put, decrypted in the caller's name. */
export async function opened(
  ctx: Context,
  arn: string,
  { value, tier }: ParameterVersion,
): Promise<string> {
  const EncryptionContext = { PARAMETER_ARN: arn }
  const bytes = Buffer.from(value, 'base64')
  if (tier === 'Standard') {
    const CiphertextBlob = new Uint8Array(bytes)
    const { Plaintext } = await byKms(ctx, ctx.call(Decrypt, { CiphertextBlob, EncryptionContext }))
    return Buffer.from(Plaintext ?? []).toString()
  }
  const textAt = 2 + bytes.readUInt16BE(0) + nonceBytes
  const CiphertextBlob = new Uint8Array(bytes.subarray(2, textAt - nonceBytes))
  const { Plaintext } = await byKms(ctx, ctx.call(Decrypt, { CiphertextBlob, EncryptionContext }))
  const nonce = bytes.subarray(textAt - nonceBytes, textAt)
  const cipher = createDecipheriv('aes-256-gcm', Buffer.from(Plaintext ?? []), nonce)
  cipher.setAuthTag(bytes.subarray(-tagBytes))
  const text = [cipher.update(bytes.subarray(textAt, -tagBytes)), cipher.final()]
  return Buffer.concat(text).toString()
}

/** What KMS refuses, in the words of Systems Manager. */
async function byKms<T>(ctx: Context, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const message = kmsWords(ctx, error)
    if (isThrottle(error)) throw kmsThrottled(message)
    if (isTransient(error)) throw kmsFailed(message)
    throw error.code === 'AccessDeniedException' ? decryptionDenied(message) : invalidKeyId(message)
  }
}
