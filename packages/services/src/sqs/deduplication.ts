import { createHash } from 'node:crypto'
import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { deduplicationIntervalMs } from './limits.ts'
import { type Deduplication, deduplications, type Message, type Queue } from './state.ts'

/** The id of a message that was given none. Source: SQS Developer Guide, "Exactly-once processing". */
export function contentId(body: string): string {
  return createHash('sha256').update(body).digest('hex')
}

interface Sent {
  readonly groupId: string
  readonly deduplicationId: string
}

/** The earlier message of which this one is a repetition, for five minutes after that was sent. */
export function repeated(ctx: Context, queue: Queue, sent: Sent): Deduplication | undefined {
  forgetOld(ctx, queue)
  return deduplications.get(ctx, orderedKey(queue.id, scopedId(queue, sent)))
}

export function remember(ctx: Context, queue: Queue, sent: Sent, message: Message): void {
  const { messageId, sequenceNumber = '' } = message
  deduplications.put(ctx, {
    queueId: queue.id,
    scopedId: scopedId(queue, sent),
    messageId,
    sequenceNumber,
    atMs: ctx.now(),
  })
}

function scopedId(queue: Queue, { groupId, deduplicationId }: Sent): string {
  const perGroup = queue.settings['DeduplicationScope'] === 'messageGroup'
  return perGroup
    ? orderedKey('group', groupId, deduplicationId)
    : orderedKey('queue', deduplicationId)
}

function forgetOld(ctx: Context, { id }: Queue): void {
  const untilMs = ctx.now() - deduplicationIntervalMs
  for (const old of deduplications.scanIndex(ctx, 'age', { prefix: orderedKey(id, '') })) {
    if (old.atMs > untilMs) return
    deduplications.delete(ctx, orderedKey(old.queueId, old.scopedId))
  }
}
