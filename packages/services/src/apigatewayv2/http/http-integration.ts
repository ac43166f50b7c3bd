import type { HttpOperationOutput } from '../../http-operation.ts'
import { httpTimeoutMsMax } from '../limits.ts'
import type { IntegrationRecord } from '../state.ts'
import { internalError, unavailable } from './answers.ts'
import type { ApiCall } from './api-call.ts'
import { expressionValue, mappedRequest } from './parameter-mapping.ts'

/** Headers of one connection, which a proxy does not hand on. Source: RFC 9110, 7.6.1. */
const ofConnection = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Hands a request to a host and its answer to the client. Source: developer guide, "HTTP proxy integrations". */
export async function hostAnswer(
  call: ApiCall,
  integration: IntegrationRecord,
): Promise<HttpOperationOutput> {
  const { ctx, notes } = call
  const { request, path } = mappedRequest(call, integration)
  const url = addressOf(call, integration, path, request.query)
  if (url === undefined) {
    notes.integrationError = 'Invalid endpoint address'
    return internalError()
  }
  const { IntegrationMethod = 'ANY', TimeoutInMillis = httpTimeoutMsMax } = integration
  const answer = await ctx.http({
    method: IntegrationMethod === 'ANY' ? request.method : IntegrationMethod,
    url,
    headers: { ...handedOn(request.headers), ...forwarding(call) },
    body: Buffer.from(request.body).toString('utf8'),
    bytes: request.body,
    timeoutMs: TimeoutInMillis,
  })
  if (answer.status === 0) {
    notes.integrationError = 'Connection failed or timed out'
    return unavailable()
  }
  notes.integrationStatus = answer.status
  const body = answer.bytes ?? Buffer.from(answer.body)
  const headers = { ...handedOn(answer.headers), 'content-length': String(body.byteLength) }
  const { cookies } = answer
  return { status: answer.status, headers, ...(cookies === undefined ? {} : { cookies }), body }
}

function handedOn(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofConnection.has(name)))
}

/** Who asked, in the form of RFC 7239. */
function forwarding({ request, sourceIp }: ApiCall): Record<string, string> {
  const before = request.headers['forwarded']
  const own = `by=10.0.0.1;for=${sourceIp};host=${request.host};proto=https`
  return {
    forwarded: before === undefined ? own : `${before}, ${own}`,
    via: 'HTTP/1.1 AmazonAPIGateway',
  }
}

/** The integration's address with the route's path parameters and the request's query. */
function addressOf(
  call: ApiCall,
  { IntegrationUri = '' }: IntegrationRecord,
  path: string | undefined,
  query: string,
): string | undefined {
  const parameters = call.matched?.pathParameters ?? {}
  const filled = IntegrationUri.replace(/\$\{stageVariables\.\w+\}/g, (text) =>
    expressionValue(call, text),
  ).replace(/\{([^{}+]+)\+?\}/g, (text, name: string) => {
    const value = parameters[name]
    return value === undefined ? text : value.split('/').map(encodeURIComponent).join('/')
  })
  if (!URL.canParse(filled)) return undefined
  const url = new URL(filled)
  if (path !== undefined) url.pathname = path
  const own = url.search.slice(1)
  const joined = [own, query].filter((it) => it !== '').join('&')
  url.search = joined
  return url.href
}
