import { knownResourceTypes, type ResourceSchema, resourceSchema } from '@cloud-orrery/models'
import { notModelled } from '../../shared/not-modelled.ts'
import { templateFormatError } from '../errors.ts'
import { isCustomResource, waitConditionType } from './custom-types.ts'
import { isObject, type JsonObject } from './json.ts'
import type { Template } from './template.ts'

/** Types with no work behind them: they exist so that a stack can carry them. */
export const metadataOnlyTypes: ReadonlySet<string> = new Set(['AWS::CDK::Metadata'])

export const nestedStackType = 'AWS::CloudFormation::Stack'

/**
 * Refuses a template with types that AWS does not have, and one with types that the model has no handler
 * for; each by name, before anything is created.
 */
export async function checkResourceTypes(
  template: Template,
  hasHandler: (type: string) => Promise<boolean>,
): Promise<void> {
  const types = new Set(Object.values(template.resources).map(({ type }) => type))
  const known = knownResourceTypes()
  const unknown: string[] = []
  const unmodelled: string[] = []
  for (const type of types) {
    if (metadataOnlyTypes.has(type) || isOfEngine(type)) continue
    if (await hasHandler(type)) continue
    if (known.has(type)) unmodelled.push(type)
    else unknown.push(type)
  }
  if (unknown.length > 0) {
    throw templateFormatError(`Unrecognized resource types: [${unknown.sort().join(', ')}]`)
  }
  if (unmodelled.length > 0) {
    throw notModelled(`the resource types [${unmodelled.sort().join(', ')}]`)
  }
  refusePolicies(template)
}

/** Policies of types that are here: signals to wait conditions, and none for updates. */
function refusePolicies(template: Template): void {
  for (const [logicalId, definition] of Object.entries(template.resources)) {
    const { type, creationPolicy, updatePolicy } = definition
    if (updatePolicy !== undefined) {
      const names = isObject(updatePolicy) ? Object.keys(updatePolicy).join(', ') : ''
      throw notModelled(`the UpdatePolicy ${names} of ${logicalId} (${type})`)
    }
    if (creationPolicy !== undefined && type !== waitConditionType) {
      throw notModelled(`the CreationPolicy of ${logicalId} (${type})`)
    }
  }
}

/** Types whose work is the engine's own. */
function isOfEngine(type: string): boolean {
  return type === nestedStackType || type === waitConditionType || isCustomResource(type)
}

/** The schema of a type; undefined for Orrery's own, and for custom resources, which take any property. */
export function schemaOf(type: string): ResourceSchema | undefined {
  return isCustomResource(type) ? undefined : resourceSchema(type)
}

/** What `Ref` answers: the properties or attributes that the schema names, joined by a bar. */
export function refOf(
  type: string,
  physicalId: string,
  state: JsonObject,
  properties: JsonObject,
): string {
  const values = identifierValues(schemaOf(type)?.ref ?? [], state, properties)
  return values === undefined ? physicalId : values
}

/** Orrery's own types have no schema: their name, or else their ARN. */
function ownIdentifier(state: JsonObject): readonly string[] {
  return [state['Name'] === undefined ? 'Arn' : 'Name']
}

/** The physical id: what the handler says, else the schema's primary identifier. */
export function physicalIdOf(type: string, state: JsonObject, properties: JsonObject): string {
  const own = state['physicalId']
  if (typeof own === 'string') return own
  const schema = schemaOf(type)
  const names = schema === undefined ? ownIdentifier(state) : schema.primaryIdentifier
  return identifierValues(names, state, properties) ?? ''
}

function identifierValues(
  names: readonly string[],
  state: JsonObject,
  properties: JsonObject,
): string | undefined {
  const values = names
    .map(
      (name) =>
        attributeValue(name.replaceAll('/', '.'), state) ??
        attributeValue(name.replaceAll('/', '.'), properties),
    )
    .filter((value) => value !== undefined && value !== '')
  return values.length === 0 ? undefined : values.map(String).join('|')
}

/** A member by its dotted name: flat (`Endpoint.Address`) or nested. */
export function attributeValue(name: string, from: JsonObject): JsonObject[string] | undefined {
  const flat = from[name]
  if (flat !== undefined) return flat
  let value: JsonObject[string] | undefined = from
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    value = (value as JsonObject)[part]
  }
  return value
}

/**
 * Whether `Fn::GetAtt` can ask a type for something: an attribute of its schema or a property. Recorded:
 * TestChangeSetFnGetAttr asks topics for their DisplayName. Types without a schema take any.
 */
export function hasAttribute(type: string, attribute: string): boolean {
  if (type === nestedStackType) return attribute.startsWith('Outputs.')
  const schema = schemaOf(type)
  if (schema === undefined) return true
  const names = [...Object.keys(schema.attributes), ...Object.keys(schema.properties)]
  return names.some(
    (name) =>
      name === attribute || attribute.startsWith(`${name}.`) || name.startsWith(`${attribute}.`),
  )
}
