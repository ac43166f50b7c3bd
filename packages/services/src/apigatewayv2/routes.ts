import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateRoute,
  DeleteRoute,
  DeleteRouteRequestParameter,
  GetRoute,
  GetRoutes,
  type Route,
  UpdateRoute,
} from '@cloud-orrery/models/apigatewayv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { dropParts } from './apis.ts'
import { deployChange } from './deployments.ts'
import { bad, partNotFound, routeExists } from './errors.ts'
import { routesMax } from './limits.ts'
import { countOf, given, page, shown, theApi, theRoute } from './lookup.ts'
import { judged, newPartId } from './names.ts'
import {
  type ApiRecord,
  authorizers,
  integrations,
  type RouteRecord,
  routeResponses,
  routes,
} from './state.ts'

export const createRoute = operation(CreateRoute, {
  authorize: ({ ApiId }, ctx) => judged('POST', `/apis/${ApiId}/routes`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, ...input }) {
    const api = theApi(ctx, ApiId)
    const route = newRoute(ctx, api, input)
    deployChange(ctx, ApiId)
    return shown(route)
  },
})

/** Makes a route, checked. Throws AWS's refusals. */
export function newRoute(ctx: Context, api: ApiRecord, input: Route): RouteRecord {
  const { ApiId } = api
  if (countOf(ctx, routes, ApiId) >= routesMax) {
    throw bad('Maximum number of routes for this API has been reached.')
  }
  const route: RouteRecord = {
    ApiKeyRequired: false,
    AuthorizationType: 'NONE',
    ...given(input),
    ApiId,
    RouteId: newPartId(ctx),
  }
  checkRoute(ctx, api, route)
  return routes.put(ctx, route)
}

function checkRoute(ctx: Context, api: ApiRecord, route: RouteRecord): void {
  checkRouteKey(api, route.RouteKey)
  for (const other of routes.where(ctx, 'key', orderedKey(route.ApiId, route.RouteKey))) {
    if (other.RouteId !== route.RouteId) throw routeExists(route.RouteKey)
  }
  checkAuthorization(ctx, api, route)
  if (route.Target !== undefined) checkTarget(ctx, route.ApiId, route.Target)
  if (api.ProtocolType === 'WEBSOCKET') return
  const onlySockets = ['ModelSelectionExpression', 'RequestModels', 'RequestParameters'] as const
  for (const name of [...onlySockets, 'RouteResponseSelectionExpression'] as const) {
    if (route[name] !== undefined) throw bad(`${name} is not currently supported for HTTP APIs`)
  }
  if (route.ApiKeyRequired === true) {
    throw bad('ApiKeyRequired is not currently supported for HTTP APIs')
  }
}

const methods = ['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']
const httpKey = new RegExp(`^(?:${methods.join('|')}) /`)

function checkRouteKey({ ProtocolType }: ApiRecord, key: string): void {
  if (key === '$default') return
  if (ProtocolType === 'WEBSOCKET') {
    if (key === '' || key.length > 128) throw bad('Invalid route key specified')
    return
  }
  if (!httpKey.test(key)) {
    throw bad(
      'The provided route key is not formatted properly for HTTP protocol. Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"',
    )
  }
  const segments = key.slice(key.indexOf(' ') + 1).split('/')
  const names: string[] = []
  for (const [at, segment] of segments.entries()) {
    const name = /^\{([^{}+]+)(\+?)\}$/.exec(segment)
    if (name === null && /[{}]/.test(segment)) throw badSegment(segment)
    if (name?.[2] === '+' && at !== segments.length - 1) throw badSegment(segment)
    if (name?.[1] === undefined) continue
    if (names.includes(name[1])) throw bad(`Path parameter ${name[1]} is used more than once`)
    names.push(name[1])
  }
}

function badSegment(segment: string): Error {
  return bad(
    `Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end: ${segment}`,
  )
}

function checkAuthorization(ctx: Context, api: ApiRecord, route: RouteRecord): void {
  const { AuthorizationType: type = 'NONE', AuthorizerId, AuthorizationScopes = [] } = route
  const types =
    api.ProtocolType === 'HTTP'
      ? ['NONE', 'AWS_IAM', 'CUSTOM', 'JWT']
      : ['NONE', 'AWS_IAM', 'CUSTOM']
  if (!types.includes(type)) {
    throw bad(`Invalid authorization type specified. Must be one of [${types.join(', ')}]`)
  }
  if (AuthorizationScopes.length > 0 && type !== 'JWT') {
    throw bad(
      'Invalid Route authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT authorization types',
    )
  }
  if (api.ProtocolType === 'WEBSOCKET' && type !== 'NONE' && route.RouteKey !== '$connect') {
    throw bad('Authorizers are only supported on the $connect route')
  }
  if (type !== 'JWT' && type !== 'CUSTOM') return
  const wanted = type === 'JWT' ? 'JWT' : 'REQUEST'
  const authorizer = authorizers.get(ctx, orderedKey(route.ApiId, AuthorizerId ?? ''))
  if (authorizer?.AuthorizerType === wanted) return
  throw bad(
    `Invalid authorizer ID specified. Setting the authorization type to ${type} requires a valid ${type === 'JWT' ? 'JWT ' : ''}authorizer.`,
  )
}

function checkTarget(ctx: Context, apiId: string, target: string): void {
  const id = /^integrations\/([^/]+)$/.exec(target)?.[1]
  if (id === undefined)
    throw bad('Invalid target specified. Expected integrations/<integration-id>')
  if (!integrations.has(ctx, orderedKey(apiId, id))) throw partNotFound('Integration', id)
}

export const getRoute = operation(GetRoute, {
  authorize: ({ ApiId, RouteId }, ctx) => judged('GET', `/apis/${ApiId}/routes/${RouteId}`, ctx),
  provenance: 'modelled',
  run: (ctx, { ApiId, RouteId }) => shown(theRoute(ctx, ApiId, RouteId)),
})

export const getRoutes = operation(GetRoutes, {
  authorize: ({ ApiId }, ctx) => judged('GET', `/apis/${ApiId}/routes`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, ...paging }) {
    theApi(ctx, ApiId)
    const { items, nextToken } = page(ctx, routes, [ApiId], paging)
    return { Items: items.map(shown), ...given({ NextToken: nextToken }) }
  },
})

export const updateRoute = operation(UpdateRoute, {
  authorize: ({ ApiId, RouteId }, ctx) => judged('PATCH', `/apis/${ApiId}/routes/${RouteId}`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, RouteId, ...changes }) {
    const route = theRoute(ctx, ApiId, RouteId)
    const { AuthorizerId: _, AuthorizationScopes: __, ...open } = route
    // A route that is opened to all forgets who guarded it.
    const kept = changes.AuthorizationType === 'NONE' ? open : route
    const changed: RouteRecord = { ...kept, ...given(changes) }
    checkRoute(ctx, theApi(ctx, ApiId), changed)
    routes.put(ctx, changed)
    deployChange(ctx, ApiId)
    return shown(changed)
  },
})

export const deleteRoute = operation(DeleteRoute, {
  authorize: ({ ApiId, RouteId }, ctx) => judged('DELETE', `/apis/${ApiId}/routes/${RouteId}`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, RouteId }) {
    theRoute(ctx, ApiId, RouteId)
    dropParts(ctx, routeResponses, ApiId, RouteId)
    routes.delete(ctx, orderedKey(ApiId, RouteId))
    deployChange(ctx, ApiId)
    return {}
  },
})

export const deleteRouteRequestParameter = operation(DeleteRouteRequestParameter, {
  authorize: ({ ApiId, RouteId, RequestParameterKey }, ctx) =>
    judged(
      'DELETE',
      `/apis/${ApiId}/routes/${RouteId}/requestparameters/${RequestParameterKey}`,
      ctx,
    ),
  provenance: 'modelled',
  run(ctx, { ApiId, RouteId, RequestParameterKey }) {
    const route = theRoute(ctx, ApiId, RouteId)
    const { [RequestParameterKey]: gone, ...RequestParameters } = route.RequestParameters ?? {}
    if (gone === undefined) throw partNotFound('RequestParameter', RequestParameterKey)
    routes.put(ctx, { ...route, RequestParameters })
    deployChange(ctx, ApiId)
    return {}
  },
})
