import { orderedKey } from '@cloud-orrery/kernel'
import {
  type Message as ReceivedMessage,
  ReceiveMessage,
  type ReceiveMessageRequest,
  type ReceiveMessageResult,
} from '@cloud-orrery/models/sqs'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { isQueueAttribute } from './attributes.ts'
import { giveUp } from './dead-letters.ts'
import { isReadable, unlock } from './encryption.ts'
import * as errors from './errors.ts'
import {
  inFlightFifoMax,
  inFlightStandardMax,
  receiveAttemptIntervalMs,
  receivedMessagesMax,
  visibilitySecondsMax,
  waitSecondsMax,
} from './limits.ts'
import { attributesAskedFor, md5OfAttributes, shownAttributes } from './message-attributes.ts'
import {
  changeMessage,
  countsOf,
  nextReceivable,
  nextVisibleAtMs,
  settle,
} from './message-store.ts'
import { measureQueue } from './metrics.ts'
import { onQueue, queueOfUrl, scopeOfUrl } from './queue-urls.ts'
import { receiptHandle } from './receipt-handles.ts'
import {
  attempts,
  type Message,
  type MessageDataKey,
  messageKey,
  messages,
  type Queue,
} from './state.ts'
import { tellOfNextVisible, waitKey } from './waiting.ts'

export const receiveMessage = operation(ReceiveMessage, {
  authorize: onQueue(),
  provenance: 'recorded',
  scope: scopeOfUrl,
  trail: { kind: 'data' },
  run(ctx, input) {
    const queue = queueOfUrl(ctx, input.QueueUrl)
    checkInput(queue, input)
    const waitSeconds =
      input.WaitTimeSeconds ?? Number(queue.settings['ReceiveMessageWaitTimeSeconds'])
    const isLong = waitSeconds > 0
    const received = receive(ctx, queue, input, isLong)
    if (!isLocked(received) && (received.length > 0 || !isLong)) {
      return answer(ctx, queue, input, received)
    }
    return poll(ctx, input, { isLong, untilMs: ctx.now() + waitSeconds * 1000, received })
  },
})

/** What a receiver may ask for. Source: SQS API reference, ReceiveMessage, `MessageSystemAttributeNames`. */
const systemAttributeNames = new Set([
  'All',
  'ApproximateFirstReceiveTimestamp',
  'ApproximateReceiveCount',
  'AWSTraceHeader',
  'DeadLetterQueueSourceArn',
  'MessageDeduplicationId',
  'MessageGroupId',
  'SenderId',
  'SentTimestamp',
  'SequenceNumber',
])

function askedAttributes(input: ReceiveMessageRequest): Set<string> {
  const { AttributeNames = [], MessageSystemAttributeNames = [] } = input
  return new Set<string>([...AttributeNames, ...MessageSystemAttributeNames])
}

function checkInput(queue: Queue, input: ReceiveMessageRequest): void {
  for (const name of askedAttributes(input)) {
    // The model takes names of queue attributes too, which no message has.
    if (!systemAttributeNames.has(name) && !isQueueAttribute(name)) {
      throw errors.unknownAttribute(name)
    }
  }
  const { MaxNumberOfMessages, WaitTimeSeconds, VisibilityTimeout, ReceiveRequestAttemptId } = input
  checkRange('MaxNumberOfMessages', MaxNumberOfMessages, 1, receivedMessagesMax)
  if (WaitTimeSeconds !== undefined && (WaitTimeSeconds < 0 || WaitTimeSeconds > waitSecondsMax)) {
    throw errors.invalidValue(
      WaitTimeSeconds,
      'WaitTimeSeconds',
      `Must be >= 0 and <= ${waitSecondsMax}, if provided.`,
    )
  }
  checkRange('VisibilityTimeout', VisibilityTimeout, 0, visibilitySecondsMax)
  if (ReceiveRequestAttemptId !== undefined && !queue.fifo) {
    throw errors.invalidValue(
      ReceiveRequestAttemptId,
      'ReceiveRequestAttemptId',
      'The request includes a parameter that is not valid for this queue type.',
    )
  }
}

function checkRange(name: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined || (value >= min && value <= max)) return
  throw errors.invalidValue(value, name, `Must be between ${min} and ${max}, if provided.`)
}

interface Poll {
  readonly isLong: boolean
  readonly untilMs: number
  /** What the first look found: nothing, or a message whose data key has to be opened. */
  readonly received: Received
}

/**
 * Looks again whenever a message came or one becomes visible, until the time is up; and when KMS opened the data
 * key of the message that is next.
 */
async function poll(
  ctx: Context,
  input: ReceiveMessageRequest,
  { isLong, untilMs, received: first }: Poll,
): Promise<ReceiveMessageResult> {
  let received = first
  for (;;) {
    let queue = queueOfUrl(ctx, input.QueueUrl) // It may be gone by now.
    if (isLocked(received)) {
      await unlock(ctx, queue, received.locked)
      queue = queueOfUrl(ctx, input.QueueUrl)
    } else {
      const nowMs = ctx.now()
      if (received.length > 0 || nowMs >= untilMs) return answer(ctx, queue, input, received)
      const woken = await ctx.wait(waitKey(queue), Math.min(untilMs, nextVisibleAtMs(ctx, queue)))
      // The caller has gone, or may not wait.
      if (!woken && ctx.now() === nowMs) return {}
      queue = queueOfUrl(ctx, input.QueueUrl)
    }
    received = receive(ctx, queue, input, isLong)
  }
}

/** Messages, or the data key of the next, which the caller has not opened yet. */
type Received = readonly Message[] | { readonly locked: MessageDataKey }

function isLocked(received: Received): received is { readonly locked: MessageDataKey } {
  return 'locked' in received
}

/** What is rare on AWS is drawn once in four times; how rare AWS does not say. */
function thrice<T>(usual: T): [T, T, T] {
  return [usual, usual, usual]
}

/** Takes messages out of sight and hands them over. */
function receive(
  ctx: Context,
  queue: Queue,
  input: ReceiveMessageRequest,
  isLongPoll: boolean,
): Received {
  settle(ctx, queue)
  // A short poll asks some of the servers. Source: SQS Developer Guide, "Short and long polling".
  const isPartial = !isLongPoll && !queue.fifo
  if (isPartial && ctx.choose('sqs.shortPoll', [...thrice('all'), 'none']) === 'none') return []
  const visibilityMs =
    1000 * (input.VisibilityTimeout ?? Number(queue.settings['VisibilityTimeout']))
  const again = repeatedAttempt(ctx, queue, input, visibilityMs)
  if (again !== undefined) return again
  const room = roomInFlight(ctx, queue, isLongPoll)
  const limit = Math.min(input.MaxNumberOfMessages ?? 1, room)
  const received: Message[] = []
  for (const message of candidates(ctx, queue)) {
    if (received.length >= limit) break
    if (giveUp(ctx, queue, message)) continue
    const { dataKey } = message
    if (dataKey !== undefined && !isReadable(ctx, queue, dataKey)) {
      if (received.length === 0) return { locked: dataKey }
      break // What is readable goes out; the next call asks KMS.
    }
    received.push(handOver(ctx, queue, message, visibilityMs))
  }
  rememberAttempt(ctx, queue, input, received)
  tellOfNextVisible(ctx, queue) // What is in flight now may come back.
  return received
}

/** How many more messages may be in flight. */
function roomInFlight(ctx: Context, queue: Queue, isLongPoll: boolean): number {
  const { inFlight } = countsOf(ctx, queue)
  if (queue.fifo) return inFlightFifoMax - inFlight
  const room = inFlightStandardMax - inFlight
  // Long polls are answered with nothing. Source: SQS quotas, "In-flight messages per queue".
  if (room <= 0 && !isLongPoll) throw errors.tooManyInFlight()
  return room
}

/** How far out of order a standard queue may deliver; ours, since AWS promises nothing. */
const disorderMax = 100

/**
 * Messages as they are to be handed over.
 * Deviation: groups of a standard queue (fair queues) do not change its order.
 */
function* candidates(ctx: Context, queue: Queue): Generator<Message, void, undefined> {
  const isInOrder =
    queue.fifo || ctx.choose('sqs.order', ['oldest first', 'any']) === 'oldest first'
  if (isInOrder) {
    yield* nextReceivable(ctx, queue)
    return
  }
  const window: Message[] = []
  for (const message of nextReceivable(ctx, queue)) {
    if (window.push(message) === disorderMax) break
  }
  while (window.length > 0) yield* window.splice(ctx.random.below(window.length), 1)
}

function handOver(ctx: Context, queue: Queue, message: Message, visibilityMs: number): Message {
  const nowMs = ctx.now()
  // At-least-once: now and then a message is delivered and stays. Source: SQS Developer Guide, "Standard queues".
  const stays =
    visibilityMs === 0 ||
    (!queue.fifo && ctx.choose('sqs.duplicate', [...thrice('once'), 'again']) === 'again')
  return changeMessage(ctx, queue, message, {
    ...(stays ? {} : { state: 'inFlight' }),
    visibleAtMs: stays ? nowMs : nowMs + visibilityMs,
    receiveCount: message.receiveCount + 1,
    firstReceivedAtMs: message.firstReceivedAtMs ?? nowMs,
    receivedAtMs: nowMs,
    receipt: ctx.ids.hex(16),
  })
}

function attemptKey(queue: Queue, attemptId: string): string {
  return orderedKey(queue.store, attemptId)
}

/**
 * The same messages again, for a receive that is repeated under its attempt id, as long as none was
 * deleted, shown or given to someone else. Source: SQS API reference, ReceiveMessage.
 * Deviation: when one was, the receive is taken for a new one.
 */
function repeatedAttempt(
  ctx: Context,
  queue: Queue,
  { ReceiveRequestAttemptId: attemptId }: ReceiveMessageRequest,
  visibilityMs: number,
): Message[] | undefined {
  if (attemptId === undefined) return undefined
  const attempt = attempts.get(ctx, attemptKey(queue, attemptId))
  if (attempt === undefined || ctx.now() >= attempt.atMs + receiveAttemptIntervalMs)
    return undefined
  const found: Message[] = []
  for (const { key, receipt } of attempt.messages) {
    const message = messages.get(ctx, key)
    if (message?.state !== 'inFlight' || message.receipt !== receipt) return undefined
    found.push(message)
  }
  const visibleAtMs = ctx.now() + visibilityMs
  return found.map((message) => changeMessage(ctx, queue, message, { visibleAtMs }))
}

function rememberAttempt(
  ctx: Context,
  queue: Queue,
  { ReceiveRequestAttemptId: attemptId }: ReceiveMessageRequest,
  received: readonly Message[],
): void {
  if (attemptId === undefined || received.length === 0) return
  const untilMs = ctx.now() - receiveAttemptIntervalMs
  for (const old of attempts.scanIndex(ctx, 'age', { prefix: orderedKey(queue.store, '') })) {
    if (old.atMs > untilMs) break
    attempts.delete(ctx, attemptKey(queue, old.attemptId))
  }
  attempts.put(ctx, {
    store: queue.store,
    attemptId,
    atMs: ctx.now(),
    messages: received.map((message) => ({
      key: messageKey(message),
      receipt: message.receipt ?? '',
    })),
  })
}

function answer(
  ctx: Context,
  queue: Queue,
  input: ReceiveMessageRequest,
  received: readonly Message[],
): ReceiveMessageResult {
  if (received.length === 0) {
    measureQueue(ctx, queue, 'NumberOfEmptyReceives')
    return {}
  }
  measureQueue(ctx, queue, 'NumberOfMessagesReceived', received.length)
  const asked = askedAttributes(input)
  return { Messages: received.map((message) => shown(queue, message, asked, input)) }
}

function shown(
  queue: Queue,
  message: Message,
  asked: ReadonlySet<string>,
  { MessageAttributeNames = [] }: ReceiveMessageRequest,
): ReceivedMessage {
  const system = Object.entries(systemAttributes(message)).filter(
    ([name, value]) => value !== undefined && (asked.has('All') || asked.has(name)),
  )
  const attributes =
    message.attributes === undefined
      ? {}
      : attributesAskedFor(message.attributes, MessageAttributeNames)
  const hasAttributes = Object.keys(attributes).length > 0
  return {
    MessageId: message.messageId,
    ReceiptHandle: receiptHandle(queue, message),
    MD5OfBody: message.md5OfBody,
    Body: message.body,
    ...(system.length === 0 ? {} : { Attributes: Object.fromEntries(system) }),
    ...(hasAttributes
      ? {
          MD5OfMessageAttributes: md5OfAttributes(attributes),
          MessageAttributes: shownAttributes(attributes),
        }
      : {}),
  }
}

function systemAttributes(message: Message) {
  return {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAtMs),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs ?? 0),
    SequenceNumber: message.sequenceNumber,
    MessageDeduplicationId: message.deduplicationId,
    MessageGroupId: message.groupId,
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
  } as Record<string, string> // Entries without a value are filtered out by name and value.
}
