import { invariant, orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { measureCounts } from './metrics.ts'
import {
  type Counts,
  counts,
  type Message,
  messageKey,
  messages,
  type Queue,
  readyGroups,
} from './state.ts'

/*
 * How messages lie in a queue. Nothing happens when a message's moment comes: `settle` brings the queue
 * up to date whenever somebody looks, each message once, so that a million of them cost no task.
 */

/** Counts as they stood when the queue was last looked at. */
export function countsOf(ctx: Context, queue: Queue): Counts {
  const found = counts.get(ctx, queue.id)
  invariant(found !== undefined, `no counts of queue ${queue.arn}`)
  return found
}

/** Number of the next message, which `addMessage` uses up: each is given once in a queue's life. */
export function nextSequence(ctx: Context, queue: Queue): number {
  return countsOf(ctx, queue).sequence + 1
}

/** `message.sequence` is the next one. */
export function addMessage(ctx: Context, queue: Queue, message: Message): void {
  const { sequence, state } = message
  const before = countsOf(ctx, queue)
  invariant(sequence === before.sequence + 1, `queue ${queue.arn}: ${sequence} is not next`)
  messages.put(ctx, message)
  keepCounts(ctx, queue, before, { ...before, sequence, [state]: before[state] + 1 })
  settleGroup(ctx, message)
}

export function changeMessage(
  ctx: Context,
  queue: Queue,
  message: Message,
  fields: Partial<Message>,
): Message {
  const changed = messages.put(ctx, { ...message, ...fields })
  if (changed.state !== message.state) {
    const before = countsOf(ctx, queue)
    const [left, entered] = [message.state, changed.state]
    const after = { [left]: before[left] - 1, [entered]: before[entered] + 1 }
    keepCounts(ctx, queue, before, { ...before, ...after })
  }
  settleGroup(ctx, changed)
  return changed
}

export function removeMessage(ctx: Context, queue: Queue, message: Message): void {
  messages.delete(ctx, messageKey(message))
  const before = countsOf(ctx, queue)
  const { state } = message
  keepCounts(ctx, queue, before, { ...before, [state]: before[state] - 1 })
  settleGroup(ctx, message)
}

/** All messages are gone at once. */
export function clearCounts(ctx: Context, queue: Queue): void {
  const before = countsOf(ctx, queue)
  keepCounts(ctx, queue, before, { ...before, ready: 0, delayed: 0, inFlight: 0 })
}

function keepCounts(ctx: Context, queue: Queue, before: Counts, after: Counts): void {
  counts.put(ctx, after)
  measureCounts(ctx, queue, before, after)
}

/** Brings a queue up to this moment: drops what is past its retention, shows what became visible. */
export function settle(ctx: Context, queue: Queue): void {
  const nowMs = ctx.now()
  const retentionMs = Number(queue.settings['MessageRetentionPeriod']) * 1000
  for (const message of messages.scan(ctx, { prefix: orderedKey(queue.store, '') })) {
    if (message.enqueuedAtMs + retentionMs > nowMs) break
    removeMessage(ctx, queue, message)
  }
  for (const message of waiting(ctx, queue)) {
    if (message.visibleAtMs > nowMs) break
    changeMessage(ctx, queue, message, { state: 'ready' })
  }
}

/** Messages that are delayed or in flight, the one that is ready first in front. */
function waiting(ctx: Context, { store }: Queue): Generator<Message, void, undefined> {
  return messages.scanIndex(ctx, 'lane', { prefix: orderedKey(store, 'waiting', '') })
}

/** When the next message becomes visible; Infinity where none will. */
export function nextVisibleAtMs(ctx: Context, queue: Queue): number {
  for (const message of waiting(ctx, queue)) return message.visibleAtMs
  return Number.POSITIVE_INFINITY
}

/** Ready messages of a standard queue, in the order of sending. Recorded: sqs, a message that came back. */
function readyMessages(ctx: Context, { store }: Queue): Generator<Message, void, undefined> {
  return messages.scanIndex(ctx, 'lane', { prefix: orderedKey(store, 'ready', '') })
}

/**
 * Groups of a FIFO queue whose oldest message is ready: those first that have been ready longest.
 * Observed on AWS: groups that were received from stand behind those that were not.
 */
function* groupsWithReadyHead(ctx: Context, { store }: Queue): Generator<string, void, undefined> {
  for (const group of readyGroups.scanIndex(ctx, 'order', { prefix: orderedKey(store, '') })) {
    yield group.groupId
  }
}

/**
 * Messages in the order in which they may be received, as long as whoever asks takes each out of the queue
 * or out of sight before the next. Of a FIFO queue: as many of one group as there are, then the next group.
 * Source: SQS Developer Guide, "FIFO delivery logic".
 */
export function* nextReceivable(ctx: Context, queue: Queue): Generator<Message, void, undefined> {
  if (!queue.fifo) {
    yield* readyMessages(ctx, queue)
    return
  }
  const seen = new Set<string>()
  for (const groupId of groupsWithReadyHead(ctx, queue)) {
    // A group whose messages were handed over without a timeout stands behind the others again.
    if (seen.has(groupId)) continue
    seen.add(groupId)
    yield* receivableOf(ctx, queue, groupId)
  }
}

/** The messages of a group that may be received now: all up to the first that is not ready. */
function* receivableOf(
  ctx: Context,
  { store }: Queue,
  groupId: string,
): Generator<Message, void, undefined> {
  for (const message of messages.where(ctx, 'group', orderedKey(store, groupId))) {
    if (message.state !== 'ready') return
    yield message
  }
}

/** Notes whether the group's oldest message is ready. A message that is not blocks those behind it. */
function settleGroup(ctx: Context, { fifo, store, groupId = '' }: Message): void {
  if (!fifo) return
  const key = orderedKey(store, groupId)
  const head = messages.first(ctx, 'group', key)
  if (head?.state !== 'ready') {
    readyGroups.delete(ctx, key)
    return
  }
  const { visibleAtMs, receiveCount, sequence } = head
  const known = readyGroups.get(ctx, key)
  const isKnown =
    known?.sequence === sequence &&
    known.visibleAtMs === visibleAtMs &&
    known.receiveCount === receiveCount
  if (!isKnown) readyGroups.put(ctx, { store, groupId, visibleAtMs, receiveCount, sequence })
}
