import {
  type Cloud,
  identityOwner,
  type Observation,
  observe,
  type PolicyTrial,
  type TrialResult,
} from '@cloud-orrery/cloud'

/** A run that can be had again under other policies. */
export interface Scenario {
  /** The cloud when everything was deployed: its stacks and their roles are there. */
  readonly cloud: Cloud
  /** The stacks whose users and roles are meant. */
  readonly stacks: readonly string[]
  /** The journal's number of the last entry of the deployment. */
  readonly deployedAt: number
  /** All permissions that the run asked for, those of the deployment first. */
  readonly observations: readonly Observation[]
  /** What failed in the run as it is, under the present policies; absent: nothing. */
  readonly failure?: string
  /** Has the run again. `fresh`: from an empty cloud, so that the deployment is under the trial as well. */
  tryOut(trial: PolicyTrial, fresh: boolean): Promise<TrialResult>
  close(): void
}

/** What a run under a trial came to, with the first permission that was refused in it. */
export function trialResult(
  why: string | undefined,
  { owner }: PolicyTrial,
  clouds: readonly { readonly cloud: Cloud; readonly afterSequence: number }[],
): TrialResult {
  const refused = clouds
    .flatMap(({ cloud, afterSequence }) => observe(cloud, afterSequence))
    .find(({ request, allowed }) => !allowed && identityOwner(request.principal) === owner)
  const call = refused && `${refused.request.action} on ${refused.request.resource} was refused`
  if (why !== undefined) {
    return { passed: false, why: call === undefined ? why : `${why}; ${call}` }
  }
  return call === undefined
    ? { passed: true }
    : { passed: true, why: `nothing noticed that ${call}` }
}

/** The first line of what was thrown, without colours. */
export function failureText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a test runner's messages.
  const lines = text.replace(/\u001b\[\d+m/g, '').split('\n')
  return (lines.find((line) => line.trim() !== '') ?? '').trim().slice(0, 160)
}
