/** Any JSON value. Values are never changed in place: states share them. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

export interface JsonObject {
  readonly [key: string]: Json
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** The JSON text of a value, as histories show it. */
export function textOf(value: Json): string {
  return JSON.stringify(value)
}

/** Deepest JSON that AWS's reader and writer take. Source: Jackson, StreamReadConstraints and StreamWriteConstraints. */
const depthMax = 1000

/** What is wrong with a text that nests too deeply, in the words of AWS's JSON reader. */
export const tooDeepProblem = `Document nesting depth (${depthMax + 1}) exceeds the maximum allowed (${depthMax}, from \`StreamReadConstraints.getMaxNestingDepth()\`)`

/** Whether a JSON text nests more deeply than can be read and written. */
export function isTooDeep(text: string): boolean {
  if (text.length <= 2 * depthMax) return false
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charAt(at)
    if (unit === '"') at = endOfString(text, at)
    else if (unit === '[' || unit === '{') depth += 1
    else if (unit === ']' || unit === '}') depth -= 1
    if (depth > depthMax) return true
  }
  return false
}

function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text.charAt(at - 1 - slashes) === '\\') slashes += 1
    if (slashes % 2 === 0) return at
  }
  return text.length
}

/** A JSON text as a value; undefined where it is none, or nests too deeply. */
export function parsedJson(text: string): Json | undefined {
  if (isTooDeep(text)) return undefined
  try {
    return JSON.parse(text) as Json // JSON.parse gives JSON.
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
