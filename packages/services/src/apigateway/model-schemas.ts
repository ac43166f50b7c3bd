import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { type ModelRecord, models } from './state.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

/** A model's schema; undefined where the text is no JSON object. */
export function schemaOf(text: string): JsonSchema | undefined {
  try {
    const schema: unknown = JSON.parse(text)
    return typeof schema === 'object' && schema !== null && !Array.isArray(schema)
      ? (schema as JsonSchema) // Just checked.
      : undefined
  } catch {
    return undefined // Not JSON: the caller refuses it.
  }
}

/** `https://apigateway.amazonaws.com/restapis/{api}/models/{model}`: how one model means another. */
export function referencedModel(reference: string): string | undefined {
  return /\/models\/([a-zA-Z0-9]+)$/.exec(reference)?.[1]
}

/** A model's schema with those that it refers to, under `definitions`. Source: REST API Reference, GetModel, `flatten`. */
export function flattened(ctx: Context, model: ModelRecord): string {
  const definitions: Record<string, unknown> = {}
  const resolved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolved)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => {
        const name =
          key === '$ref' && typeof member === 'string' ? referencedModel(member) : undefined
        if (name === undefined) return [key, resolved(member)]
        const other = models.get(ctx, orderedKey(model.apiId, name))
        if (!Object.hasOwn(definitions, name) && other !== undefined) {
          definitions[name] = {} // A model may refer to itself.
          definitions[name] = resolved(schemaOf(other.schema ?? '') ?? {})
        }
        return [key, `#/definitions/${name}`]
      }),
    )
  }
  const schema = resolved(schemaOf(model.schema ?? '') ?? {}) as object
  return JSON.stringify(
    Object.keys(definitions).length === 0 ? schema : { ...schema, definitions },
    null,
    2,
  )
}
