import type { Member, Shape } from '@cloud-orrery/models'
import { DecodeProblem } from '../problem.ts'
import { milliseconds } from '../timestamp.ts'
import { asRecord, bytesOf, integerOf, setEntry } from '../values.ts'
import { CborTag } from './cbor-reader.ts'
import type { CborWriter } from './cbor-writer.ts'

/** The members of a structure. Null counts as absent, unknown keys are ignored. */
export function readCborStructure(value: unknown, shape: Shape): Record<string, unknown> {
  if (Array.isArray(value)) throw wrong('Start of list found where not expected')
  if (!isMap(value)) throw wrong('Expected null')
  const result: Record<string, unknown> = {}
  const members = shape.members ?? {}
  for (const [key, item] of Object.entries(value)) {
    const member = Object.hasOwn(members, key) ? members[key] : undefined
    if (member === undefined || item === null) continue
    result[key] = readCborValue(item, member)
  }
  return result
}

function isMap(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array) &&
    !(value instanceof CborTag)
  )
}

function wrong(message: string): DecodeProblem {
  return new DecodeProblem('type', message)
}

/** The parser has bounded the depth already. */
function readCborValue(value: unknown, member: Member): unknown {
  const { shape } = member
  switch (shape.type) {
    case 'structure':
    case 'union':
      return readCborStructure(value, shape)
    case 'list':
      return readList(value, shape)
    case 'map':
      return readMap(value, shape)
    case 'string':
    case 'enum':
      return typeof value === 'string' ? value : refuse('a String')
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse('a Boolean')
    case 'blob':
      return value instanceof Uint8Array ? value : refuse('a Blob')
    case 'timestamp':
      return readTimestamp(value)
    case 'float':
    case 'double':
    case 'bigDecimal':
      return typeof value === 'number' || typeof value === 'bigint'
        ? Number(value)
        : refuse('a Double')
    case 'document':
      return plain(value)
    default:
      return readInteger(value, member)
  }
}

function refuse(name: string): never {
  throw wrong(`Unexpected value where ${name} was expected`)
}

function readInteger(value: unknown, member: Member): number | bigint {
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  return (isNumber ? integerOf(value, member) : undefined) ?? refuse('an Integer')
}

function readTimestamp(value: unknown): number {
  const seconds = value instanceof CborTag && value.tag === 1 ? value.value : value
  const isNumber = typeof seconds === 'number' || typeof seconds === 'bigint'
  return (isNumber ? milliseconds(Number(seconds)) : undefined) ?? refuse('a Timestamp')
}

function readList(value: unknown, shape: Shape): unknown[] {
  if (!Array.isArray(value)) throw wrong('Expected list or null')
  const { member } = shape
  if (member === undefined) return []
  return value.map((item) => (item === null ? null : readCborValue(item, member)))
}

function readMap(value: unknown, shape: Shape): Record<string, unknown> {
  if (!isMap(value)) throw wrong('Expected map or null')
  const result: Record<string, unknown> = {}
  if (shape.value === undefined) return result
  for (const [key, item] of Object.entries(value)) {
    if (item !== null) setEntry(result, key, readCborValue(item, shape.value))
    else if (shape.sparse === true) setEntry(result, key, null)
  }
  return result
}

/** Documents have no tags. */
function plain(value: unknown): unknown {
  if (value instanceof CborTag) return plain(value.value)
  if (Array.isArray(value)) return value.map(plain)
  if (!isMap(value)) return value
  const result: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) setEntry(result, key, plain(item))
  return result
}

/** Writes the set members of a structure as a map; `type` is an error's `__type`. */
export function writeCborStructure(
  writer: CborWriter,
  value: Readonly<Record<string, unknown>>,
  shape: Shape,
  extra: readonly (readonly [name: string, text: string])[] = [],
): void {
  const members = Object.entries(shape.members ?? {}).filter(
    ([name]) => value[name] !== undefined && value[name] !== null,
  )
  writer.map(members.length + extra.length)
  for (const [name, text] of extra) {
    writer.text(name)
    writer.text(text)
  }
  for (const [name, member] of members) {
    writer.text(name)
    writeCborValue(writer, value[name], member)
  }
}

export function writeCborValue(writer: CborWriter, value: unknown, member: Member): void {
  const { shape } = member
  switch (shape.type) {
    case 'structure':
    case 'union':
      writeCborStructure(writer, asRecord(value, shape.name), shape)
      break
    case 'list':
      writeList(writer, value, shape)
      break
    case 'map':
      writeMap(writer, asRecord(value, shape.name), shape)
      break
    case 'string':
    case 'enum':
      writer.text(String(value))
      break
    case 'boolean':
      writer.boolean(value === true)
      break
    case 'blob':
      writer.bytes(bytesOf(value))
      break
    case 'timestamp':
      writer.epochSeconds(Number(value) / 1000)
      break
    case 'float':
    case 'double':
    case 'bigDecimal':
      writer.float(Number(value))
      break
    case 'document':
      writer.plain(value)
      break
    default:
      writer.integer(value as number | bigint)
  }
}

function writeList(writer: CborWriter, value: unknown, shape: Shape): void {
  const all = [...(value as Iterable<unknown>)]
  const items = shape.sparse === true ? all : all.filter((item) => item !== null)
  writer.array(items.length)
  for (const item of items) {
    if (item === null || item === undefined || shape.member === undefined) writer.null()
    else writeCborValue(writer, item, shape.member)
  }
}

function writeMap(writer: CborWriter, value: Record<string, unknown>, shape: Shape): void {
  const entries = Object.entries(value).filter(
    ([, item]) => item !== undefined && (item !== null || shape.sparse === true),
  )
  writer.map(entries.length)
  for (const [key, item] of entries) {
    writer.text(key)
    if (item === null || shape.value === undefined) writer.null()
    else writeCborValue(writer, item, shape.value)
  }
}
