import { readDataJson } from './data-file.ts'
import type {
  ResourceSchema,
  StoredResourceSchemas,
  StoredResourceTypes,
} from './resource-schema.ts'

let known: ReadonlyMap<string, string | undefined> | undefined
const loaded = new Map<string, StoredResourceSchemas | undefined>()

/**
 * Every resource type that CloudFormation has, with our folder for it, or undefined where the service is
 * not in the model. A type that is missing here does not exist on AWS.
 */
export function knownResourceTypes(): ReadonlyMap<string, string | undefined> {
  if (known !== undefined) return known
  const types = new Map<string, string | undefined>()
  const stored = readDataJson<StoredResourceTypes>('resource-types.json')
  for (const [namespace, { service, types: names }] of Object.entries(stored?.namespaces ?? {})) {
    for (const name of names) types.set(`${namespace}::${name}`, service)
  }
  known = types
  return types
}

/** The schema of a resource type; undefined where the model has none. Read on first use. */
export function resourceSchema(typeName: string): ResourceSchema | undefined {
  const service = knownResourceTypes().get(typeName)
  if (service === undefined) return undefined
  if (!loaded.has(service)) {
    loaded.set(service, readDataJson<StoredResourceSchemas>(`${service}.resources.json`))
  }
  return loaded.get(service)?.types[typeName]
}
