import { createHash } from 'node:crypto'

/** The whole state of one stream: four 32-bit words of sfc32. */
export type RandomState = readonly [number, number, number, number]

/** One named stream of chance. Its draws never shift those of another stream. */
export class RandomStream {
  #a: number
  #b: number
  #c: number
  #d: number

  constructor(state: RandomState) {
    ;[this.#a, this.#b, this.#c, this.#d] = state
  }

  get state(): RandomState {
    return [this.#a, this.#b, this.#c, this.#d]
  }

  /** An integer from 0 to 2^32 - 1. The generator is sfc32. */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    this.#c |= 0
    return sum >>> 0
  }

  /** A number in [0, 1). */
  float(): number {
    return this.uint32() / 0x1_0000_0000
  }

  /** An integer in [0, bound). The bias for bounds below 2^20 is under one in four thousand. */
  below(bound: number): number {
    return Math.floor(this.float() * bound)
  }

  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length)
    for (let i = 0; i < length; i += 1) out[i] = this.uint32() & 0xff
    return out
  }
}

/** All named streams of one seed; each is derived from the seed and its own name alone. */
export class RandomStreams {
  readonly seed: number
  readonly #streams = new Map<string, RandomStream>()

  constructor(seed: number, states: Readonly<Record<string, RandomState>> = {}) {
    this.seed = seed
    for (const [name, state] of Object.entries(states)) {
      this.#streams.set(name, new RandomStream(state))
    }
  }

  stream(name: string): RandomStream {
    let stream = this.#streams.get(name)
    if (stream === undefined) {
      const digest = createHash('sha256').update(`${this.seed}\n${name}`).digest()
      stream = new RandomStream([
        digest.readInt32LE(0),
        digest.readInt32LE(4),
        digest.readInt32LE(8),
        digest.readInt32LE(12),
      ])
      this.#streams.set(name, stream)
    }
    return stream
  }

  get states(): Record<string, RandomState> {
    return Object.fromEntries([...this.#streams].map(([name, stream]) => [name, stream.state]))
  }
}
