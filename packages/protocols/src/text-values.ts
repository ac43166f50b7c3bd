import type { Member, TimestampFormat } from '@cloud-orrery/models'
import { DecodeProblem, type Place } from './problem.ts'
import { readTimestampText, timestampFormat, writeTimestamp } from './timestamp.ts'
import { bytesOf, decodeBase64, encodeBase64, integerOf } from './values.ts'

/** Where a text stands: in the message of a refusal, and for the format of timestamps. */
export interface TextPlace {
  place: Place
  /** As the wire spells it. */
  name: string
}

const integerPattern = /^[+-]?\d+$/
const floatPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** A scalar from the text that XML, forms, headers, queries and labels carry. Throws `DecodeProblem`. */
export function readText(text: string, member: Member, at: TextPlace): unknown {
  switch (member.shape.type) {
    case 'string':
    case 'enum':
      return text
    case 'boolean':
      return readBoolean(text.trim(), at)
    case 'byte':
    case 'short':
    case 'integer':
    case 'intEnum':
    case 'long':
    case 'bigInteger':
      return readInteger(text.trim(), member, at)
    case 'float':
    case 'double':
    case 'bigDecimal':
      return readFloat(text.trim(), at)
    case 'blob':
      return readBlob(text.trim(), at)
    case 'timestamp':
      return readTimestampText(text.trim(), at.place, at.name)
    case 'structure':
    case 'union':
    case 'list':
    case 'map':
    case 'document':
      throw new DecodeProblem('type', 'Unexpected complex element termination', at.place, at.name)
    default:
      return member.shape.type satisfies never
  }
}

function readBoolean(text: string, { place, name }: TextPlace): boolean {
  const lower = text.toLowerCase()
  if (lower === 'true' || lower === '1') return true
  if (lower === 'false' || lower === '0') return false
  throw new DecodeProblem('type', `${text} is not a valid boolean`, place, name, text)
}

function readInteger(text: string, member: Member, { place, name }: TextPlace): number | bigint {
  const isInteger = text.length <= 40 && integerPattern.test(text)
  const value = isInteger ? integerOf(exactly(text), member) : undefined
  if (value === undefined) {
    throw new DecodeProblem(
      'number',
      `${text.slice(0, 40)} is not a valid integer`,
      place,
      name,
      text,
    )
  }
  return value
}

function exactly(text: string): number | bigint {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text.replace('+', ''))
}

function readFloat(text: string, { place, name }: TextPlace): number {
  if (text === 'NaN') return Number.NaN
  if (text === 'Infinity') return Number.POSITIVE_INFINITY
  if (text === '-Infinity') return Number.NEGATIVE_INFINITY
  if (text.length > 400 || !floatPattern.test(text)) {
    throw new DecodeProblem(
      'number',
      `${text.slice(0, 40)} is not a valid number`,
      place,
      name,
      text,
    )
  }
  return Number(text)
}

function readBlob(text: string, { place, name }: TextPlace): Uint8Array {
  // Clients wrap long Base64 in lines.
  const bytes = decodeBase64(text.replace(/\s+/g, ''))
  if (bytes === undefined) throw new DecodeProblem('blob', 'Invalid Base64', place, name)
  return bytes
}

export interface TextWriting {
  /** The format of timestamps that declare none. */
  timestamps: TimestampFormat
  /** Milliseconds even where they are zero, as S3 and EC2 write dates. */
  fraction?: boolean
  /** restXml declares a nested structure's own namespace; the query protocols do not. */
  nestedNamespaces?: boolean
}

/** A scalar as text. */
export function writeText(value: unknown, member: Member, writing: TextWriting): string {
  switch (member.shape.type) {
    case 'blob':
      return encodeBase64(bytesOf(value))
    case 'timestamp':
      return writeTimestamp(
        Number(value),
        timestampFormat(member, writing.timestamps),
        writing.fraction,
      )
    default:
      return String(value)
  }
}
