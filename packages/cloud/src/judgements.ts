import { attach, attached, type JournalEntry } from '@cloud-orrery/kernel'
import type { Judgement } from './authorization.ts'

/** Full evaluations stay with the entry of their call: what `explain` prints. */
export function rememberJudgements(entry: JournalEntry, judgements: readonly Judgement[]): void {
  attach(entry, judgements)
}

export function judgementsOf(entry: JournalEntry): readonly Judgement[] {
  // Nothing else is attached to entries.
  return (attached(entry) as readonly Judgement[] | undefined) ?? []
}
