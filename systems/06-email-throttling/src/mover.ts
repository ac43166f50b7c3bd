import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { gather, hasWork, type Received, remove } from './lanes.ts'
import { type Lane, setting } from './settings.ts'

const sqs = new SQSClient({})

/** Messages that wait in the merged queue at most: a few seconds of the highest rates, so that a new campaign need not wait. */
const mergedMax = 100

const batchMax = 10

/**
 * One tick: moves messages of all campaigns into the FIFO queue, each campaign by its part. A message leaves its own queue
 * when the other one has it, and has its own id there for deduplication: moved twice, it is there once.
 */
export async function handler(tick: { probe?: boolean }) {
  const lanes = JSON.parse(setting('LANES')) as Lane[] // Written by the stack.
  const url = setting('MERGED_URL')
  if (tick.probe === true) return { busy: await hasWork(sqs, lanes) }
  const messages = await gather(sqs, lanes, Math.max(0, mergedMax - (await waiting(url))))
  const moved: Received[] = []
  for (let first = 0; first < messages.length; first += batchMax) {
    moved.push(...(await move(url, interleaved(messages).slice(first, first + batchMax))))
  }
  await remove(sqs, moved)
  return { busy: moved.length > 0 }
}

async function waiting(QueueUrl: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages' as const]
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0)
}

/** The campaigns' messages in turn, evenly over the whole. */
function interleaved(messages: readonly Received[]): Received[] {
  const perLane = Map.groupBy(messages, ({ lane }) => lane.url)
  const placed = [...perLane.values()].flatMap((own) =>
    own.map((message, index) => ({ message, place: (index + 0.5) / own.length })),
  )
  return placed.sort((a, b) => a.place - b.place).map(({ message }) => message)
}

async function move(QueueUrl: string, messages: readonly Received[]): Promise<Received[]> {
  const Entries = messages.map(({ id, text }, index) => ({
    Id: String(index),
    MessageBody: text,
    MessageAttributes: { SourceId: { DataType: 'String', StringValue: id } },
    MessageDeduplicationId: id,
    // A group of its own for each: one that waits blocks no other, and the order of sending stands all the same.
    MessageGroupId: id,
  }))
  const { Successful = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  const done = new Set(Successful.map(({ Id }) => Number(Id)))
  return messages.filter((_, index) => done.has(index))
}
