import type { Context } from '../../context.ts'
import type { HttpOperationInput } from '../../http-operation.ts'
import { newRequestId, queryParameters, requestTime } from '../http/api-call.ts'
import type { ConnectionRecord } from './state.ts'

/** What happens to a connection, as functions are told. */
export interface SocketEvent {
  readonly routeKey: string
  readonly eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT'
  readonly requestId: string
  readonly messageId?: string
  readonly body?: string
  readonly isBase64Encoded: boolean
  /** The upgrade, for `$connect`. */
  readonly upgrade?: HttpOperationInput
  readonly disconnect?: { readonly code: number; readonly reason: string }
}

/** Source: developer guide, "Set up Lambda proxy integrations in WebSocket APIs"; REST reference, `$context`. */
export function functionEvent(
  ctx: Context,
  connection: ConnectionRecord,
  event: SocketEvent,
  stageVariables: Readonly<Record<string, string>> = {},
): object {
  const { upgrade, body, isBase64Encoded } = event
  return {
    ...(upgrade === undefined ? {} : requestOf(upgrade)),
    ...(Object.keys(stageVariables).length === 0 ? {} : { stageVariables }),
    requestContext: contextOf(ctx, connection, event),
    ...(body === undefined ? {} : { body }),
    isBase64Encoded,
  }
}

function requestOf({ headers, query }: HttpOperationInput): object {
  const named = Object.entries(headers)
  const parameters = Object.entries(queryParameters(query))
  return {
    headers,
    multiValueHeaders: Object.fromEntries(named.map(([name, value]) => [name, [value]])),
    ...(parameters.length === 0
      ? {}
      : {
          queryStringParameters: Object.fromEntries(
            parameters.map(([name, values]) => [name, values.at(-1)]),
          ),
          multiValueQueryStringParameters: Object.fromEntries(parameters),
        }),
  }
}

function contextOf(ctx: Context, connection: ConnectionRecord, event: SocketEvent): object {
  const { authorized, sourceIp, userAgent } = connection
  const nowMs = ctx.now()
  return {
    routeKey: event.routeKey,
    ...(authorized.kind === 'function'
      ? { authorizer: { principalId: authorized.principalId, ...authorized.context } }
      : {}),
    ...(event.messageId === undefined ? {} : { messageId: event.messageId }),
    ...(event.disconnect === undefined
      ? {}
      : {
          disconnectStatusCode: event.disconnect.code,
          disconnectReason: event.disconnect.reason,
        }),
    eventType: event.eventType,
    extendedRequestId: event.requestId,
    requestTime: requestTime(nowMs),
    messageDirection: 'IN',
    stage: connection.stageName,
    connectedAt: connection.connectedAtMs,
    requestTimeEpoch: nowMs,
    identity: { sourceIp, ...(userAgent === '' ? {} : { userAgent }) },
    requestId: event.requestId,
    domainName: connection.domainName,
    connectionId: connection.connectionId,
    apiId: connection.apiId,
  }
}

/** A message or a connection of its own: the same form of id. */
export const newSocketId = newRequestId
