import { notModelled } from '../../shared/not-modelled.ts'
import { templateFormatError, validationError } from '../errors.ts'
import {
  descriptionBytesMax,
  mappingAttributesMax,
  mappingsMax,
  outputsMax,
  parametersMax,
  resourcesMax,
} from '../limits.ts'
import { isList, isObject, type Json, type JsonObject, scalarText } from './json.ts'

export interface ParameterDefinition {
  readonly type: string
  readonly default?: string
  readonly description?: string
  readonly noEcho: boolean
  readonly allowedValues?: readonly string[]
  readonly allowedPattern?: string
  readonly constraintDescription?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minValue?: number
  readonly maxValue?: number
}

export interface ResourceDefinition {
  readonly type: string
  readonly properties: JsonObject
  readonly condition?: string
  readonly dependsOn: readonly string[]
  readonly deletionPolicy?: Json
  readonly updateReplacePolicy?: Json
  readonly metadata?: Json
  readonly creationPolicy?: Json
  readonly updatePolicy?: Json
}

export interface OutputDefinition {
  readonly value: Json
  readonly description?: string
  readonly exportName?: Json
  readonly condition?: string
}

export interface RuleDefinition {
  readonly condition?: Json
  readonly assertions: readonly { readonly assert: Json; readonly description?: string }[]
}

/** A transform named at the top of a template or by `Fn::Transform`. */
export interface TransformReference {
  readonly name: string
  readonly parameters: JsonObject
}

/** A template whose sections have the right structure. Values are as written: functions not yet evaluated. */
export interface Template {
  readonly version?: string
  readonly description?: string
  readonly metadata?: JsonObject
  readonly parameters: Readonly<Record<string, ParameterDefinition>>
  readonly mappings: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>
  readonly conditions: JsonObject
  readonly rules: Readonly<Record<string, RuleDefinition>>
  readonly transforms: readonly TransformReference[]
  readonly resources: Readonly<Record<string, ResourceDefinition>>
  readonly outputs: Readonly<Record<string, OutputDefinition>>
}

const sections = new Set([
  'AWSTemplateFormatVersion',
  'Conditions',
  'Description',
  'Hooks',
  'Mappings',
  'Metadata',
  'Outputs',
  'Parameters',
  'Resources',
  'Rules',
  'Transform',
])

const resourceMembers = new Set([
  'Condition',
  'CreationPolicy',
  'DeletionPolicy',
  'DependsOn',
  'Description',
  'Metadata',
  'Properties',
  'Type',
  'UpdatePolicy',
  'UpdateReplacePolicy',
])

const parameterMembers = new Set([
  'AllowedPattern',
  'AllowedValues',
  'ConstraintDescription',
  'Default',
  'Description',
  'MaxLength',
  'MaxValue',
  'MinLength',
  'MinValue',
  'NoEcho',
  'Type',
])

/** Reads the sections of a template, each checked for its structure. Throws ValidationError. */
export function parseTemplate(body: JsonObject): Template {
  const unknown = Object.keys(body).filter((key) => !sections.has(key))
  if (unknown.length > 0) {
    throw validationError(`Invalid template property or properties [${unknown.join(', ')}]`)
  }
  if (body['Hooks'] !== undefined) {
    throw notModelled('the template section Hooks')
  }
  const version = scalarText(body['AWSTemplateFormatVersion'])
  if (body['AWSTemplateFormatVersion'] !== undefined && version !== '2010-09-09') {
    throw templateFormatError(`Unrecognized template format version: ${version ?? 'null'}`)
  }
  const description = body['Description']
  if (description !== undefined && typeof description !== 'string') {
    throw templateFormatError('Template description must be a string.')
  }
  if (description !== undefined && Buffer.byteLength(description) > descriptionBytesMax) {
    throw templateFormatError(`'Description' length is greater than ${descriptionBytesMax}.`)
  }
  const metadata = body['Metadata']
  const resources = parseResources(body['Resources'])
  return {
    ...(version === undefined ? {} : { version }),
    ...(description === undefined ? {} : { description }),
    ...(isObject(metadata) ? { metadata } : {}),
    parameters: parseParameters(body['Parameters']),
    mappings: parseMappings(body['Mappings']),
    conditions: sectionOf(body['Conditions'], 'Conditions'),
    rules: parseRules(body['Rules']),
    transforms: parseTransforms(body['Transform']),
    resources,
    outputs: parseOutputs(body['Outputs']),
  }
}

function sectionOf(value: Json | undefined, name: string): JsonObject {
  if (value === undefined || value === null) return {}
  if (!isObject(value)) throw templateFormatError(`${name} must be an object.`)
  return value
}

function limited(section: JsonObject, what: string, max: number): JsonObject {
  const count = Object.keys(section).length
  if (count > max) {
    throw templateFormatError(
      `Number of ${what}, ${count}, is greater than maximum allowed, ${max}`,
    )
  }
  return section
}

function checkName(kind: string, name: string): void {
  if (!/^[a-zA-Z0-9]+$/.test(name)) {
    throw templateFormatError(`${kind} name ${name} is non alphanumeric.`)
  }
}

function parseResources(value: Json | undefined): Record<string, ResourceDefinition> {
  const section = sectionOf(value, 'Resources')
  if (Object.keys(section).length === 0) {
    throw templateFormatError('At least one Resources member must be defined.')
  }
  const resources: Record<string, ResourceDefinition> = {}
  for (const [name, definition] of Object.entries(limited(section, 'resources', resourcesMax))) {
    checkName('Resource', name)
    resources[name] = parseResource(name, definition)
  }
  return resources
}

function parseResource(name: string, definition: Json): ResourceDefinition {
  if (!isObject(definition)) {
    throw templateFormatError(`[/Resources/${name}] resource definition is malformed`)
  }
  const type = definition['Type']
  if (typeof type !== 'string' || type === '') {
    throw templateFormatError(
      `[/Resources/${name}] Every Resources object must contain a Type member.`,
    )
  }
  for (const member of Object.keys(definition)) {
    if (!resourceMembers.has(member)) {
      throw validationError(`Invalid template resource property '${member}'`)
    }
  }
  const properties = definition['Properties'] ?? {}
  if (!isObject(properties)) {
    throw templateFormatError(`[/Resources/${name}/Properties] Properties must be an object.`)
  }
  refuseNull(properties, `/Resources/${name}/Properties`)
  const condition = definition['Condition']
  if (condition !== undefined && typeof condition !== 'string') {
    throw templateFormatError('Every Condition member must be a string.')
  }
  return {
    type,
    properties,
    ...(condition === undefined ? {} : { condition }),
    dependsOn: dependencies(definition['DependsOn']),
    ...optional(definition, 'DeletionPolicy', 'deletionPolicy'),
    ...optional(definition, 'UpdateReplacePolicy', 'updateReplacePolicy'),
    ...optional(definition, 'Metadata', 'metadata'),
    ...optional(definition, 'CreationPolicy', 'creationPolicy'),
    ...optional(definition, 'UpdatePolicy', 'updatePolicy'),
  }
}

function optional(from: JsonObject, member: string, name: string): JsonObject {
  const value = from[member]
  return value === undefined ? {} : { [name]: value }
}

function dependencies(value: Json | undefined): readonly string[] {
  if (value === undefined) return []
  const list: readonly Json[] = isList(value) ? value : [value]
  return list.map((item) => {
    if (typeof item === 'string') return item
    throw templateFormatError('Every DependsOn value must be a string.')
  })
}

/** Recorded: test_invalid_output_structure. */
function refuseNull(value: Json, path: string): void {
  if (value === null) {
    throw validationError(`[${path}] 'null' values are not allowed in templates`)
  }
  if (typeof value !== 'object') return
  for (const [key, item] of Object.entries(value)) refuseNull(item, `${path}/${key}`)
}

function parseOutputs(value: Json | undefined): Record<string, OutputDefinition> {
  const outputs: Record<string, OutputDefinition> = {}
  for (const [name, definition] of Object.entries(
    limited(sectionOf(value, 'Outputs'), 'outputs', outputsMax),
  )) {
    checkName('Output', name)
    if (!isObject(definition) || !('Value' in definition)) {
      throw templateFormatError('Every Outputs member must contain a Value object')
    }
    refuseNull(definition, `/Outputs/${name}`)
    const {
      Value: output,
      Description: description,
      Export: exported,
      Condition: condition,
    } = definition
    if (output === undefined)
      throw templateFormatError('Every Outputs member must contain a Value object')
    const unknown = Object.keys(definition).find(
      (key) => !['Value', 'Description', 'Export', 'Condition'].includes(key),
    )
    if (unknown !== undefined)
      throw validationError(`Invalid template outputs property '${unknown}'`)
    const exportName = isObject(exported) ? exported['Name'] : undefined
    if (exported !== undefined && exportName === undefined) {
      throw templateFormatError(`[/Outputs/${name}/Export] Export must contain a Name member.`)
    }
    outputs[name] = {
      value: output,
      ...(typeof description === 'string' ? { description } : {}),
      ...(exportName === undefined ? {} : { exportName }),
      ...(typeof condition === 'string' ? { condition } : {}),
    }
  }
  return outputs
}

function parseParameters(value: Json | undefined): Record<string, ParameterDefinition> {
  const parameters: Record<string, ParameterDefinition> = {}
  for (const [name, definition] of Object.entries(
    limited(sectionOf(value, 'Parameters'), 'parameters', parametersMax),
  )) {
    checkName('Parameter', name)
    if (!isObject(definition)) {
      throw templateFormatError(`[/Parameters/${name}] parameter definition is malformed`)
    }
    parameters[name] = parseParameter(name, definition)
  }
  return parameters
}

function parseParameter(name: string, definition: JsonObject): ParameterDefinition {
  const type = definition['Type']
  if (typeof type !== 'string') {
    throw templateFormatError('Every Parameters object must contain a Type member.')
  }
  const unknown = Object.keys(definition).find((key) => !parameterMembers.has(key))
  if (unknown !== undefined)
    throw validationError(`Invalid template parameter property '${unknown}'`)
  const number = (member: string) => {
    const text = scalarText(definition[member])
    if (text === undefined) return undefined
    if (text.trim() === '' || Number.isNaN(Number(text))) {
      throw templateFormatError(`Parameter ${name} property ${member} must be a number.`)
    }
    return Number(text)
  }
  const allowedValues = definition['AllowedValues']
  if (allowedValues !== undefined && !isList(allowedValues)) {
    throw templateFormatError(`[/Parameters/${name}/AllowedValues] 'AllowedValues' must be a list`)
  }
  return withoutUndefined({
    type,
    default: defaultOf(name, definition['Default']),
    description: scalarText(definition['Description']),
    noEcho: scalarText(definition['NoEcho'])?.toLowerCase() === 'true',
    allowedValues: allowedValues?.map((item) => scalarText(item) ?? ''),
    allowedPattern: scalarText(definition['AllowedPattern']),
    constraintDescription: scalarText(definition['ConstraintDescription']),
    minLength: number('MinLength'),
    maxLength: number('MaxLength'),
    minValue: number('MinValue'),
    maxValue: number('MaxValue'),
  })
}

function defaultOf(name: string, value: Json | undefined): string | undefined {
  if (value === undefined) return undefined
  const text = scalarText(value)
  if (text === undefined) {
    throw templateFormatError(
      `[/Parameters/${name}/Default] Every Default member must be a string.`,
    )
  }
  return text
}

/** Optional fields are absent, not undefined, so that records compare and serialise as one. */
function withoutUndefined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  // Only members that the type marks as optional are ever undefined.
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T
}

function parseMappings(value: Json | undefined): Record<string, Record<string, JsonObject>> {
  const mappings: Record<string, Record<string, JsonObject>> = {}
  const section = limited(sectionOf(value, 'Mappings'), 'mappings', mappingsMax)
  for (const [name, mapping] of Object.entries(section)) {
    checkName('Mapping', name)
    if (!isObject(mapping)) throw templateFormatError('Every Mappings member must be a map')
    const keys: Record<string, JsonObject> = {}
    for (const [key, attributes] of Object.entries(mapping)) {
      if (!isObject(attributes)) throw templateFormatError('Every Mappings member must be a map')
      limited(attributes, 'mapping attributes', mappingAttributesMax)
      for (const attribute of Object.values(attributes)) {
        const scalars = isList(attribute) ? attribute : [attribute]
        if (scalars.some((item) => scalarText(item) === undefined)) {
          throw templateFormatError('Every Mappings attribute must be a String or a List.')
        }
      }
      keys[key] = attributes
    }
    mappings[name] = keys
  }
  return mappings
}

function parseRules(value: Json | undefined): Record<string, RuleDefinition> {
  const rules: Record<string, RuleDefinition> = {}
  for (const [name, definition] of Object.entries(sectionOf(value, 'Rules'))) {
    checkName('Rule', name)
    const assertions = isObject(definition) ? definition['Assertions'] : undefined
    if (!isObject(definition) || !isList(assertions)) {
      throw templateFormatError('Every Rules object must contain an Assertions member.')
    }
    const condition = definition['RuleCondition']
    rules[name] = {
      ...(condition === undefined ? {} : { condition }),
      assertions: assertions.map((item) => {
        const assert = isObject(item) ? item['Assert'] : undefined
        if (!isObject(item) || assert === undefined) {
          throw templateFormatError('Every Assertions object must contain an Assert member.')
        }
        const description = scalarText(item['AssertDescription'])
        return { assert, ...(description === undefined ? {} : { description }) }
      }),
    }
  }
  return rules
}

/** Recorded: test_error_pass_macro_as_reference. */
export function parseTransforms(value: Json | undefined): TransformReference[] {
  if (value === undefined || value === null) return []
  const list: readonly Json[] = isList(value) ? value : [value]
  return list.map((item) => {
    if (typeof item === 'string') return { name: item, parameters: {} }
    const name = isObject(item) ? item['Name'] : undefined
    if (!isObject(item) || typeof name !== 'string') {
      throw validationError('Key Name of transform definition must be a string.')
    }
    const parameters = item['Parameters']
    return { name, parameters: isObject(parameters) ? parameters : {} }
  })
}
