import { createCipheriv, createDecipheriv, createHash, createPublicKey } from 'node:crypto'
import { p256 } from '@noble/curves/nist.js'
import type { Context } from '../../context.ts'
import { type KeyRecord, keys, publicKeys } from '../state.ts'

/** The keys of a balancer, made when they are first needed. They are as secret as the seed is. */
export function keysOf(ctx: Context, arn: string): KeyRecord {
  const known = keys.get(ctx, arn)
  if (known !== undefined) return known
  const seed = ctx.random.bytes(p256.lengths.seed ?? 48)
  const secret = p256.utils.randomSecretKey(seed)
  const record = keys.put(ctx, {
    arn,
    sealing: Buffer.from(ctx.random.bytes(32)).toString('base64'),
    signing: Buffer.from(secret).toString('hex'),
    keyId: ctx.ids.uuid(),
  })
  publicKeys.put(ctx, { keyId: record.keyId, region: ctx.region, pem: pemOf(secret) })
  return record
}

function pemOf(secret: Uint8Array): string {
  const point = Buffer.from(p256.getPublicKey(secret, false))
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  return createPublicKey({ key: jwk, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString()
}

/** Bytes of a nonce and of a tag of AES-GCM. */
const nonceBytes = 12
const tagBytes = 16

/** A text that only this balancer can read, and that nobody can change; `purpose` keeps uses apart. */
export function sealed(ctx: Context, arn: string, purpose: string, text: string): string {
  const nonce = ctx.random.bytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', sealingKey(keysOf(ctx, arn)), nonce)
  cipher.setAAD(Buffer.from(purpose))
  const body = Buffer.concat([cipher.update(text), cipher.final()])
  return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')
}

/** Undefined: nobody of ours sealed it, or for another purpose. */
export function unsealed(
  ctx: Context,
  arn: string,
  purpose: string,
  value: string,
): string | undefined {
  const bytes = Buffer.from(value, 'base64url')
  const key = keys.get(ctx, arn)
  if (key === undefined || bytes.length < nonceBytes + tagBytes) return undefined
  const nonce = bytes.subarray(0, nonceBytes)
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(key), nonce)
  decipher.setAAD(Buffer.from(purpose))
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  try {
    const body = bytes.subarray(nonceBytes, -tagBytes)
    return Buffer.concat([decipher.update(body), decipher.final()]).toString()
  } catch {
    return undefined // Changed on its way: it counts as absent.
  }
}

function sealingKey({ sealing }: KeyRecord): Buffer {
  return Buffer.from(sealing, 'base64')
}

/** An ES256 signature, the same for the same text (RFC 6979). */
export function signature(ctx: Context, arn: string, text: string): Buffer {
  const { signing } = keysOf(ctx, arn)
  const digest = createHash('sha256').update(text).digest()
  return Buffer.from(p256.sign(digest, Buffer.from(signing, 'hex'), { prehash: false }))
}
