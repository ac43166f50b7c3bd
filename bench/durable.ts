/**
 * What keeping costs: writes that are on disk when they are answered, a restart with many records, a replay beside the
 * run it is of. Run: node bench/durable.ts, compiled.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { type Cloud, call, client, compareReplay, createCloud, record } from '@cloud-orrery/cloud'
import { DurableCloud } from '@cloud-orrery/cloud/persistence'
import { SendMessage } from '@cloud-orrery/models/sqs'
import { printTable, type Row } from './table.ts'

const records = 100_000
const callers = 64
const writes = 20_000

const rows: Row[] = []
const folder = mkdtempSync(join(tmpdir(), 'orrery-durable-'))

async function queueIn(cloud: Cloud): Promise<string> {
  const sqs = client(cloud, SQSClient)
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'bench' }))
  return QueueUrl
}

/** Calls by so many callers, each the next when its last was answered. */
async function writesIn(cloud: Cloud, count: number): Promise<number> {
  const QueueUrl = await queueIn(cloud)
  const startedAt = performance.now()
  let left = count
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (left > 0) {
        left -= 1
        await call(cloud, SendMessage, { QueueUrl, MessageBody: 'a message of some length' })
      }
    }),
  )
  return (count / (performance.now() - startedAt)) * 1000
}

async function durableWrites(): Promise<void> {
  const path = join(folder, 'writes')
  const durable = await DurableCloud.open(path, { cloud: { clock: { kind: 'real' } } })
  await writesIn(durable.cloud, 2_000)
  const perSecond = await writesIn(durable.cloud, writes)
  await durable.close()
  const memory = createCloud({ clock: { kind: 'real' } })
  await writesIn(memory, 2_000)
  const inMemory = await writesIn(memory, writes)
  memory.close()
  rows.push({
    what: `writes a second, each on disk when answered (${callers} callers; ${Math.round(inMemory).toLocaleString('en')} in memory)`,
    value: Math.round(perSecond).toLocaleString('en'),
    target: '>= 5,000',
    ok: perSecond >= 5_000,
  })
}

async function restarts(): Promise<void> {
  const path = join(folder, 'records')
  const options = { cloud: { clock: { kind: 'held' } } } as const
  const durable = await DurableCloud.open(path, options)
  const QueueUrl = await queueIn(durable.cloud)
  const sqs = client(durable.cloud, SQSClient)
  for (let i = 0; i < records / 10; i += 1) {
    const Entries = Array.from({ length: 10 }, (_, n) => ({ Id: `${n}`, MessageBody: `${i}.${n}` }))
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  }
  await durable.close()
  const startedAt = performance.now()
  const again = await DurableCloud.open(path, options)
  const received = await client(again.cloud, SQSClient).send(
    new ReceiveMessageCommand({ QueueUrl }),
  )
  const tookMs = performance.now() - startedAt
  await again.close()
  rows.push({
    what: `restart with ${records.toLocaleString('en')} records, to the first answered call`,
    value: `${Math.round(tookMs)} ms`,
    target: '< 1 s',
    ok: tookMs < 1_000 && received.Messages?.length === 1,
  })
}

/** A run with waiting in it, as runs of people are: ten messages a second for two minutes, ten times as fast. */
async function replays(): Promise<void> {
  const cloud = createCloud({ clock: { kind: 'fast', factor: 10 } })
  const QueueUrl = await queueIn(cloud)
  const sqs = client(cloud, SQSClient)
  const startedAt = performance.now()
  for (let i = 0; i < 60; i += 1) {
    const Entries = Array.from({ length: 10 }, (_, n) => ({ Id: `${n}`, MessageBody: `${i}.${n}` }))
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const runMs = performance.now() - startedAt
  cloud.close()
  const recording = record(cloud)
  const replayedAt = performance.now()
  const { difference } = await compareReplay(recording)
  const replayMs = performance.now() - replayedAt
  rows.push({
    what: `replay of a run of ${(runMs / 1000).toFixed(1)} s (${recording.entered.length} entries), compared too`,
    value: `${Math.round(runMs / replayMs)}x as fast`,
    target: '>= 20x',
    ok: runMs / replayMs >= 20 && difference === undefined,
  })
}

try {
  await durableWrites()
  await restarts()
  await replays()
} finally {
  rmSync(folder, { recursive: true })
}
printTable('Durability', rows)
