import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Cloud, client, createCloud } from '../index.ts'
import { DurableCloud, type DurableOptions } from './durable-cloud.ts'

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-data-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

type Opening = Partial<DurableOptions>

async function opened(folder: string, { cloud = {}, ...options }: Opening = {}) {
  return await DurableCloud.open(folder, {
    cloud: { clock: { kind: 'held' }, deepFreeze: true, ...cloud },
    ...options,
  })
}

/** As after `kill -9`: nothing is written any more, and the next process takes the lock. */
async function crash(durable: DurableCloud, folder: string): Promise<void> {
  durable.cloud.kernel.journal.onEntered = undefined
  durable.cloud.durability = undefined
  durable.cloud.close()
  await durable.kept()
  for (const name of readdirSync(folder)) if (name.startsWith('lock.')) rmSync(join(folder, name))
}

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
})
