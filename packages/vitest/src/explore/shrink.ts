import type { ExploredChoices } from '@cloud-orrery/kernel'
import type { TrialResult, Trials } from './trial.ts'

type Departures = Readonly<Record<string, number>>

/** Runs that making it shorter may take. */
const runsMax = 400

/** The fewest departures that were found to go wrong; `only` is undefined where naming them does not bring it back. */
export interface Shrunk {
  readonly only: Departures | undefined
  readonly result: TrialResult
  readonly runs: number
}

/**
 * Leaves departures out, in ever smaller pieces, as long as the run still goes wrong, and then takes those that are left as
 * near to the usual as they go (delta debugging; A. Zeller, R. Hildebrandt, 2002).
 */
export async function shrunk(
  trials: Trials,
  choices: ExploredChoices,
  first: TrialResult,
): Promise<Shrunk> {
  let runs = 0
  /** The first of the candidates that goes wrong. */
  const firstWrong = async (candidates: readonly Departures[]) => {
    const tried = candidates.slice(0, runsMax - runs)
    let number = 0
    for await (const result of trials(tried.map((only) => ({ ...choices, only })))) {
      const only = tried[number]
      number += 1
      runs += 1
      if (only !== undefined && result.error !== undefined) return { only, result }
    }
    return undefined
  }
  let found = await firstWrong([first.departures])
  if (found === undefined) return { only: undefined, result: first, runs }
  let pieces = 2
  for (;;) {
    const names = Object.keys(found.only)
    if (names.length === 0) break
    const smaller = await firstWrong(withoutPieces(found.only, Math.min(pieces, names.length)))
    if (smaller !== undefined) {
      found = smaller
      pieces = Math.max(2, pieces - 1)
    } else if (pieces >= names.length) break
    else pieces *= 2
    if (runs >= runsMax) break
  }
  for (const name of Object.keys(found.only)) {
    const only: Departures = found.only
    const picked = only[name] ?? 0
    const nearer = Array.from({ length: picked - 1 }, (_, index) => ({
      ...only,
      [name]: index + 1,
    }))
    found = (await firstWrong(nearer)) ?? found
  }
  return { ...found, runs }
}

/** First each piece alone, then all but each: the smallest candidates come first. */
function withoutPieces(departures: Departures, pieces: number): Departures[] {
  const entries = Object.entries(departures)
  const size = Math.ceil(entries.length / pieces)
  const starts = Array.from(
    { length: Math.ceil(entries.length / size) },
    (_, index) => index * size,
  )
  const alone = starts.map((start) => entries.slice(start, start + size))
  const others = starts.map((start) => [...entries.slice(0, start), ...entries.slice(start + size)])
  const candidates = entries.length === 1 ? [[]] : starts.length > 2 ? [...alone, ...others] : alone
  return candidates.map((candidate) => Object.fromEntries(candidate))
}
