import { orderedKey, type Table } from '@cloud-orrery/kernel'
import {
  type Cors,
  CreateApi,
  DeleteApi,
  DeleteCorsConfiguration,
  GetApi,
  GetApis,
  UpdateApi,
} from '@cloud-orrery/models/apigatewayv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { apiHosts, newApiId } from '../shared/apis/api-hosts.ts'
import { apiMappings } from '../shared/apis/domain-names.ts'
import { passRole } from '../shared/apis/pass-role.ts'
import { deployChange, deployStage } from './deployments.ts'
import { bad, conflict } from './errors.ts'
import { apisMax, tagsMax } from './limits.ts'
import { given, page, partsOf, theApi } from './lookup.ts'
import { endpointOf, judged, newPartId } from './names.ts'
import {
  type ApiRecord,
  apis,
  authorizerAnswers,
  authorizers,
  deployments,
  integrationResponses,
  integrations,
  models,
  routeResponses,
  routes,
  stages,
} from './state.ts'

const defaultSelection = {
  HTTP: '$request.method $request.path',
} as const

export const createApi = operation(CreateApi, {
  authorize: (_, ctx) => judged('POST', '/apis', ctx),
  provenance: 'modelled',
  run(ctx, { RouteKey, Target, CredentialsArn, Tags = {}, ...input }) {
    const api = newApi(ctx, { ...input, Tags })
    if (Target !== undefined) quickCreate(ctx, api, { RouteKey, Target, CredentialsArn })
    else if (RouteKey !== undefined || CredentialsArn !== undefined) {
      throw bad('RouteKey and CredentialsArn can only be specified with Target')
    }
    return api
  },
})

interface NewApi {
  readonly Name: string
  readonly ProtocolType: string
  readonly RouteSelectionExpression?: string | undefined
  readonly CorsConfiguration?: Cors | undefined
  readonly DisableExecuteApiEndpoint?: boolean | undefined
  readonly Tags: Readonly<Record<string, string>>
}

/** Makes an API and the name that leads to it. */
export function newApi(ctx: Context, input: NewApi): ApiRecord {
  const { ProtocolType, Name } = input
  if (ProtocolType !== 'HTTP' && ProtocolType !== 'WEBSOCKET') {
    throw bad('Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]')
  }
  if (Name === '') throw bad('Name is required')
  if (Object.keys(input.Tags).length > tagsMax) throw bad('Too many tags')
  if (apis.count(ctx) >= apisMax) throw bad(`Maximum number of APIs (${apisMax}) reached`)
  checkCors(ProtocolType, input.CorsConfiguration)
  const RouteSelectionExpression = selectionOf(ProtocolType, input.RouteSelectionExpression)
  const ApiId = newApiId(ctx, ProtocolType)
  apiHosts.put(ctx, {
    id: ApiId,
    kind: ProtocolType,
    accountId: ctx.accountId,
    region: ctx.region,
  })
  return apis.put(ctx, {
    ApiKeySelectionExpression: '$request.header.x-api-key',
    DisableExecuteApiEndpoint: false,
    IpAddressType: 'ipv4',
    ...given(input),
    ApiId,
    ApiEndpoint: endpointOf(ctx, ApiId, ProtocolType),
    CreatedDate: ctx.now(),
    ProtocolType,
    RouteSelectionExpression,
  })
}

function selectionOf(protocol: 'HTTP' | 'WEBSOCKET', expression: string | undefined): string {
  if (protocol === 'WEBSOCKET') {
    if (expression === undefined) {
      throw bad('RouteSelectionExpression is a required field for WEBSOCKET protocol')
    }
    return expression
  }
  if (expression === undefined) return defaultSelection.HTTP
  const known = ['$request.method $request.path', `\${request.method} \${request.path}`]
  if (!known.includes(expression)) {
    throw bad(
      'Invalid routeSelectionExpression. Only the default value `${request.method} ${request.path}` is supported for protocol type HTTP',
    )
  }
  return expression
}

function checkCors(protocol: string, cors: Cors | undefined): void {
  if (cors === undefined) return
  if (protocol !== 'HTTP') throw bad('CORS configuration is only supported for HTTP APIs')
  if (cors.AllowCredentials === true && cors.AllowOrigins?.includes('*') === true) {
    throw bad('Allow-Credentials cannot be true if Allow-Origins contains "*"')
  }
  for (const origin of cors.AllowOrigins ?? []) {
    if (origin !== '*' && !/^(?:https?|[a-z][a-z0-9+.-]*):\/\/./.test(origin)) {
      throw bad(`Invalid origin specified: ${origin}`)
    }
  }
}

interface QuickCreation {
  readonly RouteKey: string | undefined
  readonly Target: string
  readonly CredentialsArn: string | undefined
}

/** An API with an integration, a route for it and a stage that deploys by itself. Source: CreateApi, `Target`. */
function quickCreate(
  ctx: Context,
  api: ApiRecord,
  { RouteKey = '$default', Target, CredentialsArn }: QuickCreation,
): void {
  if (api.ProtocolType !== 'HTTP') throw bad('Quick create is only supported for HTTP APIs')
  const { ApiId } = api
  passRole(ctx, CredentialsArn)
  const isFunction = Target.startsWith('arn:')
  const { IntegrationId } = integrations.put(ctx, {
    ApiId,
    IntegrationId: newPartId(ctx),
    ApiGatewayManaged: true,
    ConnectionType: 'INTERNET',
    ...given({ CredentialsArn }),
    IntegrationType: isFunction ? 'AWS_PROXY' : 'HTTP_PROXY',
    IntegrationUri: Target,
    ...(isFunction ? {} : { IntegrationMethod: 'ANY' }),
    PayloadFormatVersion: isFunction ? '2.0' : '1.0',
    TimeoutInMillis: 30_000,
  })
  routes.put(ctx, {
    ApiId,
    RouteId: newPartId(ctx),
    ApiGatewayManaged: true,
    ApiKeyRequired: false,
    AuthorizationType: 'NONE',
    RouteKey,
    Target: `integrations/${IntegrationId}`,
  })
  const now = ctx.now()
  deployStage(ctx, {
    ApiId,
    ApiGatewayManaged: true,
    AutoDeploy: true,
    CreatedDate: now,
    DefaultRouteSettings: { DetailedMetricsEnabled: false },
    RouteSettings: {},
    StageName: '$default',
    StageVariables: {},
    Tags: {},
  })
}

export const getApi = operation(GetApi, {
  authorize: ({ ApiId }, ctx) => judged('GET', `/apis/${ApiId}`, ctx),
  provenance: 'modelled',
  run: (ctx, { ApiId }) => theApi(ctx, ApiId),
})

export const getApis = operation(GetApis, {
  authorize: (_, ctx) => judged('GET', '/apis', ctx),
  provenance: 'modelled',
  run(ctx, paging) {
    const { items, nextToken } = page(ctx, apis, [], paging)
    return { Items: items, ...given({ NextToken: nextToken }) }
  },
})

export const updateApi = operation(UpdateApi, {
  authorize: ({ ApiId }, ctx) => judged('PATCH', `/apis/${ApiId}`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, RouteKey, Target, CredentialsArn, ...changes }) {
    const api = theApi(ctx, ApiId)
    checkCors(api.ProtocolType, changes.CorsConfiguration)
    if (changes.RouteSelectionExpression !== undefined) {
      selectionOf(api.ProtocolType, changes.RouteSelectionExpression)
    }
    if (RouteKey !== undefined || Target !== undefined || CredentialsArn !== undefined) {
      changeQuickCreation(ctx, api, given({ RouteKey, Target, CredentialsArn }))
    }
    const updated = apis.put(ctx, { ...api, ...given(changes) })
    deployChange(ctx, ApiId)
    return updated
  },
})

/** The parts that quick creation made can be changed through the API itself. */
function changeQuickCreation(
  ctx: Context,
  { ApiId }: ApiRecord,
  changes: { RouteKey?: string; Target?: string; CredentialsArn?: string },
): void {
  const managed = [...partsOf(ctx, routes, ApiId)].find((route) => route.ApiGatewayManaged === true)
  const integration = [...partsOf(ctx, integrations, ApiId)].find((it) => it.ApiGatewayManaged)
  if (managed === undefined || integration === undefined) {
    throw bad('RouteKey, Target and CredentialsArn can only be updated for quick create APIs')
  }
  const { RouteKey, Target, CredentialsArn } = changes
  passRole(ctx, CredentialsArn)
  if (RouteKey !== undefined) routes.put(ctx, { ...managed, RouteKey })
  const fields = { IntegrationUri: Target, CredentialsArn }
  integrations.put(ctx, { ...integration, ...given(fields) })
}

export const deleteCorsConfiguration = operation(DeleteCorsConfiguration, {
  authorize: ({ ApiId }, ctx) => judged('DELETE', `/apis/${ApiId}/cors`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId }) {
    const { CorsConfiguration: _, ...api } = theApi(ctx, ApiId)
    apis.put(ctx, api)
    deployChange(ctx, ApiId)
    return {}
  },
})

export const deleteApi = operation(DeleteApi, {
  authorize: ({ ApiId }, ctx) => judged('DELETE', `/apis/${ApiId}`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId }) {
    theApi(ctx, ApiId)
    for (const _ of apiMappings.where(ctx, 'api', ApiId)) {
      throw conflict('Cannot delete API with an active API mapping')
    }
    dropContents(ctx, ApiId)
    dropParts(ctx, stages, ApiId)
    dropParts(ctx, deployments, ApiId)
    for (const { key } of authorizerAnswers.scan(ctx, { prefix: orderedKey(ApiId, '') })) {
      authorizerAnswers.delete(ctx, key)
    }
    apis.delete(ctx, ApiId)
    apiHosts.delete(ctx, ApiId)
    return {}
  },
})

/** All that an import replaces. */
export function dropContents(ctx: Context, apiId: string): void {
  dropParts(ctx, routeResponses, apiId)
  dropParts(ctx, routes, apiId)
  dropParts(ctx, integrationResponses, apiId)
  dropParts(ctx, integrations, apiId)
  dropParts(ctx, authorizers, apiId)
  dropParts(ctx, models, apiId)
}

/** Removes all parts of one kind that belong to an API, or to one of its routes or integrations. */
export function dropParts<R extends object, I extends string>(
  ctx: Context,
  table: Table<R, I>,
  ...owner: readonly string[]
): void {
  for (const record of [...partsOf(ctx, table, ...owner)]) {
    table.delete(ctx, table.options.key(record))
  }
}
