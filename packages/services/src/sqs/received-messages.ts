import {
  ChangeMessageVisibility,
  ChangeMessageVisibilityBatch,
  DeleteMessage,
  DeleteMessageBatch,
} from '@cloud-orrery/models/sqs'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { eachEntry } from './batches.ts'
import * as errors from './errors.ts'
import { visibilitySecondsMax } from './limits.ts'
import { changeMessage, removeMessage } from './message-store.ts'
import { measureQueue } from './metrics.ts'
import { onQueue, queueOfUrl, scopeOfUrl } from './queue-urls.ts'
import { readReceiptHandle } from './receipt-handles.ts'
import type { Message, Queue } from './state.ts'
import { wakeReceivers } from './waiting.ts'

export const deleteMessage = operation(DeleteMessage, {
  authorize: onQueue(),
  provenance: 'recorded',
  scope: scopeOfUrl,
  trail: { kind: 'data' },
  run(ctx, { QueueUrl, ReceiptHandle }) {
    const queue = queueOfUrl(ctx, QueueUrl)
    deleteReceived(ctx, queue, ReceiptHandle)
    return {}
  },
})

export const deleteMessageBatch = operation(DeleteMessageBatch, {
  authorize: onQueue('DeleteMessage'),
  provenance: 'recorded',
  scope: scopeOfUrl,
  trail: { kind: 'data' },
  run(ctx, { QueueUrl, Entries }) {
    const queue = queueOfUrl(ctx, QueueUrl)
    return eachEntry('DeleteMessageBatchRequestEntry', Entries, {
      each({ Id, ReceiptHandle }) {
        deleteReceived(ctx, queue, ReceiptHandle)
        return { Id }
      },
    })
  },
})

/**
 * Only the latest handle deletes; an older one, or one of a message that is gone, is taken and does
 * nothing. FIFO queues refuse a handle whose time is up. Source: SQS API reference, DeleteMessage.
 */
function deleteReceived(ctx: Context, queue: Queue, handle: string): void {
  const { message, latest } = readReceiptHandle(ctx, queue, handle)
  if (message === undefined) return
  if (queue.fifo && !(latest && isInFlight(ctx, message))) throw errors.receiptHandleExpired(handle)
  if (!latest) return
  removeMessage(ctx, queue, message)
  measureQueue(ctx, queue, 'NumberOfMessagesDeleted')
  if (queue.fifo) wakeReceivers(ctx, queue) // The group goes on.
}

function isInFlight(ctx: Context, { state, visibleAtMs }: Message): boolean {
  return state === 'inFlight' && visibleAtMs > ctx.now()
}

export const changeMessageVisibility = operation(ChangeMessageVisibility, {
  authorize: onQueue(),
  provenance: 'recorded',
  scope: scopeOfUrl,
  trail: { kind: 'data' },
  run(ctx, { QueueUrl, ReceiptHandle, VisibilityTimeout }) {
    const queue = queueOfUrl(ctx, QueueUrl)
    changeVisibility(ctx, queue, ReceiptHandle, VisibilityTimeout)
    return {}
  },
})

export const changeMessageVisibilityBatch = operation(ChangeMessageVisibilityBatch, {
  authorize: onQueue('ChangeMessageVisibility'),
  provenance: 'recorded',
  scope: scopeOfUrl,
  trail: { kind: 'data' },
  run(ctx, { QueueUrl, Entries }) {
    const queue = queueOfUrl(ctx, QueueUrl)
    return eachEntry('ChangeMessageVisibilityBatchRequestEntry', Entries, {
      each({ Id, ReceiptHandle, VisibilityTimeout = 0 }) {
        changeVisibility(ctx, queue, ReceiptHandle, VisibilityTimeout)
        return { Id }
      },
    })
  },
})

function changeVisibility(ctx: Context, queue: Queue, handle: string, seconds: number): void {
  if (seconds < 0 || seconds > visibilitySecondsMax) {
    throw errors.invalidValue(
      seconds,
      'VisibilityTimeout',
      `Must be between 0 and ${visibilitySecondsMax}, if provided.`,
    )
  }
  const { message, latest } = readReceiptHandle(ctx, queue, handle)
  // Standard queues take older handles, and those whose time is up. Observed on AWS.
  const isAvailable = message !== undefined && (!queue.fifo || (latest && isInFlight(ctx, message)))
  if (!isAvailable) throw errors.notAvailableForVisibilityChange(handle)
  const nowMs = ctx.now()
  const visibleAtMs = nowMs + seconds * 1000
  const receivedAtMs = message.receivedAtMs ?? nowMs
  if (visibleAtMs > receivedAtMs + visibilitySecondsMax * 1000) {
    throw errors.invalidValue(
      seconds,
      'VisibilityTimeout',
      `Total VisibilityTimeout for the message is beyond the limit [${visibilitySecondsMax} seconds].`,
    )
  }
  changeMessage(ctx, queue, message, {
    visibleAtMs,
    state: seconds === 0 ? 'ready' : 'inFlight',
  })
  wakeReceivers(ctx, queue)
}
