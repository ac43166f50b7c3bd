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
  tag: '{ Key: string; Value: string }',
}

/** Text of `generated/<service>/resources.ts`: properties, attributes and a descriptor for each type. */
export function writeResourceTypes(
  service: string,
  { source, types }: StoredResourceSchemas,
): string {
  const declarations = Object.values(types).map((schema) => declareType(service, schema))
  const head = `${generatedHeader(source)}import { resourceDescriptor } from '../../descriptor.ts'\n`
  return `${head}\n${declarations.join('\n')}`
}

function declareType(service: string, schema: ResourceSchema): string {
  const name = schema.typeName.replaceAll('::', '').replace(/^AWS/, 'Aws')
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
  if ('anyOf' in type) return [...new Set(type.anyOf.map((it) => typeOf(it, owner)))].join(' | ')
  const text = type.enum.some((it) => typeof it === 'string')
  return [...type.enum.map((it) => JSON.stringify(it)), text ? '(string & {})' : 'number'].join(
    ' | ',
  )
}
