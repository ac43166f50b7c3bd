import { AwsError } from '@cloud-orrery/models'
import { Invoke } from '@cloud-orrery/models/lambda'
import type { Context } from '../../context.ts'
import { callerFor, functionOfUri } from '../http/lambda-integration.ts'
import type { ServedApi } from '../http/served-api.ts'
import { webSocketTimeoutMsMax } from '../limits.ts'
import { executeArn } from '../names.ts'
import type { IntegrationRecord, RouteRecord, StageRecord } from '../state.ts'
import { functionEvent, type SocketEvent } from './events.ts'
import type { ConnectionRecord } from './state.ts'

/** What an integration said; undefined where it failed. */
export interface SocketAnswer {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

export interface SocketCall {
  readonly connection: ConnectionRecord
  readonly served: ServedApi
  readonly stage: StageRecord
  readonly route: RouteRecord
  readonly event: SocketEvent
}

/** Hands what happened to a connection to the integration of its route. */
export async function integrated(
  ctx: Context,
  call: SocketCall,
): Promise<SocketAnswer | undefined> {
  const id = call.route.Target?.slice('integrations/'.length) ?? ''
  const integration = call.served.integrations.get(id)
  // A route without an integration takes what comes and does nothing.
  if (integration === undefined) return { status: 200, body: '', headers: {} }
  switch (integration.IntegrationType) {
    case 'AWS_PROXY':
      return await functionAnswer(ctx, call, integration)
    case 'HTTP_PROXY':
      return await hostAnswer(ctx, call, integration)
    default:
      return { status: 200, body: '', headers: {} } // MOCK: the only other one that is made.
  }
}

async function functionAnswer(
  ctx: Context,
  { connection, stage, route, event }: SocketCall,
  integration: IntegrationRecord,
): Promise<SocketAnswer | undefined> {
  const name = functionOfUri(integration.IntegrationUri ?? '')
  if (name === undefined) return undefined
  const payload = functionEvent(ctx, connection, event, stage.StageVariables)
  const source = executeArn(ctx, connection.apiId, `${connection.stageName}/${route.RouteKey}`)
  try {
    const { Payload, FunctionError } = await ctx.call(
      Invoke,
      { FunctionName: name, Payload: Buffer.from(JSON.stringify(payload)) },
      callerFor(ctx, integration.CredentialsArn, source),
    )
    if (FunctionError !== undefined) return undefined
    return answerOf(Buffer.from(Payload ?? []).toString('utf8'))
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    ctx.record('event', 'apigatewayv2.integration-failed', { code: error.code, name })
    return undefined
  }
}

/** A function's answer has the form of REST APIs; for messages what has none is taken as done. */
function answerOf(text: string): SocketAnswer | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined // A runtime of one's own may answer with anything.
  }
  if (typeof value !== 'object' || value === null || !('statusCode' in value)) {
    return { status: 200, body: '', headers: {} }
  }
  const { statusCode, body, headers } = value as Readonly<Record<string, unknown>> // An object of JSON.
  const status = Number(statusCode)
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined
  const named = typeof headers === 'object' && headers !== null ? Object.entries(headers) : []
  return {
    status,
    body: body === undefined || body === null ? '' : String(body),
    headers: Object.fromEntries(named.map(([name, it]) => [name.toLowerCase(), String(it)])),
  }
}

async function hostAnswer(
  ctx: Context,
  { connection, event }: SocketCall,
  { IntegrationUri = '', IntegrationMethod = 'POST', TimeoutInMillis }: IntegrationRecord,
): Promise<SocketAnswer | undefined> {
  if (!URL.canParse(IntegrationUri)) return undefined
  const answer = await ctx.http({
    method: IntegrationMethod === 'ANY' ? 'POST' : IntegrationMethod,
    url: IntegrationUri,
    headers: { 'content-type': 'application/json', connectionid: connection.connectionId },
    body: event.body ?? '',
    timeoutMs: TimeoutInMillis ?? webSocketTimeoutMsMax,
  })
  if (answer.status === 0) return undefined
  return { status: answer.status, body: answer.body, headers: answer.headers }
}
