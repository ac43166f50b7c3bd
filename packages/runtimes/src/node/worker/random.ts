import crypto from 'node:crypto'
import { callbackOf } from './arguments.ts'

/** Sixteen-word generator of 32-bit numbers (sfc32), seeded by one number. */
function generatorOf(seed: number): () => number {
  let a = seed | 0
  let b = Math.floor(seed / 2 ** 32) | 0
  let c = 0x9e3779b9
  let counter = 1
  const next = () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (let i = 0; i < 20; i += 1) next()
  return next
}

type View = NodeJS.ArrayBufferView

/** Largest request to `getRandomValues`. Source: Web Cryptography API, `getRandomValues`. */
const randomValuesBytesMax = 65_536

/** Largest range of `randomInt`. Source: Node, `crypto.randomInt`. */
const randomRangeMax = 2 ** 48

/**
 * Makes all chance in the code follow a seed: `Math.random`, ids, random bytes. Keys that OpenSSL generates, and
 * what it draws for signatures, stay its own.
 */
export function seedChance(seed: number): void {
  const next = generatorOf(seed)
  Math.random = () => (next() * 2 ** 21 + (next() >>> 11)) / 2 ** 53
  const fill = (bytes: Uint8Array) => {
    for (let i = 0; i < bytes.length; i += 4) {
      const word = next()
      for (let j = 0; j < 4 && i + j < bytes.length; j += 1) bytes[i + j] = word >>> (8 * j)
    }
  }
  const bytesOf = (view: View | ArrayBufferLike) =>
    ArrayBuffer.isView(view)
      ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
      : new Uint8Array(view)
  const drawBytes = (size: number) => {
    const bytes = Buffer.alloc(size)
    fill(bytes)
    return bytes
  }
  const integer = (min: number, max: number) => {
    const range = max - min
    if (!(range > 0 && range < randomRangeMax)) throw new RangeError('The range is out of bounds')
    return min + Math.floor(((next() * 2 ** 21 + (next() >>> 11)) / 2 ** 53) * range)
  }
  const uuid = () => {
    const bytes = drawBytes(16)
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
    return bytes.toString('hex').replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
  }
  const later = (callback: (...args: unknown[]) => void, value: unknown) =>
    void setImmediate(callback, null, value)

  const replacements: Record<string, unknown> = {
    randomBytes(size: number, callback?: (error: null, bytes: Buffer) => void) {
      const bytes = drawBytes(size)
      if (callback === undefined) return bytes
      return later(callbackOf([callback]), bytes)
    },
    randomFillSync(view: View | ArrayBuffer, offset = 0, size?: number) {
      const bytes = bytesOf(view)
      fill(bytes.subarray(offset, size === undefined ? undefined : offset + size))
      return view
    },
    randomFill(view: View | ArrayBuffer, ...rest: unknown[]) {
      const callback = callbackOf(rest)
      const [offset = 0, size] = rest.filter((value): value is number => typeof value === 'number')
      fill(bytesOf(view).subarray(offset, size === undefined ? undefined : offset + size))
      later(callback, view)
    },
    randomInt(...args: unknown[]) {
      const [first = 0, second] = args.filter((value): value is number => typeof value === 'number')
      const value = second === undefined ? integer(0, first) : integer(first, second)
      const callback = args.find((arg) => typeof arg === 'function')
      return callback === undefined ? value : later(callbackOf([callback]), value)
    },
    randomUUID: uuid,
  }
  const randomValues = <T extends View>(view: T): T => {
    if (view.byteLength > randomValuesBytesMax) {
      throw new DOMException('The requested length exceeds 65,536 bytes', 'QuotaExceededError')
    }
    fill(bytesOf(view))
    return view
  }
  Object.assign(crypto, replacements)
  Object.assign(Object.getPrototypeOf(crypto.webcrypto), {
    getRandomValues: randomValues,
    randomUUID: uuid,
  })
}
