import type { JournalEntry } from '@cloud-orrery/kernel'
import type { Judgement } from './authorization.ts'

/** Full evaluations, kept as long as their journal entry is: what `explain` prints. */
const judgements = new WeakMap<JournalEntry, readonly Judgement[]>()

export function rememberJudgements(entry: JournalEntry, made: readonly Judgement[]): void {
  judgements.set(entry, made)
}

export function judgementsOf(entry: JournalEntry): readonly Judgement[] {
  return judgements.get(entry) ?? []
}
