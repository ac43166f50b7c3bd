import { isList, isObject, type Json, type JsonObject } from '../engine/json.ts'
import { invalidResource } from './problems.ts'
import { isGiven } from './values.ts'

/** What a template holds of a serverless resource or of one of its events, checked for its form. */
export interface Given {
  readonly logicalId: string
  readonly type: string
  readonly dependsOn?: Json | undefined
  /** `Condition`, `DeletionPolicy`, `Metadata`, `UpdatePolicy`, `UpdateReplacePolicy`. */
  readonly attributes: JsonObject
  readonly properties: JsonObject
}

/** A resource that the transform makes. Events still add to roles and buckets that were made before. */
export interface Made {
  readonly logicalId: string
  readonly type: string
  dependsOn?: Json | undefined
  attributes: JsonObject
  properties: Readonly<Record<string, Json | undefined>>
}

/** What a property may hold. Absent: anything. */
export interface PropertyRule {
  readonly required?: true
  readonly fits?: (value: Json) => boolean
  /** As the refusal says: `map`, `string`. Without it: that the type is invalid. */
  readonly expected?: string
  /** No function may stand in its place. */
  readonly literal?: true
}

export type PropertyRules = Readonly<Record<string, PropertyRule>>

const isText = (value: Json) => typeof value === 'string'
const listOfTexts = (value: Json) =>
  isList(value) && value.every((item) => isText(item) || isObject(item))

export const anything: PropertyRule = {}
export const aMap: PropertyRule = { fits: isObject, expected: 'map' }
export const aText: PropertyRule = { fits: isText, expected: 'string' }
export const aNumber: PropertyRule = {
  fits: (value) => typeof value === 'boolean' || (typeof value === 'number' && value % 1 === 0),
}
export const aFlag: PropertyRule = { fits: (value) => typeof value === 'boolean' }
export const aList: PropertyRule = { fits: isList }
export const aTextOrMap: PropertyRule = { fits: (value) => isText(value) || isObject(value) }
/** Texts, and functions that give some. */
export const aListOfTexts: PropertyRule = { fits: listOfTexts }
export const aMapOfMaps: PropertyRule = {
  fits: (value) => isObject(value) && Object.values(value).every(isObject),
}

const keptAttributes = [
  'DeletionPolicy',
  'UpdatePolicy',
  'Condition',
  'UpdateReplacePolicy',
  'Metadata',
]
const passedAttributes = ['Condition', 'DeletionPolicy', 'UpdateReplacePolicy']

/** Reads a resource or an event by the rules of its type. Throws a ServerlessProblem. */
export function given(
  logicalId: string,
  type: string,
  definition: JsonObject,
  rules: PropertyRules,
  prepare: (properties: JsonObject) => JsonObject = (properties) => properties,
): Given {
  checkLogicalId(logicalId)
  if (definition['Type'] === undefined) {
    throw invalidResource(logicalId, "Resource dict missing key 'Type'.")
  }
  if (definition['Type'] !== type) {
    throw invalidResource(
      logicalId,
      `Resource has incorrect Type; expected '${type}', got '${String(definition['Type'])}'`,
    )
  }
  const { Properties: written = {} } = definition
  if (!isObject(written)) {
    throw invalidResource(logicalId, 'Properties of a resource must be an object.')
  }
  const properties = withoutNulls(prepare(written))
  for (const name of Object.keys(properties)) {
    if (!Object.hasOwn(rules, name)) {
      throw invalidResource(logicalId, `property ${name} not defined for resource of type ${type}`)
    }
  }
  checkProperties(logicalId, properties, rules)
  const dependsOn = definition['DependsOn']
  return {
    logicalId,
    type,
    ...(isGiven(dependsOn) ? { dependsOn } : {}),
    attributes: only(definition, keptAttributes),
    properties,
  }
}

function checkLogicalId(logicalId: string): void {
  if (!/^[A-Za-z0-9]+$/.test(logicalId)) {
    throw invalidResource(logicalId, 'Logical ids must be alphanumeric.')
  }
}

function withoutNulls(properties: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null))
}

function checkProperties(logicalId: string, properties: JsonObject, rules: PropertyRules): void {
  for (const [name, rule] of Object.entries(rules)) {
    const value = properties[name]
    // One member looks like a function to the transform, whatever its name.
    const oneMember = isObject(value) && Object.keys(value).length === 1
    if (oneMember && rule.literal !== true && rule.fits !== undefined) continue
    if (value === undefined) {
      if (rule.required === true) {
        throw invalidResource(logicalId, `Missing required property '${name}'.`)
      }
    } else if (rule.fits?.(value) === false) {
      throw invalidResource(
        logicalId,
        rule.expected === undefined
          ? `Type of property '${name}' is invalid.`
          : `Property '${name}' should be a ${rule.expected}.`,
      )
    }
  }
}

function only(definition: JsonObject, names: readonly string[]): JsonObject {
  const members = names.flatMap((name) => {
    const value = definition[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(members)
}

/** The attributes that everything made for a resource gets from it. */
export function passed(attributes: JsonObject): JsonObject {
  return only(attributes, passedAttributes)
}

interface MadeOptions {
  readonly dependsOn?: Json | undefined
  readonly attributes?: JsonObject
}

export function made(
  logicalId: string,
  type: string,
  properties: Readonly<Record<string, Json | undefined>>,
  { dependsOn, attributes = {} }: MadeOptions = {},
): Made {
  checkLogicalId(logicalId)
  return {
    logicalId,
    type,
    attributes,
    properties,
    ...(isGiven(dependsOn) ? { dependsOn } : {}),
  }
}

/** As the processed template holds it. */
export function definitionOf({ type, dependsOn, attributes, properties }: Made): JsonObject {
  const members = Object.entries(properties).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [[name, value] as const],
  )
  return {
    Type: type,
    ...(dependsOn === undefined ? {} : { DependsOn: dependsOn }),
    ...attributes,
    Properties: Object.fromEntries(members),
  }
}
