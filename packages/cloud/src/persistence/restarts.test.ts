import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { type RandomStream, RandomStreams } from '@cloud-orrery/kernel'
import { describe, expect, test } from 'vitest'
import { type Cloud, type CloudOptions, client, createCloud } from '../index.ts'
import { send } from '../wire.test-support.ts'
import { crash, emptyFolder, opened } from './data.test-support.ts'

/** One step of a run; the same numbers give the same step. What it was answered, as text. */
async function step(cloud: Cloud, kind: number, number: number): Promise<string> {
  const region = number % 5 === 0 ? 'eu-west-1' : 'us-east-1'
  const accountId = number % 7 === 0 ? '111122223333' : cloud.defaultAccountId
  const options = { region, accountId }
  const name = `n${number % 4}`
  const queue = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`
  const sqs = client(cloud, SQSClient, options)
  const sns = client(cloud, SNSClient, options)
  const s3 = client(cloud, S3Client, options)
  for (const one of [sqs, sns, s3]) one.config.maxAttempts = async () => 1
  const topic = `arn:aws:sns:${region}:${accountId}:${name}`
  const body = `${number}`.repeat(1 + ((number * 7919) % 9_000))
  const Bucket = `bucket-${accountId}-${region}`
  const steps: (() => Promise<unknown>)[] = [
    () => sqs.send(new CreateQueueCommand({ QueueName: name })),
    () =>
      sqs.send(
        new SendMessageCommand({ QueueUrl: queue, MessageBody: body, DelaySeconds: number % 9 }),
      ),
    () =>
      sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queue, VisibilityTimeout: 1 + (number % 40) }),
      ),
    () => sns.send(new CreateTopicCommand({ Name: name })),
    () =>
      sns.send(
        new SubscribeCommand({
          TopicArn: topic,
          Protocol: 'sqs',
          Endpoint: `arn:aws:sqs:${region}:${accountId}:${name}`,
        }),
      ),
    () => sns.send(new PublishCommand({ TopicArn: topic, Message: body })),
    () =>
      s3.send(
        new CreateBucketCommand(
          region === 'us-east-1'
            ? { Bucket }
            : { Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } },
        ),
      ),
    () => s3.send(new PutObjectCommand({ Bucket, Key: name, Body: body })),
    async () => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: name }))
      return await Body?.transformToString()
    },
    () => s3.send(new ListObjectsV2Command({ Bucket })),
    () => cloud.advance({ milliseconds: number * 37 }),
    () =>
      Promise.resolve(
        cloud.armFault(
          's*.*',
          { kind: 'error', code: 'Unavailable' },
          { probability: 0.4, times: 2 },
        ),
      ),
    () => send(cloud, { service: 'sqs', operation: 'ListQueues', credentials: 'none' }),
  ]
  try {
    return JSON.stringify((await steps[kind % steps.length]?.()) ?? null)
  } catch (error) {
    return String(error)
  }
}

/** Runs two clouds side by side; one of them is closed, killed and opened again between steps. */
async function sideBySide(seed: number): Promise<void> {
  const streams = new RandomStreams(seed)
  const [steps, ends] = [streams.stream('steps'), streams.stream('ends')]
  const options: CloudOptions = { seed, choices: seed % 2 === 0 ? 'calm' : 'legal' }
  const folder = emptyFolder()
  const limits = { framesMax: 5 + ends.below(30) }
  const twin = createCloud({ ...options, deepFreeze: true })
  let durable = await opened(folder, { cloud: options, ...limits })
  for (let number = 1; number <= 40; number += 1) {
    const kind = steps.below(1_000)
    const told = [await step(durable.cloud, kind, number), await step(twin, kind, number)]
    expect(told[0], `seed ${seed}, step ${number}`).toBe(told[1])
    const happens = happening(ends)
    if (happens === 'snapshot') await durable.snapshot()
    if (happens === 'closed') await durable.close()
    if (happens === 'killed') await crash(durable, folder)
    if (happens === 'closed' || happens === 'killed') {
      durable = await opened(folder, limits)
      expect(
        durable.cloud.kernel.export(),
        `seed ${seed}, ${happens} after step ${number}`,
      ).toEqual(twin.kernel.export())
    }
  }
  const { compareReplay } = await import('../recording.ts')
  const { difference } = await compareReplay(await durable.recording())
  expect(difference, `seed ${seed}, its recording`).toBeUndefined()
  await durable.close()
}

function happening(ends: RandomStream): 'snapshot' | 'closed' | 'killed' | undefined {
  const number = ends.below(24)
  if (number < 2) return 'snapshot'
  if (number < 3) return 'closed'
  return number < 5 ? 'killed' : undefined
}

/** More of them: `ORRERY_SEEDS=200`. */
const seeds = Array.from(
  { length: Number(process.env['ORRERY_SEEDS'] ?? 8) },
  (_, index) => index + 1,
)

describe('a cloud that is closed, killed and opened again, over and over, answers as one that never was', () => {
  test.for(seeds)('seed %i', { timeout: 60_000 }, async (seed) => {
    await sideBySide(seed)
  })
})
