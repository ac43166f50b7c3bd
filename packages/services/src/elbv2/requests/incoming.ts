import type { Context } from '../../context.ts'
import type { HttpOperationInput } from '../../http-operation.ts'
import { attribute, balancerAttributes, isOn } from '../attributes.ts'
import { forwardedForMax, headerBytesMax, headersBytesMax, requestLineBytesMax } from '../limits.ts'
import type { Balancer, Listener } from '../state.ts'

/** A request as rules look at it and targets get it. */
export interface Incoming {
  readonly balancer: Balancer
  readonly listener: Listener
  readonly host: string
  readonly method: string
  readonly path: string
  readonly query: string
  /** As they go on: cleaned, with those that the balancer adds. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly sourceIp: string
  readonly traceId: string
  readonly notes: Notes
}

/** What the access log and the metrics tell of a request. */
export interface Notes {
  readonly actions: string[]
  rulePriority: string
  redirectUrl?: string
  error?: string
  groupArn?: string
  target?: string
  targetStatus?: number
  classification: 'Acceptable' | 'Ambiguous' | 'Severe'
  classificationReason?: string
}

/** A request that never comes to a rule. */
export interface Unfit {
  readonly status: number
  readonly error: string
}

/** Cleans a request and adds what the balancer tells of it; or says why it is none. */
export function incoming(
  ctx: Context,
  input: HttpOperationInput,
  balancer: Balancer,
  listener: Listener,
): Incoming | Unfit {
  const tooLarge = sizeProblem(input)
  if (tooLarge !== undefined) return tooLarge
  const notes: Notes = { actions: [], rulePriority: '', ...classified(input) }
  const mode = attribute(balancerAttributes, balancer, 'routing.http.desync_mitigation_mode')
  const isBlocked =
    (notes.classification === 'Severe' && mode !== 'monitor') ||
    (notes.classification === 'Ambiguous' && mode === 'strictest')
  if (isBlocked) return { status: 400, error: notes.classificationReason ?? 'Ambiguous' }
  const forwarded = input.headers['x-forwarded-for']
  if (forwarded !== undefined && forwarded.split(',').length > forwardedForMax) {
    return { status: 463, error: 'TooManyForwardedAddresses' }
  }
  const sourceIp = ctx.caller.sourceIp ?? '127.0.0.1'
  const traceId = traceOf(ctx, input.headers['x-amzn-trace-id'])
  return {
    balancer,
    listener,
    host: input.host,
    method: input.method,
    path: input.path,
    query: input.query,
    headers: outgoingHeaders(input, balancer, listener, sourceIp, traceId),
    body: input.body,
    sourceIp,
    traceId,
    notes,
  }
}

/** Source: User Guide, "HTTP header limits" and "Troubleshoot", HTTP 400 and 414. */
function sizeProblem({ method, path, query, headers }: HttpOperationInput): Unfit | undefined {
  if (method.length + path.length + query.length + 12 > requestLineBytesMax) {
    return { status: 414, error: 'RequestLineTooLong' }
  }
  let total = 0
  for (const [name, value] of Object.entries(headers)) {
    const size = name.length + Buffer.byteLength(value) + 4
    if (size > headerBytesMax) return { status: 400, error: 'HeaderTooLong' }
    total += size
  }
  return total > headersBytesMax ? { status: 400, error: 'HeadersTooLong' } : undefined
}

/**
 * How sure it is where a request ends. Source: User Guide, "Desync mitigation mode", classification reasons. What the
 * door's own parser refuses never comes here.
 */
function classified({
  headers,
  path,
}: HttpOperationInput): Pick<Notes, 'classification' | 'classificationReason'> {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers
  if (length !== undefined && !/^\d+$/.test(length)) {
    const isRepeated = length.includes(',') && new Set(length.split(/,\s*/)).size > 1
    return severe(isRepeated ? 'MultipleContentLength' : 'BadContentLength')
  }
  if (encoding !== undefined && encoding.toLowerCase() !== 'chunked') {
    return severe(
      encoding.includes(',') ? 'MultipleTransferEncodingChunked' : 'BadTransferEncoding',
    )
  }
  if (length !== undefined && encoding !== undefined) return ambiguous('BothTeClPresent')
  for (const [name, value] of Object.entries(headers)) {
    if (/[\0\r\n]/.test(value) || /[\0\r\n\s]/.test(name)) return severe('BadHeader')
  }
  if (/[^\x21-\x7e]/.test(path)) return ambiguous('NonCompliantPath')
  return { classification: 'Acceptable' }
}

function severe(classificationReason: string) {
  return { classification: 'Severe', classificationReason } as const
}

function ambiguous(classificationReason: string) {
  return { classification: 'Ambiguous', classificationReason } as const
}

/** A trace that is named goes on, with the balancer's own part. Source: User Guide, "Request tracing". */
function traceOf(ctx: Context, given: string | undefined): string {
  const own = `1-${Math.floor(ctx.now() / 1000).toString(16)}-${ctx.ids.hex(24)}`
  if (given === undefined || !/\bRoot=/.test(given)) {
    return given === undefined ? `Root=${own}` : `${given};Root=${own}`
  }
  return `Self=${own};${given.replace(/Self=[^;]*;?/, '')}`
}

/** Headers between a client and the balancer alone. Source: RFC 9110, section 7.6.1. */
const hopHeaders = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding'],
  ...['upgrade', 'proxy-authorization'],
])

function outgoingHeaders(
  { headers, method: _ }: HttpOperationInput,
  balancer: Balancer,
  listener: Listener,
  sourceIp: string,
  traceId: string,
): Record<string, string> {
  const dropsInvalid = isOn(
    balancerAttributes,
    balancer,
    'routing.http.drop_invalid_header_fields.enabled',
  )
  const out: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    // Who could set these would be whoever they like.
    if (hopHeaders.has(name) || /^x-(?:amzn-oidc|orrery)-/.test(name)) continue
    if (dropsInvalid && !/^[a-z0-9-]+$/i.test(name)) continue
    out[name] = value
  }
  const mode = attribute(balancerAttributes, balancer, 'routing.http.xff_header_processing.mode')
  const before = headers['x-forwarded-for']
  const withPort = isOn(balancerAttributes, balancer, 'routing.http.xff_client_port.enabled')
  const client = withPort ? `${sourceIp}:${clientPort}` : sourceIp
  if (mode === 'remove') delete out['x-forwarded-for']
  else if (mode === 'append') {
    out['x-forwarded-for'] = before === undefined ? client : `${before}, ${client}`
  }
  out['x-forwarded-proto'] = listener.protocol.toLowerCase()
  out['x-forwarded-port'] = String(listener.port)
  out['x-amzn-trace-id'] = traceId
  const tellsTls = isOn(
    balancerAttributes,
    balancer,
    'routing.http.x_amzn_tls_version_and_cipher_suite.enabled',
  )
  if (tellsTls && listener.protocol === 'HTTPS') {
    out['x-amzn-tls-version'] = 'TLSv1.3'
    out['x-amzn-tls-cipher-suite'] = 'TLS_AES_128_GCM_SHA256'
  }
  return out
}

/** Deviation: clients have one port, whatever they come from. */
export const clientPort = 40_000
