import type { Decision, PolicyType } from './decision.ts'
import { accountOf, nameOf } from './principal.ts'
import type { AuthorizationRequest } from './request.ts'

/** How a service words its denials, where it departs from the usual form. */
export interface DenialWording {
  /** The action as the service prints it, such as `SNS:Publish`. */
  readonly action?: string
  /** The resource as printed, such as `user Bob`; `null` for services that leave it out. */
  readonly resource?: string | null
  /** False for services that print no reason, `denies` for those that name only explicit denies. */
  readonly reason?: boolean | 'denies'
}

/**
 * The text of AWS's access denied error.
 * Source: IAM User Guide, "Troubleshoot access denied error messages"; AWS Security Blog,
 * "Enhanced access denied error messages with policy ARNs".
 */
export function denialMessage(
  request: AuthorizationRequest,
  decision: Pick<Decision, 'reason' | 'decidedBy' | 'missing'>,
  wording: DenialWording = {},
): string {
  const action = wording.action ?? request.action
  const resource = wording.resource === undefined ? request.resource : wording.resource
  const head = `User: ${nameOf(request.principal)} is not authorized to perform: ${action}`
  const on = resource === null ? '' : ` on resource: ${resource}`
  const told = wording.reason === 'denies' ? decision.reason === 'explicit-deny' : wording.reason
  const why = told === false ? '' : reasonText(request, decision, action)
  return `${head}${on}${why}`
}

function reasonText(
  request: AuthorizationRequest,
  { reason, decidedBy, missing }: Pick<Decision, 'reason' | 'decidedBy' | 'missing'>,
  action: string,
): string {
  const trust = request.resourcePolicyKind === 'trust'
  if (reason === 'explicit-deny' && decidedBy !== undefined) {
    const inTrust = trust && decidedBy.policy === 'resource'
    const where = inTrust ? 'the role trust policy' : withArticle[decidedBy.policy]
    return ` with an explicit deny in ${where}${arnSuffix(request, decidedBy)}`
  }
  if (reason === 'implicit-deny' && missing !== undefined) {
    const type = trust && missing === 'resource' ? 'role trust policy' : typeName[missing]
    return ` because no ${type} allows the ${action} action`
  }
  return ''
}

/** The denying policy's ARN is told to callers of the same account, and never a resource's. */
function arnSuffix(
  request: AuthorizationRequest,
  { policy, arn }: NonNullable<Decision['decidedBy']>,
): string {
  const own = accountOf(request.principal)
  const outside = request.resourceAccountId !== undefined && request.resourceAccountId !== own
  return arn === undefined || policy === 'resource' || outside ? '' : `: ${arn}`
}

const typeName: Record<PolicyType, string> = {
  identity: 'identity-based policy',
  resource: 'resource-based policy',
  boundary: 'permissions boundary',
  session: 'session policy',
  'service-control': 'service control policy',
  'resource-control': 'resource control policy',
}

const withArticle: Record<PolicyType, string> = {
  identity: 'an identity-based policy',
  resource: 'a resource-based policy',
  boundary: 'a permissions boundary',
  session: 'a session policy',
  'service-control': 'a service control policy',
  'resource-control': 'a resource control policy',
}

/** What each type of policy is called in AWS's messages. */
export function policyTypeName(type: PolicyType): string {
  return typeName[type]
}
