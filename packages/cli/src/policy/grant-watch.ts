import {
  type Cloud,
  coverageOf,
  heldPolicies,
  type Observation,
  observe,
  type UnusedGrant,
} from '@cloud-orrery/cloud'

/** Watches what a deployed system's policies are used for, over all its timelines. */
export class GrantWatch {
  readonly #held: ReturnType<typeof heldPolicies>
  readonly #observations: Observation[] = []
  /** The last entry that all timelines share. */
  readonly #sharedSequence: number

  /** `base` was just deployed. */
  constructor(base: Cloud, stacks: readonly string[]) {
    this.#held = heldPolicies(base, { stacks })
    this.#observations.push(...observe(base))
    this.#sharedSequence = base.kernel.journal.lastSequence
  }

  /** What happened in a timeline since the deployment. */
  observed(cloud: Cloud): readonly Observation[] {
    return observe(cloud, this.#sharedSequence)
  }

  add(observations: readonly Observation[]): void {
    for (const observation of observations) this.#observations.push(observation)
  }

  get unusedGrants(): readonly UnusedGrant[] {
    return coverageOf(this.#held, this.#observations).unusedGrants
  }
}
