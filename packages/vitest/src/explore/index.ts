import type { ExploredChoices } from '@cloud-orrery/kernel'
import { type Aws, createAws } from '../aws.ts'
import { type Finding, type SearchOptions, search } from './search.ts'
import { type TrialResult, trialResult } from './trial.ts'

export { type Finding, type SearchOptions, search, WrongByItself } from './search.ts'
export { type TraceEntry, type TrialResult, type Trials, trialResult } from './trial.ts'

/** What is tried: set up once, as things usually go, and run on a fork for each seed. */
export interface ExploredScenario<S extends object> {
  /** What it gives back must hold in forks: plain data, no clients. */
  readonly setUp?: (aws: Aws) => Promise<S>
  /** Throws where something is wrong. */
  readonly run: (given: S & { aws: Aws }) => Promise<void>
}

/**
 * Searches for choices under which a scenario goes wrong: delivery order, duplicates, read lag, jitter, failed calls, lost
 * answers, crashes. Undefined when it found none. Throws `WrongByItself` where it goes wrong without any.
 */
export async function explore<S extends object>(
  scenario: ExploredScenario<S>,
  options: SearchOptions,
): Promise<Finding | undefined> {
  const base = createAws()
  const given = (await scenario.setUp?.(base)) ?? ({} as S) // Without a set-up nothing is promised to `run`.
  try {
    return await search(
      (choices) => trialsOn(base, (aws) => scenario.run({ ...given, aws }), choices),
      options,
    )
  } finally {
    base.cloud.close()
  }
}

/** Runs something on a fork of a cloud for each of the choices. */
export async function* trialsOn(
  base: Aws,
  run: (aws: Aws) => Promise<void>,
  choices: Iterable<ExploredChoices>,
): AsyncGenerator<TrialResult> {
  for (const choice of choices) yield await trialOn(base, run, choice)
}

/** Runs something once, on a fork of a cloud. Trials do not see each other, so that several may be under way at a time. */
export async function trialOn(
  base: Aws,
  run: (aws: Aws) => Promise<void>,
  choices: ExploredChoices,
): Promise<TrialResult> {
  const aws = base.fork({ choices })
  let error: unknown
  try {
    await run(aws)
  } catch (thrown) {
    error = thrown ?? new Error('Something was thrown that is nothing.')
  }
  const result = trialResult(aws, base.cloud.kernel.journal.lastSequence, error)
  aws.cloud.close()
  return result
}
