import type { Scope } from '@cloud-orrery/kernel'
import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { internalOperation } from '../../define.ts'
import { EndSocket, ReceiveSocketMessage } from '../../shared/apis/sockets.ts'
import { type ServedApi, servedBy } from '../http/served-api.ts'
import { type RouteRecord, type StageRecord, stages } from '../state.ts'
import { newSocketId } from './events.ts'
import { integrated, type SocketAnswer } from './integration.ts'
import { closeConnection, forget, touch } from './lifetime.ts'
import { messageBytesMax } from './limits.ts'
import { measureSocket } from './metrics.ts'
import { type ConnectionRecord, connections } from './state.ts'

function scopeOf(ctx: Context, connectionId: string): Partial<Scope> {
  const found = connections.get(ctx, connectionId)
  return found === undefined ? {} : { accountId: found.accountId, region: found.region }
}

/** A message goes to the route that the API's selection expression finds in it, else to `$default`. */
export const receiveSocketMessage = internalOperation(ReceiveSocketMessage, {
  authorize: () => ({ none: 'the connection was judged when it was opened' }),
  provenance: 'modelled',
  trail: { kind: 'unlogged', readOnly: false },
  scope: ({ connectionId }, ctx) => scopeOf(ctx, connectionId),
  async run(ctx, { connectionId, data, isBinary }) {
    const connection = connections.get(ctx, connectionId)
    if (connection === undefined || connection.closing !== undefined) return {}
    const bytes = isBinary ? Buffer.byteLength(data, 'base64') : Buffer.byteLength(data)
    if (bytes > messageBytesMax) {
      closeConnection(ctx, connection, { code: 1009, reason: 'Message too long' })
      return {}
    }
    touch(ctx, connection)
    measureSocket(ctx, connection, 'MessageCount')
    const place = placeOf(ctx, connection)
    if (place === undefined) return {}
    const requestId = newSocketId(ctx)
    const route = routeOf(place.served, isBinary ? undefined : data)
    if (route === undefined) {
      measureSocket(ctx, connection, 'ClientError')
      tell(ctx, connection, 'Forbidden', requestId)
      return {}
    }
    const event = {
      routeKey: route.RouteKey,
      eventType: 'MESSAGE',
      requestId,
      messageId: newSocketId(ctx),
      body: data,
      isBase64Encoded: isBinary,
    } as const
    const answer = await integrated(ctx, { connection, ...place, route, event })
    reply(ctx, { connection, served: place.served, route, requestId }, answer)
    return {}
  },
})

interface Replying {
  readonly connection: ConnectionRecord
  readonly served: ServedApi
  readonly route: RouteRecord
  readonly requestId: string
}

/** Only a route with a response of its own answers the one who sent. */
function reply(
  ctx: Context,
  { connection, served, route, requestId }: Replying,
  answer: SocketAnswer | undefined,
): void {
  if (answer === undefined) {
    measureSocket(ctx, connection, 'IntegrationError')
    tell(ctx, connection, 'Internal server error', requestId)
    return
  }
  const { routeResponses } = served.configuration
  const isTwoWay =
    route.RouteResponseSelectionExpression !== undefined &&
    routeResponses.some(({ RouteId }) => RouteId === route.RouteId)
  if (isTwoWay && answer.body !== '') ctx.sockets.send(connection.connectionId, answer.body)
}

function tell(
  ctx: Context,
  { connectionId }: ConnectionRecord,
  text: string,
  requestId: string,
): void {
  ctx.sockets.send(connectionId, JSON.stringify({ message: text, connectionId, requestId }))
}

function placeOf(
  ctx: Context,
  { apiId, stageName }: ConnectionRecord,
): { stage: StageRecord; served: ServedApi } | undefined {
  const stage = stages.get(ctx, orderedKey(apiId, stageName))
  const served = stage === undefined ? undefined : servedBy(ctx, stage)
  return stage === undefined || served === undefined ? undefined : { stage, served }
}

/** `$request.body.action`, also as `${request.body.action}`. Source: developer guide, "Route selection expressions". */
function routeOf(
  { api, configuration }: ServedApi,
  text: string | undefined,
): RouteRecord | undefined {
  const key = text === undefined ? undefined : selected(api.RouteSelectionExpression, text)
  const { routes } = configuration
  const own = key === undefined ? undefined : routes.find(({ RouteKey }) => RouteKey === key)
  return own ?? routes.find(({ RouteKey }) => RouteKey === '$default')
}

function selected(expression: string, text: string): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined // No JSON: the default route.
  }
  const single = /^\$\{?request\.body\.([^}]+)\}?$/.exec(expression)?.[1]
  if (single !== undefined) return textAt(value, single)
  return expression.replace(
    /\$\{request\.body\.([^}]+)\}/g,
    (_, path: string) => textAt(value, path) ?? '',
  )
}

function textAt(value: unknown, path: string): string | undefined {
  let found = value
  for (const step of path.match(/[^.[\]]+/g) ?? []) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined
    found = (found as Record<string, unknown>)[step] // It has it.
  }
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined
}

/** A connection is over: `$disconnect` hears of it, whatever it answers. */
export const endSocket = internalOperation(EndSocket, {
  authorize: () => ({ none: 'the connection was judged when it was opened' }),
  provenance: 'modelled',
  trail: { kind: 'unlogged', readOnly: false },
  scope: ({ connectionId }, ctx) => scopeOf(ctx, connectionId),
  async run(ctx, { connectionId, code, reason }) {
    const connection = forget(ctx, connectionId)
    if (connection === undefined) return {}
    const place = placeOf(ctx, connection)
    const route = place?.served.configuration.routes.find((it) => it.RouteKey === '$disconnect')
    if (place === undefined || route === undefined) return {}
    const event = {
      routeKey: '$disconnect',
      eventType: 'DISCONNECT',
      requestId: newSocketId(ctx),
      isBase64Encoded: false,
      disconnect: connection.closing ?? { code, reason },
    } as const
    await integrated(ctx, { connection, ...place, route, event })
    return {}
  },
})
