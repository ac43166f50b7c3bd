import { orderedKey } from '@cloud-orrery/kernel'
import type { HistoryEvent } from '@cloud-orrery/models/states'
import type { Context } from '../../context.ts'
import { historyEvents } from './state.ts'

/** Events of one execution, in the order of their ids or the last first, beyond `afterId` in that order. */
export function* history(
  ctx: Context,
  executionArn: string,
  options: { readonly reverse?: boolean; readonly afterId?: number } = {},
): Generator<HistoryEvent, void, undefined> {
  const { reverse = false, afterId } = options
  const scan = {
    prefix: orderedKey(executionArn, ''),
    reverse,
    ...(afterId === undefined ? {} : { after: orderedKey(executionArn, afterId) }),
  }
  for (const { event } of historyEvents.scan(ctx, scan)) yield event
}
