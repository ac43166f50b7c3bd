import { orderedKey } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import { Invoke } from '@cloud-orrery/models/lambda'
import { evaluate, type PolicyDocument, PolicyError, parsePolicy } from '@cloud-orrery/policy'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { forgetExpired } from '../../shared/expiry.ts'
import { executeArn } from '../names.ts'
import { type AuthorizerRecord, authorizerAnswers } from '../state.ts'
import { forbidden, internalError, unauthorized } from './answers.ts'
import type { ApiCall, Authorized } from './api-call.ts'
import { authorizerEvent, routeArnOf } from './events.ts'
import { callerFor, functionOfUri } from './lambda-integration.ts'
import { variable } from './parameter-mapping.ts'

type Verdict = { readonly authorized: Authorized } | { readonly refused: HttpOperationOutput }

/** Asks a function who may pass, or what it said of the same identity a while ago. */
export async function judgeByFunction(
  call: ApiCall,
  authorizer: AuthorizerRecord,
): Promise<Verdict> {
  const { ctx, served, stage } = call
  const identity = identityOf(call, authorizer)
  if (identity === undefined) return { refused: unauthorized() }
  const { AuthorizerResultTtlInSeconds: ttlSeconds = 0, AuthorizerId } = authorizer
  const { ApiId } = served.api
  const key = orderedKey(ApiId, AuthorizerId, stage.StageName, ...identity)
  const known = ttlSeconds > 0 ? authorizerAnswers.get(ctx, key) : undefined
  if (known !== undefined && known.expiresAtMs > ctx.now()) {
    return verdictOf(call, authorizer, known.answer)
  }
  const answer = await asked(call, authorizer, identity)
  const verdict = verdictOf(call, authorizer, answer)
  if (ttlSeconds > 0 && isAnswer(authorizer, answer)) {
    const expiresAtMs = ctx.now() + ttlSeconds * 1000
    forgetExpired(ctx, authorizerAnswers)
    authorizerAnswers.put(ctx, {
      key,
      apiId: ApiId,
      authorizerId: AuthorizerId,
      expiresAtMs,
      answer,
    })
  }
  return verdict
}

/** What the identity sources of an authorizer come to; undefined where one is missing. */
function identityOf(
  call: ApiCall,
  { IdentitySource = [] }: AuthorizerRecord,
): string[] | undefined {
  const found: string[] = []
  for (const source of IdentitySource) {
    const value = variable(call, source.replace(/^\$/, '').replace(/^route\./, '')) ?? ''
    if (value === '') return undefined
    found.push(value)
  }
  return found
}

/** What the function returned; undefined where it failed. */
async function asked(
  call: ApiCall,
  authorizer: AuthorizerRecord,
  identity: readonly string[],
): Promise<unknown> {
  const { ctx, served, notes } = call
  const { AuthorizerUri = '', AuthorizerId, AuthorizerCredentialsArn } = authorizer
  const functionName = functionOfUri(AuthorizerUri)
  if (functionName === undefined) return undefined
  const version = authorizer.AuthorizerPayloadFormatVersion ?? '1.0'
  const event = authorizerEvent(call, version, identity)
  const source = executeArn(ctx, served.api.ApiId, `authorizers/${AuthorizerId}`)
  try {
    const { Payload, FunctionError } = await ctx.call(
      Invoke,
      { FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) },
      callerFor(ctx, AuthorizerCredentialsArn, source),
    )
    const text = Buffer.from(Payload ?? []).toString('utf8')
    if (FunctionError === undefined) return parsed(text)
    notes.authorizerError = text
    // A function that throws this very word says that the caller is not known.
    return /"errorMessage":"Unauthorized"/.test(text) ? 'Unauthorized' : undefined
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    notes.authorizerError = error.message
    return undefined
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // A runtime of one's own may answer with anything.
  }
}

interface SimpleAnswer {
  readonly isAuthorized: boolean
  readonly context?: unknown
}

interface PolicyAnswer {
  readonly principalId?: unknown
  readonly policyDocument: PolicyDocument
  readonly context?: unknown
}

function isSimple(answer: unknown): answer is SimpleAnswer {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'isAuthorized' in answer &&
    typeof answer.isAuthorized === 'boolean'
  )
}

function isPolicy(answer: unknown): answer is PolicyAnswer {
  if (typeof answer !== 'object' || answer === null || !('policyDocument' in answer)) return false
  try {
    parsePolicy(JSON.stringify(answer.policyDocument), 'identity')
    return true
  } catch (error) {
    if (error instanceof PolicyError) return false
    throw error
  }
}

function isAnswer({ EnableSimpleResponses }: AuthorizerRecord, answer: unknown): boolean {
  return EnableSimpleResponses === true ? isSimple(answer) : isPolicy(answer)
}

/** Source: developer guide, "Authorizer Lambda function response". */
function verdictOf(call: ApiCall, authorizer: AuthorizerRecord, answer: unknown): Verdict {
  if (answer === 'Unauthorized') return { refused: unauthorized() }
  if (authorizer.EnableSimpleResponses === true) {
    if (!isSimple(answer)) return { refused: internalError() }
    if (!answer.isAuthorized) return { refused: forbidden() }
    return { authorized: { kind: 'function', context: contextOf(answer.context) } }
  }
  if (!isPolicy(answer)) return { refused: internalError() }
  const { principalId, policyDocument, context } = answer
  if (!allows(call, policyDocument)) return { refused: forbidden() }
  const named = typeof principalId === 'string' ? { principalId } : {}
  return { authorized: { kind: 'function', context: contextOf(context), ...named } }
}

function contextOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>) // An object of JSON.
    : {}
}

/** The policy is the function's own and speaks of the caller that it was asked about, whoever that is. */
function allows(call: ApiCall, document: PolicyDocument): boolean {
  const { accountId } = call.ctx
  const arn = `arn:aws:iam::${accountId}:user/caller`
  const request = {
    principal: { kind: 'user', accountId, arn, userId: 'caller', userName: 'caller' },
    action: 'execute-api:Invoke',
    resource: routeArnOf(call),
    resourceAccountId: accountId,
    context: {
      'aws:SourceIp': call.sourceIp,
      'aws:CurrentTime': new Date(call.ctx.now()).toISOString(),
    },
  } as const
  return evaluate(request, { identity: [{ source: 'authorizer', document }] }).allowed
}
