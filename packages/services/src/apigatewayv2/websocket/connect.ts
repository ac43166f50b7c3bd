import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import type { HttpOperationInput, HttpOperationOutput } from '../../http-operation.ts'
import { connectionIdHeader } from '../../shared/apis/sockets.ts'
import { forbidden, message } from '../http/answers.ts'
import type { ApiCall } from '../http/api-call.ts'
import { refusalOf } from '../http/authorization.ts'
import { type ServedApi, servedBy } from '../http/served-api.ts'
import { type ApiRecord, type RouteRecord, type StageRecord, stages } from '../state.ts'
import { newSocketId } from './events.ts'
import { integrated } from './integration.ts'
import { open } from './lifetime.ts'
import { measureSocket } from './metrics.ts'
import type { ConnectionRecord } from './state.ts'

/** Takes a connection or refuses it, as `$connect`'s authorizer and integration say. */
export async function connect(
  ctx: Context,
  api: ApiRecord,
  request: HttpOperationInput,
): Promise<HttpOperationOutput> {
  const name = request.path.replace(/^\/|\/$/g, '')
  const stage = stages.get(ctx, orderedKey(api.ApiId, name))
  const served = stage === undefined ? undefined : servedBy(ctx, stage)
  if (stage === undefined || served === undefined) return forbidden()
  const connection = newConnection(ctx, api, stage, request)
  const route = served.configuration.routes.find(({ RouteKey }) => RouteKey === '$connect')
  const requestId = newSocketId(ctx)
  if (route === undefined) return taken(ctx, connection, {})
  const call = callOf(ctx, { stage, served, route, request, connection, requestId })
  const refusal = await refusalOf(call)
  if (refusal !== undefined) return refusal
  const known = { ...connection, authorized: call.authorized }
  const answer = await integrated(ctx, {
    connection: known,
    served,
    stage,
    route,
    event: {
      routeKey: '$connect',
      eventType: 'CONNECT',
      requestId,
      isBase64Encoded: false,
      upgrade: request,
    },
  })
  if (answer === undefined) {
    measureSocket(ctx, connection, 'IntegrationError')
    return message(502, 'Internal server error')
  }
  if (answer.status >= 300) return message(answer.status, 'Forbidden')
  const { 'sec-websocket-protocol': protocol } = answer.headers
  return taken(ctx, known, protocol === undefined ? {} : { 'sec-websocket-protocol': protocol })
}

function newConnection(
  ctx: Context,
  api: ApiRecord,
  stage: StageRecord,
  request: HttpOperationInput,
): ConnectionRecord {
  return {
    connectionId: newSocketId(ctx),
    apiId: api.ApiId,
    stageName: stage.StageName,
    accountId: ctx.accountId,
    region: ctx.region,
    domainName: request.host,
    sourceIp: ctx.caller.sourceIp ?? '127.0.0.1',
    userAgent: request.headers['user-agent'] ?? '',
    connectedAtMs: ctx.now(),
    lastActiveAtMs: ctx.now(),
    authorized: { kind: 'none' },
    idleTask: '',
    endTask: '',
  }
}

interface Connecting {
  readonly stage: StageRecord
  readonly served: ServedApi
  readonly route: RouteRecord
  readonly request: HttpOperationInput
  readonly connection: ConnectionRecord
  readonly requestId: string
}

/** The upgrade as authorizers see it: a request to the route `$connect`. */
function callOf(ctx: Context, connecting: Connecting): ApiCall {
  const { stage, served, route, request, connection, requestId } = connecting
  return {
    ctx,
    request,
    stage,
    served,
    path: '/$connect',
    rawPath: request.path,
    fullPath: request.path,
    basePath: undefined,
    requestId,
    startedAtMs: connection.connectedAtMs,
    sourceIp: connection.sourceIp,
    matched: { route, pathParameters: {} },
    authorized: { kind: 'none' },
    notes: {},
  }
}

function taken(
  ctx: Context,
  connection: ConnectionRecord,
  headers: Readonly<Record<string, string>>,
): HttpOperationOutput {
  const { connectionId } = open(ctx, connection)
  measureSocket(ctx, connection, 'ConnectCount')
  return {
    status: 101,
    headers: { ...headers, [connectionIdHeader]: connectionId },
    body: Buffer.alloc(0),
  }
}
