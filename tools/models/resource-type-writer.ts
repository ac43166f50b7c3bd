import type {
  PropertySchema,
  PropertyType,
  ResourceSchema,
  StoredResourceSchemas,
} from '@cloud-orrery/models'
import { generatedHeader } from './generated-file.ts'

const primitives: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  json: 'unknown',
  'date-time': 'string',
  null: 'null',
  tag: 'ResourceTag',
}

/** Text of `generated/<service>/resources.ts`: properties, attributes and a descriptor for each type. */
export function writeResourceTypes(
  service: string,
  { source, types }: StoredResourceSchemas,
): string {
  const declarations = Object.values(types).map((schema) => declareType(service, schema))
  const body = declarations.join('\n')
  const tag = /\bResourceTag\b/.test(body)
    ? `import type { ResourceTag } from '../../resource-schema.ts'\n`
    : ''
  const descriptor = `import { resourceDescriptor } from '../../descriptor.ts'\n`
  return `${generatedHeader(source)}${descriptor}${tag}\n${body}`
}

/** `AWS::SQS::Queue` as `AwsSqsQueue`: acronyms read as words. */
export function resourceTypeName(typeName: string): string {
  const acronym = /([A-Z])([A-Z]+)(?=[A-Z][a-z]|[0-9]|$)/g
  const words = typeName
    .split('::')
    .map((part) =>
      part.replaceAll(acronym, (_, first: string, rest: string) => first + rest.toLowerCase()),
    )
  return words.join('')
}

function declareType(service: string, schema: ResourceSchema): string {
  const name = resourceTypeName(schema.typeName)
  const definitions = Object.entries(schema.definitions).map(([definition, properties]) =>
    declareInterface(`${name}${definition}Definition`, name, properties),
  )
  const properties = declareInterface(`${name}Properties`, name, schema.properties)
  const readOnly = Object.entries(schema.attributes).map(
    ([key, type]) => `  ${keyOf(key)}: ${typeOf(type, name)}\n`,
  )
  const attributes = `export interface ${name}Attributes {\n${readOnly.join('')}}\n`
  const call = `resourceDescriptor<${name}Properties, ${name}Attributes>('${service}', '${schema.typeName}')`
  const descriptor = `export const ${name} = /*#__PURE__*/ ${call}\n`
  return [...definitions, properties, attributes, descriptor].join('\n')
}

function declareInterface(
  name: string,
  owner: string,
  properties: Readonly<Record<string, PropertySchema>>,
): string {
  const lines = Object.entries(properties).map(([key, { type, required }]) => {
    const text = typeOf(type, owner)
    return required === true
      ? `  ${keyOf(key)}: ${text}\n`
      : `  ${keyOf(key)}?: ${text} | undefined\n`
  })
  return `export interface ${name} {\n${lines.join('')}}\n`
}

function keyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
}

function typeOf(type: PropertyType, owner: string): string {
  if (typeof type === 'string') return primitives[type] ?? 'unknown'
  if ('list' in type) {
    const element = typeOf(type.list, owner)
    return /^[\w$]+$/.test(element) ? `readonly ${element}[]` : `readonly (${element})[]`
  }
  if ('map' in type) return `{ readonly [key: string]: ${typeOf(type.map, owner)} }`
  if ('definition' in type) return `${owner}${type.definition}Definition`
  if ('anyOf' in type) {
    const types = new Set(type.anyOf.map((it) => typeOf(it, owner)))
    return types.has('unknown') ? 'unknown' : [...types].join(' | ')
  }
  const text = type.enum.some((it) => typeof it === 'string')
  return [...type.enum.map((it) => JSON.stringify(it)), text ? '(string & {})' : 'number'].join(
    ' | ',
  )
}
