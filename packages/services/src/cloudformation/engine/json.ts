/** A value as templates hold it. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [key: string]: Json
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** Scalars as CloudFormation writes them into strings. */
export function scalarText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return undefined
}

/** Same value, whatever the order of members; `1` and `"1"` are the same, as CloudFormation compares. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true
  if (left === undefined || right === undefined || left === null || right === null) return false
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!isList(left) || !isList(right) || left.length !== right.length) return false
    return left.every((item, i) => sameJson(item, right[i]))
  }
  if (isObject(left) && isObject(right)) {
    const keys = Object.keys(left)
    if (keys.length !== Object.keys(right).length) return false
    return keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]))
  }
  if (isObject(left) || isObject(right)) return false
  return scalarText(left) === scalarText(right)
}

/** Numbers and booleans as strings, as CloudFormation shows properties in events. */
export function stringified(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => stringified(item))
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, stringified(item)]))
  }
  return scalarText(value) ?? value
}
