import {
  type Cloud,
  identityOwner,
  judgementsOf,
  type Observation,
  observe,
  type PolicyTrial,
  type TrialResult,
} from '@cloud-orrery/cloud'
import type { JournalEntry } from '@cloud-orrery/kernel'

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

/** How a trial is judged. */
export interface Judging {
  /** What was asked in the run as it is: refusals that it had are no news. */
  readonly before: readonly Observation[]
  /** Whether a refusal that nothing noticed counts as a failure. */
  readonly strict: boolean
}

/** What a run under a trial came to, with the first permission that only the trial refused. */
export function trialResult(
  why: string | undefined,
  { owner }: PolicyTrial,
  clouds: readonly { readonly cloud: Cloud; readonly afterSequence: number }[],
  { before, strict }: Judging,
): TrialResult {
  const known = refusals(before, owner)
  const now = clouds.flatMap(({ cloud, afterSequence }) => observe(cloud, afterSequence))
  const [news] = [...refusals(now, owner)].find(([key, uses]) => uses > (known.get(key) ?? 0)) ?? []
  const call = news === undefined ? undefined : `${news} was refused`
  if (why !== undefined) {
    return { passed: false, why: call === undefined || why === call ? why : `${why}; ${call}` }
  }
  if (call === undefined) return { passed: true }
  return strict
    ? { passed: false, why: call }
    : { passed: true, why: `nothing noticed that ${call}` }
}

/**
 * In strict judging nothing more has to be seen after the first refusal that the run before did not have:
 * aborted then, with what was refused as the reason.
 */
export function refusalWatch(
  cloud: Cloud,
  { owner }: PolicyTrial,
  { before, strict }: Judging,
): AbortSignal {
  const controller = new AbortController()
  if (!strict) return controller.signal
  const known = refusals(before, owner)
  const look = (entry: JournalEntry): void => {
    for (const { request, decision } of judgementsOf(entry)) {
      if (decision.allowed || identityOwner(request.principal) !== owner) continue
      const key = `${request.action} on ${request.resource}`
      if (!known.has(key)) controller.abort(`${key} was refused`)
    }
  }
  // The deployment may have met one already.
  for (const entry of cloud.kernel.journal.entries) look(entry)
  const unsubscribe = cloud.kernel.journal.subscribe(look)
  controller.signal.addEventListener('abort', unsubscribe, { once: true })
  return controller.signal
}

/** How often each action on each resource was refused to someone. */
function refusals(
  observations: readonly Observation[],
  owner: string,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const { request, allowed, uses } of observations) {
    if (allowed || identityOwner(request.principal) !== owner) continue
    const key = `${request.action} on ${request.resource}`
    found.set(key, (found.get(key) ?? 0) + uses)
  }
  return found
}

/** The first line of what was thrown, without colours. */
export function failureText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a test runner's messages.
  const lines = text.replace(/\u001b\[\d+m/g, '').split('\n')
  return (lines.find((line) => line.trim() !== '') ?? '').trim().slice(0, 160)
}
