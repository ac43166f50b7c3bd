import { decide, type Outcome } from './decide.ts'
import type { Decision, Explanation, MatchedStatement, PolicyType } from './decision.ts'
import { explainOutcome } from './explanation.ts'
import type { AuthorizationRequest, PolicySet } from './request.ts'

/**
 * Decides whether the request is allowed, and can say why. Documents and the request must not
 * change afterwards: documents are compiled once, the explanation is made when first read.
 * `known`: what the same question came to before, where the caller can tell that it is the same.
 */
export function evaluate(
  request: AuthorizationRequest,
  policies: PolicySet,
  known?: Outcome,
): Decision {
  return new Evaluation(request, policies, known ?? decide(request, policies))
}

/** A class, not a literal with a getter: those cost a tenth of the whole evaluation. */
class Evaluation implements Decision {
  readonly allowed: boolean
  readonly reason: Decision['reason']
  declare readonly decidedBy?: MatchedStatement
  declare readonly missing?: PolicyType
  readonly matched: readonly MatchedStatement[]
  readonly #request: AuthorizationRequest
  readonly #policies: PolicySet
  #explanation: Explanation | undefined

  constructor(request: AuthorizationRequest, policies: PolicySet, outcome: Outcome) {
    this.allowed = outcome.allowed
    this.reason = outcome.reason
    if (outcome.decidedBy !== undefined) this.decidedBy = outcome.decidedBy
    if (outcome.missing !== undefined) this.missing = outcome.missing
    this.matched = outcome.matched
    this.#request = request
    this.#policies = policies
  }

  get explanation(): Explanation {
    this.#explanation ??= explainOutcome(this.#request, this.#policies, this)
    return this.#explanation
  }
}
