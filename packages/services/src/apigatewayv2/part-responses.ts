import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateIntegrationResponse,
  CreateRouteResponse,
  DeleteIntegrationResponse,
  DeleteRouteResponse,
  GetIntegrationResponse,
  GetIntegrationResponses,
  GetRouteResponse,
  GetRouteResponses,
  UpdateIntegrationResponse,
  UpdateRouteResponse,
} from '@cloud-orrery/models/apigatewayv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { deployChange } from './deployments.ts'
import { bad, conflict } from './errors.ts'
import { given, page, part, partsOf, theApi, theIntegration, theRoute } from './lookup.ts'
import { judged, newPartId } from './names.ts'
import {
  type IntegrationResponseRecord,
  integrationResponses,
  type RouteResponseRecord,
  routeResponses,
} from './state.ts'

/** Answers of integrations and routes belong to WebSocket APIs. Source: CreateIntegrationResponse, CreateRouteResponse. */
function onlySockets(ctx: Context, apiId: string, what: string): void {
  if (theApi(ctx, apiId).ProtocolType === 'WEBSOCKET') return
  throw bad(`${what} are not supported for HTTP APIs`)
}

export const createRouteResponse = operation(CreateRouteResponse, {
  authorize: ({ ApiId, RouteId }, ctx) => judged('POST', routePath(ApiId, RouteId), ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, RouteId, ...input }) {
    onlySockets(ctx, ApiId, 'Route responses')
    theRoute(ctx, ApiId, RouteId)
    if (input.RouteResponseKey !== '$default') {
      throw bad('Only the $default route response key is supported')
    }
    for (const _ of partsOf(ctx, routeResponses, ApiId, RouteId)) {
      throw conflict('Route response with key $default already exists for this route')
    }
    const RouteResponseId = newPartId(ctx, 6)
    const record = routeResponses.put(ctx, { ...given(input), ApiId, RouteId, RouteResponseId })
    deployChange(ctx, ApiId)
    return shownRouteResponse(record)
  },
})

export const getRouteResponse = operation(GetRouteResponse, {
  authorize: ({ ApiId, RouteId, RouteResponseId }, ctx) =>
    judged('GET', `${routePath(ApiId, RouteId)}/${RouteResponseId}`, ctx),
  provenance: 'modelled',
  run: (ctx, input) => shownRouteResponse(theRouteResponse(ctx, input)),
})

export const getRouteResponses = operation(GetRouteResponses, {
  authorize: ({ ApiId, RouteId }, ctx) => judged('GET', routePath(ApiId, RouteId), ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, RouteId, ...paging }) {
    theRoute(ctx, ApiId, RouteId)
    const { items, nextToken } = page(ctx, routeResponses, [ApiId, RouteId], paging)
    return { Items: items.map(shownRouteResponse), ...given({ NextToken: nextToken }) }
  },
})

export const updateRouteResponse = operation(UpdateRouteResponse, {
  authorize: ({ ApiId, RouteId, RouteResponseId }, ctx) =>
    judged('PATCH', `${routePath(ApiId, RouteId)}/${RouteResponseId}`, ctx),
  provenance: 'modelled',
  run(ctx, input) {
    const changed = { ...theRouteResponse(ctx, input), ...given(input) }
    if (changed.RouteResponseKey !== '$default') {
      throw bad('Only the $default route response key is supported')
    }
    routeResponses.put(ctx, changed)
    deployChange(ctx, input.ApiId)
    return shownRouteResponse(changed)
  },
})

export const deleteRouteResponse = operation(DeleteRouteResponse, {
  authorize: ({ ApiId, RouteId, RouteResponseId }, ctx) =>
    judged('DELETE', `${routePath(ApiId, RouteId)}/${RouteResponseId}`, ctx),
  provenance: 'modelled',
  run(ctx, input) {
    const { ApiId, RouteId, RouteResponseId } = theRouteResponse(ctx, input)
    routeResponses.delete(ctx, orderedKey(ApiId, RouteId, RouteResponseId))
    deployChange(ctx, ApiId)
    return {}
  },
})

interface RouteResponseName {
  readonly ApiId: string
  readonly RouteId: string
  readonly RouteResponseId: string
}

function theRouteResponse(ctx: Context, name: RouteResponseName): RouteResponseRecord {
  const { ApiId, RouteId, RouteResponseId } = name
  return part(ctx, routeResponses, 'RouteResponse', ApiId, RouteId, RouteResponseId)
}

function routePath(apiId: string, routeId: string): string {
  return `/apis/${apiId}/routes/${routeId}/routeresponses`
}

function shownRouteResponse({ ApiId: _, RouteId: __, ...response }: RouteResponseRecord) {
  return response
}

export const createIntegrationResponse = operation(CreateIntegrationResponse, {
  authorize: ({ ApiId, IntegrationId }, ctx) =>
    judged('POST', integrationPath(ApiId, IntegrationId), ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, IntegrationId, ...input }) {
    onlySockets(ctx, ApiId, 'Integration responses')
    theIntegration(ctx, ApiId, IntegrationId)
    checkResponseKey(ctx, { ApiId, IntegrationId, ...input })
    const IntegrationResponseId = newPartId(ctx, 6)
    const owner = { ApiId, IntegrationId, IntegrationResponseId }
    const record = integrationResponses.put(ctx, { ...given(input), ...owner })
    deployChange(ctx, ApiId)
    return shownIntegrationResponse(record)
  },
})

/** `$default`, or `/…/`: an expression that a status has to match. Source: IntegrationResponse. */
function checkResponseKey(
  ctx: Context,
  {
    ApiId,
    IntegrationId,
    IntegrationResponseKey: key,
    ...record
  }: Partial<IntegrationResponseName> & {
    readonly ApiId: string
    readonly IntegrationId: string
    readonly IntegrationResponseKey: string
  },
): void {
  if (key !== '$default' && !/^\/.+\/$/.test(key)) {
    throw bad('Integration response key must be $default or of the form /regular expression/')
  }
  for (const other of partsOf(ctx, integrationResponses, ApiId, IntegrationId)) {
    const isOther = other.IntegrationResponseId !== record.IntegrationResponseId
    if (isOther && other.IntegrationResponseKey === key) {
      throw conflict(`Integration response with key ${key} already exists for this integration`)
    }
  }
}

export const getIntegrationResponse = operation(GetIntegrationResponse, {
  authorize: ({ ApiId, IntegrationId, IntegrationResponseId }, ctx) =>
    judged('GET', `${integrationPath(ApiId, IntegrationId)}/${IntegrationResponseId}`, ctx),
  provenance: 'modelled',
  run: (ctx, input) => shownIntegrationResponse(theIntegrationResponse(ctx, input)),
})

export const getIntegrationResponses = operation(GetIntegrationResponses, {
  authorize: ({ ApiId, IntegrationId }, ctx) =>
    judged('GET', integrationPath(ApiId, IntegrationId), ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, IntegrationId, ...paging }) {
    theIntegration(ctx, ApiId, IntegrationId)
    const { items, nextToken } = page(ctx, integrationResponses, [ApiId, IntegrationId], paging)
    return { Items: items.map(shownIntegrationResponse), ...given({ NextToken: nextToken }) }
  },
})

export const updateIntegrationResponse = operation(UpdateIntegrationResponse, {
  authorize: ({ ApiId, IntegrationId, IntegrationResponseId }, ctx) =>
    judged('PATCH', `${integrationPath(ApiId, IntegrationId)}/${IntegrationResponseId}`, ctx),
  provenance: 'modelled',
  run(ctx, input) {
    const changed = { ...theIntegrationResponse(ctx, input), ...given(input) }
    checkResponseKey(ctx, changed)
    integrationResponses.put(ctx, changed)
    deployChange(ctx, input.ApiId)
    return shownIntegrationResponse(changed)
  },
})

export const deleteIntegrationResponse = operation(DeleteIntegrationResponse, {
  authorize: ({ ApiId, IntegrationId, IntegrationResponseId }, ctx) =>
    judged('DELETE', `${integrationPath(ApiId, IntegrationId)}/${IntegrationResponseId}`, ctx),
  provenance: 'modelled',
  run(ctx, input) {
    const { ApiId, IntegrationId, IntegrationResponseId } = theIntegrationResponse(ctx, input)
    integrationResponses.delete(ctx, orderedKey(ApiId, IntegrationId, IntegrationResponseId))
    deployChange(ctx, ApiId)
    return {}
  },
})

interface IntegrationResponseName {
  readonly ApiId: string
  readonly IntegrationId: string
  readonly IntegrationResponseId: string
}

function theIntegrationResponse(
  ctx: Context,
  { ApiId, IntegrationId, IntegrationResponseId }: IntegrationResponseName,
): IntegrationResponseRecord {
  const ids = [ApiId, IntegrationId, IntegrationResponseId] as const
  return part(ctx, integrationResponses, 'IntegrationResponse', ...ids)
}

function integrationPath(apiId: string, integrationId: string): string {
  return `/apis/${apiId}/integrations/${integrationId}/integrationresponses`
}

function shownIntegrationResponse(record: IntegrationResponseRecord) {
  const { ApiId: _, IntegrationId: __, ...response } = record
  return response
}
