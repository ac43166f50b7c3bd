import type { Context } from '../context.ts'
import { isQueueWatched, tellQueueWatchers } from '../shared/queue-watchers.ts'
import { countsOf, nextVisibleAtMs } from './message-store.ts'
import { type Queue, queues } from './state.ts'

/** What long polls of a queue wait for. */
export function waitKey(queue: Pick<Queue, 'arn'>): string {
  return `sqs:${queue.arn}`
}

/** Lets long polls look again: one for each message that came, or all. */
export function wakeReceivers(ctx: Context, queue: Queue, count?: number): void {
  ctx.wake(waitKey(queue), count)
  if (!isQueueWatched(ctx, queue.arn) || !queues.has(ctx, queue.name)) return
  if (countsOf(ctx, queue).ready > 0) tellQueueWatchers(ctx, queue.arn, ctx.now())
  else tellOfNextVisible(ctx, queue)
}

/** Tells services that take the queue's messages when the next one becomes visible. */
export function tellOfNextVisible(ctx: Context, queue: Queue): void {
  if (!isQueueWatched(ctx, queue.arn)) return
  const atMs = nextVisibleAtMs(ctx, queue)
  if (atMs !== Number.POSITIVE_INFINITY) tellQueueWatchers(ctx, queue.arn, atMs)
}
