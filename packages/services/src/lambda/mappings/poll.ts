import { orderedKey } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import { DeleteMessageBatch, type Message, ReceiveMessage } from '@cloud-orrery/models/sqs'
import type { Caller, Context } from '../../context.ts'
import { task } from '../../define.ts'
import { noticeCame, type QueueNotice } from '../../shared/queue-watchers.ts'
import { isTransient } from '../../shared/transient-errors.ts'
import { execute } from '../invoke/execution.ts'
import { answering } from '../invoke/target.ts'
import { concurrencyMax as accountConcurrencyMax } from '../limits.ts'
import type { Found } from '../lookup.ts'
import { failedItems } from './batch-failures.ts'
import { passes } from './filters.ts'
import { pollTask } from './poll-name.ts'
import { pollerCaller } from './poller-session.ts'
import { functionOf, isPolling } from './polling.ts'
import { recordOf } from './records.ts'
import {
  gathered,
  gatheredMessages,
  type MappingRecord,
  mappings,
  pollers,
  pollRetries,
} from './state.ts'

/** Batches at work when a backlog begins, and how many more each minute. Source: developer guide, "Scaling" for SQS. */
const pollersFirst = 5
const pollersMorePerMinute = 300
const pollersMax = 1250

/** Largest event of a batch, in bytes: that of a synchronous invocation, less what surrounds the bodies. */
const batchBytesMax = 5_500_000

/**
 * After a failure of SQS or STS a queue is looked at again.
 * Deviation: AWS does not say how soon; ours is this, in ms. After a refusal only the next message makes it look.
 */
const pollRetryMs = 10_000

/** Messages of one ReceiveMessage. */
const receivedMax = 10

/** There may be messages in a queue: every mapping of it looks. */
export const pollQueue = task<QueueNotice>(pollTask, {
  run(ctx, notice) {
    noticeCame(ctx, notice)
    for (const { uuid } of mappings.where(ctx, 'source', notice.queueArn)) {
      ctx.after(0, poll, { uuid })
    }
  },
})

/** One poller: takes batch after batch until there is no more. */
export const poll = task<{ uuid: string }>('lambda.poll', {
  async run(ctx, { uuid }) {
    if ((pollRetries.get(ctx, uuid)?.atMs ?? Number.POSITIVE_INFINITY) <= ctx.now()) {
      pollRetries.delete(ctx, uuid)
    }
    const mapping = mappings.get(ctx, uuid)
    const found = mapping === undefined ? undefined : functionOf(ctx, mapping)
    if (mapping === undefined || found === undefined || !isPolling(mapping)) return
    if (!hasRoom(ctx, mapping)) return
    const id = ctx.ids.hex(12)
    const key = orderedKey(uuid, id)
    const runMs = (found.version.deployment.settings.timeoutSeconds + 60) * 1000
    const startedAtMs = ctx.now()
    pollers.put(ctx, { id, uuid, startedAtMs, untilMs: startedAtMs + runMs })
    try {
      while (await takeBatch(ctx, uuid)) {
        pollers.put(ctx, { id, uuid, startedAtMs, untilMs: ctx.now() + runMs })
      }
    } finally {
      pollers.delete(ctx, key)
    }
  },
})

/** Whether one more batch may be at work. Those that were lost with their process no longer count. */
function hasRoom(ctx: Context, { uuid, concurrencyMax }: MappingRecord): boolean {
  let count = 0
  let since = ctx.now()
  for (const it of [...pollers.scan(ctx, { prefix: `${uuid}\u0000` })]) {
    if (it.untilMs <= ctx.now()) {
      pollers.delete(ctx, orderedKey(uuid, it.id))
      continue
    }
    count += 1
    since = Math.min(since, it.startedAtMs)
  }
  const minutes = Math.floor((ctx.now() - since) / 60_000)
  const scaled = Math.min(pollersFirst + minutes * pollersMorePerMinute, pollersMax)
  return count < Math.min(scaled, concurrencyMax ?? accountConcurrencyMax)
}

/** One batch from queue to function. False when there was none: the poller is done. */
async function takeBatch(ctx: Context, uuid: string): Promise<boolean> {
  const mapping = mappings.get(ctx, uuid)
  const found = mapping === undefined ? undefined : functionOf(ctx, mapping)
  if (mapping === undefined || found === undefined || !isPolling(mapping)) return false
  let as: Caller
  let batch: readonly Message[]
  try {
    as = await pollerCaller(ctx, found.version.deployment.settings.roleArn)
    batch =
      mapping.windowSeconds === 0
        ? await receive(ctx, mapping, as, mapping.batchSize)
        : await gather(ctx, mapping, as)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    ctx.record('task', 'lambda.poll-failed', { uuid, code: error.code, message: error.message })
    if (isTransient(error)) pollLater(ctx, uuid)
    return false
  }
  if (batch.length === 0) return false
  // There may be more: another poller looks meanwhile.
  if (batch.length >= Math.min(mapping.batchSize, receivedMax)) ctx.after(0, poll, { uuid })
  return await handle(ctx, mapping, found, as, batch)
}

function pollLater(ctx: Context, uuid: string): void {
  if (pollRetries.has(ctx, uuid)) return
  pollRetries.put(ctx, { uuid, atMs: ctx.now() + pollRetryMs })
  ctx.after(pollRetryMs, poll, { uuid })
}

async function handle(
  ctx: Context,
  mapping: MappingRecord,
  found: Found,
  as: Caller,
  batch: readonly Message[],
): Promise<boolean> {
  const wanted: Message[] = []
  const unwanted: Message[] = []
  for (const message of batch) {
    const isWanted = passes(mapping, recordOf(mapping, message))
    ;(isWanted ? wanted : unwanted).push(message)
  }
  // What no filter lets through is deleted. Source: developer guide, "Event filtering" for SQS.
  if (unwanted.length > 0) await remove(ctx, mapping, as, unwanted)
  if (wanted.length === 0) return true
  const payload = JSON.stringify({ Records: wanted.map((message) => recordOf(mapping, message)) })
  const requestId = ctx.ids.uuid()
  let failed: readonly Message[] = wanted
  try {
    const { answer } = await execute(ctx, {
      fn: found.fn,
      version: answering(ctx, found),
      invokedArn: mapping.functionArn,
      requestId,
      payload,
    })
    if (!answer.failed)
      failed = mapping.reportsItemFailures ? failedItems(answer.payload, wanted) : []
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    // Throttled, or not to be run at all: the messages come back when their time of invisibility is over.
    ctx.record('task', 'lambda.poll-failed', {
      uuid: mapping.uuid,
      code: error.code,
      message: error.message,
    })
    return false
  }
  const done = failed.length === 0 ? wanted : wanted.filter((message) => !failed.includes(message))
  if (done.length > 0) await remove(ctx, mapping, as, done)
  return true
}

function queueUrl({ sourceArn }: MappingRecord): string {
  const [, , , region = '', accountId = '', name = ''] = sourceArn.split(':')
  return `https://sqs.${region}.amazonaws.com/${accountId}/${name}`
}

/** Takes up to so many messages out of the queue. */
async function receive(
  ctx: Context,
  mapping: MappingRecord,
  caller: Caller,
  countMax: number,
): Promise<Message[]> {
  const received: Message[] = []
  let bytes = 0
  while (received.length < countMax && bytes < batchBytesMax) {
    const { Messages = [] } = await ctx.call(
      ReceiveMessage,
      {
        QueueUrl: queueUrl(mapping),
        MaxNumberOfMessages: Math.min(receivedMax, countMax - received.length),
        WaitTimeSeconds: 20,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      },
      { as: { caller } },
    )
    if (Messages.length === 0) break
    for (const message of Messages) bytes += Buffer.byteLength(message.Body ?? '')
    received.push(...Messages)
  }
  return received
}

/** Collects messages until the batch is full or its window over; nothing before. */
async function gather(
  ctx: Context,
  mapping: MappingRecord,
  as: Caller,
): Promise<readonly Message[]> {
  const { uuid, batchSize, windowSeconds } = mapping
  const room = batchSize - (gathered.get(ctx, uuid)?.count ?? 0)
  const fresh = await receive(ctx, mapping, as, room)
  const before = gathered.get(ctx, uuid)
  const sinceMs = before?.sinceMs ?? ctx.now()
  const count = (before?.count ?? 0) + fresh.length
  const bytes = fresh.reduce(
    (sum, { Body = '' }) => sum + Buffer.byteLength(Body),
    before?.bytes ?? 0,
  )
  const over = ctx.now() >= sinceMs + windowSeconds * 1000
  if (count >= batchSize || bytes >= batchBytesMax || over) return [...taken(ctx, uuid), ...fresh]
  if (fresh.length === 0) return []
  for (const [index, message] of fresh.entries()) {
    gatheredMessages.put(ctx, { uuid, number: (before?.count ?? 0) + index, message })
  }
  gathered.put(ctx, { uuid, sinceMs, count, bytes })
  if (before === undefined) ctx.after(windowSeconds * 1000, poll, { uuid })
  return []
}

/** What was gathered, which begins anew. */
function taken(ctx: Context, uuid: string): Message[] {
  gathered.delete(ctx, uuid)
  const records = [...gatheredMessages.scan(ctx, { prefix: `${uuid}\u0000` })]
  for (const { number } of records) gatheredMessages.delete(ctx, orderedKey(uuid, number))
  return records.map(({ message }) => message)
}

async function remove(
  ctx: Context,
  mapping: MappingRecord,
  caller: Caller,
  done: readonly Message[],
): Promise<void> {
  for (let i = 0; i < done.length; i += receivedMax) {
    const Entries = done.slice(i, i + receivedMax).map(({ ReceiptHandle = '' }, at) => ({
      Id: String(at),
      ReceiptHandle,
    }))
    try {
      await ctx.call(
        DeleteMessageBatch,
        { QueueUrl: queueUrl(mapping), Entries },
        { as: { caller } },
      )
    } catch (error) {
      if (!(error instanceof AwsError)) throw error // They come back, and are handled again.
    }
  }
}
