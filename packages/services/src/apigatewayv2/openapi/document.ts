import { parseDocument } from 'yaml'
import { bad } from '../errors.ts'

/** An object of JSON, whose members are looked at one by one. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Characters of a definition. Source: developer guide, "OpenAPI document size": 6 MB. */
const documentLengthMax = 6_291_456

/** Reads a definition of OpenAPI 3.0, in JSON or YAML. Throws BadRequestException. */
export function readDocument(text: string): JsonObject {
  if (text.length > documentLengthMax) throw bad('The OpenAPI definition is larger than 6 MB')
  const document = parsed(text)
  if (document === undefined) {
    throw bad('Unable to parse API definition because of a malformed OpenAPI document')
  }
  const { openapi } = document
  if (typeof openapi !== 'string' || !openapi.startsWith('3.0')) {
    throw bad('Invalid OpenAPI input. Only OpenAPI 3.0 definitions are supported for HTTP APIs')
  }
  return document
}

function parsed(text: string): JsonObject | undefined {
  const document = parseDocument(text, { maxAliasCount: 100 } as object)
  if (document.errors.length > 0) return undefined
  try {
    return objectOf(document.toJS({ maxAliasCount: 100 }))
  } catch (error) {
    if (error instanceof ReferenceError) return undefined // Aliases that grow without end.
    throw error
  }
}

export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject) // An object of JSON or YAML.
    : undefined
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** What `{ "$ref": "#/a/b" }` leads to; other values are themselves. */
export function resolved(document: JsonObject, value: unknown): unknown {
  const reference = textOf(objectOf(value)?.['$ref'])
  if (reference === undefined) return value
  let found: unknown = document
  for (const part of reference.replace(/^#\//, '').split('/')) {
    found = objectOf(found)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return found
}

/** Members under the names that the API gives them: `timeoutInMillis` as `TimeoutInMillis`. */
export function capitalised(value: JsonObject): Record<string, unknown> {
  const entries = Object.entries(value)
  return Object.fromEntries(
    entries.map(([name, it]) => [name.charAt(0).toUpperCase() + name.slice(1), it]),
  )
}

/** The other way round. */
export function uncapitalised(value: object): Record<string, unknown> {
  const entries = Object.entries(value).filter(([, it]) => it !== undefined)
  return Object.fromEntries(
    entries.map(([name, it]) => [name.charAt(0).toLowerCase() + name.slice(1), it]),
  )
}
