import type { HistoryEventType } from '@cloud-orrery/models/states'
import type { Run } from './run.ts'
import { isWithin, type Thread } from './threads.ts'

/** States that take time have an event for their untimely end. */
const abortable: ReadonlySet<string> = new Set(['Task', 'Wait', 'Parallel', 'Map'])

/**
 * What a failing branch or iteration cuts short: an iteration first, then the state that it was in, all after the
 * failing one's last event. Source: AWS's histories of inline Map states with two iterations; that branches of a
 * Parallel state, and states deeper down, follow the same order is inferred.
 */
export function abortOthers(run: Run, failing: Thread, parent: Thread): void {
  const options = { previous: failing.lastEventId, aside: true }
  const below = run.below(parent.id, parent.generation).sort(byIndexes)
  for (const thread of below) {
    if (thread.phase === 'ended' || isWithin(thread.id, failing.id)) continue
    const above = run.thread(thread.parentId ?? '')
    if (above?.group?.kind === 'Map') {
      const details = { name: above.state, index: thread.index }
      run.event(
        thread.id,
        'MapIterationAborted',
        { mapIterationAbortedEventDetails: details },
        options,
      )
    }
    const { Type } = run.stateOf(thread)
    if (thread.phase === 'enter' || !abortable.has(Type)) continue
    // The four types of `abortable` have this event.
    run.event(thread.id, `${Type}StateAborted` as HistoryEventType, {}, options)
  }
}

/** Ids are paths of numbers, and a parent comes before its children. */
function byIndexes(a: Thread, b: Thread): number {
  const [left, right] = [a.id.split('.').map(Number), b.id.split('.').map(Number)]
  for (const [at, number] of left.entries()) {
    const difference = number - (right[at] ?? -1)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}
