import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { internalOperation } from '../../define.ts'
import {
  type HttpOperationInput,
  type HttpOperationOutput,
  httpOperation,
} from '../../http-operation.ts'
import { apiHosts } from '../../shared/apis/api-hosts.ts'
import { InvokeMappedApi } from '../../shared/apis/mapped-api.ts'
import { areFields } from '../../shared/header-fields.ts'
import { headersBytesMax, httpTimeoutMsMax, payloadBytesMax } from '../limits.ts'
import { apis, type IntegrationRecord, type StageRecord, stages } from '../state.ts'
import { connect } from '../websocket/connect.ts'
import { manage } from '../websocket/management.ts'
import { logAccess } from './access-logs.ts'
import {
  forbidden,
  headersTooLarge,
  internalError,
  notFound,
  tooLarge,
  tooMany,
  unavailable,
} from './answers.ts'
import { type ApiCall, newRequestId } from './api-call.ts'
import { refusalOf } from './authorization.ts'
import { preflight, withCors } from './cors.ts'
import { hostAnswer } from './http-integration.ts'
import { functionAnswer } from './lambda-integration.ts'
import { measureCall } from './metrics.ts'
import { mappedAnswer, mappedRequest } from './parameter-mapping.ts'
import { matchRoute } from './routing.ts'
import { servedBy } from './served-api.ts'
import { serviceAnswer } from './service-integration.ts'
import { takeToken } from './throttle.ts'

/** What an API answers at its own host, to everyone: who may do what is the API's to say. */
export const invokeApi = httpOperation('apigatewayv2', 'InvokeApi', {
  authorize: () => ({ none: 'judged by what the route asks for' }),
  provenance: 'modelled',
  trail: { kind: 'unlogged', readOnly: false },
  scope: (input, ctx) => {
    const place = apiHosts.get(ctx, idOf(input))
    return place === undefined ? {} : { accountId: place.accountId, region: place.region }
  },
  run(ctx, input) {
    const place = apiHosts.get(ctx, idOf(input))
    const api = place === undefined ? undefined : apis.get(ctx, place.id)
    if (api === undefined) return forbidden()
    if (api.DisableExecuteApiEndpoint === true) return withId(notFound(), newRequestId(ctx))
    if (api.ProtocolType === 'WEBSOCKET') {
      const isUpgrade = input.headers['upgrade']?.toLowerCase() === 'websocket'
      if (isUpgrade) return connect(ctx, api, input)
      return manage(ctx, api, input) ?? withId(forbidden(), newRequestId(ctx))
    }
    const found = stageOf(ctx, api.ApiId, input.path)
    if (found === undefined) return withId(notFound(), newRequestId(ctx))
    return answerOf(ctx, { request: input, ...found, basePath: undefined })
  },
})

/** What an HTTP API answers by a custom domain name, which leads to it by a mapping. */
export const invokeMappedApi = internalOperation(InvokeMappedApi, {
  authorize: () => ({ none: 'judged by what the route asks for' }),
  provenance: 'modelled',
  trail: { kind: 'unlogged', readOnly: false },
  run(ctx, { apiId, stageName, basePath, ...request }) {
    const stage = stages.get(ctx, orderedKey(apiId, stageName))
    if (stage === undefined || apis.get(ctx, apiId)?.ProtocolType !== 'HTTP') return forbidden()
    const rest = basePath === '' ? request.path : request.path.slice(basePath.length + 1)
    return answerOf(ctx, { request, stage, path: rest === '' ? '/' : rest, basePath })
  },
})

function idOf({ servedName }: HttpOperationInput): string {
  return servedName.slice(0, servedName.indexOf('.'))
}

/** The stage that a path begins with, else `$default`, and the path within it. */
function stageOf(
  ctx: Context,
  apiId: string,
  path: string,
): { stage: StageRecord; path: string } | undefined {
  const [, name = ''] = path.split('/', 2)
  const named = stages.get(ctx, orderedKey(apiId, decoded(name)))
  if (named !== undefined && named.StageName !== '$default') {
    return { stage: named, path: path.slice(name.length + 1) || '/' }
  }
  const stage = stages.get(ctx, orderedKey(apiId, '$default'))
  return stage === undefined ? undefined : { stage, path }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // A stray percent sign: no stage has such a name.
  }
}

export interface StageRequest {
  readonly request: HttpOperationInput
  readonly stage: StageRecord
  /** Within the stage. */
  readonly path: string
  /** Of the custom domain name by which the request came. */
  readonly basePath: string | undefined
}

/** What a stage answers to a request. */
export async function answerOf(ctx: Context, asked: StageRequest): Promise<HttpOperationOutput> {
  const { stage, request } = asked
  const served = servedBy(ctx, stage)
  const requestId = newRequestId(ctx)
  if (served === undefined) return withId(notFound(), requestId)
  const prefix = stage.StageName === '$default' ? '' : `/${stage.StageName}`
  const call: ApiCall = {
    ctx,
    ...asked,
    served,
    rawPath: `${prefix}${asked.path}`,
    fullPath: request.path,
    requestId,
    startedAtMs: ctx.now(),
    sourceIp: ctx.caller.sourceIp ?? '127.0.0.1',
    authorized: { kind: 'none' },
    notes: {},
  }
  const { CorsConfiguration: cors } = served.api
  const answer = preflight(cors, request) ?? withCors(cors, request, await steps(call))
  const lengthBytes = answer.body instanceof Uint8Array ? answer.body.byteLength : 0
  const facts = { status: answer.status, lengthBytes }
  measureCall(call, facts)
  logAccess(call, facts)
  return withId(answer, requestId)
}

/** The way of a request through a stage, step by step; the first that answers ends it. */
async function steps(call: ApiCall): Promise<HttpOperationOutput> {
  const { request, served } = call
  if (request.body.byteLength > payloadBytesMax) return tooLarge()
  if (headersBytes(request) > headersBytesMax) return headersTooLarge()
  const matched = matchRoute(served.router, request.method, call.path)
  if (matched === undefined) return notFound()
  call.matched = matched
  if (!takeToken(call)) return tooMany()
  const refusal = await refusalOf(call)
  if (refusal !== undefined) return refusal
  const id = matched.route.Target?.slice('integrations/'.length) ?? ''
  const integration = served.integrations.get(id)
  if (integration === undefined) return internalError()
  return await integrate(call, integration)
}

function headersBytes({ method, path, query, headers }: HttpOperationInput): number {
  let bytes = method.length + path.length + query.length
  for (const [name, value] of Object.entries(headers)) bytes += name.length + value.length
  return bytes
}

async function integrate(
  call: ApiCall,
  integration: IntegrationRecord,
): Promise<HttpOperationOutput> {
  const { ctx, notes } = call
  const startedAtMs = ctx.now()
  const answer = await answerOfIntegration(call, integration)
  notes.integrationLatencyMs = ctx.now() - startedAtMs
  const { TimeoutInMillis = httpTimeoutMsMax } = integration
  // Deviation: a client hears of an integration that takes too long when that has ended.
  if (notes.integrationLatencyMs > TimeoutInMillis) {
    notes.integrationError = 'Endpoint request timed out'
    return unavailable()
  }
  const mapped = mappedAnswer(call, integration, answer)
  if (areFields(mapped.headers, mapped.cookies)) return mapped
  notes.integrationError = 'Invalid header value'
  return internalError()
}

function answerOfIntegration(
  call: ApiCall,
  integration: IntegrationRecord,
): Promise<HttpOperationOutput> {
  if (integration.IntegrationSubtype !== undefined) return serviceAnswer(call, integration)
  if (integration.IntegrationType === 'HTTP_PROXY') return hostAnswer(call, integration)
  const { request } = mappedRequest(call, integration)
  return functionAnswer(request === call.request ? call : { ...call, request }, integration)
}

function withId(answer: HttpOperationOutput, requestId: string): HttpOperationOutput {
  return { ...answer, headers: { ...answer.headers, 'apigw-requestid': requestId } }
}
