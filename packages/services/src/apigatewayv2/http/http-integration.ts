import type { HttpOperationOutput } from '../../http-operation.ts'
import { withDotSegments } from '../../shared/apis/dot-segments.ts'
import { areFields } from '../../shared/header-fields.ts'
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
  if (!areFields(request.headers)) {
    notes.integrationError = 'Invalid header value'
    return internalError()
  }
  const url = addressOf(call, integration, path, request.query)
  if (url === undefined) {
    notes.integrationError = 'Invalid endpoint address'
    return internalError()
  }
  const { IntegrationMethod = 'ANY', TimeoutInMillis = httpTimeoutMsMax } = integration
  const answer = await ctx.http({
    method: IntegrationMethod === 'ANY' ? request.method : IntegrationMethod,
    url,
    headers: { ...withoutForwarded(handedOn(request.headers)), ...forwarding(call) },
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

function withoutForwarded(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith('x-forwarded-')),
  )
}

/** What other proxies said in their own way, as RFC 7239 says it. */
function translated(headers: Readonly<Record<string, string>>): string | undefined {
  const {
    'x-forwarded-for': addresses,
    'x-forwarded-host': host,
    'x-forwarded-proto': proto,
  } = headers
  const more = [
    ...(host === undefined ? [] : [`host=${quoted(host)}`]),
    ...(proto === undefined ? [] : [`proto=${quoted(proto)}`]),
  ]
  if (addresses === undefined) return more.length === 0 ? undefined : more.join(';')
  const all = addresses.split(',').map((address) => `for=${quoted(address.trim())}`)
  return [[all[0], ...more].join(';'), ...all.slice(1)].join(', ')
}

/** Text that is no token stands in quotes. */
function quoted(text: string): string {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text)
    ? text
    : `"${text.replace(/["\\]/g, (character) => `\\${character}`)}"`
}

/**
 * Who asked, in the form of RFC 7239. Source: developer guide, "Important notes for HTTP APIs": `X-Forwarded-*` headers are
 * translated into it.
 */
function forwarding({ request, sourceIp }: ApiCall): Record<string, string> {
  const given = [translated(request.headers), request.headers['forwarded']]
  const before = given.filter((it) => it !== undefined).join(', ')
  const own = `by=10.0.0.1;for=${sourceIp};host=${request.host};proto=https`
  return {
    forwarded: before === '' ? own : `${before}, ${own}`,
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
  const text = path === undefined ? filled : `${url.origin}${path}`
  if (path !== undefined) url.pathname = path
  const own = url.search.slice(1)
  const joined = [own, query].filter((it) => it !== '').join('&')
  url.search = joined
  return withDotSegments(text, url)
}
