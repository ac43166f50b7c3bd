import { isObject, type Json, type JsonObject } from '../engine/json.ts'
import {
  anyMethod,
  defaultPath,
  emptyDefinition,
  isDefinition,
  withConditionalPath,
  withPath,
} from './http-api-definition.ts'
import { EventProblem, invalidDocument, invalidEvent, invalidResource } from './problems.ts'
import { conditional, isGiven, mapOf, ref } from './values.ts'

export const httpApiType = 'AWS::Serverless::HttpApi'
const functionType = 'AWS::Serverless::Function'

/** The API of events that name none. Source: AWS SAM developer guide, "HttpApi" event, `ApiId`. */
export const implicitHttpApiId = 'ServerlessHttpApi'

type Resources = Record<string, JsonObject>

/** Resources before their globals, and what they need besides. */
export interface Prepared {
  readonly resources: Resources
  /** APIs whose definition the transform writes itself. */
  readonly managed: ReadonlySet<string>
  readonly conditions: Readonly<Record<string, Json>>
}

/** Path to method to the condition under which it is there. */
type Conditions = Record<string, Record<string, string | undefined>>

interface Work {
  readonly all: Resources
  readonly managed: Set<string>
  readonly globals: JsonObject
  readonly conditions: Record<string, Conditions>
  readonly implicitRoutes: JsonObject[]
}

/**
 * HTTP APIs with the definitions that the transform writes: one for events that name no API, and a path for each event.
 * Throws at once for events that name no API or route.
 */
export function withHttpApis(resources: Readonly<Resources>, globals: JsonObject): Prepared {
  const own = withDefinitions(resources)
  const work: Work = {
    all: { ...own.all, [implicitHttpApiId]: implicitApi },
    managed: own.managed,
    globals,
    conditions: {},
    implicitRoutes: [],
  }
  const wasManaged = work.managed.has(implicitHttpApiId)
  work.managed.add(implicitHttpApiId)
  const problems = Object.entries(resources).flatMap(([logicalId, definition]) =>
    definition['Type'] === functionType ? readEvents(work, logicalId, definition) : [],
  )
  const added = addConditions(work)
  if (work.implicitRoutes.length === 0) {
    const written = own.all[implicitHttpApiId]
    if (written === undefined) delete work.all[implicitHttpApiId]
    else work.all[implicitHttpApiId] = written
    if (!wasManaged) work.managed.delete(implicitHttpApiId)
  }
  if (problems.length > 0) throw invalidDocument(problems)
  return { resources: work.all, managed: work.managed, conditions: added }
}

const implicitApi: JsonObject = {
  Type: httpApiType,
  Properties: { DefinitionBody: emptyDefinition },
}

function withDefinitions(resources: Readonly<Resources>) {
  const managed = new Set<string>()
  const all: Resources = {}
  for (const [logicalId, definition] of Object.entries(resources)) {
    const properties = mapOf(definition['Properties'])
    const { DefinitionBody, DefinitionUri } = properties
    all[logicalId] = definition
    if (definition['Type'] !== httpApiType || isGiven(DefinitionBody) || isGiven(DefinitionUri)) {
      continue
    }
    managed.add(logicalId)
    all[logicalId] = {
      ...definition,
      Properties: { ...properties, DefinitionBody: emptyDefinition },
    }
  }
  return { all, managed }
}

/** Adds the paths of a function's events, and names what events leave out. */
function readEvents(work: Work, logicalId: string, definition: JsonObject) {
  const properties = mapOf(definition['Properties'])
  const events = { ...mapOf(properties['Events']) }
  const mine = Object.entries(events).filter(([, it]) => mapOf(it)['Type'] === 'HttpApi')
  if (mine.length === 0) return []
  try {
    for (const [name, event] of mine) {
      events[name] = {
        ...mapOf(event),
        Properties: readEvent(work, definition, name, mapOf(event)),
      }
    }
  } catch (error) {
    if (!(error instanceof EventProblem)) throw error
    return [invalidResource(logicalId, error.message)]
  }
  work.all[logicalId] = { ...definition, Properties: { ...properties, Events: events } }
  return []
}

function readEvent(work: Work, definition: JsonObject, name: string, event: JsonObject) {
  const { Properties: written = {} } = event
  if (!isObject(written)) throw invalidEvent(name, 'Properties should be a map.')
  if (!('ApiId' in written)) propagateTags(work, definition)
  const isDefault = !isGiven(written['Path']) && !isGiven(written['Method'])
  const properties: JsonObject = {
    ...written,
    ApiId: written['ApiId'] ?? ref(implicitHttpApiId),
    ...(isDefault ? { Path: defaultPath, Method: anyMethod } : {}),
  }
  const path = requiredText(properties, name, 'Path')
  const method = requiredText(properties, name, 'Method')
  const apiId = apiIdOf(properties['ApiId'])
  if (typeof apiId !== 'string') throw invalidEvent(name, "Property 'ApiId' should be a string.")
  textOnly(properties, name, 'Path')
  textOnly(properties, name, 'Method')
  const condition = definition['Condition']
  const named = typeof condition === 'string' ? condition : undefined
  const routes = work.conditions[apiId] ?? {}
  work.conditions[apiId] = routes
  routes[path] = { ...routes[path], [method]: named }
  if (apiId === implicitHttpApiId) work.implicitRoutes.push(definition)
  addRoute(work, apiId, name, path, method)
  if ('RouteSettings' in properties) addSettings(work, apiId, name, properties, named)
  return properties
}

/** The logical id in a `Ref`, or the value itself. */
export function apiIdOf(value: Json | undefined): Json | undefined {
  return isObject(value) && 'Ref' in value ? value['Ref'] : value
}

function requiredText(properties: JsonObject, name: string, key: string): string {
  const value = properties[key]
  if (value === undefined || value === null) {
    throw invalidEvent(name, `Property '${key}' is required.`)
  }
  return String(value)
}

function textOnly(properties: JsonObject, name: string, key: string): void {
  if (typeof properties[key] === 'string') return
  throw invalidEvent(name, `Property '${key}' should be a string.`)
}

function addRoute(
  { all, managed }: Work,
  apiId: string,
  name: string,
  path: string,
  method: string,
) {
  const api = all[apiId]
  if (api === undefined) {
    throw invalidEvent(
      name,
      `ApiId must be a valid reference to an '${httpApiType}' resource in same template.`,
    )
  }
  const properties = mapOf(api['Properties'])
  const { DefinitionBody } = properties
  if (!managed.has(apiId) || !isDefinition(DefinitionBody)) return
  const body = withPath(DefinitionBody, path, method)
  all[apiId] = { ...api, Properties: { ...properties, DefinitionBody: body } }
}

/** `RouteSettings` of an event over those of its API. */
function addSettings(
  { all }: Work,
  apiId: string,
  name: string,
  event: JsonObject,
  condition: string | undefined,
): void {
  const { Path, Method, RouteSettings = null } = event
  const route =
    Method === anyMethod ? String(Path) : `${String(Method).toUpperCase()} ${String(Path)}`
  const api = all[apiId] ?? {}
  const properties = mapOf(api['Properties'])
  const { RouteSettings: written = {} } = properties
  if (!isObject(written)) {
    throw invalidResource(apiId, "Property 'RouteSettings' should be a map.")
  }
  const settings = condition === undefined ? RouteSettings : conditional(condition, RouteSettings)
  if (!isObject(settings)) throw invalidEvent(name, "Property 'RouteSettings' should be a map.")
  const merged = { ...written, [route]: { ...mapOf(written[route]), ...settings } }
  all[apiId] = { ...api, Properties: { ...properties, RouteSettings: merged } }
}

/** `PropagateTags` of a function reaches the API that nobody wrote. */
function propagateTags({ all, globals }: Work, definition: JsonObject): void {
  const own = mapOf(definition['Properties'])
  const shared = mapOf(globals['Function'])
  const tags = isGiven(own['Tags']) ? own['Tags'] : shared['Tags']
  const wanted = isGiven(own['PropagateTags']) || isGiven(shared['PropagateTags'])
  if (!wanted || !isGiven(tags)) return
  const api = all[implicitHttpApiId] ?? {}
  const properties = mapOf(api['Properties'])
  const Tags = { ...mapOf(properties['Tags']), ...mapOf(tags) }
  all[implicitHttpApiId] = { ...api, Properties: { ...properties, Tags, PropagateTags: true } }
}

/** An API, or a path, is there under a condition where all that leads to it is. */
function addConditions(work: Work): Record<string, Json> {
  const added: Record<string, Json> = {}
  const routes = Object.values(work.conditions[implicitHttpApiId] ?? {}).flatMap(Object.values)
  const name = combined(added, `${implicitHttpApiId}Condition`, routes)
  const api = work.all[implicitHttpApiId] ?? {}
  work.all[implicitHttpApiId] = {
    ...api,
    ...(name === undefined ? {} : { Condition: name }),
    ...policy('DeletionPolicy', ['Retain', 'Delete'], work.implicitRoutes),
    ...policy('UpdateReplacePolicy', ['Retain', 'Snapshot', 'Delete'], work.implicitRoutes),
  }
  for (const apiId of work.managed) {
    const it = work.all[apiId] ?? {}
    const properties = mapOf(it['Properties'])
    let body = mapOf(properties['DefinitionBody'])
    for (const [path, methods] of Object.entries(work.conditions[apiId] ?? {})) {
      const words = path.replaceAll('/', 'SLASH').replaceAll('{', 'OB').replaceAll('}', 'CB')
      const condition = combined(added, `${apiId}${words}PathCondition`, Object.values(methods))
      if (condition !== undefined) body = withConditionalPath(body, path, condition)
    }
    work.all[apiId] = { ...it, Properties: { ...properties, DefinitionBody: body } }
  }
  return added
}

/** The strictest policy that a function asks for. */
function policy(name: string, strictest: readonly string[], functions: readonly JsonObject[]) {
  const found = strictest.find((value) => functions.some((it) => it[name] === value))
  return found === undefined ? {} : { [name]: found }
}

/** `Fn::Or` takes as many. Source: CloudFormation user guide, "Condition functions". */
const orMax = 10

/** The condition that stands for all; undefined where something is there always. Adds what it makes to `added`. */
export function combined(
  added: Record<string, Json>,
  name: string,
  conditions: readonly (string | undefined)[],
): string | undefined {
  if (conditions.length === 0 || conditions.includes(undefined)) return undefined
  let names = [...new Set(conditions)].sort().map(String)
  const [only] = names
  if (names.length === 1) return only
  let index = Math.ceil((names.length - 1) / (orMax - 1)) - 1
  while (names.length > 1) {
    const each = index > 0 ? `${name}${index}` : name
    index -= 1
    added[each] = { 'Fn::Or': names.slice(0, orMax).map((Condition) => ({ Condition })) }
    names = [...names.slice(orMax), each]
  }
  return name
}
