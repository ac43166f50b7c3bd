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
  return deduplications.get(ctx, orderedKey(queue.store, scopedId(ctx, queue, sent)))
}

export function remember(ctx: Context, queue: Queue, sent: Sent, message: Message): void {
  const { messageId, sequenceNumber = '' } = message
  deduplications.put(ctx, {
    store: queue.store,
    scopedId: scopedId(ctx, queue, sent),
    messageId,
    sequenceNumber,
    atMs: ctx.now(),
  })
}

function scopedId(ctx: Context, queue: Queue, { groupId, deduplicationId }: Sent): string {
  const perGroup = scopeOf(ctx, queue) === 'messageGroup'
  return perGroup
    ? orderedKey('group', groupId, deduplicationId)
    : orderedKey('queue', deduplicationId)
}

/** The scope that is followed now: a change takes its time. */
function scopeOf(ctx: Context, { formerScope, settings }: Queue): string | undefined {
  const isFormer = formerScope !== undefined && ctx.now() < formerScope.untilMs
  return isFormer ? formerScope.scope : settings['DeduplicationScope']
}

function forgetOld(ctx: Context, { store }: Queue): void {
  const untilMs = ctx.now() - deduplicationIntervalMs
  for (const old of deduplications.scanIndex(ctx, 'age', { prefix: orderedKey(store, '') })) {
    if (old.atMs > untilMs) return
    deduplications.delete(ctx, orderedKey(old.store, old.scopedId))
  }
}
