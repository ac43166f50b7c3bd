import type { Context } from '../context.ts'
import type { Queue } from './state.ts'

/** What long polls of a queue wait for. */
export function waitKey(queue: Pick<Queue, 'arn'>): string {
  return `sqs:${queue.arn}`
}

/** Lets long polls look again: one for each message that came, or all. */
export function wakeReceivers(ctx: Context, queue: Pick<Queue, 'arn'>, count?: number): void {
  ctx.wake(waitKey(queue), count)
}
