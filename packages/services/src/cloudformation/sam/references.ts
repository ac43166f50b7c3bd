import { isList, isObject, type Json, type JsonObject } from '../engine/json.ts'
import { inSub } from './values.ts'

/** `MyFunction` -> `Alias`, `Version`, `DestinationQueue`, `DestinationTopic` -> logical id. */
export type MadeReferences = ReadonlyMap<string, Readonly<Record<string, string>>>

/** Puts the new logical ids where the old ones are named, in functions and in `DependsOn`. */
export function withNewIds(value: Json, ids: ReadonlyMap<string, string>): Json {
  if (ids.size === 0) return value
  const rename = (name: string) => ids.get(name) ?? name
  return rewritten(value, {
    ref: (name) => (name.includes('.') ? name : rename(name)),
    attribute: (parts) => [rename(parts[0] ?? ''), ...parts.slice(1)],
    sub: (whole, name) => {
      const [first = ''] = name.split('.')
      const id = ids.get(first)
      return id === undefined ? whole : whole.replaceAll(first, id)
    },
    dependsOn: rename,
  })
}

/** Puts the logical ids of what was made where it is named as `MyFunction.Version`. */
export function withMadeReferences(value: Json, references: MadeReferences): Json {
  if (references.size === 0) return value
  const find = (owner: string, property: string) => references.get(owner)?.[property]
  return rewritten(value, {
    ref(name) {
      const dot = name.indexOf('.')
      return dot < 1 ? name : (find(name.slice(0, dot), name.slice(dot + 1)) ?? name)
    },
    attribute([owner = '', property = '', ...rest]) {
      const id = find(owner, property)
      return id === undefined ? [owner, property, ...rest] : [id, ...rest]
    },
    sub(whole, name) {
      const [owner = '', property = ''] = name.split('.')
      const id = find(owner, property)
      return id === undefined ? whole : whole.replaceAll(`${owner}.${property}`, id)
    },
    dependsOn: (name) => name,
  })
}

interface Rewriting {
  readonly ref: (name: string) => string
  /** All parts of an `Fn::GetAtt`, split at dots. */
  readonly attribute: (parts: readonly string[]) => readonly string[]
  readonly sub: (whole: string, name: string) => string
  readonly dependsOn: (name: string) => string
}

function rewritten(value: Json, by: Rewriting): Json {
  if (isList(value)) return value.map((item) => rewritten(item, by))
  if (!isObject(value)) return value
  const keys = Object.keys(value)
  return keys.length === 1 ? rewrittenFunction(value, by) : rewrittenMembers(value, by)
}

function rewrittenMembers(value: JsonObject, by: Rewriting): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === 'DependsOn' ? renamed(item, by) : rewritten(item, by),
    ]),
  )
}

function renamed(value: Json, { dependsOn }: Rewriting): Json {
  if (typeof value === 'string') return dependsOn(value)
  if (!isList(value)) return value
  return value.map((item) => (typeof item === 'string' ? dependsOn(item) : item))
}

function rewrittenFunction(value: JsonObject, by: Rewriting): JsonObject {
  const { Ref: named, 'Fn::GetAtt': attribute, 'Fn::Sub': text } = value
  if (typeof named === 'string') return { Ref: by.ref(named) }
  if (
    isList(attribute) &&
    attribute.length > 1 &&
    attribute.every((it) => typeof it === 'string')
  ) {
    const before = attribute.join('.').split('.')
    const after = by.attribute(before)
    // What is not rewritten keeps its dots where they were.
    return same(before, after) ? value : { 'Fn::GetAtt': after }
  }
  if (text !== undefined) {
    const written = inSub(text, by.sub)
    if (!isList(written)) return { 'Fn::Sub': written }
    return { 'Fn::Sub': written.map((item) => rewritten(item, by)) }
  }
  return rewrittenMembers(value, by)
}

function same(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((part, i) => part === right[i])
}
