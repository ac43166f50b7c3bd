import { hash } from 'node:crypto'
import type { Context } from '../../context.ts'
import { accessDenied, invalidRequest, s3Error } from '../errors.ts'
import { invalidAlgorithm } from './refusals.ts'

/** Members that carry a customer's key (SSE-C). */
export interface CustomerKeyInput {
  readonly SSECustomerAlgorithm?: string | undefined
  readonly SSECustomerKey?: string | undefined
  readonly SSECustomerKeyMD5?: string | undefined
}

/** The same of the source of a copy. */
export interface SourceKeyInput {
  readonly CopySourceSSECustomerAlgorithm?: string | undefined
  readonly CopySourceSSECustomerKey?: string | undefined
  readonly CopySourceSSECustomerKeyMD5?: string | undefined
}

/**
 * What S3 keeps of a customer's key: not the key, but a salted proof of it. Source: S3 User Guide, "Using
 * server-side encryption with customer-provided keys".
 */
export interface CustomerEncryption {
  readonly kind: 'customer'
  /** MD5 of the key, base64: answers tell it. */
  readonly keyMd5: string
  readonly salt: string
  readonly proof: string
}

export interface CustomerKey {
  /** 32 bytes, base64. */
  readonly key: string
  readonly md5: string | undefined
}

/** Bytes of an AES-256 key. */
const keyBytes = 32

/** The customer's key of a request. Recorded: S3, PutObject and GetObject with SSE-C, February 2026. */
export function customerKeyOf(ctx: Context, input: CustomerKeyInput): CustomerKey | undefined {
  const {
    SSECustomerAlgorithm: algorithm,
    SSECustomerKey: key,
    SSECustomerKeyMD5: md5 = '',
  } = input
  if (algorithm === undefined && key === undefined) return undefined
  if (ctx.caller.secureTransport === false) {
    throw invalidRequest(
      'Requests specifying Server Side Encryption with Customer provided keys must be made over a secure connection.',
    )
  }
  if (algorithm === undefined) {
    throw refusal(
      'Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm.',
    )
  }
  if (key === undefined) {
    throw refusal(
      'Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key.',
    )
  }
  if (algorithm !== 'AES256') throw invalidAlgorithm(algorithm)
  const bytes = Buffer.from(key, 'base64')
  if (bytes.byteLength !== keyBytes) throw invalidKey()
  if (md5 === '') return { key, md5: undefined }
  if (hash('md5', bytes, 'base64') !== md5) {
    throw refusal('The calculated MD5 hash of the key did not match the hash that was provided.')
  }
  return { key, md5 }
}

export function sourceKeyOf(ctx: Context, input: SourceKeyInput): CustomerKey | undefined {
  return customerKeyOf(ctx, {
    SSECustomerAlgorithm: input.CopySourceSSECustomerAlgorithm,
    SSECustomerKey: input.CopySourceSSECustomerKey,
    SSECustomerKeyMD5: input.CopySourceSSECustomerKeyMD5,
  })
}

/** What is kept of a key with which something is written: it needs its MD5. */
export function keptKey(ctx: Context, { key, md5 }: CustomerKey): CustomerEncryption {
  if (md5 === undefined) throw invalidKey()
  const salt = ctx.ids.hex(32)
  return { kind: 'customer', keyMd5: md5, salt, proof: proofOf(salt, key) }
}

/** Throws AccessDenied for any key but the one with which the object was written. */
export function checkKey({ salt, proof }: CustomerEncryption, { key, md5 }: CustomerKey): void {
  if (md5 !== undefined && proofOf(salt, key) === proof) return
  throw accessDenied(
    'Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.',
  )
}

function proofOf(salt: string, key: string): string {
  return hash('sha256', `${salt} ${key}`, 'hex')
}

function invalidKey() {
  return refusal('The secret key was invalid for the specified algorithm.')
}

function refusal(message: string) {
  return s3Error('InvalidArgument', message, { ArgumentName: 'x-amz-server-side-encryption' })
}
