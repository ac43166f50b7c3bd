import { AwsError } from '@cloud-orrery/models'
import type { Context } from '../../context.ts'
import type { HttpOperationInput, HttpOperationOutput } from '../../http-operation.ts'
import { forbidden } from '../http/answers.ts'
import { executeArn } from '../names.ts'
import type { ApiRecord } from '../state.ts'
import { closeConnection, touch } from './lifetime.ts'
import { messageBytesMax } from './limits.ts'
import { type ConnectionRecord, connections } from './state.ts'

const managementPath = /^\/([^/]+)\/(?:@|%40)connections\/([^/]+)\/?$/i

/**
 * Calls of back ends about connections; undefined where the path is another.
 * Source: developer guide, "Use @connections commands in your backend service".
 */
export function manage(
  ctx: Context,
  api: ApiRecord,
  request: HttpOperationInput,
): HttpOperationOutput | undefined {
  const [, stageName = '', encoded] = managementPath.exec(request.path) ?? []
  if (encoded === undefined) return undefined
  if (!URL.canParse(`https://x/${encoded}`)) return refusal(400, 'BadRequestException')
  const connectionId = decoded(encoded)
  const { method } = request
  const resource = `${stageName}/${method}/@connections/${connectionId}`
  if (ctx.caller.principal.kind === 'anonymous') {
    return refusal(403, 'ForbiddenException', 'Missing Authentication Token')
  }
  try {
    const arn = executeArn(ctx, api.ApiId, resource)
    ctx.authorize('execute-api:ManageConnections', arn, { resourceAccountId: ctx.accountId })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return refusal(403, 'ForbiddenException', error.message)
  }
  const found = connections.get(ctx, connectionId)
  const isHere = found?.apiId === api.ApiId && found.stageName === stageName
  if (!isHere || found.closing !== undefined) return refusal(410, 'GoneException')
  return done(ctx, found, request)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // A stray percent sign: no connection has such an id.
  }
}

function done(
  ctx: Context,
  connection: ConnectionRecord,
  { method, body }: HttpOperationInput,
): HttpOperationOutput {
  switch (method) {
    case 'GET':
      return json(200, {
        connectedAt: new Date(connection.connectedAtMs).toISOString(),
        identity: { sourceIp: connection.sourceIp, userAgent: connection.userAgent },
        lastActiveAt: new Date(connection.lastActiveAtMs).toISOString(),
      })
    case 'POST':
      if (body.byteLength > messageBytesMax) {
        return refusal(413, 'PayloadTooLargeException', 'Message too long')
      }
      touch(ctx, connection)
      ctx.sockets.send(connection.connectionId, Buffer.from(body).toString('utf8'))
      return json(200, {})
    case 'DELETE':
      closeConnection(ctx, connection, { code: 1000, reason: 'Connection Closed Normally' })
      return { status: 204, headers: {}, body: Buffer.alloc(0) }
    default:
      return forbidden()
  }
}

function json(status: number, value: object): HttpOperationOutput {
  const headers = { 'content-type': 'application/json' }
  return { status, headers, body: Buffer.from(JSON.stringify(value)) }
}

function refusal(status: number, code: string, text?: string): HttpOperationOutput {
  const body = Buffer.from(JSON.stringify(text === undefined ? {} : { message: text }))
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': code }
  return { status, headers, body }
}
