import type { RandomStream } from './random.ts'

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** Every byte as two digits. */
const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const alphanumerics = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Identifiers in the shapes that clouds use, drawn from one random stream. */
export class Ids {
  readonly #random: RandomStream

  constructor(random: RandomStream) {
    this.#random = random
  }

  /** A version 4 UUID, lower case. */
  uuid(): string {
    const a = this.#random.uint32()
    const b = (this.#random.uint32() & 0xffff_0fff) | 0x4000
    const c = (this.#random.uint32() & 0x3fff_ffff) | 0x8000_0000
    const d = this.#random.uint32()
    return `${upper(a)}${lower(a)}-${upper(b)}-${lower(b)}-${upper(c)}-${lower(c)}${upper(d)}${lower(d)}`
  }

  hex(length: number): string {
    let out = ''
    while (out.length < length) {
      const bits = this.#random.uint32()
      out += upper(bits) + lower(bits)
    }
    return out.slice(0, length)
  }

  /** Digits and upper-case letters A-Z2-7 after a prefix: `unique('AROA')` has 21 characters. */
  unique(prefix: string, length = 17): string {
    return prefix + this.from(base32, length)
  }

  alphanumeric(length: number): string {
    return this.from(alphanumerics, length)
  }

  /** Characters drawn evenly from an alphabet of at most 256. */
  from(alphabet: string, length: number): string {
    let out = ''
    for (let i = 0; i < length; i += 1) out += alphabet[this.#random.below(alphabet.length)]
    return out
  }
}

/** The first four digits of 32 bits. */
function upper(bits: number): string {
  return `${hexPairs[bits >>> 24]}${hexPairs[(bits >>> 16) & 0xff]}`
}

/** The last four. */
function lower(bits: number): string {
  return `${hexPairs[(bits >>> 8) & 0xff]}${hexPairs[bits & 0xff]}`
}
