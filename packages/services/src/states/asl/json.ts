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

/** A JSON text as a value; undefined where it is none. */
export function parsedJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json // JSON.parse gives JSON.
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
