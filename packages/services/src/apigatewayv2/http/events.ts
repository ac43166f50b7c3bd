import type { Context } from '../../context.ts'
import { type ApiCall, queryParameters, requestTime } from './api-call.ts'

/** Types of content that functions get as text. Source: developer guide, payload formats; all else is Base64. */
const textTypes = /^(text\/|application\/(json|javascript|xml)\b|application\/[^;]*\+(json|xml)\b)/

/** What a function gets, in the format that its integration asks for. */
export function proxyEvent(call: ApiCall, version: string): object {
  return version === '2.0' ? eventV2(call) : eventV1(call)
}

/** What a function authorizer gets. Source: developer guide, "Lambda authorizers for HTTP APIs", "Payload format". */
export function authorizerEvent(
  call: ApiCall,
  version: string,
  identity: readonly string[],
): object {
  const routeArn = routeArnOf(call)
  if (version === '2.0') {
    const { body: _, isBase64Encoded: __, ...event } = eventV2(call)
    return { ...event, type: 'REQUEST', routeArn, identitySource: identity }
  }
  const { body: _, isBase64Encoded: __, ...event } = eventV1(call)
  return {
    ...event,
    version: '1.0',
    type: 'REQUEST',
    methodArn: routeArn,
    identitySource: identity.join(','),
    authorizationToken: identity.join(','),
  }
}

/** The ARN that callers are judged on: the stage, the method and the path of the request. */
export function routeArnOf({ ctx, served, stage, request, path }: ApiCall): string {
  const { accountId, region } = ctx
  return `arn:aws:execute-api:${region}:${accountId}:${served.api.ApiId}/${stage.StageName}/${request.method}${path}`
}

/** Source: developer guide, "Create AWS Lambda proxy integrations for HTTP APIs", format 2.0. */
function eventV2(call: ApiCall) {
  const { request, rawPath, matched, stage } = call
  const { cookie, ...headers } = forwardedHeaders(call)
  const query = queryParameters(request.query)
  return {
    version: '2.0',
    routeKey: matched?.route.RouteKey ?? '$default',
    rawPath,
    rawQueryString: request.query,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers,
    ...filled(
      'queryStringParameters',
      Object.entries(query).map(([name, values]) => [name, values.join(',')]),
    ),
    requestContext: contextV2(call),
    ...filled('pathParameters', Object.entries(matched?.pathParameters ?? {})),
    ...filled('stageVariables', Object.entries(stage.StageVariables ?? {})),
    ...bodyOf(call),
  }
}

function contextV2(call: ApiCall) {
  const { ctx, request, rawPath, matched, stage, served, requestId, startedAtMs, sourceIp } = call
  const authorizer = authorizerV2(call)
  return {
    accountId: ctx.accountId,
    apiId: served.api.ApiId,
    ...(authorizer === undefined ? {} : { authorizer }),
    domainName: request.host,
    domainPrefix: prefixOf(request.host),
    http: {
      method: request.method,
      path: rawPath,
      protocol: 'HTTP/1.1',
      sourceIp,
      userAgent: userAgentOf(call),
    },
    requestId,
    routeKey: matched?.route.RouteKey ?? '$default',
    stage: stage.StageName,
    time: requestTime(startedAtMs),
    timeEpoch: startedAtMs,
  }
}

function authorizerV2({ authorized, ctx }: ApiCall): object | undefined {
  switch (authorized.kind) {
    case 'none':
      return undefined
    case 'jwt':
      return { jwt: { claims: authorized.claims, scopes: authorized.scopes } }
    case 'function':
      return { lambda: Object.keys(authorized.context).length === 0 ? null : authorized.context }
    case 'iam':
      return { iam: iamIdentity(ctx) }
  }
}

/** Who signed a request, as functions are told. */
export function iamIdentity({ caller }: Context): Readonly<Record<string, unknown>> {
  const { principal, accessKeyId } = caller
  if (!('arn' in principal) || !('accountId' in principal)) return {}
  const { accountId, arn } = principal
  const userId =
    principal.kind === 'role-session'
      ? `${principal.roleId}:${principal.sessionName}`
      : 'userId' in principal
        ? principal.userId
        : accountId
  return {
    accessKey: accessKeyId,
    accountId,
    callerId: userId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: arn,
    userId,
  }
}

/** Source: as above, format 1.0. */
function eventV1(call: ApiCall) {
  const { request, fullPath, matched, stage } = call
  const headers = forwardedHeaders(call)
  const query = queryParameters(request.query)
  const { body, isBase64Encoded } = bodyOf(call)
  return {
    version: '1.0',
    resource: resourceOf(call),
    path: fullPath,
    httpMethod: request.method,
    headers,
    multiValueHeaders: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value]]),
    ),
    queryStringParameters: orNull(
      Object.entries(query).map(([name, values]) => [name, values.at(-1) ?? '']),
    ),
    multiValueQueryStringParameters: orNull(Object.entries(query)),
    requestContext: contextV1(call),
    pathParameters: orNull(Object.entries(matched?.pathParameters ?? {})),
    stageVariables: orNull(Object.entries(stage.StageVariables ?? {})),
    body: body ?? null,
    isBase64Encoded,
  }
}

function contextV1(call: ApiCall) {
  const { ctx, request, fullPath, stage, served, requestId, startedAtMs } = call
  return {
    accountId: ctx.accountId,
    apiId: served.api.ApiId,
    ...authorizerV1(call),
    domainName: request.host,
    domainPrefix: prefixOf(request.host),
    extendedRequestId: requestId,
    httpMethod: request.method,
    identity: identityV1(call),
    path: fullPath,
    protocol: 'HTTP/1.1',
    requestId,
    requestTime: requestTime(startedAtMs),
    requestTimeEpoch: startedAtMs,
    resourceId: call.matched?.route.RouteKey ?? '$default',
    resourcePath: resourceOf(call),
    stage: stage.StageName,
  }
}

function authorizerV1({ authorized }: ApiCall): object {
  switch (authorized.kind) {
    case 'none':
    case 'iam':
      return {}
    case 'jwt':
      return { authorizer: { claims: authorized.claims, scopes: authorized.scopes } }
    case 'function': {
      const { context, principalId } = authorized
      return { authorizer: { ...(principalId === undefined ? {} : { principalId }), ...context } }
    }
  }
}

function identityV1(call: ApiCall): object {
  const iam = call.authorized.kind === 'iam' ? iamIdentity(call.ctx) : {}
  return {
    accessKey: iam['accessKey'] ?? null,
    accountId: iam['accountId'] ?? null,
    caller: iam['callerId'] ?? null,
    cognitoAmr: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp: call.sourceIp,
    user: iam['userId'] ?? null,
    userAgent: userAgentOf(call),
    userArn: iam['userArn'] ?? null,
  }
}

/** The route's path, or `$default`. */
function resourceOf({ matched }: ApiCall): string {
  const key = matched?.route.RouteKey ?? '$default'
  return key === '$default' ? '$default' : key.slice(key.indexOf(' ') + 1)
}

/** The request's headers as API Gateway hands them on, with what it knows of the connection. */
function forwardedHeaders({
  ctx,
  request,
  sourceIp,
  startedAtMs,
}: ApiCall): Record<string, string> {
  const { headers, body } = request
  const forwarded = headers['x-forwarded-for']
  return {
    ...headers,
    'content-length': headers['content-length'] ?? String(body.byteLength),
    'x-amzn-trace-id':
      headers['x-amzn-trace-id'] ??
      `Root=1-${Math.floor(startedAtMs / 1000).toString(16)}-${ctx.ids.hex(24)}`,
    'x-forwarded-for': forwarded === undefined ? sourceIp : `${forwarded}, ${sourceIp}`,
    'x-forwarded-port': '443',
    'x-forwarded-proto': 'https',
  }
}

function bodyOf({ request }: ApiCall): { body?: string; isBase64Encoded: boolean } {
  const { body, headers } = request
  if (body.byteLength === 0) return { isBase64Encoded: false }
  const isText = textTypes.test(headers['content-type'] ?? '')
  return {
    body: Buffer.from(body).toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  }
}

function userAgentOf({ ctx, request }: ApiCall): string {
  return request.headers['user-agent'] ?? ctx.caller.userAgent ?? ''
}

function prefixOf(host: string): string {
  return host.slice(0, host.indexOf('.'))
}

function filled<V>(name: string, entries: readonly (readonly [string, V])[]): object {
  return entries.length === 0 ? {} : { [name]: Object.fromEntries(entries) }
}

function orNull<V>(entries: readonly (readonly [string, V])[]): Record<string, V> | null {
  return entries.length === 0 ? null : Object.fromEntries(entries)
}
