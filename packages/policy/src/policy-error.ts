/**
 * What is wrong with a policy document, so that a service can word it in its own way. `syntax`:
 * JSON of a wrong shape; `element`: an element missing, forbidden or contradicted; `value`: an
 * element's value that is not of the required form.
 */
export type PolicyProblem = 'json' | 'syntax' | 'version' | 'element' | 'value'

/** A refused policy document; the message is AWS's, to be put under the service's own error code. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
  readonly problem: PolicyProblem

  constructor(problem: PolicyProblem, message: string) {
    super(message)
    this.problem = problem
  }
}
