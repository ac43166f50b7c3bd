import {
  coverPolicies,
  type HeldPolicy,
  type StatementCoverage,
  type UnusedGrant,
  unusedGrants,
} from '@cloud-orrery/policy'
import type { Cloud } from '../cloud.ts'
import { type HeldOptions, heldPolicies } from './held-policies.ts'
import { type Observation, observe } from './observation.ts'

/** What a run made of the policies that are there. */
export interface GrantCoverage {
  readonly statements: readonly StatementCoverage[]
  readonly unusedGrants: readonly UnusedGrant[]
}

/** Coverage of policies by the observations of one run or of several. */
export function coverageOf(
  held: readonly HeldPolicy[],
  observations: readonly Observation[],
): GrantCoverage {
  const statements = coverPolicies(held, observations)
  return { statements, unusedGrants: unusedGrants(statements) }
}

/** Coverage of the policies that are there now by all that the journal keeps. */
export function grantCoverage(cloud: Cloud, options: HeldOptions = {}): GrantCoverage {
  return coverageOf(heldPolicies(cloud, options), observe(cloud))
}
