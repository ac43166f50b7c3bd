import { parse } from 'yaml'
import { badRequest } from '../errors.ts'

/** A node of a document, of any shape. */
export type Node = Readonly<Record<string, unknown>>

/** Largest definition that can be imported, in bytes. Source: developer guide, quotas: 6 MB. */
const documentBytesMax = 6 * 1024 * 1024
/** How often an anchor of YAML may be named again. */
const aliasesMax = 100

/** An OpenAPI document: JSON, else YAML. `refused`: the words for what is none. */
export function documentOf(body: Uint8Array, refused = invalidDefinition): Node {
  if (body.byteLength > documentBytesMax) throw refused()
  const document = parsed(Buffer.from(body).toString())
  if (!isNode(document) || (document['swagger'] ?? document['openapi']) === undefined) {
    throw refused()
  }
  return document
}

function parsed(text: string): unknown {
  try {
    return text.trimStart().startsWith('{')
      ? JSON.parse(text)
      : parse(text, { maxAliasCount: aliasesMax, logLevel: 'error' })
  } catch {
    return undefined // Neither JSON nor YAML: the caller refuses it.
  }
}

/** Recorded: apigateway, `test_import_api_bad_file`. */
function invalidDefinition() {
  return badRequest('Invalid OpenAPI input.')
}

/** Recorded: apigateway, `test_import_documentation_parts_bad_file`. */
export function invalidDocumentation() {
  return badRequest('Unable to build importer with provided input.')
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function nodeOf(value: unknown): Node {
  return isNode(value) ? value : {}
}

export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** The texts of a map, numbers and booleans as texts; other values as JSON. */
export function textsOf(value: unknown): Record<string, string> | undefined {
  if (!isNode(value)) return undefined
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      textOf(member) ?? (member === null ? '' : JSON.stringify(member)),
    ]),
  )
}
