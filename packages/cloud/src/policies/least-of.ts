import {
  evaluate,
  identityOwner,
  type LeastPolicy,
  type LeastPolicyOptions,
  leaningOf,
  leastPolicy,
  type Need,
} from '@cloud-orrery/policy'
import type { NamedPrincipal } from './named-principal.ts'
import type { Observation } from './observation.ts'

/** The least policy of one user or role, from what a run asked for. */
export interface LeastOfPrincipal extends LeastPolicy {
  readonly principal: NamedPrincipal
  /** Permissions that its own policies had to give, and calls that asked for them. */
  readonly needs: number
  readonly calls: number
  /** Refused in the run, and allowed by this policy: where it is wider than the present one. */
  readonly widened: readonly RefusedRequest[]
  /** Refused in the run, and by this policy. */
  readonly refused: readonly RefusedRequest[]
}

export interface RefusedRequest {
  readonly action: string
  readonly resource: string
  readonly uses: number
  readonly firstCall: number
}

/** Works it out from the observations of one run or of several. */
export function leastOf(
  principal: NamedPrincipal,
  observations: readonly Observation[],
  options: Omit<LeastPolicyOptions, 'kind'> = {},
): LeastOfPrincipal {
  const own = observations.filter(
    ({ request }) => identityOwner(request.principal) === principal.arn,
  )
  const needs = own.flatMap(needOf)
  const least = leastPolicy(needs, { ...options, kind: principal.kind })
  const needed = new Set(needs.map(({ action, resource }) => `${action} ${resource}`))
  // What was allowed at another moment was refused for want of a policy that came or went meanwhile.
  const denied = own.filter(
    ({ allowed, request }) => !allowed && !needed.has(`${request.action} ${request.resource}`),
  )
  const identity = [{ source: 'the least policy', document: least.document }]
  const allowedNow = ({ request, policies = { identity } }: Observation) =>
    evaluate(request, { ...policies, identity }).allowed
  return {
    principal,
    ...least,
    needs: new Set(needs.map(({ action, resource }) => `${action} ${resource}`)).size,
    calls: needs.reduce((sum, { uses }) => sum + uses, 0),
    widened: denied.filter(allowedNow).map(refusedOf),
    refused: denied.filter((observation) => !allowedNow(observation)).map(refusedOf),
  }
}

function needOf({ request, allowed, policies, byResource, uses, firstCall }: Observation): Need[] {
  if (!allowed || byResource === true) return []
  const leaning = policies === undefined ? { written: [] } : leaningOf(request, policies)
  if (leaning === undefined) return []
  const { action, resource, context } = request
  const { written } = leaning
  return [{ action, resource, context, written, uses, firstCall: firstCall.sequence }]
}

function refusedOf({ request, uses, firstCall }: Observation): RefusedRequest {
  const { action, resource } = request
  return { action, resource, uses, firstCall: firstCall.sequence }
}
