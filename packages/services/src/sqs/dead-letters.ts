import { ListDeadLetterSourceQueues } from '@cloud-orrery/models/sqs'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { pageToken, positionOf } from '../shared/page-tokens.ts'
import { invalidValue } from './errors.ts'
import { queuesPerPageMax } from './limits.ts'
import { addMessage, nextSequence, removeMessage } from './message-store.ts'
import { onQueue, queueOfArn, queueOfUrl, scopeOfUrl } from './queue-urls.ts'
import { type Message, type Queue, queues } from './state.ts'
import { wakeReceivers } from './waiting.ts'

/**
 * Gives a message up to the dead-letter queue if it was received as often as the redrive policy allows.
 * False where it stays: not yet, or the target is gone.
 */
export function giveUp(ctx: Context, queue: Queue, message: Message): boolean {
  const { redrive } = queue
  const { receiveCount, receivedElsewhere = 0 } = message
  if (redrive === undefined || receiveCount - receivedElsewhere < redrive.maxReceiveCount)
    return false
  const target = queueOfArn(ctx, redrive.deadLetterTargetArn)
  if (target === undefined || target.fifo !== queue.fifo) return false
  moveMessage(ctx, message, queue, target, {
    deadLetterSourceArn: queue.arn,
    receivedElsewhere: receiveCount,
  })
  return true
}

/**
 * Puts a message into another queue. Given up, it keeps its id, who sent it and when, and how often it was
 * received; in standard queues its retention goes on, in FIFO queues it starts again.
 * Source: SQS Developer Guide, "Setting-up dead-letter queue retention".
 */
function moveMessage(
  ctx: Context,
  message: Message,
  from: Queue,
  to: Queue,
  fields: Partial<Message>,
): void {
  removeMessage(ctx, from, message)
  const { receipt, receivedAtMs, ...kept } = message
  void [receipt, receivedAtMs]
  const nowMs = ctx.now()
  addMessage(ctx, to, {
    ...kept,
    store: to.store,
    enqueuedAtMs: to.fifo ? nowMs : message.enqueuedAtMs,
    sequence: nextSequence(ctx, to),
    state: 'ready',
    visibleAtMs: nowMs,
    ...fields,
  })
  wakeReceivers(ctx, to, 1)
}

/**
 * Sends a message of a dead-letter queue back or on: it is a new one there.
 * Source: SQS Developer Guide, "Dead-letter queue redrive": new id, new time of sending.
 */
export function redriveMessage(ctx: Context, message: Message, from: Queue, to: Queue): void {
  const { deadLetterSourceArn, receivedElsewhere, firstReceivedAtMs, ...kept } = message
  void [deadLetterSourceArn, receivedElsewhere, firstReceivedAtMs]
  const nowMs = ctx.now()
  moveMessage(ctx, kept, from, to, {
    messageId: ctx.ids.uuid(),
    enqueuedAtMs: nowMs,
    sentAtMs: nowMs,
    receiveCount: 0,
  })
}

export const listDeadLetterSourceQueues = operation(ListDeadLetterSourceQueues, {
  authorize: onQueue(),
  provenance: 'modelled',
  scope: scopeOfUrl,
  run(ctx, { QueueUrl, MaxResults, NextToken }) {
    const { arn } = queueOfUrl(ctx, QueueUrl)
    if (MaxResults !== undefined && (MaxResults < 1 || MaxResults > queuesPerPageMax)) {
      throw invalidValue(
        MaxResults,
        'MaxResults',
        `Must be an integer between 1 and ${queuesPerPageMax}, if provided.`,
      )
    }
    const query = { arn }
    const after = NextToken === undefined ? undefined : positionOf(NextToken, query)
    if (NextToken !== undefined && after === undefined) {
      throw invalidValue(NextToken, 'NextToken', 'Invalid or expired next token.')
    }
    const limit = MaxResults ?? queuesPerPageMax
    const found: Queue[] = []
    const sources = queues.where(ctx, 'deadLetterTarget', arn, after === undefined ? {} : { after })
    for (const source of sources) if (found.push(source) > limit) break
    const page = found.slice(0, limit)
    const last = page.at(-1)
    const more = MaxResults !== undefined && found.length > limit && last !== undefined
    return {
      queueUrls: page.map(({ url }) => url),
      ...(more ? { NextToken: pageToken(last.name, query) } : {}),
    }
  },
})
