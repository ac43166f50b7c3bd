import type { RandomStream } from './random.ts'

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const hexDigits = '0123456789abcdef'
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
    const hex = this.hex(30)
    const variant = hexDigits[8 + this.#random.below(4)]
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-${variant}${hex.slice(15, 18)}-${hex.slice(18, 30)}`
  }

  hex(length: number): string {
    let out = ''
    while (out.length < length) {
      const bits = this.#random.uint32()
      out += hexPairs[bits >>> 24]
      out += hexPairs[(bits >>> 16) & 0xff]
      out += hexPairs[(bits >>> 8) & 0xff]
      out += hexPairs[bits & 0xff]
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
