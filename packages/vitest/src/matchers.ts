import type { PoliciesView } from './policies-view.ts'

/** Matchers for answers of AWS: `await expect(call).toBeDenied('sqs:SendMessage')`. */
export interface OrreryMatchers<R = unknown> {
  /** A call that was refused for want of a permission, optionally of this action. */
  toBeDenied(action?: string): Promise<void> | R
  /** A call that failed with this error code. */
  toFailWith(code: string): Promise<void> | R
  /**
   * A cloud in which all that the policies of these stacks give was used, no more and no less:
   * `expect(aws).toHaveNoUnusedGrants('Shop')`. Without names: of all stacks, users and roles.
   */
  toHaveNoUnusedGrants(...stacks: string[]): R
}

interface MatcherResult {
  pass: boolean
  message: () => string
}

const denialCodes =
  /^(AccessDenied|AccessDeniedException|AuthorizationError|UnauthorizedOperation|403)$/

interface Failure {
  readonly code: string
  readonly message: string
  readonly status: number | undefined
}

/** Answers to HEAD have no body: the SDK knows no code then, only the status. */
function isDenial({ code, status }: Failure): boolean {
  return denialCodes.test(code) || (status === 403 && /^Unknown(Error)?$/.test(code))
}

export const matchers = {
  async toBeDenied(call: Promise<unknown>, action?: string): Promise<MatcherResult> {
    const failure = await failureOf(call)
    const named =
      action === undefined || failure?.message.toLowerCase().includes(action.toLowerCase())
    return {
      pass: failure !== undefined && isDenial(failure) && named === true,
      message: () => told(failure, `a denial${action === undefined ? '' : ` of ${action}`}`),
    }
  },

  async toFailWith(call: Promise<unknown>, code: string): Promise<MatcherResult> {
    const failure = await failureOf(call)
    return { pass: failure?.code === code, message: () => told(failure, code) }
  },

  toHaveNoUnusedGrants(aws: unknown, ...stacks: string[]): MatcherResult {
    if (!hasPolicies(aws)) {
      throw new TypeError('The matcher needs the cloud: expect(aws).toHaveNoUnusedGrants().')
    }
    const unused = aws.policies.unusedGrants(stacks.length === 0 ? {} : { stacks })
    const list = unused.map((line) => `  ${line}\n`).join('')
    return {
      pass: unused.length === 0,
      message: () =>
        unused.length === 0
          ? 'wanted unused grants, but all that the policies give was used'
          : `these grants were not used:\n${list}`,
    }
  },
}

/** By shape: the matchers may come from another copy of this module than the cloud. */
function hasPolicies(aws: unknown): aws is { readonly policies: PoliciesView } {
  return typeof aws === 'object' && aws !== null && 'policies' in aws
}

async function failureOf(call: Promise<unknown>): Promise<Failure | undefined> {
  // Jest's promises may be of another realm, so their class says nothing.
  if (typeof call?.then !== 'function') {
    throw new TypeError(
      'The matcher needs the call itself, a promise: expect(client.send(command)).',
    )
  }
  try {
    await call
    return undefined
  } catch (error) {
    if (!(error instanceof Error)) throw error
    // SDK errors carry AWS's code where it is not the name.
    const { Code, code, $metadata } = error as Error & {
      Code?: string
      code?: string
      $metadata?: { httpStatusCode?: number }
    }
    return {
      code: Code ?? code ?? error.name,
      message: error.message,
      status: $metadata?.httpStatusCode,
    }
  }
}

function told(failure: Failure | undefined, wanted: string): string {
  return failure === undefined
    ? `wanted ${wanted}, but the call succeeded`
    : `wanted ${wanted}, or not; got ${failure.code}: ${failure.message}`
}
