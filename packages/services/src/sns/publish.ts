import { createHash } from 'node:crypto'
import {
  Publish,
  type PublishBatchRequestEntry,
  type PublishResponse,
} from '@cloud-orrery/models/sns'
import type { Context } from '../context.ts'
import { operation, task } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { accountOf, judgedArn } from './arns.ts'
import { fanOut, type Texts } from './delivery/fan-out.ts'
import { encrypted } from './encryption.ts'
import { invalidParameter } from './errors.ts'
import { deduplicationMs, messageBytesMax, subjectCharactersMax } from './limits.ts'
import {
  attributesBytes,
  readMessageAttributes,
  type StoredAttributes,
} from './message-attributes.ts'
import { measureTopic } from './metrics.ts'
import { deduplicationKey, deduplications, type Message, sequences, type Topic } from './state.ts'
import { requireTopic } from './topics.ts'

/** One request in, one scheduled delivery per matching subscriber. */
export const publish = operation(Publish, {
  authorize: ({ TopicArn, TargetArn }) => ({ resource: judgedArn(TopicArn ?? TargetArn) }),
  scope: ({ TopicArn, TargetArn }) => accountOf(TopicArn ?? TargetArn),
  provenance: 'recorded',
  trail: { kind: 'data' },
  run(ctx, input) {
    const { TopicArn, TargetArn, PhoneNumber } = input
    const draft = readDraft(input)
    if (draft.bytes > messageBytesMax) throw invalidParameter('Message too long')
    if (PhoneNumber !== undefined) return refusePhone(PhoneNumber)
    if (TopicArn === undefined && TargetArn === undefined) {
      throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter')
    }
    if (TargetArn?.includes(':endpoint/')) throw notModelled('mobile endpoints of SNS')
    const arn = TopicArn ?? TargetArn
    requireOrdering((arn ?? '').endsWith('.fifo'), input)
    const topic = requireTopic(ctx, arn, TopicArn === undefined ? 'TargetArn' : 'TopicArn')
    requireDeduplication(topic, input)
    return encrypted(ctx, topic, (as) => send(ctx, as, draft))
  },
})

/** A message that was checked by itself. */
export interface Draft {
  readonly body: string
  readonly texts: Texts
  readonly subject?: string
  readonly attributes: StoredAttributes
  readonly groupId?: string
  readonly deduplicationId?: string
  readonly bytes: number
}

type Content = Omit<PublishBatchRequestEntry, 'Id'>

/** Checks what a message says about itself. Recorded: sns, Publish. */
export function readDraft(input: Content): Draft {
  const { Message: message, Subject, MessageStructure, MessageAttributes = {} } = input
  if (Subject !== undefined && !isSubject(Subject)) throw invalidParameter('Subject')
  if (message === '') throw invalidParameter('Empty message')
  const attributes = readMessageAttributes(MessageAttributes)
  const bytes = Buffer.byteLength(message) + attributesBytes(attributes)
  const texts = readTexts(message, MessageStructure)
  return {
    body: texts['default'] ?? message,
    texts,
    ...(Subject === undefined ? {} : { subject: Subject }),
    attributes,
    ...(input.MessageGroupId === undefined ? {} : { groupId: input.MessageGroupId }),
    ...(input.MessageDeduplicationId === undefined
      ? {}
      : { deduplicationId: input.MessageDeduplicationId }),
    bytes,
  }
}

/** One line of at most 100 characters, without control characters. Source: SNS API reference, Publish, `Subject`. */
function isSubject(subject: string): boolean {
  return subject !== '' && [...subject].length <= subjectCharactersMax && !/\p{Cc}/u.test(subject)
}

function readTexts(message: string, structure: string | undefined): Texts {
  if (structure === undefined) return {}
  if (structure !== 'json') throw invalidParameter('MessageStructure')
  let value: unknown
  try {
    value = JSON.parse(message)
  } catch {
    throw invalidParameter('Message Structure - JSON message body failed to parse')
  }
  const texts = Object.fromEntries(
    Object.entries(typeof value === 'object' && value !== null ? value : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )
  if (texts['default'] === undefined) {
    throw invalidParameter('Message Structure - No default entry in JSON message body')
  }
  return texts
}

/** Recorded: sns, Publish, wrong phone numbers. */
function refusePhone(number: string): never {
  if (!/^\+[1-9]\d{1,14}$/.test(number)) {
    throw invalidParameter(`PhoneNumber Reason: ${number} is not valid to publish to`)
  }
  throw notModelled('text messages (PhoneNumber of sns:Publish)')
}

/** Recorded: sns, PublishBatch, `no-group-id`. */
export function requireOrdering(
  isFifo: boolean,
  { MessageGroupId, MessageDeduplicationId }: Content,
): void {
  if (isFifo && MessageGroupId === undefined) {
    throw invalidParameter('The MessageGroupId parameter is required for FIFO topics')
  }
  if (!isFifo && MessageDeduplicationId !== undefined) {
    throw invalidParameter(
      'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    )
  }
}

/** Recorded: sns, PublishBatch, `no-dedup-id`. */
export function requireDeduplication(topic: Topic, { MessageDeduplicationId }: Content): void {
  if (!topic.isFifo || MessageDeduplicationId !== undefined) return
  if (topic.attributes['ContentBasedDeduplication'] === 'true') return
  throw invalidParameter(
    'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  )
}

/** Takes a message and starts its deliveries. */
export function send(ctx: Context, topic: Topic, draft: Draft): PublishResponse {
  const { body, texts, attributes, subject, groupId } = draft
  const message: Message = {
    type: 'Notification',
    id: ctx.ids.uuid(),
    topicArn: topic.arn,
    body,
    ...(subject === undefined ? {} : { subject }),
    publishedAtMs: ctx.now(),
    attributes,
    ...(groupId === undefined ? {} : { groupId }),
  }
  measureTopic(ctx, topic.arn, 'NumberOfMessagesPublished')
  measureTopic(ctx, topic.arn, 'PublishSize', draft.bytes)
  if (topic.isFifo) return sendInOrder(ctx, topic, message, draft)
  const signatureVersion = topic.attributes['SignatureVersion'] === '2' ? '2' : '1'
  fanOut(ctx, topic, { ...message, signatureVersion }, texts)
  return { MessageId: message.id }
}

/** A duplicate is answered as its original was, and goes nowhere. Recorded: sns, `republish-batch-response-fifo`. */
function sendInOrder(
  ctx: Context,
  topic: Topic,
  message: Message,
  { body, texts, groupId = '', ...draft }: Draft,
): PublishResponse {
  const deduplicationId = draft.deduplicationId ?? createHash('sha256').update(body).digest('hex')
  const isByGroup = topic.attributes['FifoThroughputScope'] === 'MessageGroup'
  const place = { topicName: topic.name, groupId: isByGroup ? groupId : '', deduplicationId }
  const known = deduplications.get(ctx, deduplicationKey(place))
  if (known !== undefined) {
    return { MessageId: known.messageId, SequenceNumber: known.sequenceNumber }
  }
  const count = (sequences.get(ctx, topic.name)?.count ?? 0) + 1
  sequences.put(ctx, { topicName: topic.name, count })
  const sequenceNumber = String(10n ** 19n + BigInt(count) * 1000n)
  deduplications.put(ctx, { ...place, messageId: message.id, sequenceNumber })
  ctx.after(deduplicationMs, forgetDuplicate, { key: deduplicationKey(place) })
  fanOut(ctx, topic, { ...message, deduplicationId, sequenceNumber }, texts, count)
  return { MessageId: message.id, SequenceNumber: sequenceNumber }
}

export const forgetDuplicate = task<{ key: string }>('sns.forgetDuplicate', {
  run(ctx, { key }) {
    deduplications.delete(ctx, key)
  },
})
