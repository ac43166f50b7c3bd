import type { Member, Shape } from '@cloud-orrery/models'
import { timestampFormat, writeTimestamp } from '../timestamp.ts'
import { asRecord, bytesOf, encodeBase64, setEntry } from '../values.ts'

export interface JsonWriting {
  /** restJson1: members are known by `jsonName`. */
  jsonNames: boolean
}

/** `JSON.rawJSON`, which the language has and TypeScript's library does not list yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown }

/** A value as `JSON.stringify` takes it, by its shape. */
export function writeJsonValue(value: unknown, member: Member, writing: JsonWriting): unknown {
  const { shape } = member
  switch (shape.type) {
    case 'structure':
    case 'union':
      return writeJsonStructure(asRecord(value, shape.name), shape, writing)
    case 'list':
      return writeList(value, shape, writing)
    case 'map':
      return writeMap(asRecord(value, shape.name), shape, writing)
    case 'blob':
      return encodeBase64(bytesOf(value))
    case 'timestamp':
      return writeJsonTimestamp(Number(value), member)
    case 'float':
    case 'double':
      return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
    default:
      return typeof value === 'bigint' ? rawJSON(String(value)) : value
  }
}

/** Members that are set, by the names that JSON gives them, in the model's order. */
export function writeJsonStructure(
  value: Record<string, unknown>,
  shape: Shape,
  writing: JsonWriting,
): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  const { members = {} } = shape
  for (const name in members) {
    const item = value[name]
    const member = members[name]
    if (item === undefined || item === null || member === undefined) continue
    const key = writing.jsonNames ? (member.jsonName ?? name) : name
    setEntry(result, key, writeJsonValue(item, member, writing))
  }
  return result
}

function writeList(value: unknown, shape: Shape, writing: JsonWriting): unknown[] {
  const result: unknown[] = []
  if (shape.member === undefined) return result
  for (const item of value as Iterable<unknown>) {
    if (item !== null && item !== undefined)
      result.push(writeJsonValue(item, shape.member, writing))
    else if (shape.sparse === true) result.push(null)
  }
  return result
}

function writeMap(
  value: Record<string, unknown>,
  shape: Shape,
  writing: JsonWriting,
): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  if (shape.value === undefined) return result
  for (const key of Object.keys(value)) {
    const item = value[key]
    if (item !== null && item !== undefined) {
      setEntry(result, key, writeJsonValue(item, shape.value, writing))
    } else if (item === null && shape.sparse === true) setEntry(result, key, null)
  }
  return result
}

function writeJsonTimestamp(ms: number, member: Member): unknown {
  const format = timestampFormat(member, 'epoch-seconds')
  return format === 'epoch-seconds' ? ms / 1000 : writeTimestamp(ms, format)
}
