import { type Member, type Operation, operationModelOf, type Shape } from '@cloud-orrery/models'
import { checksum } from '@cloud-orrery/protocols'

/**
 * Bodies go with the checksum that the SDK for Java adds where the call names none.
 * Recorded: states, `aws-sdk:s3:putObject`, 2025.
 */
function withChecksum(
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { checksum: trait, input: shape } = operationModelOf(operation)
  const member = trait?.requestAlgorithmMember
  const body = Object.values(shape.members ?? {}).find((it) => it.shape.streaming === true)
  if (member === undefined || body === undefined || input[member] !== undefined) return input
  const bytes = input[body.name]
  if (!(bytes instanceof Uint8Array)) return input
  return { ...input, [member]: 'CRC32', ChecksumCRC32: checksum('CRC32', bytes) }
}

/** A value of JSON, as states and schedules keep it. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

/** An input for `ctx.call`, or what is wrong with the JSON, in AWS's words. */
export type InputOfJson =
  | { readonly kind: 'input'; readonly input: Readonly<Record<string, unknown>> }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] }

/** Deeper values than the models have are refused. */
const depthMax = 100

/**
 * The input of an operation from parameters as Step Functions writes them: names in PascalCase whatever the model's
 * spelling, timestamps as ISO 8601 text or epoch seconds, blobs as text. Where an operation takes a string or a
 * blob, any other JSON value is handed over as its JSON text. Null is a parameter that is not given.
 * Recorded: states, `aws-sdk:s3:putObject` and `aws-sdk:sfn:startExecution`, 2023 to 2025.
 */
export function inputFromJson(operation: Operation, json: Json): InputOfJson {
  const problems: string[] = []
  const input = isObject(json)
    ? structure(operationModelOf(operation).input, json, problems, 0)
    : {}
  if (problems.length > 0) return { kind: 'wrong', problems }
  return { kind: 'input', input: withChecksum(operation, input) }
}

/**
 * The output of an operation as Step Functions hands it on: names in PascalCase, timestamps as ISO 8601 text,
 * blobs as text, or as Base64 where they are not UTF-8. Recorded: states, `aws-sdk:s3:getObject`, 2025.
 */
// Deviation: members whose names AWS's SDK for Java spells differently (`SSEKMSKeyId`) keep the model's spelling.
export function outputToJson(operation: Operation, output: unknown): Json {
  return jsonOf(operationModelOf(operation).output, output ?? {})
}

function structure(
  shape: Shape,
  json: { readonly [key: string]: Json },
  problems: string[],
  depth: number,
): Record<string, unknown> {
  const members = membersByName(shape)
  const input: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(json)) {
    const member = members.get(name)
    if (member === undefined) {
      problems.push(`The field '${name}' is not supported by Step Functions`)
    } else if (value !== null) {
      input[member.name] = apiValue(name, member.shape, value, problems, depth + 1)
    }
  }
  return input
}

const namesOfShapes = new WeakMap<Shape, ReadonlyMap<string, Member>>()

/** Members by their names in PascalCase, and by those that the SDK for Java gives them. */
function membersByName(shape: Shape): ReadonlyMap<string, Member> {
  const known = namesOfShapes.get(shape)
  if (known !== undefined) return known
  const members = new Map<string, Member>()
  for (const member of Object.values(shape.members ?? {})) {
    members.set(javaName(member.name), member)
    members.set(pascalCase(member.name), member)
  }
  namesOfShapes.set(shape, members)
  return members
}

export function pascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** `SSEKMSKeyId` is `SsekmsKeyId` in the SDK for Java: capitals in a row but the last are made small. */
function javaName(name: string): string {
  return pascalCase(
    name.replace(/[A-Z]+(?=[A-Z][a-z]|$|\d)/g, (run) => pascalCase(run.toLowerCase())),
  )
}

function apiValue(
  name: string,
  shape: Shape,
  json: Json,
  problems: string[],
  depth: number,
): unknown {
  const wrong = (must: string): undefined => {
    problems.push(`The value for the field '${name}' must be ${must}`)
  }
  if (depth > depthMax) return wrong(`at most ${depthMax} levels deep`)
  switch (shape.type) {
    case 'structure':
    case 'union':
      return isObject(json) ? structure(shape, json, problems, depth) : wrong('an OBJECT')
    case 'list': {
      const element = shape.member?.shape
      if (!isArray(json) || element === undefined) return wrong('an ARRAY')
      return json.map((it) =>
        it === null ? null : apiValue(name, element, it, problems, depth + 1),
      )
    }
    case 'map': {
      const value = shape.value?.shape
      if (!isObject(json) || value === undefined) return wrong('an OBJECT')
      const entries = Object.entries(json).filter(([, it]) => it !== null)
      return Object.fromEntries(
        entries.map(([key, it]) => [key, apiValue(key, value, it, problems, depth + 1)]),
      )
    }
    case 'string':
    case 'enum':
      return textOf(json)
    case 'blob':
      // What a stream is given is JSON, text too, which keeps its quotes. Recorded: states, `aws-sdk:s3:putObject`, 2025.
      return Buffer.from(shape.streaming === true ? JSON.stringify(json) : textOf(json))
    case 'boolean':
      return typeof json === 'boolean' ? json : wrong('a BOOLEAN')
    case 'timestamp':
      return epochMs(json) ?? wrong('a STRING that is a timestamp')
    case 'document':
      return json
    default:
      return typeof json === 'number' ? json : wrong('a NUMBER')
  }
}

function textOf(json: Json): string {
  return typeof json === 'string' ? json : JSON.stringify(json)
}

function epochMs(json: Json): number | undefined {
  if (typeof json === 'number') return json * 1000
  if (typeof json !== 'string' || !/^\d{4}-\d\d-\d\d(T|$)/.test(json)) return undefined
  const ms = Date.parse(json)
  return Number.isNaN(ms) ? undefined : ms
}

function jsonOf(shape: Shape, value: unknown): Json {
  switch (shape.type) {
    case 'structure':
    case 'union': {
      const json: Record<string, Json> = {}
      const record = value as Readonly<Record<string, unknown>> // Handlers answer as their models say.
      for (const member of Object.values(shape.members ?? {})) {
        const it = record[member.name] ?? (member.location === 'prefixHeaders' ? {} : undefined)
        if (it !== undefined && it !== null)
          json[pascalCase(member.name)] = jsonOf(member.shape, it)
      }
      return json
    }
    case 'list': {
      const element = shape.member?.shape
      const items = value as readonly unknown[] // As above.
      return items.map((it) => (it == null || element === undefined ? null : jsonOf(element, it)))
    }
    case 'map': {
      const of = shape.value?.shape
      const entries = Object.entries(value as Readonly<Record<string, unknown>>) // As above.
      return Object.fromEntries(
        entries.map(([key, it]) => [key, it == null || of === undefined ? null : jsonOf(of, it)]),
      )
    }
    case 'blob':
      return textOfBytes(value)
    case 'timestamp':
      return isoText(value as number) // Timestamps are epoch milliseconds in all models.
    default:
      return value as Json // Strings, numbers and booleans are JSON already.
  }
}

function textOfBytes(value: unknown): string {
  const bytes = typeof value === 'string' ? Buffer.from(value) : Buffer.from(value as Uint8Array) // Blobs are bytes.
  const text = bytes.toString()
  return Buffer.from(text).equals(bytes) ? text : bytes.toString('base64')
}

/** As Java writes an instant: `2026-01-01T00:00:00Z`, with milliseconds only where there are some. */
export function isoText(atMs: number): string {
  return new Date(atMs).toISOString().replace('.000Z', 'Z')
}

function isObject(json: Json): json is { readonly [key: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function isArray(json: Json): json is readonly Json[] {
  return Array.isArray(json)
}
