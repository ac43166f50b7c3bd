import { type ApiCall, requestTime } from './api-call.ts'
import { iamIdentity, routeArnOf } from './events.ts'

/** What is known of an answer when a log line is written. */
export interface AnswerFacts {
  readonly status: number
  readonly lengthBytes: number
}

type Value = string | number | undefined

/** A `$context` variable; undefined where it is none or has no value. Source: developer guide, "Customize HTTP API access logs". */
export function contextValue(call: ApiCall, name: string, answer?: AnswerFacts): Value {
  const own = Object.hasOwn(variables, name) ? variables[name] : undefined
  if (own !== undefined) return own(call, answer)
  if (name.startsWith('authorizer.claims.')) return claimOf(call, name.slice(18))
  if (name.startsWith('authorizer.')) return authorizerValue(call, name.slice(11))
  return undefined
}

const variables: Readonly<Record<string, (call: ApiCall, answer?: AnswerFacts) => Value>> = {
  accountId: ({ ctx }) => ctx.accountId,
  apiId: ({ served }) => served.api.ApiId,
  'authorizer.error': ({ notes }) => notes.authorizerError,
  'authorizer.principalId': ({ authorized }) =>
    authorized.kind === 'function' ? authorized.principalId : undefined,
  awsEndpointRequestId: ({ notes }) => notes.integrationRequestId,
  customDomain: ({ basePath, request }) => (basePath === undefined ? undefined : request.host),
  'customDomain.basePathMatched': ({ basePath }) => basePath,
  dataProcessed: ({ request }, answer) => request.body.byteLength + (answer?.lengthBytes ?? 0),
  domainName: ({ request }) => request.host,
  domainPrefix: ({ request }) => request.host.split('.')[0],
  'error.message': ({ notes }) => notes.error,
  'error.messageString': ({ notes }) =>
    notes.error === undefined ? undefined : JSON.stringify(notes.error),
  'error.responseType': ({ notes }) => notes.errorType,
  extendedRequestId: ({ requestId }) => requestId,
  httpMethod: ({ request }) => request.method,
  'identity.accountId': (call) => iamValue(call, 'accountId'),
  'identity.caller': (call) => iamValue(call, 'callerId'),
  'identity.sourceIp': ({ sourceIp }) => sourceIp,
  'identity.user': (call) => iamValue(call, 'userId'),
  'identity.userAgent': ({ request }) => request.headers['user-agent'],
  'identity.userArn': (call) => iamValue(call, 'userArn'),
  'integration.error': ({ notes }) => notes.integrationError,
  'integration.integrationStatus': ({ notes }) => notes.integrationStatus,
  'integration.latency': ({ notes }) => notes.integrationLatencyMs,
  'integration.requestId': ({ notes }) => notes.integrationRequestId,
  'integration.status': ({ notes }) => notes.integrationStatus,
  integrationErrorMessage: ({ notes }) => notes.integrationError,
  integrationLatency: ({ notes }) => notes.integrationLatencyMs,
  integrationStatus: ({ notes }) => notes.integrationStatus,
  path: ({ rawPath }) => rawPath,
  protocol: () => 'HTTP/1.1',
  requestId: ({ requestId }) => requestId,
  requestTime: ({ startedAtMs }) => requestTime(startedAtMs),
  requestTimeEpoch: ({ startedAtMs }) => startedAtMs,
  responseLatency: ({ ctx, startedAtMs }) => ctx.now() - startedAtMs,
  responseLength: (_, answer) => answer?.lengthBytes,
  routeArn: routeArnOf,
  routeKey: ({ matched }) => matched?.route.RouteKey,
  stage: ({ stage }) => stage.StageName,
  status: (_, answer) => answer?.status,
}

function iamValue({ authorized, ctx }: ApiCall, name: string): Value {
  if (authorized.kind !== 'iam') return undefined
  const value = iamIdentity(ctx)[name]
  return typeof value === 'string' ? value : undefined
}

function claimOf({ authorized }: ApiCall, name: string): Value {
  return authorized.kind === 'jwt' && Object.hasOwn(authorized.claims, name)
    ? authorized.claims[name]
    : undefined
}

function authorizerValue({ authorized }: ApiCall, name: string): Value {
  if (authorized.kind !== 'function' || !Object.hasOwn(authorized.context, name)) return undefined
  const value = authorized.context[name]
  if (value === undefined || value === null) return undefined
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
