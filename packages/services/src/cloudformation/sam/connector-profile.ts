import type { ServerlessConnectorProfile } from '@cloud-orrery/models'
import { isList, isObject, type Json, type JsonObject } from '../engine/json.ts'
import type { ConnectorEnd } from './connector-ends.ts'
import { invalidResource } from './problems.ts'

/** A profile with what is known of both ends put in. */
export function filledProfile(
  connectorId: string,
  properties: ServerlessConnectorProfile['Properties'],
  source: ConnectorEnd,
  destination: ConnectorEnd,
): JsonObject {
  const values = {
    'Source.Arn': source.arn,
    'Destination.Arn': destination.arn,
    'Source.ResourceId': source.resourceId,
    'Destination.ResourceId': destination.resourceId,
    'Source.Name': source.name,
    'Destination.Name': destination.name,
    'Source.Qualifier': source.qualifier,
    'Destination.Qualifier': destination.qualifier,
  }
  // The generated file holds plain JSON, and an object stays one.
  return filledTexts(properties as unknown as JsonObject, values, connectorId) as JsonObject
}

/** Every `%{Name}` replaced by its value: whole texts become it, parts of texts an `Fn::Sub`. */
export function filledTexts(
  value: Json,
  values: Readonly<Record<string, Json | undefined>>,
  connectorId: string,
): Json {
  if (isList(value)) return value.map((item) => filledTexts(item, values, connectorId))
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, filledTexts(item, values, connectorId)]),
    )
  }
  return typeof value === 'string' ? filledText(value, values, connectorId) : value
}

function filledText(
  text: string,
  values: Readonly<Record<string, Json | undefined>>,
  connectorId: string,
): Json {
  let written = text
  const used: Record<string, Json> = {}
  for (const [name, value] of Object.entries(values)) {
    const placeholder = `%{${name}}`
    if (!written.includes(placeholder)) continue
    if (value === undefined) throw invalidResource(connectorId, `${name} is missing.`)
    if (written === placeholder) return value
    const variable = name.replace('.', '')
    written = written.replaceAll(placeholder, `\${${variable}}`)
    used[variable] = value
  }
  if (!/\$\{.+\}/.test(written)) return written
  return { 'Fn::Sub': Object.keys(used).length === 0 ? written : [written, used] }
}
