import type { JournalEntry } from '@cloud-orrery/kernel'
import { identityOwner } from '@cloud-orrery/policy'
import type { Cloud } from '../cloud.ts'
import { judgementsOf } from '../judgements.ts'
import { type Recording, replay } from '../recording.ts'
import type { TryOut } from './proof.ts'

/**
 * Tries policies out on a recording: it passes where nobody is refused who was not refused in the recorded
 * run. Code that ran outside is not run again, so it cannot react to a refusal.
 */
export function replayedTrial(recording: Recording, original: Cloud): TryOut {
  return async (trial) => {
    const before = outcomes(original, trial.owner)
    const cloud = await replay({ ...recording, options: { ...recording.options, trial } })
    const after = outcomes(cloud, trial.owner)
    cloud.close()
    for (const [key, refused] of after) {
      if (refused.length <= (before.get(key)?.length ?? 0)) continue
      const [first] = refused
      return { passed: false, why: `#${first?.sequence} ${first?.name} was refused: ${key}` }
    }
    return { passed: true }
  }
}

/** Entries in which a permission of the owner was refused, by action and resource. */
function outcomes(cloud: Cloud, owner: string): ReadonlyMap<string, readonly JournalEntry[]> {
  const refused = new Map<string, JournalEntry[]>()
  for (const entry of cloud.kernel.journal.entries) {
    for (const { request, decision } of judgementsOf(entry)) {
      if (decision.allowed || identityOwner(request.principal) !== owner) continue
      const key = `${request.action} on ${request.resource}`
      refused.set(key, [...(refused.get(key) ?? []), entry])
    }
  }
  return refused
}
