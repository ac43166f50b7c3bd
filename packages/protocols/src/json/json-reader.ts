import type { Member, Shape } from '@cloud-orrery/models'
import { DecodeProblem, nestingMax } from '../problem.ts'
import { milliseconds, readTimestampText } from '../timestamp.ts'
import { decodeBase64, integerOf, setEntry } from '../values.ts'

/**
 * JSON text as a value. Integers past 2^53 become `bigint`: found by their length, so that the common body
 * pays only for the search. Throws `DecodeProblem` ('syntax', without a message: AWS gives none).
 */
export function parseJson(body: Uint8Array): unknown {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const text = bytes.toString('utf8')
  try {
    return longDigits.test(text) ? parseWithBigIntegers(text) : JSON.parse(text)
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new DecodeProblem('syntax', '')
    throw cause
  }
}

const longDigits = /\d{16}/
const integerText = /^-?\d+$/

/** The third argument of a reviver, which the language has and TypeScript's library does not list yet. */
type SourceReviver = (key: string, value: unknown, context: { source?: string }) => unknown

function parseWithBigIntegers(text: string): unknown {
  // Reviving is recursive inside the engine: what nests too deep is refused before it is tried.
  checkDepth(JSON.parse(text))
  const reviver: SourceReviver = (_key, value, { source }) =>
    typeof value === 'number' &&
    !Number.isSafeInteger(value) &&
    source !== undefined &&
    integerText.test(source)
      ? BigInt(source)
      : value
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown)
}

/** Refuses values nested deeper than `nestingMax`, without recursion. */
export function checkDepth(root: unknown): void {
  let level: unknown[] = [root]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > nestingMax) throw new DecodeProblem('limit', '')
    const next: unknown[] = []
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue
      for (const child of Object.values(value)) {
        if (typeof child === 'object' && child !== null) next.push(child)
      }
    }
    level = next
  }
}

/** Members by the name that JSON gives them. */
const namesByShape = new WeakMap<Shape, Map<string, Member>>()

/** `jsonName` counts in restJson1 only; the awsJson protocols ignore it. */
function membersByJsonName(shape: Shape): Map<string, Member> {
  let names = namesByShape.get(shape)
  if (names === undefined) {
    names = new Map()
    for (const member of Object.values(shape.members ?? {})) {
      names.set(member.jsonName ?? member.name, member)
    }
    namesByShape.set(shape, names)
  }
  return names
}

export interface JsonReading {
  /** restJson1: members are known by `jsonName`. */
  jsonNames: boolean
}

/** A JSON value as its shape has it. `null` is the same as absent, unknown keys are ignored. */
export function readJsonValue(
  value: unknown,
  member: Member,
  reading: JsonReading,
  depth = 0,
): unknown {
  const { shape } = member
  switch (shape.type) {
    case 'string':
    case 'enum':
      return typeof value === 'string' ? value : refuse(value, 'a String')
    case 'structure':
    case 'union':
      return readJsonStructure(value, shape, reading, depth)
    case 'list':
      return readList(value, shape, reading, depth)
    case 'map':
      return readMap(value, shape, reading, depth)
    case 'boolean':
      return readBoolean(value)
    case 'byte':
    case 'short':
    case 'integer':
    case 'intEnum':
    case 'long':
    case 'bigInteger':
      return readInteger(value, member, integerNames[shape.type])
    case 'float':
    case 'double':
    case 'bigDecimal':
      return readFloat(value, floatNames[shape.type])
    case 'blob':
      return readBlob(value)
    case 'timestamp':
      return readTimestamp(value)
    case 'document':
      checkDepth(value)
      return value
    default:
      return shape.type satisfies never
  }
}

const integerNames = {
  byte: 'a Byte',
  short: 'a Short',
  integer: 'an Integer',
  intEnum: 'an Integer',
  long: 'a Long',
  bigInteger: 'a BigInteger',
} as const
const floatNames = { float: 'a Float', double: 'a Double', bigDecimal: 'a BigDecimal' } as const

/** The members of a structure. `{}` for absent members; throws `DecodeProblem` for another kind of value. */
export function readJsonStructure(
  value: unknown,
  shape: Shape,
  reading: JsonReading,
  depth = 0,
): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) {
    // AWS gives a reason inside a body only. Source: answers of Athena, September 2026.
    throw new DecodeProblem('type', depth === 0 ? '' : 'Expected null')
  }
  if (Array.isArray(value)) throw new DecodeProblem('type', startOfList)
  if (depth > nestingMax) throw new DecodeProblem('limit', '')
  const result: Record<string, unknown> = {}
  const byName = reading.jsonNames ? membersByJsonName(shape) : undefined
  const members = shape.members ?? {}
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key] // JSON has own keys only.
    if (item === null) continue
    const member =
      byName === undefined
        ? Object.hasOwn(members, key)
          ? members[key]
          : undefined
        : byName.get(key)
    if (member !== undefined) result[member.name] = readJsonValue(item, member, reading, depth + 1)
  }
  return result
}

const startOfList = 'Start of list found where not expected'
const startOfStructure = 'Start of structure or map found where not expected.'

function readList(value: unknown, shape: Shape, reading: JsonReading, depth: number): unknown[] {
  if (!Array.isArray(value)) {
    throw new DecodeProblem('type', isObject(value) ? startOfStructure : 'Expected list or null')
  }
  if (depth > nestingMax) throw new DecodeProblem('limit', '')
  const { member } = shape
  if (member === undefined) return []
  // Nulls stay where they are: whether they may is a question for the model's constraints.
  return value.map((item) =>
    item === null ? null : readJsonValue(item, member, reading, depth + 1),
  )
}

function readMap(
  value: unknown,
  shape: Shape,
  reading: JsonReading,
  depth: number,
): Record<string, unknown> {
  if (Array.isArray(value)) throw new DecodeProblem('type', startOfList)
  if (!isObject(value)) throw new DecodeProblem('type', 'Expected map or null')
  if (depth > nestingMax) throw new DecodeProblem('limit', '')
  const result: Record<string, unknown> = {}
  if (shape.value === undefined) return result
  for (const [key, item] of Object.entries(value)) {
    // A null entry counts as absent unless the map is sparse. Source: Smithy specification, `sparse` trait.
    if (item !== null) setEntry(result, key, readJsonValue(item, shape.value, reading, depth + 1))
    else if (shape.sparse === true) setEntry(result, key, null)
  }
  return result
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** A string counts as true whatever it says: AWS's reader asks only whether the token is `false`. */
function readBoolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  return typeof value === 'string' ? true : refuse(value, 'a Boolean')
}

function readInteger(value: unknown, member: Member, name: string): number | bigint {
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  return (isNumber ? integerOf(value, member) : undefined) ?? refuse(value, name)
}

function readFloat(value: unknown, name: string): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value === 'NaN') return Number.NaN
  if (value === 'Infinity') return Number.POSITIVE_INFINITY
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY
  return refuse(value, name)
}

function readBlob(value: unknown): Uint8Array {
  if (typeof value !== 'string') return refuse(value, 'a Blob')
  const bytes = decodeBase64(value)
  if (bytes === undefined) throw new DecodeProblem('blob', '')
  return bytes
}

function readTimestamp(value: unknown): number {
  if (typeof value === 'number') {
    return milliseconds(value) ?? refuse(value, 'milliseconds since epoch')
  }
  if (typeof value !== 'string') return refuse(value, 'milliseconds since epoch')
  try {
    return readTimestampText(value, 'body')
  } catch (cause) {
    if (cause instanceof DecodeProblem) return refuse(value, 'milliseconds since epoch')
    throw cause
  }
}

/**
 * AWS's words for a value of the wrong kind, after the token that its reader stood on.
 * Deviation: DynamoDB has words of its own.
 * Source: answers of Athena, SQS, SES v2, X-Ray and API Gateway to such bodies, 2023 to 2026.
 */
function refuse(value: unknown, name: string): never {
  throw new DecodeProblem('type', refusal(value, name))
}

function refusal(value: unknown, name: string): string {
  if (Array.isArray(value)) return startOfList
  switch (typeof value) {
    case 'object':
      return startOfStructure
    case 'boolean':
      return `${value ? 'TRUE' : 'FALSE'}_VALUE can not be converted to ${name}`
    case 'number':
      return `${Number.isInteger(value) ? 'NUMBER' : 'DECIMAL'}_VALUE can not be converted to ${name}`
    case 'bigint':
      return `NUMBER_VALUE can not be converted to ${name}`
    default:
      return `STRING_VALUE can not be converted to ${name}`
  }
}
