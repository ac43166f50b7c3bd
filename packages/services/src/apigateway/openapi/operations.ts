import type {
  Integration,
  IntegrationResponse,
  MethodResponse,
} from '@cloud-orrery/models/apigateway'
import type { Context } from '../../context.ts'
import { passRole } from '../../shared/apis/pass-role.ts'
import { putMethodRecord } from '../api-lookup.ts'
import { defined } from '../patches.ts'
import type { MethodRecord, ResourceRecord, RestApiRecord } from '../state.ts'
import { isNode, type Node, nodeOf, textOf, textsOf } from './document.ts'
import { modelName, putModel, type Security } from './parts.ts'

/** What an import knows besides the document. */
export interface Import {
  readonly ctx: Context
  readonly api: RestApiRecord
  readonly document: Node
  readonly security: ReadonlyMap<string, Security>
  readonly validators: ReadonlyMap<string, string>
  readonly warnings: string[]
}

/** Puts the method that an operation of a document describes on its resource. */
export function importOperation(
  context: Import,
  resource: ResourceRecord,
  httpMethod: string,
  operation: Node,
  shared: readonly unknown[],
): ResourceRecord {
  const parameters = [...shared, ...listOf(operation['parameters'])].map((it) =>
    resolved(context.document, it),
  )
  const place = { resource, httpMethod }
  const validator =
    textOf(operation['x-amazon-apigateway-request-validator']) ??
    textOf(context.document['x-amazon-apigateway-request-validator'])
  const node = operation['x-amazon-apigateway-integration']
  const method: MethodRecord = defined({
    httpMethod,
    ...securityOf(context, operation),
    operationName: textOf(operation['operationId']),
    requestValidatorId: validator === undefined ? undefined : context.validators.get(validator),
    requestParameters: parametersOf(parameters),
    requestModels: requestModels(context, operation, parameters),
    methodResponses: responsesOf(context, operation),
    methodIntegration: isNode(node)
      ? integrationOf(context, place, resolved(context.document, node))
      : undefined,
  })
  const next = { ...resource, methods: { ...resource.methods, [httpMethod]: method } }
  putMethodRecord(context.ctx, resource, method)
  return next
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** What a local reference means; other nodes are themselves. */
export function resolved(document: Node, value: unknown): Node {
  const node = nodeOf(value)
  const reference = textOf(node['$ref'])
  if (reference === undefined || !reference.startsWith('#/')) return node
  let found: unknown = document
  for (const part of reference.slice(2).split('/')) found = nodeOf(found)[part]
  return nodeOf(found)
}

function securityOf({ document, security }: Import, operation: Node) {
  const auth = textOf(nodeOf(operation['x-amazon-apigateway-auth'])['type'])
  const needs = listOf(operation['security'] ?? document['security'])
  let authorizationType = 'NONE'
  let authorizerId: string | undefined
  let apiKeyRequired = false
  let scopes: readonly string[] = []
  for (const need of needs) {
    for (const [name, wanted] of Object.entries(nodeOf(need))) {
      const scheme = security.get(name)
      if (scheme === undefined) continue
      if (scheme.apiKey) apiKeyRequired = true
      if (scheme.authorizationType === 'NONE') continue
      authorizationType = scheme.authorizationType
      authorizerId = scheme.authorizerId
      scopes = listOf(wanted).map(String)
    }
  }
  if (auth !== undefined) {
    authorizationType = auth.toUpperCase()
    if (authorizationType === 'NONE' || authorizationType === 'AWS_IAM') authorizerId = undefined
  }
  return {
    authorizationType,
    authorizerId,
    apiKeyRequired,
    authorizationScopes: scopes.length === 0 ? undefined : scopes,
  }
}

const places: Readonly<Record<string, string>> = {
  path: 'path',
  query: 'querystring',
  header: 'header',
}

function parametersOf(parameters: readonly Node[]): Record<string, boolean> | undefined {
  const found: Record<string, boolean> = {}
  for (const parameter of parameters) {
    const place = places[textOf(parameter['in']) ?? '']
    if (place === undefined) continue
    found[`method.request.${place}.${textOf(parameter['name'])}`] =
      place === 'path' || parameter['required'] === true
  }
  return Object.keys(found).length === 0 ? undefined : found
}

function requestModels(
  context: Import,
  operation: Node,
  parameters: readonly Node[],
): Record<string, string> | undefined {
  const found: Record<string, string> = {}
  const body = parameters.find((parameter) => parameter['in'] === 'body')
  if (body !== undefined) {
    const model = modelOf(context, body['schema'])
    const types = listOf(operation['consumes'] ?? context.document['consumes']).map(String)
    for (const type of types.length === 0 ? ['application/json'] : types) {
      if (model !== undefined) found[type] = model
    }
  }
  const content = nodeOf(resolved(context.document, operation['requestBody'])['content'])
  for (const [type, node] of Object.entries(content)) {
    const model = modelOf(context, nodeOf(node)['schema'])
    if (model !== undefined) found[type] = model
  }
  return Object.keys(found).length === 0 ? undefined : found
}

/** The model that a schema names; one that stands there itself becomes a model of its own. */
function modelOf({ ctx, api }: Import, schema: unknown): string | undefined {
  if (!isNode(schema)) return undefined
  const reference = textOf(schema['$ref'])
  if (reference !== undefined) return modelName(reference)
  return putModel(ctx, api, `MODEL${ctx.ids.hex(6)}`, schema)
}

function responsesOf(context: Import, operation: Node): Record<string, MethodResponse> | undefined {
  const found: Record<string, MethodResponse> = {}
  const types = listOf(operation['produces'] ?? context.document['produces']).map(String)
  for (const [statusCode, value] of Object.entries(nodeOf(operation['responses']))) {
    if (!/^[1-5]\d\d$/.test(statusCode)) continue
    const response = resolved(context.document, value)
    const headers = Object.keys(nodeOf(response['headers']))
    const responseModels: Record<string, string> = {}
    const model = modelOf(context, response['schema'])
    if (model !== undefined) {
      for (const type of types.length === 0 ? ['application/json'] : types) {
        responseModels[type] = model
      }
    }
    for (const [type, node] of Object.entries(nodeOf(response['content']))) {
      const own = modelOf(context, nodeOf(node)['schema'])
      if (own !== undefined) responseModels[type] = own
    }
    found[statusCode] = defined({
      statusCode,
      responseParameters:
        headers.length === 0
          ? undefined
          : Object.fromEntries(headers.map((name) => [`method.response.header.${name}`, false])),
      responseModels: Object.keys(responseModels).length === 0 ? undefined : responseModels,
    })
  }
  return Object.keys(found).length === 0 ? undefined : found
}

interface Place {
  readonly resource: ResourceRecord
  readonly httpMethod: string
}

/** Source: developer guide, "x-amazon-apigateway-integration object". */
function integrationOf(context: Import, place: Place, node: Node): Integration {
  const type = (textOf(node['type']) ?? 'MOCK').toUpperCase()
  const isHttp = type === 'HTTP' || type === 'HTTP_PROXY'
  const timeout = node['timeoutInMillis']
  const keys = node['cacheKeyParameters']
  const credentials = textOf(node['credentials'])
  passRole(context.ctx, credentials)
  return defined({
    type,
    httpMethod: type === 'MOCK' ? undefined : textOf(node['httpMethod'])?.toUpperCase(),
    uri: textOf(node['uri']),
    connectionType: textOf(node['connectionType']) ?? (isHttp ? 'INTERNET' : undefined),
    connectionId: textOf(node['connectionId']),
    credentials,
    requestParameters: mappings(context, place, node['requestParameters']),
    requestTemplates: textsOf(node['requestTemplates']),
    passthroughBehavior: (textOf(node['passthroughBehavior']) ?? 'when_no_match').toUpperCase(),
    contentHandling: textOf(node['contentHandling'])?.toUpperCase(),
    timeoutInMillis: timeout === undefined ? 29_000 : Number(timeout),
    cacheNamespace: textOf(node['cacheNamespace']) ?? place.resource.id,
    cacheKeyParameters: Array.isArray(keys) ? keys.map(String) : [],
    integrationResponses: integrationResponses(node),
  })
}

/** Recorded: apigateway, `put-rest-api-oas30-srv-url`: what is no text is left out, with a warning. */
function mappings(
  { warnings }: Import,
  { resource, httpMethod }: Place,
  value: unknown,
): Record<string, string> | undefined {
  if (!isNode(value)) return undefined
  const found: Record<string, string> = {}
  for (const [name, source] of Object.entries(value)) {
    if (typeof source === 'string') found[name] = source
    else {
      warnings.push(
        `Invalid format for 'requestParameters'. Expected type string for property '${name}' of resource '${resource.path}' and method '${httpMethod}' but got '${String(source)}'`,
      )
    }
  }
  return Object.keys(found).length === 0 ? undefined : found
}

function integrationResponses(node: Node): Record<string, IntegrationResponse> | undefined {
  if (!isNode(node['responses'])) return undefined
  const found: Record<string, IntegrationResponse> = {}
  for (const [pattern, value] of Object.entries(node['responses'])) {
    const response = nodeOf(value)
    const statusCode = textOf(response['statusCode']) ?? '200'
    found[statusCode] = defined({
      statusCode,
      selectionPattern: pattern === 'default' ? undefined : pattern,
      responseParameters: textsOf(response['responseParameters']),
      responseTemplates: textsOf(response['responseTemplates']),
      contentHandling: textOf(response['contentHandling'])?.toUpperCase(),
    })
  }
  return found
}
