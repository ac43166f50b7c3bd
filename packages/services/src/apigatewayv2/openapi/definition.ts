import type { Authorizer, Cors, Integration, Route } from '@cloud-orrery/models/apigatewayv2'
import { bad } from '../errors.ts'
import { given } from '../lookup.ts'
import { capitalised, type JsonObject, objectOf, resolved, textOf } from './document.ts'

/** A route with its integration, and the authorizer that it names. */
export interface DefinedRoute {
  readonly route: Route
  readonly integration: Integration | undefined
  /** Name of the security scheme. */
  readonly authorizer: string | undefined
}

/** What a definition says of an API. */
export interface Definition {
  readonly name: string
  readonly description: string | undefined
  readonly version: string | undefined
  readonly cors: Cors | undefined
  /** Absent where no server says. */
  readonly disableExecuteApiEndpoint: boolean | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly authorizers: readonly Authorizer[]
  readonly routes: readonly DefinedRoute[]
  readonly warnings: readonly string[]
}

const extension = 'x-amazon-apigateway'
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const

/** Source: developer guide, "Working with OpenAPI definitions for HTTP APIs", and "OpenAPI extensions for API Gateway". */
export function definitionOf(document: JsonObject, basePath: string): Definition {
  const info = objectOf(document['info']) ?? {}
  const name = textOf(info['title'])
  if (name === undefined) throw bad('Invalid OpenAPI input. The title is missing')
  const warnings: string[] = []
  const cors = objectOf(document[`${extension}-cors`])
  return {
    name,
    description: textOf(info['description']),
    version: info['version'] === undefined ? undefined : String(info['version']),
    cors: cors === undefined ? undefined : (capitalised(cors) as Cors), // Checked as the API's own.
    disableExecuteApiEndpoint: disablesEndpoint(document),
    tags: tagsOf(document),
    authorizers: authorizersOf(document, warnings),
    routes: routesOf(document, prefixOf(document, basePath), warnings),
    warnings,
  }
}

/** Source: developer guide, "x-amazon-apigateway-endpoint-configuration object": at a server. */
function disablesEndpoint({ servers }: JsonObject): boolean | undefined {
  const settings = (Array.isArray(servers) ? servers : []).map(
    (server) => objectOf(objectOf(server)?.[`${extension}-endpoint-configuration`]) ?? {},
  )
  const said = settings.map((it) => it['disableExecuteApiEndpoint'])
  const known = said.filter((it) => it !== undefined)
  return known.length === 0 ? undefined : known.some((it) => it === true || it === 'true')
}

function tagsOf({ tags }: JsonObject): Record<string, string> {
  const found: Record<string, string> = {}
  for (const tag of Array.isArray(tags) ? tags : []) {
    const { name, [`${extension}-tag-value`]: value } = objectOf(tag) ?? {}
    if (typeof name === 'string' && value !== undefined) found[name] = String(value)
  }
  return found
}

/** What `basepath` makes of the path of the first server. Source: ImportApi, `Basepath`. */
function prefixOf({ servers }: JsonObject, basePath: string): string {
  if (!['ignore', 'prepend', 'split'].includes(basePath)) {
    throw bad('Invalid basepath specified. Must be one of [ignore, prepend, split]')
  }
  if (basePath === 'ignore') return ''
  const [first] = Array.isArray(servers) ? servers : []
  const { url, variables } = objectOf(first) ?? {}
  const filled = (textOf(url) ?? '').replace(/\{(\w+)\}/g, (_, name: string) =>
    String(objectOf(objectOf(variables)?.[name])?.['default'] ?? ''),
  )
  const path = filled.replace(/^[a-z]+:\/\/[^/]*/, '').replace(/\/+$/, '')
  const whole = path === '' || path.startsWith('/') ? path : `/${path}`
  return basePath === 'prepend' ? whole : whole.replace(/^\/[^/]*/, '')
}

function schemesOf(document: JsonObject): JsonObject {
  return objectOf(objectOf(document['components'])?.['securitySchemes']) ?? {}
}

function authorizersOf(document: JsonObject, warnings: string[]): Authorizer[] {
  const found: Authorizer[] = []
  for (const [Name, scheme] of Object.entries(schemesOf(document))) {
    const described = objectOf(resolved(document, scheme))
    const own = objectOf(described?.[`${extension}-authorizer`])
    if (own === undefined) {
      if (described?.[`${extension}-authtype`] !== 'awsSigv4') {
        warnings.push(`Ignoring security scheme ${Name}: it has no authorizer`)
      }
      continue
    }
    found.push(authorizerOf(Name, own))
  }
  return found
}

function authorizerOf(Name: string, own: JsonObject): Authorizer {
  const { type, identitySource, authorizerCredentials, jwtConfiguration, ...rest } = own
  const jwt = objectOf(jwtConfiguration)
  const sources = Array.isArray(identitySource)
    ? identitySource.map(String)
    : (textOf(identitySource) ?? '').split(',').map((it) => it.trim())
  return given({
    ...capitalised(rest),
    Name,
    AuthorizerType: String(type).toUpperCase(),
    AuthorizerCredentialsArn: textOf(authorizerCredentials),
    IdentitySource: sources.filter((it) => it !== ''),
    JwtConfiguration: jwt === undefined ? undefined : capitalised(jwt),
  }) as Authorizer // Checked as the API's own.
}

function routesOf(document: JsonObject, prefix: string, warnings: string[]): DefinedRoute[] {
  const found: DefinedRoute[] = []
  for (const [path, item] of Object.entries(objectOf(document['paths']) ?? {})) {
    const operations = objectOf(resolved(document, item)) ?? {}
    for (const method of [...methods, `${extension}-any-method`]) {
      const operation = objectOf(operations[method])
      if (operation === undefined) continue
      const verb = method.startsWith(extension) ? 'ANY' : method.toUpperCase()
      const isDefault = operation['isDefaultRoute'] === true || path === '/$default'
      const key = isDefault ? '$default' : `${verb} ${prefix}${path}`
      found.push(routeOf(document, key, operation, warnings))
    }
  }
  return found
}

function routeOf(
  document: JsonObject,
  RouteKey: string,
  operation: JsonObject,
  warnings: string[],
): DefinedRoute {
  const described = objectOf(resolved(document, operation[`${extension}-integration`]))
  if (described === undefined) warnings.push(`Route ${RouteKey} has no integration`)
  const security = operation['security'] ?? document['security']
  const [scheme, scopes] = firstScheme(security)
  const known = objectOf(resolved(document, schemesOf(document)[scheme ?? '']))
  const own = objectOf(known?.[`${extension}-authorizer`])
  const isSigned = known?.[`${extension}-authtype`] === 'awsSigv4' || isIam(operation)
  const isJwt = String(own?.['type']).toLowerCase() === 'jwt'
  const type = own === undefined ? (isSigned ? 'AWS_IAM' : 'NONE') : isJwt ? 'JWT' : 'CUSTOM'
  return {
    route: given({
      RouteKey,
      AuthorizationType: type,
      AuthorizationScopes: isJwt && scopes.length > 0 ? scopes : undefined,
      OperationName: textOf(operation['operationId'])?.slice(0, 64),
    }),
    integration: described === undefined ? undefined : integrationOf(described),
    authorizer: own === undefined ? undefined : scheme,
  }
}

function isIam(operation: JsonObject): boolean {
  return objectOf(operation[`${extension}-auth`])?.['type'] === 'AWS_IAM'
}

function firstScheme(security: unknown): [string | undefined, readonly string[]] {
  const [first] = Array.isArray(security) ? security : []
  const [entry] = Object.entries(objectOf(first) ?? {})
  if (entry === undefined) return [undefined, []]
  return [entry[0], Array.isArray(entry[1]) ? entry[1].map(String) : []]
}

function integrationOf(described: JsonObject): Integration {
  const { type, httpMethod, uri, credentials, integrationSubtype, ...rest } = described
  return given({
    ...capitalised(rest),
    IntegrationType: String(type).toUpperCase(),
    IntegrationMethod: integrationSubtype === undefined ? methodOf(httpMethod) : undefined,
    IntegrationSubtype: textOf(integrationSubtype),
    IntegrationUri: textOf(uri),
    CredentialsArn: textOf(credentials),
  }) as Integration // Checked as the API's own.
}

function methodOf(value: unknown): string | undefined {
  const method = textOf(value)?.toUpperCase()
  return method === `${extension}-any-method`.toUpperCase() ? 'ANY' : method
}
