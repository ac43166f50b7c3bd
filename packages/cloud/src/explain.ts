import { type JournalEntry, SimulatorError } from '@cloud-orrery/kernel'
import { explain } from '@cloud-orrery/policy'
import type { Cloud } from './cloud.ts'
import { judgementsOf } from './judgements.ts'

/** The whole evaluation behind a call, as text. Without an id: the last call that was denied. */
export function explainEntry(cloud: Cloud, id?: string): { sequence: number; text: string } {
  const entry = id === undefined ? lastDenied(cloud) : find(cloud, id)
  if (entry === undefined) {
    throw id === undefined
      ? new SimulatorError(
          'NothingDenied',
          'No call was denied yet.',
          'Name a call by its request id.',
        )
      : new SimulatorError('UnknownCall', `No call ${id} in the journal.`, 'See `orrery journal`.')
  }
  const judgements = judgementsOf(entry)
  const parts = judgements.map(({ request, decision }) => explain(request, decision))
  const none = 'No permission was judged for this call: it was refused before, or needs none.'
  const head = `#${entry.sequence} ${entry.name} at ${new Date(entry.atMs).toISOString()}`
  return {
    sequence: entry.sequence,
    text: [head, ...(parts.length === 0 ? [none] : parts)].join('\n\n'),
  }
}

function lastDenied(cloud: Cloud): JournalEntry | undefined {
  return cloud.kernel.journal.entries.findLast((entry) =>
    judgementsOf(entry).some(({ decision }) => !decision.allowed),
  )
}

function find(cloud: Cloud, id: string): JournalEntry | undefined {
  return cloud.kernel.journal.entries.findLast(
    (entry) => String(entry.sequence) === id.replace(/^#/, '') || entry.data['requestId'] === id,
  )
}
