import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec'
import type {
  Property,
  Resource,
  SpecDatabase,
  PropertyType as SpecType,
  TypeDefinition,
} from '@aws-cdk/service-spec-types'
import type {
  PropertySchema,
  PropertyType,
  ResourceSchema,
  StoredResourceSchemas,
  StoredResourceTypes,
} from '@cloud-orrery/models'
import { services } from './services.ts'
import { root } from './sources.ts'
import { compact } from './stored-model.ts'

/**
 * What `Ref` answers where the schema's identifiers say otherwise.
 * Source: AWS CloudFormation template reference, Return values of the type.
 */
const refs: Readonly<Record<string, readonly string[]>> = {
  'AWS::Logs::MetricFilter': ['FilterName'],
}

/** Types that the registry's published schemas leave out. */
const unlisted: readonly ResourceSchema[] = [
  {
    // Source: aws-cdk-lib, which writes it into every template.
    typeName: 'AWS::CDK::Metadata',
    properties: { Analytics: { type: 'string' }, Modules: { type: 'string' } },
    definitions: {},
    attributes: {},
    primaryIdentifier: [],
    ref: [],
  },
]
const unlistedService = 'cloudformation'

/** The registry package that is installed. */
export function resourceSource(): string {
  const file = join(root, 'node_modules/@aws-cdk/aws-service-spec/package.json')
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return `@aws-cdk/aws-service-spec ${version}`
}

/** The CloudFormation types of the registry package that is installed. */
export class ResourceReader {
  readonly #database: SpecDatabase
  readonly #resources: readonly Resource[]
  readonly source = resourceSource()

  constructor() {
    this.#database = loadAwsServiceSpecSync()
    this.#resources = [...this.#database.all('resource')].sort(byTypeName)
  }

  /** Names of all types, by namespace. */
  types(): StoredResourceTypes {
    const folders = new Map<string, string>()
    for (const [name, { cloudFormation }] of Object.entries(services)) {
      for (const namespace of cloudFormation) folders.set(namespace, name)
    }
    const namespaces: Record<string, { service?: string; types: string[] }> = {}
    const add = (typeName: string, service?: string): void => {
      const at = typeName.lastIndexOf('::')
      const namespace = typeName.slice(0, at)
      namespaces[namespace] ??= {
        ...compact({ service: service ?? folders.get(namespace) }),
        types: [],
      }
      namespaces[namespace].types.push(typeName.slice(at + 2))
    }
    for (const { cloudFormationType } of this.#resources) add(cloudFormationType)
    for (const { typeName } of unlisted) add(typeName, unlistedService)
    return { source: this.source, namespaces }
  }

  /** Schemas of the types that belong to one of our services; undefined where it has none. */
  schemas(service: string): StoredResourceSchemas | undefined {
    const namespaces = new Set(services[service]?.cloudFormation)
    const types: Record<string, ResourceSchema> = {}
    for (const resource of this.#resources) {
      const { cloudFormationType } = resource
      const namespace = cloudFormationType.slice(0, cloudFormationType.lastIndexOf('::'))
      if (namespaces.has(namespace)) types[cloudFormationType] = this.#schema(resource)
    }
    if (service === unlistedService) for (const it of unlisted) types[it.typeName] = it
    return Object.keys(types).length === 0 ? undefined : { source: this.source, types }
  }

  #schema(resource: Resource): ResourceSchema {
    const { cloudFormationType, primaryIdentifier = [], tagInformation } = resource
    const names = new Map<string, TypeDefinition>()
    const properties = this.#properties(resource.properties, names)
    const attributes = Object.fromEntries(
      sorted(resource.attributes).map(([name, { type }]) => [name, this.#type(type, names)]),
    )
    const definitions: Record<string, Record<string, PropertySchema>> = {}
    // A map that grows while it is walked: definitions name further definitions.
    for (const [name, definition] of names) {
      definitions[name] = this.#properties(definition.properties, names)
    }
    const ref = refs[cloudFormationType] ?? resource.cfnRefIdentifier ?? primaryIdentifier
    return {
      typeName: cloudFormationType,
      properties,
      definitions: Object.fromEntries(sorted(definitions)),
      attributes,
      primaryIdentifier,
      ref,
      ...compact({
        tags:
          tagInformation === undefined
            ? undefined
            : { property: tagInformation.tagPropertyName, style: tagInformation.variant },
        arnTemplate: resource.arnTemplate,
        replacementPaths: resource.additionalReplacementProperties?.map((path) => path.join('/')),
        stateful: resource.isStateful,
      }),
    }
  }

  #properties(
    properties: Readonly<Record<string, Property>>,
    names: Map<string, TypeDefinition>,
  ): Record<string, PropertySchema> {
    return Object.fromEntries(
      sorted(properties).map(
        ([name, { type, required, causesReplacement, defaultValue, deprecated }]) => [
          name,
          {
            type: this.#type(type, names),
            ...compact({
              required,
              causesReplacement: causesReplacement === 'no' ? undefined : causesReplacement,
              default: parsed(defaultValue),
              deprecated: deprecated !== undefined && deprecated !== 'NONE',
            }),
          },
        ],
      ),
    )
  }

  #type(type: SpecType, names: Map<string, TypeDefinition>): PropertyType {
    switch (type.type) {
      case 'array':
        return { list: this.#type(type.element, names) }
      case 'map':
        return { map: this.#type(type.element, names) }
      case 'union':
        return { anyOf: type.types.map((it) => this.#type(it, names)) }
      case 'ref': {
        const definition = this.#database.get('typeDefinition', type.reference)
        names.set(definition.name, definition)
        return { definition: definition.name }
      }
      case 'string':
      case 'integer':
        return type.allowedValues === undefined ? type.type : { enum: type.allowedValues }
      default:
        return type.type
    }
  }
}

function byTypeName(a: Resource, b: Resource): number {
  return a.cloudFormationType < b.cloudFormationType ? -1 : 1
}

function sorted<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Defaults are written as JSON text; what is not JSON is prose, which no machine can use. */
function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
