import { call, createCloud } from '@cloud-orrery/cloud'
import { CreateQueue, DeleteMessage, ReceiveMessage, SendMessage } from '@cloud-orrery/models/sqs'
import { expect, test } from 'vitest'
import { refusal, withQueue } from './queues.test-support.ts'

/** Sends ten messages, receives and deletes until none is left; what was received, in order. */
async function drained(seed: number, choices: 'calm' | 'legal') {
  const cloud = createCloud({ seed, choices, deepFreeze: true })
  const { QueueUrl = '' } = await call(cloud, CreateQueue, { QueueName: 'q' })
  for (let i = 0; i < 10; i += 1) {
    await call(cloud, SendMessage, { QueueUrl, MessageBody: String(i) })
  }
  const seen: string[] = []
  for (let i = 0; i < 50; i += 1) {
    const { Messages = [] } = await call(cloud, ReceiveMessage, { QueueUrl })
    for (const { Body = '', ReceiptHandle = '' } of Messages) {
      seen.push(Body)
      await call(cloud, DeleteMessage, { QueueUrl, ReceiptHandle })
    }
    await cloud.advance({ minutes: 1 })
  }
  return { seen, digest: cloud.kernel.journal.digest() }
}

const sent = Array.from({ length: 10 }, (_, i) => String(i))

test('in calm messages come once and in order', async () => {
  expect((await drained(1, 'calm')).seen).toEqual(sent)
})

test('what AWS leaves open comes in any order, and none is lost', async () => {
  const orders = new Set<string>()
  for (let seed = 1; seed <= 10; seed += 1) {
    const { seen } = await drained(seed, 'legal')
    expect([...new Set(seen)].sort()).toEqual(sent)
    orders.add(seen.join())
  }
  expect(orders.size).toBeGreaterThan(5)
})

test('a short poll may find nothing, and a message may come twice', async () => {
  const seen = new Set<string>()
  for (let seed = 1; seed <= 40; seed += 1) {
    const cloud = createCloud({ seed, choices: 'legal' })
    const { QueueUrl = '' } = await call(cloud, CreateQueue, { QueueName: 'q' })
    await call(cloud, SendMessage, { QueueUrl, MessageBody: 'once' })
    const counts: number[] = []
    for (let i = 0; i < 2; i += 1) {
      counts.push((await call(cloud, ReceiveMessage, { QueueUrl })).Messages?.length ?? 0)
    }
    seen.add(counts.join())
  }
  expect([...seen].sort()).toEqual(['0,0', '0,1', '1,0', '1,1'])
})

test('the same seed gives the same run', async () => {
  const [first, again, other] = [
    await drained(7, 'legal'),
    await drained(7, 'legal'),
    await drained(8, 'legal'),
  ]
  expect(again).toEqual(first)
  expect(other.digest).not.toBe(first.digest)
})

test('a fork made in flight goes on by its own clock', async () => {
  const { cloud, send, receive, bodies } = await withQueue()
  await send('hi')
  await receive()
  const fork = cloud.fork()
  await cloud.advance({ seconds: 30 })
  expect(await bodies()).toEqual(['hi'])
  const QueueUrl = 'orders'
  expect((await call(fork, ReceiveMessage, { QueueUrl })).Messages).toBeUndefined()
  await fork.advance({ seconds: 30 })
  expect((await call(fork, ReceiveMessage, { QueueUrl })).Messages).toHaveLength(1)
})

test('an outage refuses calls and loses nothing', async () => {
  const { cloud, send, bodies } = await withQueue()
  await send('before')
  // Of status 400, since the SDK would wait real seconds and try again after a 503.
  const outage = { kind: 'error', code: 'ServiceUnavailable', status: 400 } as const
  const fault = cloud.armFault('sqs.ReceiveMessage', outage)
  expect((await refusal(bodies())).code).toBe('ServiceUnavailable')
  cloud.endFault(fault)
  expect(await bodies()).toEqual(['before'])
})
