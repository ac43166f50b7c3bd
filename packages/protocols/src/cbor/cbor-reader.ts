import { DecodeProblem, nestingMax } from '../problem.ts'
import { setEntry } from '../values.ts'

/** A tagged item that has no form of its own: timestamps (tag 1) among them. */
export class CborTag {
  readonly tag: number
  readonly value: unknown

  constructor(tag: number, value: unknown) {
    this.tag = tag
    this.value = value
  }
}

/**
 * One CBOR item (RFC 8949): numbers, `bigint` past 2^53, byte strings as `Uint8Array`, maps with text keys as
 * objects. Indefinite lengths, half floats and bignums are read. Throws `DecodeProblem`.
 */
export function parseCbor(bytes: Uint8Array): unknown {
  const reader = new CborReader(bytes)
  const value = reader.item(0)
  if (!reader.done) throw malformed()
  return value
}

function malformed(): DecodeProblem {
  return new DecodeProblem('syntax', '')
}

const indefinite = -1
/** The end of an item of indefinite length. */
const stop = Symbol('break')

class CborReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get done(): boolean {
    return this.#at === this.#bytes.byteLength
  }

  item(depth: number): unknown {
    const value = this.#itemOrStop(depth)
    if (value === stop) throw malformed()
    return value
  }

  #itemOrStop(depth: number): unknown {
    if (depth > nestingMax) throw new DecodeProblem('limit', '')
    const initial = this.#byte()
    const major = initial >> 5
    const info = initial & 31
    switch (major) {
      case 0:
        return small(this.#unsigned(info))
      case 1:
        return small(-1n - BigInt(this.#unsigned(info)))
      case 2:
        return this.#byteString(info)
      case 3:
        return this.#text(info)
      case 4:
        return this.#array(info, depth)
      case 5:
        return this.#map(info, depth)
      case 6:
        return tagged(Number(this.#unsigned(info)), this.item(depth + 1))
      default:
        return this.#simple(info)
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw malformed()
    this.#at += 1
    return byte
  }

  #advance(count: number): number {
    const start = this.#at
    if (count > this.#bytes.byteLength - start) throw malformed()
    this.#at += count
    return start
  }

  #unsigned(info: number): number | bigint {
    if (info < 24) return info
    switch (info) {
      case 24:
        return this.#byte()
      case 25:
        return this.#view.getUint16(this.#advance(2))
      case 26:
        return this.#view.getUint32(this.#advance(4))
      case 27:
        return this.#view.getBigUint64(this.#advance(8))
      default:
        throw malformed()
    }
  }

  /** A length, or `indefinite`. One that the rest of the bytes can't hold is refused at once. */
  #length(info: number): number {
    if (info === 31) return indefinite
    const length = Number(this.#unsigned(info))
    if (length > this.#bytes.byteLength - this.#at) throw malformed()
    return length
  }

  #byteString(info: number): Uint8Array {
    const length = this.#length(info)
    if (length !== indefinite) {
      const start = this.#advance(length)
      return this.#bytes.subarray(start, start + length)
    }
    return Buffer.concat(this.#pieces(2))
  }

  /** The definite pieces of an indefinite string. */
  #pieces(major: number): Uint8Array[] {
    const pieces: Uint8Array[] = []
    for (;;) {
      const initial = this.#byte()
      if (initial === 0xff) return pieces
      if (initial >> 5 !== major || (initial & 31) === 31) throw malformed()
      const length = this.#length(initial & 31)
      const start = this.#advance(length)
      pieces.push(this.#bytes.subarray(start, start + length))
    }
  }

  #text(info: number): string {
    const length = this.#length(info)
    if (length === indefinite) return Buffer.concat(this.#pieces(3)).toString('utf8')
    const start = this.#advance(length)
    const { buffer, byteOffset } = this.#bytes
    return Buffer.from(buffer, byteOffset + start, length).toString('utf8')
  }

  #array(info: number, depth: number): unknown[] {
    const length = this.#length(info)
    const items: unknown[] = []
    while (length === indefinite || items.length < length) {
      const item = this.#itemOrStop(depth + 1)
      if (item === stop) {
        if (length === indefinite) break
        throw malformed()
      }
      items.push(item)
    }
    return items
  }

  #map(info: number, depth: number): Record<string, unknown> {
    const length = this.#length(info)
    const map: Record<string, unknown> = {}
    for (let count = 0; length === indefinite || count < length; count++) {
      const key = this.#itemOrStop(depth + 1)
      if (key === stop && length === indefinite) break
      if (typeof key !== 'string') throw malformed()
      setEntry(map, key, this.item(depth + 1))
    }
    return map
  }

  #simple(info: number): unknown {
    switch (info) {
      case 20:
        return false
      case 21:
        return true
      case 22:
      case 23:
        return null
      case 25:
        return halfFloat(this.#view.getUint16(this.#advance(2)))
      case 26:
        return this.#view.getFloat32(this.#advance(4))
      case 27:
        return this.#view.getFloat64(this.#advance(8))
      case 31:
        return stop
      default:
        throw malformed()
    }
  }
}

function small(value: number | bigint): number | bigint {
  if (typeof value === 'number') return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** Bignums (tags 2 and 3) become integers; other tags keep their number. */
function tagged(tag: number, value: unknown): unknown {
  if ((tag !== 2 && tag !== 3) || !(value instanceof Uint8Array)) return new CborTag(tag, value)
  // Longer ones have no use and would take quadratic time to print.
  if (value.byteLength > 1024) throw new DecodeProblem('limit', '')
  const magnitude = BigInt(`0x${Buffer.from(value).toString('hex') || '0'}`)
  return small(tag === 2 ? magnitude : -1n - magnitude)
}

/** IEEE 754 binary16. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}
