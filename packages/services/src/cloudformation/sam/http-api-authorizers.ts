import { isList, isObject, type Json, type JsonObject } from '../engine/json.ts'
import { invalidResource, type ServerlessProblem } from './problems.ts'
import { isGiven, isIntrinsic } from './values.ts'

/** One of the authorizers of an HTTP API. */
export interface HttpAuthorizer {
  readonly name: string
  readonly kind: 'iam' | 'jwt' | 'function'
  /** As the template has it; nothing for the one that checks signatures. */
  readonly settings: JsonObject
}

const authorizerKey = 'x-amazon-apigateway-authorizer'

/** Name of the authorizer that checks signatures. */
export const iamAuthorizer = 'AWS_IAM'

/** Which properties there are for which kind, in the order in which they are checked. */
const properties: readonly (readonly [string, HttpAuthorizer['kind'], string?])[] = [
  ['AuthorizationScopes', 'jwt'],
  ['JwtConfiguration', 'jwt'],
  ['IdentitySource', 'jwt', "For Lambda Authorizer, use the 'Identity' property instead"],
  ['FunctionArn', 'function'],
  ['FunctionInvokeRole', 'function'],
  ['Identity', 'function'],
  ['AuthorizerPayloadFormatVersion', 'function'],
  ['EnableSimpleResponses', 'function'],
  ['EnableFunctionDefaultPermissions', 'function'],
]

const kindNames = { iam: '', jwt: 'OAuth2 Authorizer', function: 'Lambda Authorizer' } as const

function shouldBe(apiId: string, property: string, what: string): ServerlessProblem {
  return invalidResource(apiId, `Property '${property}' should be a ${what}.`)
}

/** The authorizers that `Auth` names. Throws a ServerlessProblem. */
export function httpAuthorizers(apiId: string, auth: JsonObject): HttpAuthorizer[] {
  const found: HttpAuthorizer[] = []
  if (auth['EnableIamAuthorizer'] === true) {
    found.push({ name: iamAuthorizer, kind: 'iam', settings: {} })
  }
  const { Authorizers } = auth
  if (!isGiven(Authorizers)) return found
  if (!isObject(Authorizers)) throw shouldBe(apiId, 'Auth.Authorizers', 'map')
  for (const [name, settings] of Object.entries(Authorizers)) {
    if (!isObject(settings)) throw shouldBe(apiId, `Auth.Authorizers.${name}`, 'map')
    if ('OpenIdConnectUrl' in settings) {
      throw invalidResource(
        apiId,
        `'OpenIdConnectUrl' is no longer a supported property for authorizer '${name}'. Please refer to the AWS SAM documentation.`,
      )
    }
    found.push(authorizer(apiId, name, settings))
  }
  return found
}

function authorizer(apiId: string, name: string, settings: JsonObject): HttpAuthorizer {
  const { JwtConfiguration: jwt, AuthorizationScopes: scopes } = settings
  if (isGiven(jwt) && !isObject(jwt)) throw shouldBe(apiId, 'JwtConfiguration', 'map')
  if (scopes !== undefined && !isList(scopes)) {
    throw invalidResource(apiId, 'AuthorizationScopes must be a list.')
  }
  const kind = isGiven(jwt) ? 'jwt' : 'function'
  for (const [property, only, hint] of properties) {
    // An empty `JwtConfiguration` counts as none.
    const value = property === 'JwtConfiguration' && !isGiven(jwt) ? undefined : settings[property]
    if (value === undefined || only === kind) continue
    const words = `${property} is only supported for ${kindNames[only]}`
    throw invalidResource(apiId, hint === undefined ? `${words}.` : `${words}. ${hint}.`)
  }
  const required =
    kind === 'jwt' ? ['IdentitySource'] : ['FunctionArn', 'AuthorizerPayloadFormatVersion']
  const missing = required.find((property) => !isGiven(settings[property]))
  if (missing !== undefined) {
    throw invalidResource(apiId, `${name} ${kindNames[kind]} must define '${missing}'.`)
  }
  const permitted = settings['EnableFunctionDefaultPermissions']
  if (permitted !== undefined && typeof permitted !== 'boolean') {
    throw shouldBe(apiId, `Authorizers.${name}.EnableFunctionDefaultPermissions`, 'boolean')
  }
  return { name, kind, settings }
}

/** The security schemes of a definition for them. */
export function schemesOf(
  partition: string,
  apiId: string,
  authorizers: readonly HttpAuthorizer[],
): JsonObject {
  return Object.fromEntries(authorizers.map((it) => [it.name, scheme(partition, apiId, it)]))
}

function scheme(
  partition: string,
  apiId: string,
  { name, kind, settings }: HttpAuthorizer,
): JsonObject {
  const header = { type: 'apiKey', in: 'header' }
  if (kind === 'iam') {
    return { ...header, name: 'Authorization', 'x-amazon-apigateway-authtype': 'awsSigv4' }
  }
  if (kind === 'function') {
    return {
      ...header,
      name: 'Unused',
      [authorizerKey]: functionScheme(partition, apiId, name, settings),
    }
  }
  const { JwtConfiguration, IdentitySource = null } = settings
  const configuration = Object.entries(isObject(JwtConfiguration) ? JwtConfiguration : {})
  return {
    type: 'oauth2',
    [authorizerKey]: {
      jwtConfiguration: Object.fromEntries(
        configuration.map(([key, value]) => [key.toLowerCase(), value]),
      ),
      identitySource: IdentitySource,
      type: 'jwt',
    },
  }
}

function functionScheme(
  partition: string,
  apiId: string,
  name: string,
  settings: JsonObject,
): JsonObject {
  const { FunctionArn = null, FunctionInvokeRole: role, Identity: identity } = settings
  const uri = `arn:${partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${__FunctionArn__}/invocations`
  return {
    type: 'request',
    authorizerUri: { 'Fn::Sub': [uri, { __FunctionArn__: FunctionArn }] },
    ...(isGiven(role) && role !== 'NONE' ? { authorizerCredentials: role } : {}),
    ...(isGiven(identity) ? identityMembers(apiId, name, identity) : {}),
    authorizerPayloadFormatVersion: settings['AuthorizerPayloadFormatVersion'] ?? null,
    ...(isGiven(settings['EnableSimpleResponses'])
      ? { enableSimpleResponses: settings['EnableSimpleResponses'] }
      : {}),
  }
}

const places = [
  ['Headers', '$request.header.'],
  ['QueryStrings', '$request.querystring.'],
  ['StageVariables', '$stageVariables.'],
  ['Context', '$context.'],
] as const

function identityMembers(apiId: string, name: string, identity: Json): JsonObject {
  if (!isObject(identity)) throw shouldBe(apiId, `Auth.Authorizers.${name}.Identity`, 'map')
  const identitySource = places.flatMap(([place, prefix]) => {
    const names = identity[place]
    if (!isGiven(names)) return []
    const property = `Authorizers.${name}.Identity.${place}`
    if (!isList(names)) throw shouldBe(apiId, property, 'list')
    return names.map((it, at) => {
      if (typeof it !== 'string') throw shouldBe(apiId, `${property}[${at}]`, 'string')
      return prefix + it
    })
  })
  const { ReauthorizeEvery } = identity
  return {
    ...(ReauthorizeEvery === undefined || ReauthorizeEvery === null
      ? {}
      : { authorizerResultTtlInSeconds: ReauthorizeEvery }),
    identitySource,
  }
}

/** What operations without security of their own ask for: undefined where nothing is set. */
export function defaultSecurity(
  apiId: string,
  authorizers: readonly HttpAuthorizer[],
  name: Json | undefined,
): Json | undefined {
  if (!isGiven(name) || (isIntrinsic(name) && name['Ref'] === 'AWS::NoValue')) return undefined
  if (typeof name !== 'string') throw shouldBe(apiId, 'Auth.DefaultAuthorizer', 'string')
  const found = authorizers.find((it) => it.name === name)
  if (found === undefined) {
    throw invalidResource(
      apiId,
      `Unable to set DefaultAuthorizer because '${name}' was not defined in 'Authorizers'.`,
    )
  }
  return [{ [name]: found.settings['AuthorizationScopes'] ?? [] }]
}
