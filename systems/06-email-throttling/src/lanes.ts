import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { Lane } from './settings.ts'
import { parts, sideBySide } from './side-by-side.ts'

/** A message that was received, and from where. */
export interface Received {
  readonly lane: Lane
  /** Names the mail wherever its message goes: what a mover set, or the message's own id. */
  readonly id: string
  readonly text: string
  readonly receiptHandle: string
  readonly receiveCount: number
}

/** Messages that one call takes or deletes. Source: SQS API Reference, ReceiveMessage, DeleteMessageBatch. */
const batchMax = 10

/**
 * Takes up to `count` messages: from each lane its part, and from the others what a lane does not have. No more are
 * received than are asked for, so that none has to be given back.
 */
export async function gather(
  sqs: SQSClient,
  lanes: readonly Lane[],
  count: number,
): Promise<Received[]> {
  const gathered: Received[] = []
  const smallestFirst = [...lanes].sort((a, b) => a.part - b.part)
  for (const lane of smallestFirst) {
    const isLast = lane === smallestFirst.at(-1)
    const own = isLast ? count - gathered.length : Math.max(1, Math.round(count * lane.part))
    gathered.push(...(await receive(sqs, lane, Math.min(own, count - gathered.length))))
  }
  for (const lane of smallestFirst.slice(0, -1)) {
    if (gathered.length >= count) break
    gathered.push(...(await receive(sqs, lane, count - gathered.length)))
  }
  return gathered
}

async function receive(sqs: SQSClient, lane: Lane, count: number): Promise<Received[]> {
  const received: Received[] = []
  while (received.length < count) {
    const missing = Array.from({ length: count - received.length })
    // One call first: most lanes have less than they may send.
    const calls = parts(missing, batchMax).slice(0, received.length === 0 ? 1 : missing.length)
    const found = await sideBySide(calls, ({ length }) => receiveSome(sqs, lane, length))
    received.push(...found.flat())
    if (found.some(({ length }) => length === 0)) break
  }
  return received
}

async function receiveSome(sqs: SQSClient, lane: Lane, count: number): Promise<Received[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: lane.url,
      MaxNumberOfMessages: count,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      MessageAttributeNames: ['SourceId'],
    }),
  )
  return Messages.map((message) => receivedOf(lane, message))
}

function receivedOf(lane: Lane, message: Message): Received {
  return {
    lane,
    id: message.MessageAttributes?.['SourceId']?.StringValue ?? message.MessageId ?? '',
    text: message.Body ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
  }
}

/** Deletes what was done. What cannot be deleted comes again, and the ledger knows it. */
export async function remove(sqs: SQSClient, done: readonly Received[]): Promise<void> {
  for (const url of new Set(done.map(({ lane }) => lane.url))) {
    const own = done.filter(({ lane }) => lane.url === url)
    await sideBySide(parts(own, batchMax), (some) => {
      const Entries = some.map(({ receiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
      }))
      return sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }))
    })
  }
}

/** Lets a message be received again, after a time in seconds. */
export async function giveBack(sqs: SQSClient, message: Received, seconds: number): Promise<void> {
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: message.lane.url,
      ReceiptHandle: message.receiptHandle,
      VisibilityTimeout: seconds,
    }),
  )
}

/** Receives after which a message that cannot be sent is laid aside. */
const receivesMax = 5

/** A message that nobody can send: it is tried again, and then laid aside with the reason. */
export async function refuse(sqs: SQSClient, message: Received, reason: string): Promise<void> {
  console.error(JSON.stringify({ refused: message.id, reason, receives: message.receiveCount }))
  if (message.receiveCount < receivesMax) return await giveBack(sqs, message, 0)
  const { lane, text, receiptHandle, id } = message
  const attribute = (StringValue: string) => ({ DataType: 'String', StringValue })
  const fifo = lane.deadLetterUrl.endsWith('.fifo')
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: lane.deadLetterUrl,
      MessageBody: text,
      MessageAttributes: { Reason: attribute(reason), SourceId: attribute(id) },
      ...(fifo && { MessageGroupId: id, MessageDeduplicationId: id }),
    }),
  )
  await sqs.send(new DeleteMessageCommand({ QueueUrl: lane.url, ReceiptHandle: receiptHandle }))
}

/** Whether any lane has messages that could be received. */
export async function hasWork(sqs: SQSClient, lanes: readonly Lane[]): Promise<boolean> {
  for (const { url } of lanes) {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    )
    if (Number(Attributes?.ApproximateNumberOfMessages ?? 0) > 0) return true
  }
  return false
}
