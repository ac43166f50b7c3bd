import { orderedKey } from '@cloud-orrery/kernel'
import { GetExport, type Integration } from '@cloud-orrery/models/apigateway'
import { operation } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { badRequest, deploymentNotFound } from '../errors.ts'
import { referencedModel, schemaOf } from '../model-schemas.ts'
import { needs } from '../permissions.ts'
import { policyDocument } from '../policies.ts'
import { theStage } from '../stages.ts'
import { type ApiSnapshot, deployments, type MethodRecord } from '../state.ts'

export const getExport = operation(GetExport, {
  authorize: needs('GET', '/restapis/{restApiId}/stages/{stageName}/exports/{exportType}'),
  provenance: 'recorded',
  run(ctx, { restApiId, stageName, exportType, parameters = {}, accepts }) {
    if (exportType !== 'swagger' && exportType !== 'oas30') {
      throw badRequest(`Export type ${exportType} is not supported`)
    }
    if (accepts !== undefined && !accepts.includes('json')) {
      throw notModelled(`accepts ${accepts} of GetExport`)
    }
    const stage = theStage(ctx, restApiId, stageName)
    const deployment = deployments.get(ctx, orderedKey(restApiId, stage.deploymentId))
    if (deployment === undefined) throw deploymentNotFound()
    const wanted = (parameters['extensions'] ?? '').split(',').map((it) => it.trim())
    const x: Export = {
      api: deployment.snapshot,
      host: `${restApiId}.execute-api.${ctx.region}.amazonaws.com`,
      stageName,
      isOas3: exportType === 'oas30',
      integrations: wanted.includes('integrations') || wanted.includes('apigateway'),
      authorizers: wanted.includes('authorizers') || wanted.includes('apigateway'),
      defaultVersion: `${new Date(deployment.createdAtMs).toISOString().slice(0, 19)}Z`,
    }
    const document = documentOf(x)
    const version = x.api.version ?? x.defaultVersion
    return {
      // Recorded: apigateway, `test_export_swagger_openapi`.
      contentType: 'application/octet-stream',
      contentDisposition: `attachment; filename="${exportType}_${version}.json"`,
      body: Buffer.from(JSON.stringify(document, null, 2)),
    }
  },
})

interface Export {
  readonly api: ApiSnapshot
  readonly host: string
  readonly stageName: string
  readonly isOas3: boolean
  readonly integrations: boolean
  readonly authorizers: boolean
  readonly defaultVersion: string
}

/** Recorded: apigateway, `test_export_swagger_openapi`, `test_export_oas30_openapi`: the order and the defaults. */
function documentOf(x: Export): object {
  const { api, isOas3, stageName, host } = x
  const version = api.version ?? x.defaultVersion
  const description = api.description === undefined ? {} : { description: api.description }
  const extensions = {
    ...(x.integrations && api.binaryMediaTypes.length > 0
      ? { 'x-amazon-apigateway-binary-media-types': api.binaryMediaTypes }
      : {}),
    ...(x.authorizers && api.policy !== undefined
      ? { 'x-amazon-apigateway-policy': policyDocument(api.policy) }
      : {}),
  }
  const schemas = schemasOf(x)
  const schemes = schemesOf(x)
  if (!isOas3) {
    return {
      swagger: '2.0',
      info: { ...description, version, title: api.name },
      host,
      basePath: `/${stageName}`,
      schemes: ['https'],
      paths: pathsOf(x),
      ...(Object.keys(schemes).length === 0 ? {} : { securityDefinitions: schemes }),
      ...(Object.keys(schemas).length === 0 ? {} : { definitions: schemas }),
      ...extensions,
    }
  }
  return {
    openapi: '3.0.1',
    info: { title: api.name, ...description, version },
    servers: [
      { url: `https://${host}/{basePath}`, variables: { basePath: { default: stageName } } },
    ],
    paths: pathsOf(x),
    components: {
      ...(Object.keys(schemas).length === 0 ? {} : { schemas }),
      ...(Object.keys(schemes).length === 0 ? {} : { securitySchemes: schemes }),
    },
    ...extensions,
  }
}

function reference({ isOas3 }: Export, name: string): object {
  return { $ref: `${isOas3 ? '#/components/schemas/' : '#/definitions/'}${name}` }
}

function schemasOf(x: Export): Record<string, unknown> {
  const used = new Set(
    x.api.resources.flatMap(({ methods }) =>
      Object.values(methods).flatMap((method) => [
        ...Object.values(method.requestModels ?? {}),
        ...Object.values(method.methodResponses ?? {}).flatMap(({ responseModels = {} }) =>
          Object.values(responseModels),
        ),
      ]),
    ),
  )
  const local = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(local)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => {
        const name =
          key === '$ref' && typeof member === 'string' ? referencedModel(member) : undefined
        if (name === undefined) return [key, local(member)]
        used.add(name)
        return ['$ref', Object.values(reference(x, name))[0]]
      }),
    )
  }
  const found: Record<string, unknown> = {}
  // A model that is named by another is found in its turn: the set grows while it is walked.
  for (const name of used) {
    const model = x.api.models.find((it) => it.name === name)
    if (model !== undefined) found[name] = local(schemaOf(model.schema ?? '') ?? {})
  }
  return found
}

function schemesOf(x: Export): Record<string, unknown> {
  const schemes: Record<string, unknown> = {}
  const methods = x.api.resources.flatMap((resource) => Object.values(resource.methods))
  if (methods.some(({ apiKeyRequired }) => apiKeyRequired === true)) {
    schemes['api_key'] = { type: 'apiKey', name: 'x-api-key', in: 'header' }
  }
  if (methods.some(({ authorizationType }) => authorizationType === 'AWS_IAM')) {
    schemes['sigv4'] = {
      type: 'apiKey',
      name: 'Authorization',
      in: 'header',
      'x-amazon-apigateway-authtype': 'awsSigv4',
    }
  }
  for (const authorizer of x.authorizers ? x.api.authorizers : []) {
    const { type, identitySource = '', providerARNs, authorizerUri } = authorizer
    const header = /^method\.request\.header\.([^,]+)$/.exec(identitySource)?.[1] ?? 'Unused'
    schemes[authorizer.name] = {
      type: 'apiKey',
      name: header,
      in: 'header',
      'x-amazon-apigateway-authtype': authorizer.authType,
      'x-amazon-apigateway-authorizer': {
        type: type.toLowerCase(),
        ...(providerARNs === undefined ? {} : { providerARNs }),
        ...(authorizerUri === undefined ? {} : { authorizerUri }),
        ...(authorizer.authorizerCredentials === undefined
          ? {}
          : { authorizerCredentials: authorizer.authorizerCredentials }),
        ...(type === 'REQUEST' ? { identitySource } : {}),
        ...(authorizer.authorizerResultTtlInSeconds === undefined
          ? {}
          : { authorizerResultTtlInSeconds: authorizer.authorizerResultTtlInSeconds }),
      },
    }
  }
  return schemes
}

function pathsOf(x: Export): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {}
  const sorted = [...x.api.resources].sort((a, b) => (a.path < b.path ? -1 : 1))
  for (const { path, methods } of sorted) {
    for (const method of Object.values(methods)) {
      const verb =
        method.httpMethod === 'ANY'
          ? 'x-amazon-apigateway-any-method'
          : method.httpMethod.toLowerCase()
      paths[path] = { ...paths[path], [verb]: operationOf(x, method) }
    }
  }
  return paths
}

function operationOf(x: Export, method: MethodRecord): object {
  const parameters = parametersOf(x, method)
  const models = Object.entries(method.requestModels ?? {})
  const produced = Object.values(method.methodResponses ?? {}).flatMap(({ responseModels = {} }) =>
    Object.keys(responseModels),
  )
  const security = securityOf(x, method)
  const swagger = x.isOas3
    ? {}
    : {
        ...(models.length === 0 ? {} : { consumes: models.map(([type]) => type) }),
        ...(produced.length === 0 ? {} : { produces: [...new Set(produced)] }),
      }
  return {
    ...(method.operationName === undefined ? {} : { operationId: method.operationName }),
    ...swagger,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(x.isOas3 && models.length > 0
      ? {
          requestBody: {
            content: Object.fromEntries(
              models.map(([type, name]) => [type, { schema: reference(x, name) }]),
            ),
            required: true,
          },
        }
      : {}),
    responses: responsesOf(x, method),
    ...(security.length === 0 ? {} : { security }),
    ...(x.integrations && method.methodIntegration !== undefined
      ? { 'x-amazon-apigateway-integration': integrationOf(method.methodIntegration) }
      : {}),
  }
}

const places: Readonly<Record<string, string>> = {
  path: 'path',
  querystring: 'query',
  header: 'header',
}

function parametersOf(x: Export, method: MethodRecord): object[] {
  const found: object[] = []
  for (const [key, required] of Object.entries(method.requestParameters ?? {})) {
    const [, place = '', name] = /^method\.request\.(\w+)\.(.+)$/.exec(key) ?? []
    const type = x.isOas3 ? { schema: { type: 'string' } } : { type: 'string' }
    found.push({
      name,
      in: places[place],
      ...(required || !x.isOas3 ? { required } : {}),
      ...type,
    })
  }
  if (x.isOas3) return found
  for (const name of new Set(Object.values(method.requestModels ?? {}))) {
    found.push({ in: 'body', name, required: true, schema: reference(x, name) })
  }
  return found
}

function responsesOf(x: Export, method: MethodRecord): Record<string, object> {
  const found: Record<string, object> = {}
  for (const [status, response] of Object.entries(method.methodResponses ?? {})) {
    const models = Object.entries(response.responseModels ?? {})
    const names = Object.keys(response.responseParameters ?? {}).map((name) =>
      name.replace('method.response.header.', ''),
    )
    const type = x.isOas3 ? { schema: { type: 'string' } } : { type: 'string' }
    const headers =
      names.length === 0 ? {} : { headers: Object.fromEntries(names.map((name) => [name, type])) }
    const [first] = models
    const schema = first === undefined ? {} : { schema: reference(x, first[1]) }
    const content = Object.fromEntries(
      models.map(([media, name]) => [media, { schema: reference(x, name) }]),
    )
    found[status] = x.isOas3
      ? { description: `${status} response`, ...headers, content }
      : { description: `${status} response`, ...schema, ...headers }
  }
  return found
}

function securityOf(x: Export, method: MethodRecord): object[] {
  const found: object[] = []
  if (method.authorizationType === 'AWS_IAM') found.push({ sigv4: [] })
  const authorizer = x.api.authorizers.find(({ id }) => id === method.authorizerId)
  if (authorizer !== undefined && x.authorizers) {
    found.push({ [authorizer.name]: method.authorizationScopes ?? [] })
  }
  if (method.apiKeyRequired === true) found.push({ api_key: [] })
  return found
}

function integrationOf(integration: Integration): object {
  const {
    integrationResponses = {},
    cacheNamespace: _,
    cacheKeyParameters: keys = [],
  } = integration
  const responses: Record<string, object> = {}
  for (const { selectionPattern = '', ...response } of Object.values(integrationResponses)) {
    responses[selectionPattern === '' ? 'default' : selectionPattern] = response
  }
  const optional = {
    httpMethod: integration.httpMethod,
    uri: integration.uri,
    credentials: integration.credentials,
    responses: Object.keys(responses).length === 0 ? undefined : responses,
    requestParameters: integration.requestParameters,
    requestTemplates: integration.requestTemplates,
    passthroughBehavior: integration.passthroughBehavior?.toLowerCase(),
    contentHandling: integration.contentHandling,
    connectionType: integration.connectionType === 'VPC_LINK' ? 'VPC_LINK' : undefined,
    connectionId: integration.connectionId,
    timeoutInMillis:
      integration.timeoutInMillis === 29_000 ? undefined : integration.timeoutInMillis,
    cacheKeyParameters: keys.length === 0 ? undefined : keys,
  }
  const given = Object.entries(optional).filter(([, value]) => value !== undefined)
  return { type: integration.type?.toLowerCase(), ...Object.fromEntries(given) }
}
