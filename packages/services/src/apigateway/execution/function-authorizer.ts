import { orderedKey } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import { evaluate, type PolicyDocument, PolicyError, parsePolicy } from '@cloud-orrery/policy'
import { forgetExpired } from '../../shared/expiry.ts'
import { authorizerTtlSecondsDefault } from '../limits.ts'
import { type AuthorizerRecord, authorizerCache } from '../state.ts'
import { javaPattern } from '../vtl/patterns.ts'
import { type ApiCall, type Authorized, lastValues, methodArn } from './api-call.ts'
import { GatewayError } from './gateway-errors.ts'
import { invokeFunction } from './invoke-function.ts'
import { sourceValue, withStageVariables } from './mapping.ts'
import { orNull, requestContext } from './proxy-event.ts'

/** What an authorizing function answers. */
interface Verdict {
  readonly principalId: string
  readonly policyDocument: PolicyDocument
  readonly context?: Readonly<Record<string, string | number | boolean>>
  readonly usageIdentifierKey?: string
}

/** Asks a function, or what it said of the same identity before. Source: developer guide, "Use API Gateway Lambda authorizers". */
export async function functionAuthorized(
  call: ApiCall,
  authorizer: AuthorizerRecord,
): Promise<Authorized> {
  const identity = identityOfCall(call, authorizer)
  const ttl = authorizer.authorizerResultTtlInSeconds ?? authorizerTtlSecondsDefault
  const { ctx } = call
  const key = orderedKey(call.apiId, call.stageName, authorizer.id, ...identity)
  const kept = ttl === 0 ? undefined : authorizerCache.get(ctx, key)
  let verdict: Verdict
  if (kept !== undefined && kept.expiresAtMs > ctx.now()) {
    verdict = JSON.parse(kept.value) as Verdict // Written below.
  } else {
    verdict = await ask(call, authorizer, identity)
    if (ttl > 0) {
      const value = JSON.stringify(verdict)
      forgetExpired(ctx, authorizerCache)
      authorizerCache.put(ctx, { key, expiresAtMs: ctx.now() + ttl * 1000, value })
    }
  }
  judge(call, verdict)
  const { principalId, context, usageIdentifierKey: apiKey } = verdict
  return {
    principalId,
    ...(context === undefined ? {} : { context }),
    ...(apiKey === undefined ? {} : { apiKey }),
  }
}

/** The values that tell callers apart; one that is missing, or not as it has to be, refuses without the function. */
function identityOfCall(call: ApiCall, authorizer: AuthorizerRecord): string[] {
  const { identitySource = '', identityValidationExpression: expression, type } = authorizer
  const sources = identitySource.split(',').filter((source) => source.trim() !== '')
  const values = sources.map((source) => sourceValue(call, source.trim()) ?? '')
  if (values.some((value) => value === '')) throw new GatewayError('UNAUTHORIZED', 'Unauthorized')
  const [token = ''] = values
  if (type === 'TOKEN' && expression !== undefined && expression !== '') {
    if (!javaPattern(`^(?:${expression})$`, '', token.length).test(token)) {
      throw new GatewayError('UNAUTHORIZED', 'Unauthorized')
    }
  }
  return values
}

async function ask(
  call: ApiCall,
  authorizer: AuthorizerRecord,
  identity: readonly string[],
): Promise<Verdict> {
  const { ctx, apiId } = call
  const uri = withStageVariables(call, authorizer.authorizerUri ?? '')
  const event = authorizer.type === 'TOKEN' ? tokenEvent(call, identity) : requestEvent(call)
  const sourceArn = `arn:aws:execute-api:${ctx.region}:${ctx.accountId}:${apiId}/authorizers/${authorizer.id}`
  let answer: { payload: string; failed: boolean }
  try {
    answer = await invokeFunction(call, {
      uri,
      payload: JSON.stringify(event),
      credentials: authorizer.authorizerCredentials,
      sourceArn,
    })
  } catch (error) {
    if (error instanceof AwsError) throw new GatewayError('AUTHORIZER_CONFIGURATION_ERROR', null)
    throw error
  }
  // A function that throws exactly this refuses. Source: as above.
  if (answer.failed) {
    const message = errorMessage(answer.payload)
    if (message === 'Unauthorized') throw new GatewayError('UNAUTHORIZED', 'Unauthorized')
    throw new GatewayError('AUTHORIZER_FAILURE', null)
  }
  return verdictOf(answer.payload)
}

function errorMessage(payload: string): unknown {
  const value: unknown = JSON.parse(payload)
  return typeof value === 'object' && value !== null && 'errorMessage' in value
    ? value.errorMessage
    : undefined
}

function tokenEvent(call: ApiCall, [authorizationToken]: readonly string[]): object {
  return { type: 'TOKEN', methodArn: arnOf(call), authorizationToken }
}

function arnOf({ ctx, apiId, stageName, request, path }: ApiCall): string {
  return methodArn(ctx, apiId, stageName, request.method, path)
}

function requestEvent(call: ApiCall): object {
  return {
    type: 'REQUEST',
    methodArn: arnOf(call),
    resource: call.resource.path,
    path: call.path,
    httpMethod: call.request.method,
    headers: lastValues(call.headers),
    multiValueHeaders: call.headers,
    queryStringParameters: lastValues(call.query),
    multiValueQueryStringParameters: call.query,
    pathParameters: orNull(call.pathParameters) ?? {},
    stageVariables: orNull(call.variables) ?? {},
    requestContext: requestContext(call),
  }
}

function verdictOf(payload: string): Verdict {
  const wrong = () => new GatewayError('AUTHORIZER_CONFIGURATION_ERROR', null)
  let value: unknown
  try {
    value = JSON.parse(payload)
  } catch {
    throw wrong()
  }
  if (typeof value !== 'object' || value === null) throw wrong()
  const { principalId, policyDocument, context, usageIdentifierKey } = value as Partial<Verdict>
  if (
    typeof principalId !== 'string' ||
    typeof policyDocument !== 'object' ||
    policyDocument === null ||
    !isPolicy(policyDocument)
  ) {
    throw wrong()
  }
  const isPlain = Object.values(context ?? {}).every((it) => typeof it !== 'object')
  if (!isPlain) throw wrong()
  return {
    principalId,
    policyDocument,
    ...(context === undefined || context === null ? {} : { context }),
    ...(typeof usageIdentifierKey === 'string' ? { usageIdentifierKey } : {}),
  }
}

/** A statement that lacks its actions or resources is for none, not for all: such a document is none. */
function isPolicy(document: object): boolean {
  try {
    parsePolicy(JSON.stringify(document), 'identity')
    return true
  } catch (error) {
    if (error instanceof PolicyError) return false
    throw error
  }
}

/** The policy that the function gave, judged as an identity's. */
function judge(call: ApiCall, { principalId, policyDocument }: Verdict): void {
  const { ctx } = call
  const resource = arnOf(call)
  const decision = evaluate(
    {
      principal: {
        kind: 'user',
        accountId: ctx.accountId,
        arn: `arn:aws:iam::${ctx.accountId}:user/${principalId}`,
        userId: principalId,
        userName: principalId,
      },
      action: 'execute-api:Invoke',
      resource,
      context: { 'aws:SourceIp': ctx.caller.sourceIp ?? '127.0.0.1' },
    },
    { identity: [{ source: 'the authorizer', document: policyDocument }] },
  )
  if (decision.allowed) return
  const explicit = decision.reason === 'explicit-deny' ? ' with an explicit deny' : ''
  throw new GatewayError(
    'ACCESS_DENIED',
    `User is not authorized to access this resource${explicit}`,
  )
}
