import { ContextReader } from './context.ts'
import type { Decision, MatchedStatement, PolicyType } from './decision.ts'
import { accountOf, isRootOrItsSession } from './principal.ts'
import type { AuthorizationRequest, PolicySet, Principal, SourcedPolicy } from './request.ts'
import { compile, type Facts, isMiss, judge, type Verdict } from './statement.ts'

/** A decision without its explanation. */
export type Outcome = Omit<Decision, 'explanation'>

/**
 * Decides one request. An explicit deny anywhere wins; otherwise what must allow depends on whose
 * account owns the resource and on how closely its policy names the caller.
 * Source: IAM User Guide, "How AWS enforcement code logic evaluates requests to allow or deny
 * access" and "Cross-account policy evaluation logic".
 */
export function decide(request: AuthorizationRequest, policies: PolicySet): Outcome {
  const votes = tally(request, policies)
  const { matched, deny, resource, identity } = votes
  if (deny !== undefined) {
    return { allowed: false, reason: 'explicit-deny', decidedBy: deny, matched }
  }
  const missing = missingAllow(request, votes)
  if (missing !== undefined) return { allowed: false, reason: 'implicit-deny', missing, matched }
  const byResource = resource.grant === 'direct' || resource.grant === 'role'
  const decidedBy = byResource ? resource.allow : (identity.allow ?? resource.allow)
  return {
    allowed: true,
    reason: 'allowed',
    ...(decidedBy === undefined ? {} : { decidedBy }),
    matched,
  }
}

/** What the policies of one type, or of one level of an organization, say. */
interface Vote {
  allow: MatchedStatement | undefined
  /** How closely the resource's policy names the caller; `direct` for every other type. */
  grant: 'none' | 'account' | 'role' | 'direct'
}

interface Tally {
  readonly matched: MatchedStatement[]
  readonly crossAccount: boolean
  readonly deny: MatchedStatement | undefined
  readonly identity: Vote
  readonly resource: Vote
  readonly boundary: Vote | undefined
  readonly session: Vote | undefined
  /** True unless a level of service or resource control policies has no allow. */
  readonly serviceControl: boolean
  readonly resourceControl: boolean
}

const rank = { none: 0, account: 1, role: 2, direct: 3 }

/**
 * Gathers the votes in the order in which AWS lists the types; the first deny met is the one
 * reported, since AWS names only one.
 * Deviation: AWS does not say which; VPC endpoint policies and access control lists are not judged.
 */
function tally(request: AuthorizationRequest, policies: PolicySet): Tally {
  const { principal } = request
  const facts: Facts = {
    principal,
    lowerCaseAction: request.action.toLowerCase(),
    resource: request.resource,
    context: new ContextReader(request),
  }
  const matched: MatchedStatement[] = []
  const vote = (type: PolicyType, group: readonly SourcedPolicy[]) =>
    collect(type, group, facts, matched)
  const levels = (type: PolicyType, groups: readonly (readonly SourcedPolicy[])[] = []) =>
    groups.map((group) => vote(type, group)).every(({ allow }) => allow !== undefined)

  const limited = !isServiceLinked(principal)
  const ownAccount = accountOf(principal)
  return {
    serviceControl:
      !limited || ownAccount === undefined || levels('service-control', policies.serviceControl),
    resourceControl: !limited || levels('resource-control', policies.resourceControl),
    resource: vote('resource', policies.resource === undefined ? [] : [policies.resource]),
    identity: vote('identity', policies.identity),
    boundary: policies.boundary && vote('boundary', policies.boundary),
    session: sessionPolicies(principal, policies, vote),
    matched,
    deny: matched.find(({ effect }) => effect === 'Deny'),
    crossAccount:
      ownAccount !== undefined &&
      request.resourceAccountId !== undefined &&
      request.resourceAccountId !== ownAccount,
  }
}

/** A federated user without session policies has no permissions but those granted to it directly. */
function sessionPolicies(
  principal: Principal,
  { session }: PolicySet,
  vote: (type: PolicyType, group: readonly SourcedPolicy[]) => Vote,
): Vote | undefined {
  if (session !== undefined) return vote('session', session)
  return principal.kind === 'federated-user' ? vote('session', []) : undefined
}

/** Organization policies don't restrict service-linked roles. */
function isServiceLinked(principal: Principal): boolean {
  return principal.kind === 'role-session' && principal.roleArn.includes(':role/aws-service-role/')
}

function collect(
  policy: PolicyType,
  group: readonly SourcedPolicy[],
  facts: Facts,
  matched: MatchedStatement[],
): Vote {
  const vote: Vote = { allow: undefined, grant: 'none' }
  for (const { source, arn, document } of group) {
    for (const statement of compile(document)) {
      const verdict: Verdict = judge(statement, facts, policy === 'resource')
      if (isMiss(verdict)) continue
      const { index: statementIndex, sid, effect } = statement
      const found: MatchedStatement = {
        policy,
        source,
        ...(arn === undefined ? {} : { arn }),
        ...(sid === undefined ? {} : { sid }),
        statementIndex,
        effect,
      }
      matched.push(found)
      if (effect === 'Allow' && rank[verdict] > rank[vote.grant]) {
        vote.allow = found
        vote.grant = verdict
      }
    }
  }
  return vote
}

/** The type of policy that had to allow and did not; undefined when all is granted. */
function missingAllow(request: AuthorizationRequest, votes: Tally): PolicyType | undefined {
  const { principal, resourcePolicyKind = 'normal' } = request
  const { resource, identity, boundary, session } = votes
  if (!votes.serviceControl) return 'service-control'
  if (!votes.resourceControl) return 'resource-control'
  if (accountOf(principal) === undefined) {
    return resource.grant === 'none' ? 'resource' : undefined
  }
  const mayDecide = !votes.crossAccount
  if (mayDecide && resource.grant === 'direct') return undefined
  if (mayDecide && resourcePolicyKind !== 'normal' && resource.grant === 'none') return 'resource'

  const byIdentity = identity.allow !== undefined || isRootOrItsSession(principal)
  const byRole = mayDecide && resource.grant === 'role'
  if (!byIdentity && !byRole) return 'identity'
  if (boundary !== undefined && boundary.allow === undefined) return 'boundary'
  if (session !== undefined && session.allow === undefined) return 'session'
  return votes.crossAccount && resource.grant === 'none' ? 'resource' : undefined
}
