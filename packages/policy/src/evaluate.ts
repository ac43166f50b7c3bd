import { decide } from './decide.ts'
import type { Decision, Explanation } from './decision.ts'
import { explainOutcome } from './explanation.ts'
import type { AuthorizationRequest, PolicySet } from './request.ts'

/**
 * Decides whether the request is allowed, and can say why. Documents and the request must not
 * change afterwards: documents are compiled once, the explanation is made when first read.
 */
export function evaluate(request: AuthorizationRequest, policies: PolicySet): Decision {
  const outcome = decide(request, policies)
  let explanation: Explanation | undefined
  return {
    ...outcome,
    get explanation() {
      explanation ??= explainOutcome(request, policies, outcome)
      return explanation
    },
  }
}
