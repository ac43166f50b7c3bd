import type { AuthorizationRequest, Decision, PolicySet, SourcedPolicy } from '@cloud-orrery/policy'
import { evaluate, identityOwner } from '@cloud-orrery/policy'

/** Policies that are tried out on one user or role in place of its own. */
export interface PolicyTrial {
  /** ARN of the user or role. */
  readonly owner: string
  readonly policies: readonly SourcedPolicy[]
}

/**
 * What a decision comes to under a trial. A call that the present policies refuse stays refused: scenarios
 * take permissions away themselves, to show what happens without them.
 */
export function underTrial(
  trial: PolicyTrial,
  request: AuthorizationRequest,
  policies: PolicySet,
  decision: Decision,
): Decision {
  if (!decision.allowed || identityOwner(request.principal) !== trial.owner) return decision
  return evaluate(request, { ...policies, identity: trial.policies })
}
