/**
 * What a queue of a million messages costs an operation, over what a queue of a thousand costs it: by the
 * handler alone, and by `call`, that is through the whole request path. Each depth is reached in a fresh
 * cloud, in batches of ten; times are those of single operations at that depth. At the end the deepest
 * queue is emptied, ten by ten.
 * Run: node bench/sqs-million.ts [largest depth], compiled.
 */
import { call, createCloud } from '@cloud-orrery/cloud'
import type { Operation } from '@cloud-orrery/models'
import {
  CreateQueue,
  DeleteMessage,
  DeleteMessageBatch,
  GetQueueAttributes,
  ReceiveMessage,
  SendMessage,
  SendMessageBatch,
} from '@cloud-orrery/models/sqs'
import { printTable, type Row } from './table.ts'

/** DESIGN, "Figures to reach": no operation over ten times its time at a thousand. */
const ratioMax = 10
/** Operations of each kind that are timed at a depth. */
const samples = 1000
const largest = Number(process.argv[2] ?? 1_000_000)
const depths = [1_000, 10_000, 100_000, 1_000_000].filter((depth) => depth <= largest)
const body = JSON.stringify({ order: 4711, items: ['a', 'b'], note: 'x'.repeat(100) })

type Invoke = <I, O>(operation: Operation<I, O>, input: I) => O | Promise<O>

interface Way {
  readonly name: string
  readonly open: () => Promise<Invoke>
}

const ways: readonly Way[] = [
  {
    name: 'handler',
    async open() {
      const cloud = createCloud()
      const service = await cloud.services.load('sqs')
      const accountId = cloud.defaultAccountId
      const arn = `arn:aws:iam::${accountId}:root`
      const ctx = cloud.contextOfCall(service, {
        door: 'in-process',
        requestId: 'bench',
        caller: { principal: { kind: 'root', accountId, arn } },
        accountId,
        region: cloud.defaultRegion,
        cause: undefined,
        decisions: [],
      })
      // The handler is tied to the operation's own descriptor.
      return (operation, input) =>
        cloud.services.handler('sqs', operation.name)?.run(ctx, input) as never
    },
  },
  {
    name: 'call',
    async open() {
      // The journal of a million calls is another matter than the queue.
      const cloud = createCloud({ journalEntriesMax: 1000 })
      return (operation, input) => call(cloud, operation, input)
    },
  },
]

/** Microseconds an operation. */
type Times = Readonly<Record<'send' | 'receive' | 'delete' | 'attributes', number>>

async function perOperation(count: number, work: () => unknown): Promise<number> {
  const startedAt = performance.now()
  for (let i = 0; i < count; i += 1) await work()
  return ((performance.now() - startedAt) * 1000) / count
}

async function atDepth(
  way: Way,
  depth: number,
): Promise<{ times: Times; drain: () => Promise<number> }> {
  const invoke = await way.open()
  const { QueueUrl = '' } = await invoke(CreateQueue, { QueueName: 'deep' })
  const sendOne = () => invoke(SendMessage, { QueueUrl, MessageBody: body })
  const handles: string[] = []
  const receiveOne = async () => {
    const { Messages = [] } = await invoke(ReceiveMessage, { QueueUrl })
    for (const { ReceiptHandle = '' } of Messages) handles.push(ReceiptHandle)
  }
  const deleteOne = () => invoke(DeleteMessage, { QueueUrl, ReceiptHandle: handles.pop() ?? '' })
  const batch = Array.from({ length: 10 }, (_, i) => ({ Id: String(i), MessageBody: body }))
  await perOperation((depth - samples) / 10, () =>
    invoke(SendMessageBatch, { QueueUrl, Entries: batch }),
  )
  const send = await perOperation(samples, sendOne)
  // What was received is put back by new messages, so that the depth stays.
  const receive = await perOperation(samples, receiveOne)
  const deletion = await perOperation(samples, deleteOne)
  await perOperation(samples, sendOne)
  const attributes = await perOperation(samples, () =>
    invoke(GetQueueAttributes, { QueueUrl, AttributeNames: ['All'] }),
  )
  const drain = async () => {
    const startedAt = performance.now()
    for (let i = 0; i < depth / 10; i += 1) {
      const { Messages = [] } = await invoke(ReceiveMessage, {
        QueueUrl,
        MaxNumberOfMessages: 10,
      })
      const Entries = Messages.map(({ ReceiptHandle = '' }, at) => ({
        Id: String(at),
        ReceiptHandle,
      }))
      await invoke(DeleteMessageBatch, { QueueUrl, Entries })
    }
    const left = await invoke(GetQueueAttributes, {
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    })
    if (Object.values(left.Attributes ?? {}).some((count) => count !== '0')) {
      throw new Error('The queue is not empty')
    }
    return (performance.now() - startedAt) / 1000
  }
  return { times: { send, receive, delete: deletion, attributes }, drain }
}

for (const way of ways) {
  await atDepth(way, 10_000) // Warms up.
  const found = new Map<number, Times>()
  let drainedS = 0
  for (const depth of depths) {
    const { times, drain } = await atDepth(way, depth)
    found.set(depth, times)
    if (depth === depths.at(-1)) drainedS = await drain()
  }
  const first = found.get(1_000)
  const rows: Row[] = []
  for (const name of ['send', 'receive', 'delete', 'attributes'] as const) {
    const each = depths.map((depth) => found.get(depth)?.[name] ?? Number.NaN)
    const ratio = (each.at(-1) ?? Number.NaN) / (first?.[name] ?? Number.NaN)
    rows.push({
      what: `SQS ${name} by ${way.name}: µs at ${depths.map((depth) => depth.toLocaleString('en')).join(' / ')}`,
      value: `${each.map((us) => us.toFixed(1)).join(' / ')} (last over first ${ratio.toFixed(2)})`,
      target: `ratio <= ${ratioMax}`,
      ok: ratio <= ratioMax,
    })
  }
  const each = (drainedS * 1e6) / largest
  rows.push({
    what: `${largest.toLocaleString('en')} SQS messages received and deleted by ${way.name}, ten by ten`,
    value: `${drainedS.toFixed(1)} s, ${each.toFixed(1)} µs a message`,
    target: 'all of them',
    ok: true,
  })
  printTable(`SQS by ${way.name}`, rows)
}
