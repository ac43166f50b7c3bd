import { orderedKey } from '@cloud-orrery/kernel'
import { task } from '../define.ts'
import { sweptPerStep } from './limits.ts'
import { attempts, deduplications, messageKey, messages, readyGroups } from './state.ts'

interface Sweep {
  readonly store: string
}

/** Removes what a purge or a deletion left behind, some at a time: nobody sees it any more. */
export const sweep = task<Sweep>('sqs.sweep', {
  run(ctx, input) {
    const prefix = orderedKey(input.store, '')
    let left = sweptPerStep
    for (const message of messages.scan(ctx, { prefix })) {
      messages.delete(ctx, messageKey(message))
      left -= 1
      if (left === 0) {
        ctx.after(0, sweep, input)
        return
      }
    }
    for (const { store, groupId } of readyGroups.scan(ctx, { prefix })) {
      readyGroups.delete(ctx, orderedKey(store, groupId))
    }
    for (const { store, scopedId } of deduplications.scan(ctx, { prefix })) {
      deduplications.delete(ctx, orderedKey(store, scopedId))
    }
    for (const { store, attemptId } of attempts.scan(ctx, { prefix })) {
      attempts.delete(ctx, orderedKey(store, attemptId))
    }
  },
})
