import { isList, isObject, type Json, type JsonObject } from '../engine/json.ts'
import { invalidDefinition, invalidDocument, invalidStructure } from './problems.ts'
import { conditional, isGiven, isNoValue, listOf, mapOf, ref, textOf } from './values.ts'

/** Path and method of whatever has no route of its own. */
export const defaultPath = '$default'
export const anyMethod = 'x-amazon-apigateway-any-method'
const integrationKey = 'x-amazon-apigateway-integration'
const corsKey = 'x-amazon-apigateway-cors'
const tagValueKey = 'x-amazon-apigateway-tag-value'
const endpointKey = 'x-amazon-apigateway-endpoint-configuration'

/** The title of a definition that has none: its stack's name. */
const defaultTitle = ref('AWS::StackName')

/** What HTTP APIs without a definition of their own start from. */
export const emptyDefinition: JsonObject = {
  openapi: '3.0.1',
  info: { version: '1.0', title: defaultTitle },
  paths: {},
}

/** An OpenAPI 3 document, as far as the transform looks. */
export function isDefinition(value: Json | undefined): value is JsonObject {
  if (!isObject(value) || !isObject(value['paths'])) return false
  return /^3\.\d(\.\d)?$/.test(String(value['openapi']))
}

/** Throws what ends the whole transform. */
export function checkedDefinition(value: Json | undefined): JsonObject {
  if (!isDefinition(value)) throw invalidDocument([invalidDefinition()])
  return value
}

export function methodKey(method: string): string {
  const lower = method.toLowerCase()
  return lower === 'any' ? anyMethod : lower
}

/** Both branches of an `Fn::If` without those that are no value; anything else is itself. */
export function contentsOf(value: Json | undefined): readonly Json[] {
  if (value === undefined) return []
  if (!isObject(value) || !('Fn::If' in value)) return [value]
  const branches = value['Fn::If']
  if (!isList(branches)) {
    throw invalidDocument([invalidStructure('Value of Fn::If must be a list.')])
  }
  return branches.slice(1).filter((branch) => !isNoValue(branch))
}

/** Edits what stands somewhere, in both branches where it is an `Fn::If`. */
function edited(value: Json, edit: (content: JsonObject) => Json): Json {
  if (!isObject(value) || !('Fn::If' in value)) return edit(mapOf(value))
  const [condition = '', ...branches] = listOf(value['Fn::If'])
  const after = branches.map((branch) => (isNoValue(branch) ? branch : edit(mapOf(branch))))
  return { ...value, 'Fn::If': [condition, ...after] }
}

function checkedPathItem(content: Json, path: string): JsonObject {
  if (isObject(content)) return content
  const words = `Value of '${path}' path must be a dictionary according to Swagger spec.`
  throw invalidDocument([invalidStructure(words)])
}

export function hasIntegration(definition: JsonObject, path: string, method: string): boolean {
  const items = contentsOf(mapOf(definition['paths'])[path])
  return (
    items.length > 0 &&
    items.every((item) =>
      contentsOf(checkedPathItem(item, path)[methodKey(method)]).some((content) =>
        isGiven(mapOf(content)[integrationKey]),
      ),
    )
  )
}

/** A definition with this path and method, if only by name. */
export function withPath(definition: JsonObject, path: string, method: string): JsonObject {
  const paths = mapOf(definition['paths'])
  const key = methodKey(method)
  const item = edited(paths[path] ?? {}, (content) => ({ [key]: {}, ...content }))
  return { ...definition, paths: { ...paths, [path]: item } }
}

/** A path that is there under a condition only. */
export function withConditionalPath(
  definition: JsonObject,
  path: string,
  condition: string,
): JsonObject {
  const paths = mapOf(definition['paths'])
  return { ...definition, paths: { ...paths, [path]: conditional(condition, paths[path] ?? {}) } }
}

/** The integration of a path and method with a function, unless it has one. */
export function withIntegration(
  definition: JsonObject,
  path: string,
  method: string,
  uri: Json,
  condition: string | undefined,
): JsonObject {
  if (hasIntegration(definition, path, method)) return definition
  const key = methodKey(method)
  const found = withPath(definition, path, method)
  const paths = mapOf(found['paths'])
  const item = edited(paths[path] ?? {}, (content) => {
    const operation = {
      responses: {},
      ...mapOf(content[key]),
      [integrationKey]: {
        type: 'aws_proxy',
        httpMethod: 'POST',
        payloadFormatVersion: '2.0',
        uri: condition === undefined ? uri : conditional(condition, uri),
      },
      ...(path === defaultPath && key === anyMethod ? { isDefaultRoute: true } : {}),
    }
    return {
      ...content,
      [key]: condition === undefined ? operation : conditional(condition, operation),
    }
  })
  return { ...found, paths: { ...paths, [path]: item } }
}

/** Edits the operation of a path and method, where it has an integration. */
export function withOperation(
  definition: JsonObject,
  path: string,
  method: string,
  edit: (operation: JsonObject) => JsonObject,
): JsonObject {
  const paths = mapOf(definition['paths'])
  const key = methodKey(method)
  const item = edited(paths[path] ?? {}, (content) => ({
    ...content,
    [key]: edited(content[key] ?? {}, (operation) =>
      isGiven(operation[integrationKey]) ? edit(operation) : operation,
    ),
  }))
  return { ...definition, paths: { ...paths, [path]: item } }
}

/** Edits the integration of a path and method. */
export function withIntegrationMembers(
  definition: JsonObject,
  path: string,
  method: string,
  members: JsonObject,
): JsonObject {
  return withOperation(definition, path, method, (operation) => ({
    ...operation,
    [integrationKey]: { ...mapOf(operation[integrationKey]), ...members },
  }))
}

/** Parameters that a path names, over those of the same name. */
export function withPathParameters(
  definition: JsonObject,
  path: string,
  method: string,
): JsonObject {
  const names = [...path.matchAll(/\{(.*?)\}/g)].map(([, name = '']) => name)
  if (names.length === 0) return definition
  return withOperation(definition, path, method, (operation) => {
    const parameters = [...listOf(operation['parameters'])]
    for (const name of names) {
      const at = parameters.findIndex((it) => mapOf(it)['name'] === name)
      const parameter = { ...mapOf(parameters[at]), name, in: 'path', required: true }
      if (at < 0) parameters.push(parameter)
      else parameters[at] = parameter
    }
    return { ...operation, parameters }
  })
}

/** True where the default route leads to this function: it may be called on all routes then. */
export function defaultRouteCalls(definition: JsonObject, functionId: string): boolean {
  if (!hasIntegration(definition, defaultPath, anyMethod)) return false
  const items = contentsOf(mapOf(definition['paths'])[defaultPath])
  const operations = items.flatMap((item) => contentsOf(mapOf(item)[anyMethod]))
  const uris = operations.flatMap((it) => contentsOf(mapOf(mapOf(it)[integrationKey])['uri']))
  return uris.every((uri) => {
    const text = textOf(mapOf(uri)['Fn::Sub']) ?? ''
    return /[A-Za-z0-9]+(?=\.Arn)/.exec(text)?.[0] === functionId
  })
}

/** What all operations with an integration and no security of their own ask for. `OPTIONS` never asks. */
export function withDefaultSecurity(definition: JsonObject, security: Json): JsonObject {
  const secured = (operation: JsonObject): JsonObject =>
    isGiven(operation[integrationKey]) && !isGiven(operation['security'])
      ? { ...operation, security }
      : operation
  const paths = Object.entries(mapOf(definition['paths'])).map(([path, item]) => {
    for (const content of contentsOf(item)) checkedPathItem(content, path)
    const after = edited(item, (content) => {
      const members = Object.entries(content).map(([method, operation]) => {
        if (method === 'parameters' || method.toLowerCase() === 'options') {
          return [method, operation] as const
        }
        return [method, edited(operation, secured)] as const
      })
      return Object.fromEntries(members)
    })
    return [path, after] as const
  })
  return { ...definition, paths: Object.fromEntries(paths) }
}

export function withSchemes(definition: JsonObject, schemes: JsonObject): JsonObject {
  const components = mapOf(definition['components'])
  const all = { ...mapOf(components['securitySchemes']), ...schemes }
  if (!isGiven(all)) return definition
  return { ...definition, components: { ...components, securitySchemes: all } }
}

export function withTags(definition: JsonObject, tags: JsonObject): JsonObject {
  const written = definition['tags']
  if (isGiven(written) && !isList(written)) {
    const words = `Tags in OpenApi DefinitionBody needs to be a list. ${String(written)} is a ${typeof written} not a list.`
    throw invalidDocument([invalidStructure(words)])
  }
  const all = [...listOf(written)]
  for (const [name, value] of Object.entries(tags)) {
    const at = all.findIndex((it) => mapOf(it)['name'] === name)
    const tag = { name, ...mapOf(all[at]), [tagValueKey]: value }
    if (at < 0) all.push(tag)
    else all[at] = tag
  }
  return { ...definition, tags: all }
}

/** `disableExecuteApiEndpoint` at each of the servers. */
export function withEndpoint(definition: JsonObject, disableExecuteApiEndpoint: Json): JsonObject {
  const { servers = [{}] } = definition
  const all = listOf(servers).map((server) => {
    if (!isObject(server)) {
      const words = "Value of 'servers' item must be a dictionary according to Swagger spec."
      throw invalidDocument([invalidStructure(words)])
    }
    return {
      ...server,
      [endpointKey]: { ...mapOf(server[endpointKey]), disableExecuteApiEndpoint },
    }
  })
  return { ...definition, servers: all }
}

/** `CorsConfiguration` over what the definition says itself. */
export function withCors(definition: JsonObject, settings: JsonObject): JsonObject {
  const written = definition[corsKey] ?? {}
  if (!isObject(written)) {
    const words = `Value of '${corsKey}' must be a dictionary according to Swagger spec.`
    throw invalidDocument([invalidStructure(words)])
  }
  return { ...definition, [corsKey]: { ...written, ...settings } }
}

/** A definition with its own title; undefined where it has another one already. */
export function withTitle(definition: JsonObject, title: Json): JsonObject | undefined {
  const info = mapOf(definition['info'])
  if (mapOf(info['title'])['Ref'] !== defaultTitle['Ref']) return undefined
  return { ...definition, info: { ...info, title } }
}

/** A definition with its own description; undefined where it has another one already. */
export function withDescription(definition: JsonObject, description: Json): JsonObject | undefined {
  const info = mapOf(definition['info'])
  if (isGiven(info['description'])) return undefined
  return { ...definition, info: { ...info, description } }
}

/** With a slash before `$default`: without it an import warns, which may fail. */
export function withDefaultPathOfWarnings(definition: JsonObject): JsonObject {
  const { [defaultPath]: item, ...paths } = mapOf(definition['paths'])
  if (item === undefined) return definition
  return { ...definition, paths: { ...paths, [`/${defaultPath}`]: item } }
}
