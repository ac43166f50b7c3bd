/**
 * What a cloud costs a test: making one, making one and calling it once, forking one that holds ten thousand
 * records, and the journal's own share. Run: node bench/clouds.ts, compiled.
 */
import { CreateQueueCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client, createCloud } from '@cloud-orrery/cloud'
import { median, medianMs, printTable, type Row } from './table.ts'

const targetMs = 5
const records = 10_000

function row(what: string, ms: number, target?: number): Row {
  return {
    what,
    value: `${ms.toFixed(2)} ms`,
    target: target === undefined ? '' : `<= ${target} ms`,
    ok: target === undefined || ms <= target,
  }
}

async function filled() {
  const cloud = createCloud()
  const sqs = client(cloud, SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'bench' }))
  for (let i = 0; i < records / 10; i += 1) {
    const Entries = Array.from({ length: 10 }, (_, n) => ({ Id: `${n}`, MessageBody: `${i}.${n}` }))
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  }
  return { cloud, QueueUrl }
}

const freshMs = await medianMs(200, () => createCloud())
const firstCallMs = await medianMs(100, async () => {
  const sqs = client(createCloud(), SQSClient)
  await sqs.send(new CreateQueueCommand({ QueueName: 'bench' }))
})
const { cloud, QueueUrl } = await filled()
const forkMs = await medianMs(200, () => cloud.fork())
// A fork that is written to right away pays for what it no longer shares.
const writtenMs: number[] = []
for (let i = 0; i < 50; i += 1) {
  const startedAt = performance.now()
  const sqs = client(cloud.fork(), SQSClient)
  const Entries = [{ Id: '1', MessageBody: 'x' }]
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  writtenMs.push(performance.now() - startedAt)
}

printTable('A cloud for a test', [
  row('fresh cloud', freshMs, targetMs),
  row('fresh cloud, a client and its first call', firstCallMs),
  row(`fork of a cloud with ${records.toLocaleString('en')} records`, forkMs, targetMs),
  row('the same, a client and its first write', median(writtenMs)),
])
