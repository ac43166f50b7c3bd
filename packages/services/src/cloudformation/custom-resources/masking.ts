import type { TableContext } from '@cloud-orrery/kernel'
import { isList, isObject, type Json, type JsonObject, scalarText } from '../engine/json.ts'
import { resources } from '../state.ts'

const mask = '****'

/** Shorter values are hidden only where they stand alone: they are part of too many other words. */
const partCharactersMin = 4

/**
 * Properties as events show them: what custom resources of the stack answered with `NoEcho` is hidden.
 * Deviation: found by its text, also where a property has it from elsewhere.
 */
export function masked(ctx: TableContext, stackId: string, properties: JsonObject): JsonObject {
  const secrets = new Set<string>()
  for (const { state } of resources.where(ctx, 'noEcho', stackId)) {
    collect(state?.['data'], secrets)
  }
  if (secrets.size === 0) return properties
  return hidden(properties, secrets) as JsonObject // An object stays one.
}

function collect(value: Json | undefined, into: Set<string>): void {
  const text = scalarText(value)
  if (text !== undefined && text !== '') into.add(text)
  else if (isList(value)) for (const item of value) collect(item, into)
  else if (isObject(value)) for (const item of Object.values(value)) collect(item, into)
}

function hidden(value: Json, secrets: ReadonlySet<string>): Json {
  const text = scalarText(value)
  if (text !== undefined) {
    if (secrets.has(text)) return mask
    let shown = text
    for (const secret of secrets) {
      if (secret.length >= partCharactersMin) shown = shown.replaceAll(secret, mask)
    }
    return shown === text ? value : shown
  }
  if (isList(value)) return value.map((item) => hidden(item, secrets))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, hidden(item, secrets)]),
  )
}
