import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import type { Context } from '../context.ts'
import type { EncryptionContext } from './access.ts'
import { invalidCiphertext } from './errors.ts'
import { type MaterialRecord, materials } from './state.ts'

/**
 * A ciphertext of ours: a mark, the id of the material that made it, a checksum of these, and AES-256-GCM's
 * nonce, text and tag. The encryption context is authenticated, not kept.
 * Deviation: AWS's own layout is not published; only its first bytes are the same.
 */
const mark = Buffer.from([0x01, 0x02, 0x02, 0x00, 0x78])
const idBytes = 32
const checksumBytes = 4
const headBytes = mark.length + idBytes + checksumBytes
const nonceBytes = 12
const tagBytes = 16

/** Encrypts with one of a key's materials. */
export function seal(
  ctx: Context,
  material: MaterialRecord,
  plaintext: Uint8Array,
  context: EncryptionContext | undefined,
): Uint8Array {
  const id = Buffer.concat([mark, Buffer.from(material.materialId, 'hex')])
  const head = Buffer.concat([id, checksum(id)])
  const nonce = ctx.random.bytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(material.bytes, 'base64'), nonce)
  cipher.setAAD(Buffer.concat([head, authenticated(context)]))
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return new Uint8Array(Buffer.concat([head, nonce, sealed, cipher.getAuthTag()]))
}

/** The id of the material that made a ciphertext; undefined for what is no ciphertext of KMS. */
export function materialIdOf(ciphertext: Uint8Array): string | undefined {
  const bytes = Buffer.from(ciphertext)
  if (bytes.length < headBytes + nonceBytes + tagBytes) return undefined
  const id = bytes.subarray(0, mark.length + idBytes)
  if (!id.subarray(0, mark.length).equals(mark)) return undefined
  if (!checksum(id).equals(bytes.subarray(id.length, headBytes))) return undefined
  return id.subarray(mark.length).toString('hex')
}

/** The material that made a ciphertext, whosesoever it is; undefined where its key is gone. */
export function materialOf(ctx: Context, ciphertext: Uint8Array): MaterialRecord | undefined {
  const id = materialIdOf(ciphertext)
  return id === undefined ? undefined : materials.get(ctx, id)
}

/** Throws InvalidCiphertextException where the text or its encryption context is not what it was. */
export function open(
  material: MaterialRecord,
  ciphertext: Uint8Array,
  context: EncryptionContext | undefined,
): Uint8Array {
  const bytes = Buffer.from(ciphertext)
  const head = bytes.subarray(0, headBytes)
  const nonce = bytes.subarray(headBytes, headBytes + nonceBytes)
  const sealed = bytes.subarray(headBytes + nonceBytes, -tagBytes)
  const cipher = createDecipheriv('aes-256-gcm', Buffer.from(material.bytes, 'base64'), nonce)
  cipher.setAAD(Buffer.concat([head, authenticated(context)]))
  cipher.setAuthTag(bytes.subarray(-tagBytes))
  try {
    return new Uint8Array(Buffer.concat([cipher.update(sealed), cipher.final()]))
  } catch {
    throw invalidCiphertext() // The only thing that `final` throws for is a tag that does not fit.
  }
}

function checksum(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest().subarray(0, checksumBytes)
}

/** The pairs in the order of their names: in which order they were given has no meaning. */
function authenticated(context: EncryptionContext = {}): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.from(JSON.stringify(pairs))
}
