/** Writes CBOR (RFC 8949) with definite lengths and the shortest integers. */
export class CborWriter {
  #buffer = Buffer.allocUnsafe(256)
  #length = 0

  /** What was written so far. */
  result(): Uint8Array {
    return new Uint8Array(this.#buffer.buffer, this.#buffer.byteOffset, this.#length).slice()
  }

  map(entries: number): void {
    this.#head(5, entries)
  }

  array(items: number): void {
    this.#head(4, items)
  }

  text(text: string): void {
    const length = Buffer.byteLength(text, 'utf8')
    this.#head(3, length)
    const at = this.#reserve(length)
    this.#buffer.write(text, at, 'utf8')
  }

  bytes(bytes: Uint8Array): void {
    this.#head(2, bytes.byteLength)
    const at = this.#reserve(bytes.byteLength)
    this.#buffer.set(bytes, at)
  }

  boolean(value: boolean): void {
    this.#byte(value ? 0xf5 : 0xf4)
  }

  null(): void {
    this.#byte(0xf6)
  }

  integer(value: number | bigint): void {
    if (value >= 0) this.#head(0, value)
    else this.#head(1, typeof value === 'bigint' ? -1n - value : -1 - value)
  }

  float(value: number): void {
    this.#byte(0xfb)
    const at = this.#reserve(8)
    this.#buffer.writeDoubleBE(value, at)
  }

  /** Tag 1: a number of seconds since the epoch. */
  epochSeconds(seconds: number): void {
    this.#head(6, 1)
    if (Number.isSafeInteger(seconds)) this.integer(seconds)
    else this.float(seconds)
  }

  /** A JSON value. */
  plain(value: unknown): void {
    if (value === null || value === undefined) this.null()
    else if (typeof value === 'string') this.text(value)
    else if (typeof value === 'boolean') this.boolean(value)
    else if (typeof value === 'bigint') this.integer(value)
    else if (typeof value === 'number') {
      if (Number.isSafeInteger(value)) this.integer(value)
      else this.float(value)
    } else if (Array.isArray(value)) {
      this.array(value.length)
      for (const item of value) this.plain(item)
    } else {
      const entries = Object.entries(value)
      this.map(entries.length)
      for (const [key, item] of entries) {
        this.text(key)
        this.plain(item)
      }
    }
  }

  #reserve(count: number): number {
    const at = this.#length
    const needed = at + count
    if (needed > this.#buffer.byteLength) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.byteLength * 2))
      this.#buffer.copy(larger, 0, 0, at)
      this.#buffer = larger
    }
    this.#length = needed
    return at
  }

  #byte(byte: number): void {
    const at = this.#reserve(1)
    this.#buffer[at] = byte
  }

  /** Major type with its argument: a value, a length or a tag. */
  #head(major: number, argument: number | bigint): void {
    const high = major << 5
    if (argument < 24) this.#byte(high | Number(argument))
    else if (argument < 0x100) {
      this.#byte(high | 24)
      this.#byte(Number(argument))
    } else if (argument < 0x10000) {
      this.#byte(high | 25)
      const at = this.#reserve(2)
      this.#buffer.writeUInt16BE(Number(argument), at)
    } else if (argument < 0x100000000) {
      this.#byte(high | 26)
      const at = this.#reserve(4)
      this.#buffer.writeUInt32BE(Number(argument), at)
    } else {
      this.#byte(high | 27)
      const at = this.#reserve(8)
      this.#buffer.writeBigUInt64BE(BigInt(argument), at)
    }
  }
}
