import type { Context } from '../../context.ts'
import type { HttpOperationInput } from '../../http-operation.ts'
import type { ApiSnapshot, MethodRecord, ResourceRecord, StageRecord, Strings } from '../state.ts'
import type { VtlMap } from '../vtl/values.ts'

export type MultiStrings = Readonly<Record<string, readonly string[]>>

/** What an authorizer found out. */
export interface Authorized {
  readonly principalId?: string
  /** What an authorizing function gives along. */
  readonly context?: Readonly<Record<string, string | number | boolean>>
  /** Of a user pool's token. */
  readonly claims?: Strings
  readonly apiKey?: string
}

/** Times and statuses of the way to an integration, for logs. */
export interface IntegrationFigures {
  latencyMs?: number
  status?: number
  error?: string
}

/** One request to an API, on its way. */
export interface ApiCall {
  readonly ctx: Context
  readonly apiId: string
  readonly api: ApiSnapshot
  readonly deploymentId: string
  /** Absent for TestInvokeMethod, which needs no stage. */
  readonly stage?: StageRecord
  readonly stageName: string
  readonly isCanary: boolean
  readonly variables: Strings
  readonly request: HttpOperationInput
  /** Decoded path within the stage: `/pets/1`. */
  readonly path: string
  /** As the caller wrote it: `/dev/pets/1`. */
  readonly fullPath: string
  readonly resource: ResourceRecord
  readonly method: MethodRecord
  readonly pathParameters: Strings
  readonly query: MultiStrings
  readonly headers: MultiStrings
  readonly body: Buffer
  readonly requestId: string
  readonly extendedRequestId: string
  readonly startedAtMs: number
  readonly trace: string
  readonly log: string[]
  readonly isTest: boolean
  authorized: Authorized
  /** The key that counts, and its plan. */
  apiKey: { readonly id: string; readonly value: string } | undefined
  /** `$context.requestOverride` and `$context.responseOverride`. */
  readonly overrides: { readonly request: VtlMap; readonly response: VtlMap }
  readonly figures: IntegrationFigures
}

/** Names of headers as HTTP/1.1 clients usually write them. */
const usualNames = new Map(
  [
    'Accept',
    'Accept-Charset',
    'Accept-Encoding',
    'Accept-Language',
    'Age',
    'Authorization',
    'Cache-Control',
    'Content-Encoding',
    'Content-Language',
    'Content-Type',
    'Cookie',
    'Date',
    'Host',
    'If-Match',
    'If-Modified-Since',
    'If-None-Match',
    'Origin',
    'Pragma',
    'Range',
    'Referer',
    'User-Agent',
    'Via',
    'Warn',
    'X-Amz-Date',
    'X-Amz-Security-Token',
    'X-Amzn-Trace-Id',
    'X-Forwarded-For',
    'X-Forwarded-Port',
    'X-Forwarded-Proto',
  ].map((name) => [name.toLowerCase(), name]),
)

/** Headers of the door's, and those of one hop alone: integrations do not see them. */
const hiddenHeaders = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
  'te',
])

/**
 * Headers as integrations get them.
 * Deviation: the door gives names in lower case; those that all clients know are written as HTTP/1.1 clients do, others
 * stay in lower case, where AWS keeps the client's own spelling.
 */
export function forwardedHeaders(
  request: HttpOperationInput,
  { sourceIp, trace }: { readonly sourceIp: string; readonly trace: string },
): Record<string, readonly string[]> {
  const headers: Record<string, readonly string[]> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (hiddenHeaders.has(name) || name.startsWith('x-orrery-')) continue
    headers[usualNames.get(name) ?? name] = [value]
  }
  const before = request.headers['x-forwarded-for']
  headers['Host'] = [request.host]
  headers['X-Amzn-Trace-Id'] = [trace]
  headers['X-Forwarded-For'] = [before === undefined ? sourceIp : `${before}, ${sourceIp}`]
  headers['X-Forwarded-Port'] = ['443']
  headers['X-Forwarded-Proto'] = ['https']
  return headers
}

/** The first value of a header, by its name in any case. */
export function headerOf(headers: MultiStrings, name: string): string | undefined {
  const wanted = name.toLowerCase()
  for (const [key, values] of Object.entries(headers)) {
    if (key.toLowerCase() === wanted) return values.join(',')
  }
  return undefined
}

/** Parameters of a query string, each with all its values. */
export function queryOf(query: string): Record<string, readonly string[]> {
  const values: Record<string, string[]> = {}
  for (const [name, value] of new URLSearchParams(query)) {
    if (Object.hasOwn(values, name)) values[name]?.push(value)
    else values[name] = [value]
  }
  return values
}

/** The last value of each, as single values are given. */
export function lastValues(values: MultiStrings): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list.at(-1) ?? '']))
}

/** `Root=1-67891233-abcdef012345678912345678`, of the caller where it gave one. Source: X-Ray developer guide. */
export function traceOf(ctx: Context, given: string | undefined): string {
  if (given !== undefined && /(?:^|;)Root=/.test(given)) return given
  const root = `Root=1-${Math.floor(ctx.now() / 1000).toString(16)}-${ctx.ids.hex(24)}`
  return given === undefined ? root : `${root};${given}`
}

export function sourceIpOf(ctx: Context): string {
  return ctx.caller.sourceIp ?? '127.0.0.1'
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `12/Mar/2020:19:03:58 +0000` */
export function logTime(ms: number): string {
  const iso = new Date(ms).toISOString()
  const month = months[Number(iso.slice(5, 7)) - 1]
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`
}

/** ARN of what a caller does with the API, by which it is judged. */
export function methodArn(
  { accountId, region }: Context,
  apiId: string,
  stage: string,
  method: string,
  path: string,
): string {
  return `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage}/${method}${path === '/' ? '/' : path}`
}

/** ARN by which an integration says on whose behalf it calls: the resource's path, not the request's. */
export function integrationArn({ ctx, apiId, stageName, method, resource }: ApiCall): string {
  const { accountId, region } = ctx
  const httpMethod = method.httpMethod === 'ANY' ? '*' : method.httpMethod
  return `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stageName}/${httpMethod}${resource.path}`
}
