import { invariant } from '@cloud-orrery/kernel'

/**
 * Plain data as JSON. What JSON lacks is an object with one member: `$bytes` (base64), `$blob` (SHA-256 of a body that
 * lies beside), `$number` (`NaN`, `Infinity`), `$bigint`, `$shared` (the number of a value told before); an object of
 * the data's own that looks so is wrapped in `$plain`. Members that are undefined are left out.
 */
export interface PlainDataWriter {
  /** Keeps a large body beside; undefined keeps it inline. */
  readonly blob?: (bytes: Uint8Array) => string | undefined
  /** The number of a value that many entries share; undefined writes it out. */
  readonly shared?: (value: object) => number | undefined
}

export interface PlainDataReader {
  readonly blob?: (sha256: string) => Uint8Array
  readonly shared?: (number: number) => unknown
}

export function textOf(value: unknown, writer: PlainDataWriter = {}): string {
  return JSON.stringify(encoded(value, writer)) ?? 'null'
}

const marks: ReadonlySet<string> = new Set([
  '$bytes',
  '$blob',
  '$number',
  '$bigint',
  '$shared',
  '$plain',
])

/** The value itself wherever JSON has it: nearly everything. */
function encoded(value: unknown, writer: PlainDataWriter): unknown {
  switch (typeof value) {
    case 'object':
      break
    case 'number':
      return Number.isFinite(value) ? value : { $number: String(value) }
    case 'bigint':
      return { $bigint: String(value) }
    default:
      return value
  }
  if (value === null) return null
  if (ArrayBuffer.isView(value)) return encodedBytes(value, writer)
  if (Array.isArray(value)) return encodedList(value, writer)
  const number = writer.shared?.(value)
  if (number !== undefined) return { $shared: number }
  return encodedMembers(value as Record<string, unknown>, writer)
}

function encodedBytes(view: ArrayBufferView, writer: PlainDataWriter): unknown {
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength)
  const sha256 = writer.blob?.(bytes)
  return sha256 === undefined ? { $bytes: bytes.toString('base64') } : { $blob: sha256 }
}

function encodedList(list: readonly unknown[], writer: PlainDataWriter): unknown {
  let copy: unknown[] | undefined
  for (let i = 0; i < list.length; i += 1) {
    const one = encoded(list[i], writer)
    if (one !== list[i]) copy ??= list.slice()
    if (copy !== undefined) copy[i] = one
  }
  return copy ?? list
}

function encodedMembers(object: Record<string, unknown>, writer: PlainDataWriter): unknown {
  let copy: Record<string, unknown> | undefined
  let count = 0
  let first = ''
  for (const name in object) {
    count += 1
    first = name
    const member = encoded(object[name], writer)
    if (member !== object[name]) copy ??= { ...object }
    // `__proto__` as a name of the data's own would set the copy's prototype.
    if (copy !== undefined) Object.defineProperty(copy, name, { ...own, value: member })
  }
  const plain = copy ?? object
  return count === 1 && marks.has(first) ? { $plain: plain } : plain
}

const own = { configurable: true, enumerable: true, writable: true }

/** Throws a `SyntaxError` for what is no such text. */
export function fromText(text: string, reader: PlainDataReader = {}): unknown {
  const value: unknown = JSON.parse(text)
  return text.includes('"$') ? decoded(value, reader) : value
}

function decoded(value: unknown, reader: PlainDataReader): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) value[i] = decoded(value[i], reader)
    return value
  }
  const object = value as Record<string, unknown>
  const names = Object.keys(object)
  const [first = ''] = names
  if (names.length === 1 && marks.has(first)) return unmarked(first, object[first], reader)
  decodeMembers(object, reader)
  return object
}

function decodeMembers(object: Record<string, unknown>, reader: PlainDataReader): void {
  for (const name of Object.keys(object)) {
    const member = object[name]
    if (typeof member === 'object' && member !== null) {
      Object.defineProperty(object, name, { ...own, value: decoded(member, reader) })
    }
  }
}

function unmarked(mark: string, content: unknown, reader: PlainDataReader): unknown {
  switch (mark) {
    case '$bytes':
      return new Uint8Array(Buffer.from(String(content), 'base64'))
    case '$number':
      return Number(content)
    case '$bigint':
      return BigInt(String(content))
    case '$blob':
      invariant(reader.blob !== undefined, 'a body beside, and nowhere to look for it')
      return reader.blob(String(content))
    case '$shared':
      invariant(reader.shared !== undefined, 'a shared value, and none were told')
      return reader.shared(Number(content))
    default:
      if (typeof content !== 'object' || content === null) return content
      decodeMembers(content as Record<string, unknown>, reader)
      return content
  }
}
