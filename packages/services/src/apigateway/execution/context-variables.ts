import { type ApiCall, headerOf, logTime, sourceIpOf } from './api-call.ts'

/** Who calls, as functions and templates are told; null for what is not there. */
export function identityOf(call: ApiCall): Record<string, string | null> {
  const { ctx, method, apiKey } = call
  const { principal, accessKeyId } = ctx.caller
  const signed = method.authorizationType === 'AWS_IAM' && 'arn' in principal
  const userId = !signed
    ? null
    : principal.kind === 'role-session'
      ? `${principal.roleId}:${principal.sessionName}`
      : 'userId' in principal
        ? principal.userId
        : null
  return {
    cognitoIdentityPoolId: null,
    cognitoIdentityId: null,
    ...(apiKey === undefined ? {} : { apiKey: apiKey.value, apiKeyId: apiKey.id }),
    principalOrgId: null,
    cognitoAuthenticationType: null,
    userArn: signed ? principal.arn : null,
    userAgent: headerOf(call.headers, 'user-agent') ?? null,
    accountId: signed && 'accountId' in principal ? principal.accountId : null,
    caller: userId,
    sourceIp: sourceIpOf(ctx),
    accessKey: signed ? (accessKeyId ?? null) : null,
    cognitoAuthenticationProvider: null,
    user: userId,
  }
}

/** What an authorizer says, as `$context.authorizer` and the event have it. Undefined: there is none. */
export function authorizerOf(call: ApiCall): Record<string, unknown> | undefined {
  const { principalId, context, claims } = call.authorized
  if (claims !== undefined) return { claims }
  if (principalId === undefined && context === undefined) return undefined
  return { ...(context ?? {}), ...(principalId === undefined ? {} : { principalId }) }
}

/**
 * `$context` of templates, logs and gateway responses.
 * Source: developer guide, "Variables for data transformations for API Gateway", "$context variables".
 */
export function contextVariable(call: ApiCall): Record<string, unknown> {
  const { ctx, request, resource, overrides } = call
  const authorizer = authorizerOf(call)
  return {
    resourceId: resource.id,
    resourcePath: resource.path,
    httpMethod: request.method,
    extendedRequestId: call.extendedRequestId,
    requestTime: logTime(call.startedAtMs),
    path: call.fullPath,
    accountId: ctx.accountId,
    protocol: 'HTTP/1.1',
    requestOverride: overrides.request,
    responseOverride: overrides.response,
    stage: call.stageName,
    domainPrefix: request.host.split('.')[0] ?? '',
    requestTimeEpoch: call.startedAtMs,
    requestId: call.requestId,
    identity: withoutNull(identityOf(call)),
    domainName: request.host,
    deploymentId: call.deploymentId,
    apiId: call.apiId,
    ...(authorizer === undefined ? {} : { authorizer }),
    isCanaryRequest: String(call.isCanary),
    xrayTraceId: call.trace,
  }
}

function withoutNull(values: Record<string, string | null>): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(values)) if (value !== null) kept[name] = value
  return kept
}
