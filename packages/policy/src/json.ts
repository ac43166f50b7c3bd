/** Deepest nesting of objects and lists that is read; no policy needs more than eight. */
const depthMax = 32

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json }

/** The text is not JSON, names a key twice in one object, or nests too deep. */
export class JsonError extends Error {}

/**
 * Reads JSON and refuses a key that stands twice in one object, which `JSON.parse` would let the
 * last of win. Source: IAM User Guide, "Grammar of the IAM JSON policy language", notes.
 */
export function parseJson(text: string): Json {
  let value: Json
  try {
    value = JSON.parse(text)
  } catch {
    throw new JsonError('not JSON')
  }
  refuseDoubleKeys(text)
  return value
}

/** One token of text that is known to be JSON. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g

/** Follows the brackets of text that is known to be JSON and collects each object's keys. */
function refuseDoubleKeys(text: string): void {
  const open: (Set<string> | undefined)[] = [] // A set of keys for an object, none for a list.
  let previous = ''
  for (const [part] of text.matchAll(token)) {
    if (part === '{' || part === '[') {
      open.push(part === '{' ? new Set() : undefined)
      if (open.length > depthMax) throw new JsonError('nested too deep')
    } else if (part === '}' || part === ']') open.pop()
    else if (part === ':') {
      const keys = open.at(-1)
      const key: string = JSON.parse(previous)
      if (keys?.has(key)) throw new JsonError(`key ${key} stands twice`)
      keys?.add(key)
    }
    previous = part
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A string, or a list of strings; as a list. Undefined when it is neither. */
export function readStrings(value: Json | undefined): readonly string[] | undefined {
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) return undefined
  return value.every((item): item is string => typeof item === 'string') ? value : undefined
}
