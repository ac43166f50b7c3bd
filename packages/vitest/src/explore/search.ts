import type { ExploredChoices } from '@cloud-orrery/kernel'
import { shrunk } from './shrink.ts'
import { traceOf } from './trace.ts'
import type { TrialResult, Trials } from './trial.ts'

export interface SearchOptions {
  /** How many seeds are tried. */
  readonly seeds: number
  /** The first of them. Default 1. */
  readonly from?: number
  /** Whether the user's code meets failed calls, lost answers and crashes too. Default true. */
  readonly faults?: boolean
  /** Told after each run that passed. */
  readonly onPass?: (seed: number) => void
}

/** A run that went wrong, made as short as it would go. */
export interface Finding {
  readonly seed: number
  /** What the scenario threw. */
  readonly error: string
  /** With these choices it goes wrong again. */
  readonly choices: ExploredChoices
  /** The shortest way there, a step each. */
  readonly trace: readonly string[]
  /** How many runs it took to make it short. */
  readonly runs: number
}

/** A scenario that goes wrong without any departure is wrong by itself. */
export class WrongByItself extends Error {
  constructor(error: string) {
    super(`It goes wrong as things usually go: ${error}`)
    this.name = 'WrongByItself'
  }
}

/**
 * Tries a scenario under what is left open, seed by seed, until it goes wrong; undefined when it never does. Throws
 * `WrongByItself` where it goes wrong in a calm run.
 */
export async function search(trials: Trials, options: SearchOptions): Promise<Finding | undefined> {
  const { seeds, from = 1, faults = true, onPass = () => {} } = options
  const [calm] = await all(trials([{ seed: from, only: {} }]))
  if (calm?.error !== undefined) throw new WrongByItself(calm.error)
  const choices = Array.from({ length: seeds }, (_, index) => ({ seed: from + index, faults }))
  let number = 0
  for await (const result of trials(choices)) {
    const tried = choices[number]
    number += 1
    if (tried === undefined) break
    if (result.error === undefined) onPass(tried.seed)
    else return await finding(trials, tried, result, calm)
  }
  return undefined
}

async function finding(
  trials: Trials,
  tried: ExploredChoices,
  first: TrialResult,
  calm: TrialResult | undefined,
): Promise<Finding> {
  const { only, result, runs } = await shrunk(trials, tried, first)
  return {
    seed: tried.seed,
    error: result.error ?? '',
    choices: only === undefined ? tried : { ...tried, only },
    trace: traceOf(calm?.entries ?? [], result),
    runs,
  }
}

export async function all<T>(items: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
