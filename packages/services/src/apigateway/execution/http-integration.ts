import type { Integration } from '@cloud-orrery/models/apigateway'
import { withDotSegments } from '../../shared/apis/dot-segments.ts'
import { integrationTimeoutMsMax } from '../limits.ts'
import type { ApiCall } from './api-call.ts'
import type { BackendAnswer } from './backend-answer.ts'
import { GatewayError } from './gateway-errors.ts'
import type { IntegrationRequest } from './integration-request.ts'
import { withStageVariables } from './mapping.ts'

/** Calls an endpoint on the internet. Throws GatewayError. */
export async function callHttp(
  call: ApiCall,
  integration: Integration,
  made: IntegrationRequest,
): Promise<BackendAnswer> {
  const isProxy = integration.type === 'HTTP_PROXY'
  const method =
    integration.httpMethod === 'ANY' ? call.request.method : (integration.httpMethod ?? 'GET')
  const url = urlOf(call, integration, made, isProxy)
  if (url === undefined) {
    throw new GatewayError('API_CONFIGURATION_ERROR', 'Internal server error')
  }
  const headers = isProxy
    ? { ...proxiedHeaders(call), ...lower(made.headers) }
    : lower(made.headers)
  headers['x-amzn-apigateway-api-id'] = call.apiId
  headers['user-agent'] ??= `AmazonAPIGateway_${call.apiId}`
  headers['accept'] ??= 'application/json'
  headers['x-amzn-trace-id'] = call.trace
  if (made.body.byteLength > 0) headers['content-type'] ??= 'application/json'
  delete headers['host']
  const timeoutMs = integration.timeoutInMillis ?? integrationTimeoutMsMax
  const startedAtMs = call.ctx.now()
  const answer = await call.ctx.http({
    method,
    url,
    headers,
    body: made.body.toString(),
    bytes: made.body,
    timeoutMs,
  })
  if (answer.status === 0) {
    if (call.ctx.now() - startedAtMs >= timeoutMs) throw timedOut()
    throw new GatewayError('INTEGRATION_FAILURE', 'Network error communicating with endpoint', {
      errorType: 'InternalServerErrorException',
    })
  }
  return {
    status: answer.status,
    headers: lower(answer.headers),
    ...(answer.cookies === undefined ? {} : { cookies: answer.cookies }),
    body: Buffer.from(answer.bytes ?? answer.body),
    selection: String(answer.status),
  }
}

export function timedOut(): GatewayError {
  return new GatewayError('INTEGRATION_TIMEOUT', 'Endpoint request timed out', {
    errorType: 'InternalServerErrorException',
  })
}

function urlOf(
  call: ApiCall,
  { uri = '' }: Integration,
  made: IntegrationRequest,
  isProxy: boolean,
): string | undefined {
  const path = { ...(isProxy ? call.pathParameters : {}), ...made.path }
  const filled = withStageVariables(call, uri).replace(
    /\{([^{}/]+?)\+?\}/g,
    (whole, name: string) => (Object.hasOwn(path, name) ? encodePath(path[name] ?? '') : whole),
  )
  const text = /^https?:\/\//.test(filled) ? filled : `http://${filled}`
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const query = { ...(isProxy ? call.query : {}), ...made.query }
  for (const [name, values] of Object.entries(query)) {
    for (const value of values) url.searchParams.append(name, value)
  }
  return withDotSegments(text, url)
}

/** Slashes of a greedy parameter stay what they are. */
function encodePath(value: string): string {
  return value.split('/').map(encodeURIComponent).join('/')
}

function proxiedHeaders(call: ApiCall): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, values] of Object.entries(call.headers)) {
    headers[name.toLowerCase()] = values.join(',')
  }
  return headers
}

export function lower(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
}
