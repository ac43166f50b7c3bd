import type { ResourceSchema } from '@cloud-orrery/models'
import { isList, isObject, type Json, type JsonObject, sameJson } from './json.ts'
import { metadataOnlyTypes, nestedStackType, schemaOf } from './resource-types.ts'

export interface Comparable {
  readonly type: string
  readonly properties: JsonObject
  readonly metadata?: Json
}

export type ChangeKind = 'none' | 'modify' | 'replace'

/** What a change asks of a resource: nothing, an update in place, or a new one. */
export function changeKind(
  before: Comparable,
  after: Comparable,
  tagsChanged: boolean,
): ChangeKind {
  if (before.type !== after.type) return 'replace'
  const names = changedProperties(before.properties, after.properties)
  if (names.length === 0) {
    const tagged = tagsChanged && schemaOf(after.type)?.tags !== undefined
    return tagged ? 'modify' : 'none'
  }
  if (metadataOnlyTypes.has(after.type)) return 'modify'
  const replaced = names.some(
    (name) =>
      recreation(after.type, name, before.properties[name], after.properties[name]) === 'Always',
  )
  return replaced ? 'replace' : 'modify'
}

/**
 * The name that stands in the way of a replacement: the template gives it, it identifies the resource, and
 * it stays, so that the new resource could not be made beside the old one.
 */
export function nameInTheWay(before: Comparable, after: Comparable): string | undefined {
  const [identifier, ...more] = schemaOf(after.type)?.primaryIdentifier ?? []
  if (before.type !== after.type || identifier === undefined || more.length > 0) return undefined
  const name = after.properties[identifier]
  return typeof name === 'string' && name === before.properties[identifier] ? name : undefined
}

/** Names of top-level properties that differ, in alphabetical order. */
export function changedProperties(before: JsonObject, after: JsonObject): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => !sameJson(before[name], after[name])).sort()
}

export type Recreation = 'Never' | 'Conditionally' | 'Always'

/** Whether changing a property makes a new resource, as change sets word it. */
export function recreation(
  type: string,
  name: string,
  before: Json | undefined,
  after: Json | undefined,
): Recreation {
  if (type === nestedStackType || metadataOnlyTypes.has(type)) return 'Never'
  const schema = schemaOf(type)
  if (schema === undefined) return 'Never'
  switch (schema.properties[name]?.causesReplacement) {
    case 'yes':
      return 'Always'
    case 'maybe':
      return 'Conditionally'
    default:
      return nestedReplacement(schema, name, before, after) ? 'Always' : 'Never'
  }
}

function nestedReplacement(
  schema: ResourceSchema,
  name: string,
  before: Json | undefined,
  after: Json | undefined,
): boolean {
  return (schema.replacementPaths ?? []).some((path) => {
    const parts = path.split('/').filter((part) => part !== '')
    return parts[0] === name && !sameJson(at(before, parts.slice(1)), at(after, parts.slice(1)))
  })
}

function at(value: Json | undefined, parts: readonly string[]): Json | undefined {
  let found = value
  for (const part of parts) {
    if (isList(found)) return found
    if (!isObject(found)) return undefined
    found = found[part]
  }
  return found
}
