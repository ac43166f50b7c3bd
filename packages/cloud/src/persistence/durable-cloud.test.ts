import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import { type Cloud, client, createCloud } from '../index.ts'
import { crash, emptyFolder, opened, sendMessages } from './data.test-support.ts'

async function work(cloud: Cloud): Promise<unknown[]> {
  const sqs = client(cloud, SQSClient)
  const s3 = client(cloud, S3Client)
  const answers: unknown[] = []
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'queue' }))
  for (let i = 0; i < 5; i += 1) {
    const sent = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `m${i}` }))
    answers.push(sent.MessageId)
  }
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }))
  for (const [Key, size] of [
    ['small', 10],
    ['large', 100_000],
  ] as const) {
    await s3.send(
      new PutObjectCommand({ Bucket: 'bucket', Key, Body: new Uint8Array(size).fill(7) }),
    )
  }
  await cloud.advance({ hours: 1 })
  const received = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 3, VisibilityTimeout: 60 }),
  )
  answers.push(received.Messages?.map(({ ReceiptHandle }) => ReceiptHandle))
  return answers
}

async function workOn(cloud: Cloud): Promise<unknown[]> {
  const sqs = client(cloud, SQSClient)
  const s3 = client(cloud, S3Client)
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'queue' }))
  const sizes: number[] = []
  for (const Key of ['small', 'large']) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key }))
    sizes.push((await Body?.transformToByteArray())?.byteLength ?? 0)
  }
  const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'later' }))
  await cloud.advance({ minutes: 5 })
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  )
  return [sizes, MessageId, Messages.map(({ Body, ReceiptHandle }) => [Body, ReceiptHandle])]
}

describe('a cloud in a data directory', () => {
  test.for(['closed', 'killed', 'killed after a snapshot'])(
    'goes on after it was %s as if nothing had happened',
    async (how) => {
      const folder = emptyFolder()
      const first = await opened(folder, { cloud: { seed: 7 } })
      const untouched = createCloud({ seed: 7, deepFreeze: true })
      expect(await work(first.cloud)).toEqual(await work(untouched))
      if (how === 'killed after a snapshot') await first.snapshot()
      if (how === 'closed') await first.close()
      else await crash(first, folder)

      const second = await opened(folder)
      expect(second.cloud.kernel.export()).toEqual(untouched.kernel.export())
      expect(await workOn(second.cloud)).toEqual(await workOn(untouched))
      expect(second.cloud.kernel.export()).toEqual(untouched.kernel.export())
      await second.close()

      const third = await opened(folder)
      expect(third.cloud.kernel.export()).toEqual(untouched.kernel.export())
      expect(third.replayed.entries).toBe(0)
      await third.close()
    },
  )

  test('has waiting calls no more when it is opened again, and what they waited for is left to others', async () => {
    const folder = emptyFolder()
    const first = await opened(folder)
    const sqs = client(first.cloud, SQSClient)
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'queue' }))
    void sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 })).catch(() => {})
    await untilWaiting(first.cloud)
    await crash(first, folder)

    const second = await opened(folder)
    expect(second.cloud.kernel.scheduler.waiting).toEqual([])
    const again = client(second.cloud, SQSClient)
    await again.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
    const { Messages } = await again.send(new ReceiveMessageCommand({ QueueUrl }))
    expect(Messages).toMatchObject([{ Body: 'hi' }])
    await second.close()
    const third = await opened(folder)
    expect(third.cloud.kernel.export()).toEqual(second.cloud.kernel.export())
    await third.close()
  })

  test('has no snapshot while a call waits; past the limit the wait ends early, and the log is short again', async () => {
    const folder = emptyFolder()
    const durable = await opened(folder, { framesMax: 10 })
    const sqs = client(durable.cloud, SQSClient)
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'waited' }))
    const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }))
    await untilWaiting(durable.cloud)
    const now = durable.cloud.kernel.clock.nowMs
    await sendMessages(durable.cloud, 200) // So many that it is due however quickly they came.
    await expect(waiting).resolves.not.toHaveProperty('Messages')
    expect(durable.cloud.kernel.clock.nowMs).toBe(now)
    await durable.snapshot()
    const state = durable.cloud.kernel.export()
    await crash(durable, folder)
    const again = await opened(folder)
    expect(again.replayed.entries).toBeLessThan(200)
    expect(again.cloud.kernel.export()).toEqual(state)
    await again.close()
  })

  test('that was killed before its snapshots were whole has one before it goes on', async () => {
    const folder = emptyFolder()
    const first = await opened(folder)
    await sendMessages(first.cloud, 20)
    await crash(first, folder)
    const second = await opened(folder, { framesMax: 10 })
    expect(second.replayed.entries).toBe(21)
    await crash(second, folder)
    const third = await opened(folder)
    expect(third.replayed.entries).toBe(0)
    await third.close()
  })

  test('time that passed while a server was down passes when it is back, task by task', async () => {
    const folder = emptyFolder()
    const wall = { nowMs: () => wallMs, setTimer: () => () => {} }
    let wallMs = Date.UTC(2026, 4, 1)
    const cloud = { clock: { kind: 'real' } } as const
    const first = await opened(folder, { cloud, wall })
    await first.cloud.advance({ days: 90 })
    const sqs = client(first.cloud, SQSClient)
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'queue' }))
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'late', DelaySeconds: 600 }))
    await crash(first, folder)

    wallMs += 3_600_000
    const second = await opened(folder, { cloud, wall })
    const dueMs = Date.UTC(2026, 4, 1) + 90 * 86_400_000 + 3_600_000
    // The clock itself follows the true wall meanwhile.
    expect(Math.round((second.cloud.kernel.clock.nowMs - dueMs) / 60_000)).toBe(0)
    const advances = second.cloud.kernel.journal.entries.filter(({ kind }) => kind === 'clock')
    expect(advances).toHaveLength(2)
    await second.close()
  })

  test('that is held stands where it stood', async () => {
    const folder = emptyFolder()
    const first = await opened(folder)
    await first.cloud.advance({ days: 3 })
    const { nowMs } = first.cloud.kernel.clock
    await crash(first, folder)
    const second = await opened(folder)
    expect(second.cloud.kernel.clock.nowMs).toBe(nowMs)
    await second.close()
  })

  test('drops its oldest history when that is larger than it may be, and says how far it can go back', async () => {
    const folder = emptyFolder()
    const durable = await opened(folder, { historyBytesMax: 30_000 })
    for (let round = 0; round < 6; round += 1) {
      await sendMessages(durable.cloud, 20, `queue-${round}`)
      await durable.snapshot()
    }
    await sendMessages(durable.cloud, 1)
    const { beginning, entered } = await durable.recording()
    expect(beginning?.state.journalSequence).toBeGreaterThan(1)
    expect(entered[0]?.sequence).toBe((beginning?.state.journalSequence ?? 0) + 1)
    await expect(durable.rewind({ sequence: 1 })).rejects.toMatchObject({ code: 'RewindRange' })
    await durable.close()
  })
})

async function untilWaiting(cloud: Cloud): Promise<void> {
  while (cloud.kernel.scheduler.waiting.length === 0) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('a rewind in a data directory', () => {
  test('goes back to an entry; what came after is kept as a timeline', async () => {
    const folder = emptyFolder()
    const first = await opened(folder)
    await sendMessages(first.cloud, 3)
    const early = first.cloud.kernel.export()
    const { lastSequence } = first.cloud.kernel.journal
    await first.snapshot()
    await sendMessages(first.cloud, 5, 'later')
    await first.snapshot()
    const late = first.cloud.kernel.export()

    const second = await first.rewind({ sequence: lastSequence })
    expect(second.keptAs).toBe('main')
    expect(second.cloud.kernel.export()).toEqual(early)
    await sendMessages(second.cloud, 1, 'other')
    const other = second.cloud.kernel.export()
    await crash(second, folder)

    const third = await opened(folder)
    expect(third.cloud.kernel.export()).toEqual(other)
    await third.close()
    const fourth = await opened(folder, { timeline: 'main' })
    expect(fourth.cloud.kernel.export()).toEqual(late)
    await fourth.close()
    await expect(opened(folder, { timeline: 'nowhere' })).rejects.toMatchObject({
      code: 'DataTimeline',
      next: 'There are: main, main-2.',
    })
  })

  test('goes back to a time between two entries', async () => {
    const folder = emptyFolder()
    const first = await opened(folder)
    await sendMessages(first.cloud, 1)
    const { nowMs } = first.cloud.kernel.clock
    await first.cloud.advance({ hours: 2 })
    await sendMessages(first.cloud, 1, 'later')
    const second = await first.rewind({ atMs: nowMs + 3_600_000 })
    expect(second.cloud.kernel.clock.nowMs).toBe(nowMs + 3_600_000)
    expect(second.cloud.inventory().some((arn) => arn.endsWith(':later'))).toBe(false)
    await second.close()
  })

  test('to what has not come is refused', async () => {
    const durable = await opened(emptyFolder())
    await expect(durable.rewind({ sequence: 10 })).rejects.toMatchObject({ code: 'RewindRange' })
    const atMs = durable.cloud.kernel.clock.nowMs + 1
    await expect(durable.rewind({ atMs })).rejects.toMatchObject({ code: 'RewindRange' })
    await durable.close()
  })
})
