import { AwsError } from '@cloud-orrery/models'
import type { Integration } from '@cloud-orrery/models/apigateway'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { areFields } from '../../shared/header-fields.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { type ApiCall, headerOf } from './api-call.ts'
import { configurationError } from './gateway-errors.ts'
import type { IntegrationRequest } from './integration-request.ts'
import { checkTime, refusedCall } from './integrations.ts'
import { invokeFunction } from './invoke-function.ts'
import { isBinary, json, withStageVariables } from './mapping.ts'
import { proxyEvent } from './proxy-event.ts'
import { remapped } from './remapped-headers.ts'

/** Asks a function with the whole request, and takes its answer for the response. Throws GatewayError. */
export async function functionProxy(
  call: ApiCall,
  integration: Integration,
  made: IntegrationRequest,
): Promise<HttpOperationOutput> {
  const uri = withStageVariables(call, integration.uri ?? '')
  if (!/:lambda:path\//.test(uri)) throw notModelled('AWS_PROXY integrations of Firehose')
  // Recorded: apigateway, `test_lambda_aws_proxy_integration_non_post_method`: Lambda takes POST alone.
  if (integration.httpMethod !== 'POST') throw configurationError(500)
  const headers = { ...call.headers }
  for (const [name, value] of Object.entries(made.headers)) headers[name] = [value]
  const event = proxyEvent(call, headers, { ...call.query, ...made.query })
  const startedAtMs = call.ctx.now()
  let answer: { payload: string; failed: boolean; status: number }
  try {
    answer = await invokeFunction(call, {
      uri,
      payload: JSON.stringify(event),
      credentials: integration.credentials,
    })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const refused = refusedCall(call, error)
    throw refused.responseType === 'THROTTLED' ? refused : configurationError(500)
  }
  call.figures.status = answer.status
  checkTime(call, integration, startedAtMs)
  if (answer.failed) {
    call.log.push('Execution failed due to configuration error: Malformed Lambda proxy response')
    throw configurationError(502)
  }
  return responseOf(call, answer.payload)
}

interface ProxyAnswer {
  readonly statusCode?: unknown
  readonly headers?: Readonly<Record<string, unknown>> | null
  readonly multiValueHeaders?: Readonly<Record<string, unknown>> | null
  readonly body?: unknown
  readonly isBase64Encoded?: unknown
}

const known = new Set([
  'statusCode',
  'headers',
  'multiValueHeaders',
  'body',
  'isBase64Encoded',
  'statusDescription',
  'cookies',
])

/** Source: developer guide, "Output format of a Lambda function for proxy integration". */
function responseOf(call: ApiCall, payload: string): HttpOperationOutput {
  const value = json(payload)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(call)
  if (Object.keys(value).some((name) => !known.has(name))) throw malformed(call)
  const answer = value as ProxyAnswer // An object with these members alone.
  const status = answer.statusCode === undefined ? 200 : Number(answer.statusCode)
  if (!Number.isInteger(status) || status < 100 || status > 599) throw malformed(call)
  const { body } = answer
  if (body !== undefined && body !== null && typeof body !== 'string') throw malformed(call)
  const { headers, cookies } = headersOf(call, answer)
  if (!areFields(headers, cookies)) throw malformed(call)
  const accept = (headerOf(call.headers, 'accept') ?? '').split(',')[0]?.trim()
  const types = call.api.binaryMediaTypes
  const isWanted = isBinary(types, accept) || types.includes('*/*')
  const decode = answer.isBase64Encoded === true && isWanted
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers, 'x-amzn-trace-id': call.trace },
    ...(cookies.length === 0 ? {} : { cookies }),
    body: Buffer.from(body ?? '', decode ? 'base64' : 'utf8'),
  }
}

function malformed(call: ApiCall) {
  call.log.push('Execution failed due to configuration error: Malformed Lambda proxy response')
  return configurationError(502)
}

/** Single values and lists of them; the lists come after, and a name in both is given once a value. */
function headersOf(
  call: ApiCall,
  { headers, multiValueHeaders }: ProxyAnswer,
): { headers: Record<string, string>; cookies: string[] } {
  const all: Record<string, string[]> = {}
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (typeof value === 'object' && value !== null) throw malformed(call)
    all[name.toLowerCase()] = [String(value ?? '')]
  }
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    if (!Array.isArray(values)) throw malformed(call)
    const list = all[name.toLowerCase()] ?? []
    all[name.toLowerCase()] = list
    for (const value of values) if (!list.includes(String(value))) list.push(String(value))
  }
  const cookies = all['set-cookie'] ?? []
  delete all['set-cookie']
  return {
    headers: remapped(
      Object.fromEntries(Object.entries(all).map(([name, list]) => [name, list.join(',')])),
    ),
    cookies,
  }
}
