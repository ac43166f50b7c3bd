import { invariant } from '@cloud-orrery/kernel'
import { awsError, commonError } from '@cloud-orrery/models'
import {
  type AuthorizationRequest,
  type Decision,
  denialMessage,
  evaluate,
  type PolicySet,
  type Principal,
  principalContext,
  type RequestContext,
} from '@cloud-orrery/policy'
import { type Authorization, type Caller, policiesOf } from '@cloud-orrery/services'
import type { Cloud } from './cloud.ts'
import { accessDenied, wordingOf } from './errors.ts'
import type { Exchange } from './exchange.ts'
import { underTrial } from './policies/trial.ts'

export interface Judgement {
  readonly request: AuthorizationRequest
  readonly decision: Decision
  readonly policies: PolicySet
  /** What the journal says of it. */
  readonly noted: NotedDecision
}

export interface NotedDecision {
  readonly action: string
  readonly resource: string
  readonly allowed: boolean
  readonly reason: Decision['reason']
  decidedBy?: NonNullable<Decision['decidedBy']>
}

function noteOf({ action, resource }: AuthorizationRequest, decision: Decision): NotedDecision {
  const { allowed, reason, decidedBy } = decision
  const noted: NotedDecision = { action, resource, allowed, reason }
  if (decidedBy !== undefined) noted.decidedBy = decidedBy
  return noted
}

/** Judges one permission, notes it for `explain`, and refuses in the service's own words. */
export function judge(cloud: Cloud, exchange: Exchange, authorization: Authorization): void {
  const judgement = decide(cloud, exchange, authorization)
  exchange.decisions.push(judgement)
  const { request, decision } = judgement
  if (decision.allowed) return
  const wording = exchange.service?.denialWording?.(request.action, request.resource)
  const message = denialMessage(request, decision, wording)
  const refuse = exchange.service?.errors?.accessDenied
  const error =
    refuse === undefined ? accessDenied(wordingOf(exchange), message) : refuse(message, request)
  throw error
}

/** Judges without refusing. */
export function decide(
  cloud: Cloud,
  exchange: Exchange,
  authorization: Authorization & { resourceAccountId?: string },
): Judgement {
  const { service, operationModel, ctx, caller } = exchange
  invariant(
    service !== undefined && operationModel !== undefined && ctx !== undefined,
    'a located call has a context',
  )
  if (caller === undefined) throw awsError(commonError('InternalFailure', 500), 'No caller.')
  const action =
    authorization.action ?? `${service.iamPrefix ?? service.name}:${operationModel.name}`
  const { resource } = authorization
  const access =
    resource === '*' || authorization.creates === true
      ? undefined
      : service.resourceAccess?.(ctx, resource, action)
  const resourceAccountId =
    authorization.resourceAccountId ?? access?.accountId ?? accountOf(resource)
  const { nowMs } = cloud.kernel.clock
  const request = new Question(action, resource, caller, exchange, nowMs, authorization.context)
  if (resourceAccountId !== undefined) request.resourceAccountId = resourceAccountId
  if (access?.policyKind !== undefined) request.resourcePolicyKind = access.policyKind
  let policies: PolicySet = policiesOf(ctx, caller)
  if (access?.policy !== undefined) {
    const source = `resource policy of ${resource}`
    policies = { ...policies, resource: { source, document: access.policy } }
  }
  if (cloud.trial !== undefined) {
    const decision = underTrial(cloud.trial, request, policies, evaluate(request, policies))
    return judgementOf(request, decision, policies)
  }
  // A resource's policy is another document each time it is changed, and is judged anew.
  if (access?.policy !== undefined) {
    return judgementOf(request, evaluate(request, policies), policies)
  }
  const answers = answersFor(policies)
  const question = questionOf(request)
  const known = answers.get(question)
  const decision = evaluate(request, policies, known?.decision)
  if (known !== undefined) return { request, decision, policies, noted: known.noted }
  const judgement = judgementOf(request, decision, policies)
  if (!request.contextWasRead) answers.set(question, judgement)
  return judgement
}

function judgementOf(
  request: AuthorizationRequest,
  decision: Decision,
  policies: PolicySet,
): Judgement {
  return { request, decision, policies, noted: noteOf(request, decision) }
}

/** What a caller's policies came to, as long as they are the very same, where no condition had a say. */
const answersByPolicies = new WeakMap<PolicySet, Map<string, Judgement>>()
const answersMax = 1000

function answersFor(policies: PolicySet): Map<string, Judgement> {
  let answers = answersByPolicies.get(policies)
  if (answers === undefined || answers.size >= answersMax) {
    answers = new Map()
    answersByPolicies.set(policies, answers)
  }
  return answers
}

function questionOf(request: Question): string {
  const { principal, action, resource, resourceAccountId, resourcePolicyKind } = request
  const who = 'arn' in principal ? principal.arn : principal.kind
  return `${who} ${action} ${resource} ${resourceAccountId} ${resourcePolicyKind}`
}

/** One request to the policy engine. Few policies have conditions, so that most never need their context. */
class Question implements AuthorizationRequest {
  readonly principal: Principal
  readonly action: string
  readonly resource: string
  declare resourceAccountId?: string
  declare resourcePolicyKind?: 'normal' | 'trust' | 'required'
  readonly #caller: Caller
  readonly #accountId: string
  readonly #region: string
  readonly #nowMs: number
  readonly #extra: RequestContext | undefined
  readonly #own: RequestContext | undefined
  #context: RequestContext | undefined

  constructor(
    action: string,
    resource: string,
    caller: Caller,
    { accountId, region, extraContext }: Pick<Exchange, 'accountId' | 'region' | 'extraContext'>,
    nowMs: number,
    own: RequestContext | undefined,
  ) {
    this.principal = caller.principal
    this.action = action
    this.resource = resource
    this.#caller = caller
    this.#accountId = accountId
    this.#region = region
    this.#nowMs = nowMs
    this.#extra = extraContext
    this.#own = own
  }

  /** Whether a condition or a variable had a say. */
  get contextWasRead(): boolean {
    return this.#context !== undefined
  }

  get context(): RequestContext {
    this.#context ??= {
      ...circumstances(this.#caller, this.#region, this.#nowMs),
      // Source: IAM user guide, "AWS global condition context keys": the account that owns the resource.
      'aws:ResourceAccount': this.resourceAccountId ?? this.#accountId,
      ...this.#extra,
      ...this.#own,
    }
    return this.#context
  }
}

/** The condition keys that AWS itself publishes for every call. */
function circumstances(caller: Caller, region: string, nowMs: number): RequestContext {
  return {
    ...principalContext(caller.principal),
    'aws:CurrentTime': new Date(nowMs).toISOString(),
    'aws:EpochTime': Math.floor(nowMs / 1000),
    'aws:RequestedRegion': region,
    'aws:SecureTransport': caller.secureTransport ?? true,
    'aws:SourceIp': caller.sourceIp,
    'aws:Referer': caller.referer,
    'aws:UserAgent': caller.userAgent,
    'aws:MultiFactorAuthPresent': caller.mfaPresent,
    'aws:TokenIssueTime':
      caller.tokenIssueTimeMs === undefined
        ? undefined
        : new Date(caller.tokenIssueTimeMs).toISOString(),
    'aws:CalledVia': caller.calledVia,
    'aws:CalledViaFirst': caller.calledVia?.[0],
    'aws:CalledViaLast': caller.calledVia?.at(-1),
    'aws:ViaAWSService': caller.calledVia !== undefined && caller.calledVia.length > 0,
  }
}

/** The account in an ARN; undefined where the ARN has none, as a bucket's. */
function accountOf(arn: string): string | undefined {
  const account = arn.split(':', 5)[4]
  return account === undefined || account === '' ? undefined : account
}
