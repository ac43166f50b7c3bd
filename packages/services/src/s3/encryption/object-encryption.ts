import type { CallOptions, Context } from '../../context.ts'
import { accessDenied, invalidRequest, notModelled } from '../errors.ts'
import type { BucketRecord } from '../state.ts'
import {
  type CustomerEncryption,
  type CustomerKey,
  type CustomerKeyInput,
  checkKey,
  customerKeyOf,
  keptKey,
} from './customer-keys.ts'
import { type KmsEncryption, type KmsRequest, newDataKey, openDataKey } from './kms-keys.ts'
import { incompatibleMethods, invalidAlgorithm, keyWithoutKms } from './refusals.ts'

/** How an object is encrypted, where not with S3's own keys. */
export type ObjectEncryption = KmsEncryption | CustomerEncryption

/** Members by which a write says how it wants to be encrypted. */
export interface EncryptionInput extends CustomerKeyInput {
  readonly ServerSideEncryption?: string | undefined
  readonly SSEKMSKeyId?: string | undefined
  readonly SSEKMSEncryptionContext?: string | undefined
  readonly BucketKeyEnabled?: boolean | undefined
}

export type EncryptionRequest =
  | { readonly kind: 's3' }
  | KmsRequest
  | { readonly kind: 'customer'; readonly key: CustomerKey }

/** How a write is to be encrypted: as it says, else as its bucket does. */
export function requestedEncryption(
  ctx: Context,
  operation: string,
  bucket: BucketRecord,
  input: EncryptionInput,
): EncryptionRequest {
  const { ServerSideEncryption: method, SSEKMSKeyId: keyId } = input
  if (input.SSECustomerAlgorithm !== undefined || input.SSECustomerKey !== undefined) {
    if (method !== undefined) throw incompatibleMethods(method)
    const key = customerKeyOf(ctx, input)
    if (bucket.blocksCustomerKeys === true) throw accessDenied()
    if (key !== undefined) return { kind: 'customer', key }
  }
  checkMethod(operation, method)
  const names = keyId ?? input.SSEKMSEncryptionContext
  if (names !== undefined && method !== 'aws:kms') throw keyWithoutKms(method)
  if (method === 'AES256') return { kind: 's3' }
  const { encryption } = bucket
  if (method === undefined && encryption === undefined) return { kind: 's3' }
  return {
    kind: 'kms',
    // A write that asks for KMS and names no key is encrypted with the AWS managed one, whatever the bucket's is.
    keyId: method === undefined ? encryption?.keyId : keyId,
    statedContext: input.SSEKMSEncryptionContext,
    bucketKey: input.BucketKeyEnabled ?? (encryption !== undefined && bucket.bucketKeyEnabled),
  }
}

function checkMethod(operation: string, method: string | undefined): void {
  if (method === undefined || method === 'AES256' || method === 'aws:kms') return
  if (method.startsWith('aws:')) throw notModelled(operation, `ServerSideEncryption ${method}`)
  throw invalidAlgorithm(method)
}

/** Encrypts: at once, or where KMS has a say by a promise. */
export function encrypt(
  ctx: Context,
  request: EncryptionRequest,
  place: { readonly bucket: string; readonly key: string },
  options?: CallOptions,
): ObjectEncryption | undefined | Promise<ObjectEncryption> {
  if (request.kind === 's3') return undefined
  if (request.kind === 'customer') return keptKey(ctx, request.key)
  return newDataKey(ctx, request, place, options)
}

/**
 * What a reader must bring: the customer's own key, or the right to have KMS decrypt. Throws InvalidRequest,
 * AccessDenied, and what KMS refuses. Recorded: S3, GetObject with and without SSE-C, February 2026.
 */
export function decrypt(
  ctx: Context,
  encryption: ObjectEncryption | undefined,
  key: CustomerKey | undefined,
): void | Promise<void> {
  checkCustomerKey(encryption, key)
  if (encryption?.kind === 'kms') return openDataKey(ctx, encryption)
}

export function checkCustomerKey(
  encryption: ObjectEncryption | undefined,
  key: CustomerKey | undefined,
): void {
  if (encryption?.kind === 'customer') {
    if (key === undefined) {
      throw invalidRequest(
        'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
      )
    }
    checkKey(encryption, key)
    return
  }
  if (key === undefined) return
  throw invalidRequest('The encryption parameters are not applicable to this object.')
}

/** Parts come with the key with which their upload began. The words are AWS's, not recorded. */
export function checkPartKey(
  encryption: ObjectEncryption | undefined,
  key: CustomerKey | undefined,
): void {
  if (encryption?.kind !== 'customer') {
    if (key === undefined) return
    throw invalidRequest('The multipart upload initiate did not request encryption.')
  }
  if (key === undefined) {
    throw invalidRequest(
      'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.',
    )
  }
  if (key.md5 === encryption.keyMd5) return
  throw invalidRequest('The provided encryption parameters did not match the ones used originally.')
}

/** What answers tell of an object's encryption. */
export function encryptionHeaders(encryption: ObjectEncryption | undefined) {
  if (encryption === undefined) return { ServerSideEncryption: 'AES256' as const }
  if (encryption.kind === 'customer') {
    return { SSECustomerAlgorithm: 'AES256', SSECustomerKeyMD5: encryption.keyMd5 }
  }
  return {
    ServerSideEncryption: 'aws:kms' as const,
    SSEKMSKeyId: encryption.keyArn,
    ...(encryption.bucketKey ? { BucketKeyEnabled: true } : {}),
  }
}

/** The same, with the encryption context that a write stated. */
export function writtenEncryption(encryption: ObjectEncryption | undefined) {
  if (encryption?.kind !== 'kms' || encryption.statedContext === undefined) {
    return encryptionHeaders(encryption)
  }
  return {
    ...encryptionHeaders(encryption),
    SSEKMSEncryptionContext: encryption.statedContext,
  }
}

/**
 * The tag of an object is the MD5 of its bytes only with S3's own keys; else it is some other 32 digits.
 * Source: S3 API Reference, "Object", ETag.
 */
export function etagOf(
  ctx: Context,
  encryption: ObjectEncryption | undefined,
  md5: () => string,
): string {
  return `"${encryption === undefined ? md5() : ctx.ids.hex(32)}"`
}

/** Goes on at once, or once what is awaited is there: calls that need no KMS stay atomic. */
export function upon<T, R>(
  value: T | Promise<T>,
  next: (value: T) => R | Promise<R>,
): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
