import { createHmac } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const stepMs = 30_000

/** A code of RFC 6238: SHA-1, six digits, steps of 30 seconds. `secret` is base32. */
export function totp(secret: string, atMs: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / stepMs)))
  const digest = createHmac('sha1', decoded(secret)).update(counter).digest()
  const offset = (digest.at(-1) ?? 0) & 0x0f
  return String((digest.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0')
}

/**
 * The step of a code that is right now, a step early or a step late; undefined where it is wrong.
 * Source: RFC 6238, 5.2 (one step for the delay of the network).
 */
export function stepOfCode(secret: string, code: string, nowMs: number): number | undefined {
  const step = Math.floor(nowMs / stepMs)
  return [step, step - 1, step + 1].find((one) => totp(secret, one * stepMs) === code)
}

function decoded(secret: string): Buffer {
  let bits = ''
  for (const letter of secret) bits += alphabet.indexOf(letter).toString(2).padStart(5, '0')
  const bytes = bits.match(/.{8}/g) ?? []
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
}

export const secretLength = 52
export const base32 = alphabet
