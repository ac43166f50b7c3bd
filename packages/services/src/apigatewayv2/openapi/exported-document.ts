import type { AuthorizerRecord, Configuration, IntegrationRecord, RouteRecord } from '../state.ts'
import { uncapitalised } from './document.ts'

const extension = 'x-amazon-apigateway'

/** An API as a definition of OpenAPI 3.0. Source: developer guide, "Export an HTTP API". */
export function exportedDocument(
  configuration: Configuration,
  stageName: string | undefined,
  withExtensions: boolean,
): object {
  const { api, authorizers } = configuration
  const basePath = stageName === undefined || stageName === '$default' ? '' : stageName
  const tags = Object.entries(api.Tags ?? {}).map(([name, value]) => ({
    name,
    ...(withExtensions ? { [`${extension}-tag-value`]: value } : {}),
  }))
  const cors = api.CorsConfiguration
  return {
    openapi: '3.0.1',
    info: {
      title: api.Name,
      ...(api.Description === undefined ? {} : { description: api.Description }),
      version: api.Version ?? new Date(api.CreatedDate ?? 0).toISOString().replace('.000Z', 'Z'),
    },
    servers: [
      {
        url: `${api.ApiEndpoint}/{basePath}`,
        variables: { basePath: { default: basePath } },
        ...(withExtensions && api.DisableExecuteApiEndpoint === true
          ? { [`${extension}-endpoint-configuration`]: { disableExecuteApiEndpoint: true } }
          : {}),
      },
    ],
    ...(tags.length === 0 ? {} : { tags }),
    paths: pathsOf(configuration, withExtensions),
    ...(authorizers.length === 0 ? {} : { components: componentsOf(authorizers, withExtensions) }),
    ...(withExtensions && cors !== undefined ? { [`${extension}-cors`]: uncapitalised(cors) } : {}),
    ...(withExtensions ? { [`${extension}-importexport-version`]: '1.0' } : {}),
  }
}

function componentsOf(authorizers: readonly AuthorizerRecord[], withExtensions: boolean): object {
  const schemes = authorizers.map((authorizer) => {
    const isJwt = authorizer.AuthorizerType === 'JWT'
    const scheme = isJwt
      ? { type: 'oauth2', flows: {} }
      : { type: 'apiKey', name: 'Authorization', in: 'header' }
    const own = withExtensions ? { [`${extension}-authorizer`]: authorizerOf(authorizer) } : {}
    return [authorizer.Name, { ...scheme, ...own }]
  })
  return { securitySchemes: Object.fromEntries(schemes) }
}

function authorizerOf(authorizer: AuthorizerRecord): object {
  const { ApiId: _, AuthorizerId: __, Name: ___, ...rest } = authorizer
  const { AuthorizerType, IdentitySource, JwtConfiguration, AuthorizerCredentialsArn, ...more } =
    rest
  return {
    type: AuthorizerType?.toLowerCase(),
    identitySource: IdentitySource?.join(','),
    ...(JwtConfiguration === undefined
      ? {}
      : { jwtConfiguration: uncapitalised(JwtConfiguration) }),
    ...(AuthorizerCredentialsArn === undefined
      ? {}
      : { authorizerCredentials: AuthorizerCredentialsArn }),
    ...uncapitalised(more),
  }
}

function pathsOf(configuration: Configuration, withExtensions: boolean): object {
  const paths: Record<string, Record<string, object>> = {}
  const sorted = [...configuration.routes].sort((a, b) => (a.RouteKey < b.RouteKey ? -1 : 1))
  for (const route of sorted) {
    const [verb = 'ANY', path = '/$default'] =
      route.RouteKey === '$default' ? ['ANY'] : route.RouteKey.split(' ', 2)
    const method = verb === 'ANY' ? `${extension}-any-method` : verb.toLowerCase()
    const item = paths[path] ?? {}
    item[method] = operationOf(configuration, route, path, withExtensions)
    paths[path] = item
  }
  return paths
}

function operationOf(
  { integrations, authorizers }: Configuration,
  route: RouteRecord,
  path: string,
  withExtensions: boolean,
): object {
  const names = [...path.matchAll(/\{([^{}+]+)\+?\}/g)].map(([, name]) => name)
  const authorizer = authorizers.find((it) => it.AuthorizerId === route.AuthorizerId)
  const id = route.Target?.slice('integrations/'.length)
  const integration = integrations.find((it) => it.IntegrationId === id)
  return {
    ...(route.OperationName === undefined ? {} : { operationId: route.OperationName }),
    ...(names.length === 0
      ? {}
      : {
          parameters: names.map((name) => ({
            name,
            in: 'path',
            required: true,
            schema: { type: 'string' },
          })),
        }),
    responses: { default: { description: `Default response for ${route.RouteKey}` } },
    ...(authorizer === undefined
      ? {}
      : { security: [{ [authorizer.Name]: route.AuthorizationScopes ?? [] }] }),
    ...(withExtensions && route.AuthorizationType === 'AWS_IAM'
      ? { [`${extension}-auth`]: { type: 'AWS_IAM' } }
      : {}),
    ...(withExtensions && route.RouteKey === '$default' ? { isDefaultRoute: true } : {}),
    ...(withExtensions && integration !== undefined
      ? { [`${extension}-integration`]: integrationOf(integration) }
      : {}),
  }
}

function integrationOf(integration: IntegrationRecord): object {
  const { ApiId: _, IntegrationId: __, ApiGatewayManaged: ___, ...rest } = integration
  const { IntegrationType, IntegrationMethod, IntegrationUri, CredentialsArn, ...more } = rest
  const named = {
    type: IntegrationType?.toLowerCase(),
    httpMethod: IntegrationMethod,
    uri: IntegrationUri,
    credentials: CredentialsArn,
  }
  return { ...uncapitalised({ ...more }), ...uncapitalised(named) }
}
