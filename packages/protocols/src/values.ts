import type { Member, ShapeType } from '@cloud-orrery/models'

/** Searched, not matched from end to end: a text of tens of megabytes must not make the search go back. */
const noBase64 = /[^A-Za-z0-9+/]/

/** Bytes of a Base64 text (padding may be missing), or undefined where it is none. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const digits = padding === 0 ? text : text.slice(0, -padding)
  const rest = digits.length % 4
  if (rest === 1 || (padding > 0 && rest + padding !== 4)) return undefined
  if (noBase64.test(digits)) return undefined
  const buffer = Buffer.from(text, 'base64')
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

export function encodeText(text: string): Uint8Array {
  return Buffer.from(text, 'utf8')
}

export function decodeText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

/** Sets an own property, `__proto__` included: keys of maps come from outside. */
export function setEntry(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  } else {
    target[key] = value
  }
}

const bits: Partial<Record<ShapeType, number>> = { byte: 8, short: 16, integer: 32, intEnum: 32 }

/**
 * A whole number as its member has it: a `number`; of type `bigInteger` a `bigint` where it has to be. A fraction
 * is cut off, and past 2^53 a long loses its last digits. Undefined for what the type does not hold; where the
 * model has a range, that answers for it instead.
 */
export function integerOf(value: number | bigint, member: Member): number | bigint | undefined {
  const { shape } = member
  if (shape.type === 'bigInteger' && typeof value === 'bigint') return value
  const whole = Math.trunc(Number(value))
  if (Math.abs(whole) < 128) return whole
  const hasRange = (member.rangeMax ?? shape.rangeMax) !== undefined
  const size = (hasRange ? undefined : bits[shape.type]) ?? 64
  // As doubles, a long's greatest value and the next one are the same.
  const most = size === 64 ? 2 ** 63 : 2 ** (size - 1) - 1
  return whole >= -(2 ** (size - 1)) && whole <= most ? whole : undefined
}

/** The bytes of a blob that a handler gave: text is taken as UTF-8. */
export function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'string') return encodeText(value)
  throw new TypeError(`A blob is a Uint8Array, not ${typeof value}`)
}

/** How a float reads in JSON strings, headers and XML. */
export function writeNumber(value: unknown): string {
  return String(value)
}

/** Percent-decoding of one URI component; undefined where it is malformed. */
export function decodeComponent(text: string): string | undefined {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    if (cause instanceof URIError) return undefined
    throw cause
  }
}

/** A handler's value for a structure or map. Another kind is our bug, hence a TypeError. */
export function asRecord(value: unknown, shapeName: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${shapeName} is written from an object, not ${typeof value}`)
  }
  return value as Record<string, unknown>
}
