import type { Context } from '../context.ts'
import { receiptHandleIsInvalid } from './errors.ts'
import { type Message, messageKey, messages, type Queue } from './state.ts'

/** All of AWS's receipt handles start so. */
const mark = 'AQEB'
const separator = '\n'

/** Opaque to callers. Carries the queue, the message and the receive that it stands for. */
export function receiptHandle(queue: Queue, message: Message): string {
  const { store, enqueuedAtMs, sequence, receipt = '' } = message
  const text = [queue.id, store, enqueuedAtMs, sequence, receipt].join(separator)
  return mark + Buffer.from(`${text}${separator}${checksum(text)}`).toString('base64')
}

export interface Receipt {
  /** Absent: deleted, purged or past its retention. */
  readonly message?: Message
  /** Whether the message was not received again since. */
  readonly latest: boolean
}

/** What a handle stands for. Throws ReceiptHandleIsInvalid where it is no handle of this queue. */
export function readReceiptHandle(ctx: Context, queue: Queue, handle: string): Receipt {
  const parts = Buffer.from(handle.slice(mark.length), 'base64').toString().split(separator)
  const [queueId, store = '', enqueuedAtMs, sequence, receipt, sum] = parts
  const isHandle =
    handle.startsWith(mark) &&
    parts.length === 6 &&
    sum === checksum(parts.slice(0, 5).join(separator))
  if (!isHandle || queueId !== queue.id) throw receiptHandleIsInvalid(handle)
  if (store !== queue.store) return { latest: false } // Purged since.
  const key = messageKey({ store, enqueuedAtMs: Number(enqueuedAtMs), sequence: Number(sequence) })
  const message = messages.get(ctx, key)
  if (message === undefined) return { latest: false }
  return { message, latest: message.receipt === receipt }
}

/** FNV-1a, so that a mistyped handle is known to be one. */
function checksum(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(36)
}
