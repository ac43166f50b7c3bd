import type { JournalEntry } from '@cloud-orrery/kernel'
import type { Judgement } from './authorization.ts'

/**
 * Full evaluations stay with their entry as long as it is kept: what `explain` prints. Under a symbol, for they
 * are no part of what the digest covers; in a weak map, a hundred thousand of them would burden every
 * garbage collection.
 */
const made = Symbol('judgements')

type Judged = JournalEntry & { [made]?: readonly Judgement[] }

export function rememberJudgements(entry: Judged, judgements: readonly Judgement[]): void {
  Object.defineProperty(entry, made, { value: judgements })
}

export function judgementsOf(entry: Judged): readonly Judgement[] {
  return entry[made] ?? []
}
