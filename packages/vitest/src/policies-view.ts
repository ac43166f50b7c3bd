import {
  type Cloud,
  type GrantCoverage,
  grantCoverage,
  type PrincipalQuestion,
  type PrincipalReport,
  principalReports,
  unusedGrantText,
} from '@cloud-orrery/cloud'

/** The policies that are there, as a test asks them: what of them was used so far. */
export class PoliciesView {
  readonly #cloud: Cloud

  constructor(cloud: Cloud) {
    this.#cloud = cloud
  }

  /** Every statement of the policies, of certain stacks or all: used, never used, or wider than needed. */
  coverage(options: { stacks?: readonly string[] } = {}): GrantCoverage {
    return grantCoverage(this.#cloud, options)
  }

  /** What the policies of certain stacks, or all, give and nothing used so far, one a line. */
  unusedGrants(options: { stacks?: readonly string[] } = {}): string[] {
    return this.coverage(options).unusedGrants.map(unusedGrantText)
  }

  /** The least policy of a user or role, by name, ARN or, with `stacks`, logical id, for what it did so far. */
  least(principal: string, options: Omit<PrincipalQuestion, 'principal'> = {}): PrincipalReport {
    const [report] = principalReports(this.#cloud, { ...options, principal })
    // One principal was named, so that there is one report.
    if (report === undefined) throw new Error(`There is no report on ${principal}.`)
    return report
  }
}
