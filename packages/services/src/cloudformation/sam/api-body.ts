import type { Json, JsonObject } from '../engine/json.ts'
import type { ApiRoute } from './api-events.ts'
import { isGiven, mapOf, ref, textOf } from './values.ts'

/** The definition of an API: its own, with the methods of its functions added. Source: what aws-sam-translator makes. */
export function apiBody(properties: JsonObject, routes: readonly ApiRoute[]): Json {
  const own = mapOf(properties['DefinitionBody'])
  const auth = mapOf(properties['Auth'])
  const paths: Record<string, Record<string, Json>> = {}
  for (const [path, node] of Object.entries(mapOf(own['paths']))) paths[path] = { ...mapOf(node) }
  for (const route of routes) {
    const verb = route.method === 'any' ? 'x-amazon-apigateway-any-method' : route.method
    const methods = paths[route.path] ?? {}
    methods[verb] = methodOf(route, auth)
    paths[route.path] = methods
  }
  const cors = properties['Cors']
  if (isGiven(cors)) for (const methods of Object.values(paths)) addCors(methods, cors)
  const version = textOf(properties['OpenApiVersion'])
  const schemes = schemesOf(auth)
  const isOas3 = version?.startsWith('3') === true || own['openapi'] !== undefined
  const named = Object.keys(schemes).length > 0
  return {
    ...(isOas3 ? { openapi: version ?? own['openapi'] ?? '3.0.1' } : { swagger: '2.0' }),
    info: { version: '1.0', title: ref('AWS::StackName') },
    ...own,
    paths,
    ...(named && isOas3
      ? { components: { ...mapOf(own['components']), securitySchemes: schemes } }
      : {}),
    ...(named && !isOas3
      ? { securityDefinitions: { ...mapOf(own['securityDefinitions']), ...schemes } }
      : {}),
    ...modelsOf(properties, isOas3),
    ...responsesOf(properties),
  }
}

function modelsOf({ Models }: JsonObject, isOas3: boolean): JsonObject {
  if (!isGiven(Models)) return {}
  return isOas3 ? { components: { schemas: Models } } : { definitions: Models }
}

/** `GatewayResponses` of a template as the extension has them. */
function responsesOf({ GatewayResponses }: JsonObject): JsonObject {
  if (!isGiven(GatewayResponses)) return {}
  const all = Object.entries(mapOf(GatewayResponses)).map(([type, node]) => {
    const { StatusCode, ResponseTemplates, ResponseParameters } = mapOf(node)
    const parameters: Record<string, Json> = {}
    for (const [place, names] of Object.entries(mapOf(ResponseParameters))) {
      const prefix = `gatewayresponse.${place.toLowerCase().replace(/s$/, '')}.`
      for (const [name, value] of Object.entries(mapOf(names))) parameters[prefix + name] = value
    }
    return [
      type,
      {
        ...(StatusCode === undefined ? {} : { statusCode: StatusCode }),
        ...(ResponseTemplates === undefined ? {} : { responseTemplates: ResponseTemplates }),
        ...(Object.keys(parameters).length === 0 ? {} : { responseParameters: parameters }),
      },
    ] as const
  })
  return { 'x-amazon-apigateway-gateway-responses': Object.fromEntries(all) }
}

function methodOf(route: ApiRoute, shared: JsonObject): Json {
  const { functionId, called = `${functionId}.Arn`, auth: own, timeout } = route
  const uri = `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${${called}}/invocations`
  const security: Json[] = []
  const authorizer = textOf(own['Authorizer']) ?? textOf(shared['DefaultAuthorizer'])
  if (authorizer !== undefined && authorizer !== 'NONE') {
    security.push({ [authorizer]: own['AuthorizationScopes'] ?? [] })
  }
  if ((own['ApiKeyRequired'] ?? shared['ApiKeyRequired']) === true) security.push({ api_key: [] })
  return {
    'x-amazon-apigateway-integration': {
      httpMethod: 'POST',
      type: 'aws_proxy',
      uri: { 'Fn::Sub': uri },
      ...(timeout === undefined ? {} : { timeoutInMillis: timeout }),
    },
    responses: {},
    ...(security.length === 0 ? {} : { security }),
  }
}

/** The schemes that `Auth` of an API names. */
function schemesOf(auth: JsonObject): Record<string, Json> {
  const schemes: Record<string, Json> = {
    AWS_IAM: {
      type: 'apiKey',
      name: 'Authorization',
      in: 'header',
      'x-amazon-apigateway-authtype': 'awsSigv4',
    },
    api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' },
  }
  const used = Object.keys(auth).length > 0
  for (const [name, node] of Object.entries(mapOf(auth['Authorizers']))) {
    schemes[name] = authorizerOf(mapOf(node))
  }
  return used ? schemes : {}
}

function authorizerOf(node: JsonObject): Json {
  const identity = mapOf(node['Identity'])
  const header = textOf(identity['Header']) ?? 'Authorization'
  const scheme = { type: 'apiKey', in: 'header' }
  if (node['UserPoolArn'] !== undefined) {
    const arns = Array.isArray(node['UserPoolArn']) ? node['UserPoolArn'] : [node['UserPoolArn']]
    return {
      ...scheme,
      name: header,
      'x-amazon-apigateway-authtype': 'cognito_user_pools',
      'x-amazon-apigateway-authorizer': { type: 'cognito_user_pools', providerARNs: arns },
    }
  }
  const isRequest = textOf(node['FunctionPayloadType'])?.toUpperCase() === 'REQUEST'
  const ttl = identity['ReauthorizeEvery']
  const role = node['FunctionInvokeRole']
  const expression = identity['ValidationExpression']
  return {
    ...scheme,
    name: isRequest ? 'Unused' : header,
    'x-amazon-apigateway-authtype': 'custom',
    'x-amazon-apigateway-authorizer': {
      type: isRequest ? 'request' : 'token',
      authorizerUri: {
        'Fn::Sub': [
          'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${__FunctionArn__}/invocations',
          { __FunctionArn__: node['FunctionArn'] ?? '' },
        ],
      },
      ...(ttl === undefined ? {} : { authorizerResultTtlInSeconds: ttl }),
      ...(role === undefined ? {} : { authorizerCredentials: role }),
      ...(expression === undefined ? {} : { identityValidationExpression: expression }),
      ...(isRequest ? { identitySource: sourcesOf(identity) } : {}),
    },
  }
}

const places = [
  ['Headers', 'method.request.header'],
  ['QueryStrings', 'method.request.querystring'],
  ['StageVariables', 'stageVariables'],
  ['Context', 'context'],
] as const

function sourcesOf(identity: JsonObject): string {
  return places
    .flatMap(([name, prefix]) => {
      const names = identity[name]
      return Array.isArray(names) ? names.map((it) => `${prefix}.${String(it)}`) : []
    })
    .join(', ')
}

/** A mock that answers a browser's question, where the path has no OPTIONS of its own. */
function addCors(methods: Record<string, Json>, cors: Json): void {
  if (methods['options'] !== undefined) return
  const wanted = typeof cors === 'string' ? { AllowOrigin: cors } : mapOf(cors)
  const { AllowOrigin = "'*'", AllowHeaders, MaxAge, AllowCredentials } = wanted
  const headers: Record<string, Json> = {
    'Access-Control-Allow-Origin': AllowOrigin,
    'Access-Control-Allow-Methods': wanted['AllowMethods'] ?? allowedMethods(methods),
    ...(AllowHeaders === undefined ? {} : { 'Access-Control-Allow-Headers': AllowHeaders }),
    ...(MaxAge === undefined ? {} : { 'Access-Control-Max-Age': MaxAge }),
    ...(AllowCredentials === true ? { 'Access-Control-Allow-Credentials': "'true'" } : {}),
  }
  const names = Object.keys(headers)
  methods['options'] = {
    summary: 'CORS support',
    consumes: ['application/json'],
    produces: ['application/json'],
    'x-amazon-apigateway-integration': {
      type: 'mock',
      requestTemplates: { 'application/json': '{\n  "statusCode" : 200\n}\n' },
      responses: {
        default: {
          statusCode: '200',
          responseTemplates: { 'application/json': '{}\n' },
          responseParameters: Object.fromEntries(
            names.map((name) => [`method.response.header.${name}`, headers[name] ?? '']),
          ),
        },
      },
    },
    responses: {
      '200': {
        description: 'Default response for CORS method',
        headers: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
      },
    },
  }
}

function allowedMethods(methods: Readonly<Record<string, Json>>): string {
  const any = methods['x-amazon-apigateway-any-method'] !== undefined
  const names = any
    ? ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']
    : [...Object.keys(methods).map((name) => name.toUpperCase()), 'OPTIONS'].sort()
  return `'${names.join(',')}'`
}
