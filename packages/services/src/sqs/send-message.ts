import { hash } from 'node:crypto'
import {
  type MessageAttributeValue,
  type MessageSystemAttributeValue,
  SendMessage,
  SendMessageBatch,
} from '@cloud-orrery/models/sqs'
import type { Caller, Context } from '../context.ts'
import { operation } from '../define.ts'
import { checkEntries, eachEntry } from './batches.ts'
import { contentId, remember, repeated } from './deduplication.ts'
import { encrypted } from './encryption.ts'
import * as errors from './errors.ts'
import { delaySecondsMax, messageBytesMax } from './limits.ts'
import { bytesOfAttributes, md5OfAttributes, storedAttributes } from './message-attributes.ts'
import { addMessage, nextSequence } from './message-store.ts'
import { measureQueue } from './metrics.ts'
import { onQueue, queueOfUrl, scopeOfUrl } from './queue-urls.ts'
import type { Message, MessageDataKey, Queue, StoredAttributes } from './state.ts'
import { wakeReceivers } from './waiting.ts'

/** As errors of a batch call its entries. */
const entryName = 'SendMessageBatchRequestEntry'

/** What one message and one entry of a batch have in common. */
interface Sending {
  readonly MessageBody: string
  readonly DelaySeconds?: number | undefined
  readonly MessageAttributes?: Readonly<Record<string, MessageAttributeValue>> | undefined
  readonly MessageSystemAttributes?:
    | Readonly<Record<string, MessageSystemAttributeValue>>
    | undefined
  readonly MessageDeduplicationId?: string | undefined
  readonly MessageGroupId?: string | undefined
}

export const sendMessage = operation(SendMessage, {
  authorize: onQueue(),
  provenance: 'recorded',
  scope: scopeOfUrl,
  trail: { kind: 'data' },
  run(ctx, input) {
    queueOfUrl(ctx, input.QueueUrl)
    if (input.MessageBody === '') throw errors.missingParameter('MessageBody')
    return encrypted(ctx, input.QueueUrl, (queue, dataKey) => {
      if (queue.fifo && !input.MessageGroupId) throw errors.missingParameter('MessageGroupId')
      return send(ctx, queue, input, dataKey)
    })
  },
})

export const sendMessageBatch = operation(SendMessageBatch, {
  authorize: onQueue('SendMessage'),
  provenance: 'recorded',
  scope: scopeOfUrl,
  trail: { kind: 'data' },
  run(ctx, { QueueUrl, Entries }) {
    queueOfUrl(ctx, QueueUrl)
    checkEntries(entryName, Entries)
    return encrypted(ctx, QueueUrl, (queue, dataKey) =>
      eachEntry(entryName, Entries, {
        before() {
          const bytes = Entries.reduce((sum, entry) => sum + bytesOf(entry), 0)
          if (bytes > messageBytesMax) throw errors.batchTooLong(bytes, messageBytesMax)
          for (const entry of Entries) checkFifoIds(queue, entry)
        },
        each({ Id, ...entry }) {
          if (!entry.MessageBody) throw errors.missingParameter('MessageBody')
          return { Id, ...send(ctx, queue, entry, dataKey) }
        },
      }),
    )
  },
})

/** Recorded: sqs, SendMessageBatch: one entry without its ids fails the whole batch. */
function checkFifoIds(queue: Queue, { MessageGroupId, MessageDeduplicationId }: Sending): void {
  if (!queue.fifo) return
  if (!MessageGroupId) {
    throw errors.invalidParameter('The request must contain the parameter MessageGroupId.')
  }
  const byContent = queue.settings['ContentBasedDeduplication'] === 'true'
  if (MessageDeduplicationId === undefined && !byContent) throw errors.noDeduplicationId()
}

function bytesOf({ MessageBody, MessageAttributes = {} }: Sending): number {
  let bytes = Buffer.byteLength(MessageBody ?? '')
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(MessageAttributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType ?? '')
    bytes += BinaryValue?.length ?? Buffer.byteLength(StringValue ?? '')
  }
  return bytes
}

/**
 * Puts one message into the queue, once its caller has checked what the whole request needs.
 * Deviation: `AWSTraceHeader` is what the request's parameter says; AWS takes the header `X-Amzn-Trace-Id` too.
 */
function send(ctx: Context, queue: Queue, sending: Sending, dataKey: MessageDataKey | undefined) {
  const { MessageBody: body, MessageAttributes = {}, MessageSystemAttributes = {} } = sending
  checkBody(body)
  const attributes = storedAttributes(MessageAttributes)
  const bytes = checkedSize(queue, body, attributes)
  const systemAttributes = storedSystemAttributes(MessageSystemAttributes)
  const delayMs = 1000 * delaySeconds(queue, sending)
  const md5OfBody = hash('md5', body)
  const sent = identity(queue, sending)
  const answer = {
    MD5OfMessageBody: md5OfBody,
    ...(Object.keys(attributes).length === 0
      ? {}
      : { MD5OfMessageAttributes: md5OfAttributes(attributes) }),
    ...(Object.keys(systemAttributes).length === 0
      ? {}
      : { MD5OfMessageSystemAttributes: md5OfAttributes(systemAttributes) }),
  }
  const earlier = sent.fifo === undefined ? undefined : repeated(ctx, queue, sent.fifo)
  if (earlier !== undefined) {
    const { messageId, sequenceNumber } = earlier
    return { ...answer, MessageId: messageId, SequenceNumber: sequenceNumber }
  }
  const sequence = nextSequence(ctx, queue)
  const nowMs = ctx.now()
  const traceHeader = systemAttributes['AWSTraceHeader']?.stringValue
  const message: Message = {
    store: queue.store,
    enqueuedAtMs: nowMs,
    sequence,
    fifo: queue.fifo,
    messageId: ctx.ids.uuid(),
    body,
    md5OfBody,
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    ...(traceHeader === undefined ? {} : { traceHeader }),
    ...(dataKey === undefined ? {} : { dataKey }),
    senderId: senderId(ctx.caller),
    sentAtMs: nowMs,
    ...sent.fields,
    ...(queue.fifo ? { sequenceNumber: sequenceNumber(sequence) } : {}),
    state: delayMs === 0 ? 'ready' : 'delayed',
    visibleAtMs: nowMs + delayMs,
    receiveCount: 0,
  }
  addMessage(ctx, queue, message)
  measureQueue(ctx, queue, 'NumberOfMessagesSent')
  measureQueue(ctx, queue, 'SentMessageSize', bytes)
  if (sent.fifo !== undefined) remember(ctx, queue, sent.fifo, message)
  wakeReceivers(ctx, queue, delayMs === 0 ? 1 : undefined)
  const number = message.sequenceNumber
  return {
    ...answer,
    MessageId: message.messageId,
    ...(number === undefined ? {} : { SequenceNumber: number }),
  }
}

/** Source: SQS API reference, SendMessage, `MessageBody`. */
const validBody = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u

function checkBody(body: string): void {
  if (!validBody.test(body)) throw errors.invalidMessageContents()
}

/** In bytes. */
function checkedSize(queue: Queue, body: string, attributes: StoredAttributes): number {
  const bytesMax = Number(queue.settings['MaximumMessageSize'])
  const bytes = Buffer.byteLength(body) + bytesOfAttributes(attributes)
  if (bytes > bytesMax) throw errors.messageTooLong(bytesMax)
  return bytes
}

function storedSystemAttributes(
  attributes: Readonly<Record<string, MessageSystemAttributeValue>>,
): StoredAttributes {
  for (const [name, { DataType, StringValue }] of Object.entries(attributes)) {
    if (name !== 'AWSTraceHeader') {
      throw errors.invalidParameter(`Message system attribute name '${name}' is invalid.`)
    }
    if (DataType !== 'String' || !StringValue) {
      throw errors.invalidParameter(
        `The message system attribute '${name}' must contain non-empty message system attribute value of type 'String'.`,
      )
    }
  }
  return storedAttributes(attributes)
}

function delaySeconds(queue: Queue, { DelaySeconds }: Sending): number {
  if (DelaySeconds === undefined) return Number(queue.settings['DelaySeconds'])
  if (DelaySeconds < 0 || DelaySeconds > delaySecondsMax) {
    throw errors.invalidValue(
      DelaySeconds,
      'DelaySeconds',
      `DelaySeconds must be >= 0 and <= ${delaySecondsMax}.`,
    )
  }
  if (!queue.fifo) return DelaySeconds
  if (DelaySeconds !== 0) {
    throw errors.invalidValue(
      DelaySeconds,
      'DelaySeconds',
      'The request include parameter that is not valid for this queue type.',
    )
  }
  return Number(queue.settings['DelaySeconds'])
}

/** Source: SQS API reference, SendMessage, `MessageDeduplicationId` and `MessageGroupId`. */
const validId = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/

function identity(queue: Queue, sending: Sending) {
  const { MessageBody, MessageGroupId: groupId, MessageDeduplicationId } = sending
  checkId('MessageDeduplicationId', MessageDeduplicationId)
  checkId('MessageGroupId', groupId)
  if (!queue.fifo) {
    if (MessageDeduplicationId !== undefined) {
      throw errors.invalidValue(
        MessageDeduplicationId,
        'MessageDeduplicationId',
        'The request includes a parameter that is not valid for this queue type.',
      )
    }
    return { fields: groupId === undefined ? {} : { groupId }, fifo: undefined }
  }
  const byContent = queue.settings['ContentBasedDeduplication'] === 'true'
  const deduplicationId = MessageDeduplicationId ?? (byContent ? contentId(MessageBody) : undefined)
  if (deduplicationId === undefined) throw errors.noDeduplicationId()
  const fifo = { groupId: groupId ?? '', deduplicationId }
  return { fields: fifo, fifo }
}

function checkId(parameter: string, id: string | undefined): void {
  if (id === undefined || validId.test(id)) return
  throw errors.invalidValue(
    id,
    parameter,
    `${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  )
}

/** Twenty digits that grow; AWS leaves gaps of 256. Source: SQS Developer Guide, "FIFO queue key terms". */
function sequenceNumber(sequence: number): string {
  return String(18_850_000_000_000_000_000n + BigInt(sequence) * 256n)
}

/** Source: SQS API reference, ReceiveMessage, `SenderId`. */
export function senderId({ principal, sourceIp }: Caller): string {
  switch (principal.kind) {
    case 'user':
      return principal.userId
    case 'role-session':
      return `${principal.roleId}:${principal.sessionName}`
    case 'root':
      return principal.accountId
    case 'federated-user':
      return principal.arn
    case 'service':
      return principal.service
    case 'federated':
      return principal.provider
    case 'anonymous':
      return sourceIp ?? 'anonymous'
  }
}
