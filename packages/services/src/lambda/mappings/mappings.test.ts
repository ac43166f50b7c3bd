import {
  CreateEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { giveRole, makeFunction, start, type TestHandler } from '../functions.test-support.ts'

interface SqsEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[]
}

async function mapped(
  handler: TestHandler,
  options: Partial<ConstructorParameters<typeof CreateEventSourceMappingCommand>[0]> = {},
  attributes: Record<string, string> = {},
  name = 'jobs',
) {
  const made = start({ work: handler })
  giveRole(made.cloud, ['logs:*', 'sqs:*'])
  await makeFunction(made, 'work')
  const sqs = client(made.cloud, SQSClient)
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
  )
  const mapping = await made.lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'work',
      EventSourceArn: `arn:aws:sqs:us-east-1:123456789012:${name}`,
      ...options,
    }),
  )
  await made.cloud.advance({ seconds: 2 })
  const left = async () => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    )
    return [
      Number(Attributes?.['ApproximateNumberOfMessages']),
      Number(Attributes?.['ApproximateNumberOfMessagesNotVisible']),
    ]
  }
  return { ...made, sqs, QueueUrl, mapping, left }
}

test('a message goes to the function and is deleted', async () => {
  const seen: unknown[] = []
  const { cloud, sqs, QueueUrl, left } = await mapped(({ Records }: SqsEvent) => {
    seen.push(...Records.map(({ body }) => body))
  })
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }))
  await cloud.settle()
  expect(seen).toEqual(['one'])
  expect(await left()).toEqual([0, 0])
})

test('a message of a failed batch comes back after the visibility timeout', async () => {
  const times: number[] = []
  const { cloud, sqs, QueueUrl } = await mapped(
    (_event: SqsEvent, { invocation }) => {
      times.push(invocation.deadlineMs)
      if (times.length < 3) throw new Error('not yet')
    },
    {},
    { VisibilityTimeout: '60' },
  )
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }))
  await cloud.advance({ minutes: 10 })
  expect(times.map((ms) => ms - (times[0] ?? 0))).toEqual([0, 60_000, 120_000])
})

test('a delayed message is taken when its delay is over', async () => {
  const seen: unknown[] = []
  const { cloud, sqs, QueueUrl } = await mapped(({ Records }: SqsEvent) => {
    seen.push(...Records.map(({ body }) => body))
  })
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'later', DelaySeconds: 30 }))
  await cloud.advance({ seconds: 29 })
  expect(seen).toEqual([])
  await cloud.advance({ seconds: 1 })
  expect(seen).toEqual(['later'])
})

test('only the reported items of a batch come back', async () => {
  const batches: string[][] = []
  const { cloud, sqs, QueueUrl, left } = await mapped(
    ({ Records }: SqsEvent) => {
      batches.push(Records.map(({ body }) => body))
      const bad = batches.length === 1 ? Records.filter(({ body }) => body === 'b') : []
      return { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) }
    },
    { FunctionResponseTypes: ['ReportBatchItemFailures'] },
  )
  const Entries = ['a', 'b', 'c'].map((body) => ({ Id: body, MessageBody: body }))
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  await cloud.advance({ minutes: 2 })
  expect(batches).toEqual([['a', 'b', 'c'], ['b']])
  expect(await left()).toEqual([0, 0])
})

test('what no filter lets through is deleted unseen', async () => {
  const seen: unknown[] = []
  const { cloud, sqs, QueueUrl, left } = await mapped(
    ({ Records }: SqsEvent) => {
      seen.push(...Records.map(({ body }) => body))
    },
    { FilterCriteria: { Filters: [{ Pattern: '{"body":{"kind":["good"]}}' }] } },
  )
  for (const MessageBody of ['{"kind":"good"}', '{"kind":"bad"}', 'text']) {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))
  }
  await cloud.settle()
  expect(seen).toEqual(['{"kind":"good"}'])
  expect(await left()).toEqual([0, 0])
})

test('a batching window collects messages until it is over', async () => {
  const sizes: number[] = []
  const { cloud, sqs, QueueUrl } = await mapped(
    ({ Records }: SqsEvent) => {
      sizes.push(Records.length)
    },
    { BatchSize: 100, MaximumBatchingWindowInSeconds: 20 },
  )
  for (let i = 0; i < 5; i += 1) {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: String(i) }))
    await cloud.advance({ seconds: 2 })
  }
  expect(sizes).toEqual([])
  await cloud.advance({ seconds: 20 })
  expect(sizes).toEqual([5])
})

test('no more batches than MaximumConcurrency are at work at once', async () => {
  let running = 0
  let most = 0
  const { cloud, sqs, QueueUrl, left } = await mapped(
    async (_event: SqsEvent, { sleep }) => {
      running += 1
      most = Math.max(most, running)
      await sleep(1000)
      running -= 1
    },
    { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } },
  )
  const Entries = Array.from({ length: 10 }, (_, i) => ({ Id: `m${i}`, MessageBody: String(i) }))
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  await cloud.advance({ seconds: 10 })
  expect(most).toBe(2)
  expect(await left()).toEqual([0, 0])
})

test('messages of one group of a FIFO queue are handled in order', async () => {
  const seen: string[] = []
  const { cloud, sqs, QueueUrl } = await mapped(
    async ({ Records }: SqsEvent, { sleep }) => {
      await sleep(500)
      seen.push(...Records.map(({ body }) => body))
    },
    { BatchSize: 1 },
    { FifoQueue: 'true', ContentBasedDeduplication: 'true' },
    'jobs.fifo',
  )
  for (const MessageBody of ['1', '2', '3', '4']) {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId: 'g' }))
  }
  await cloud.advance({ minutes: 1 })
  expect(seen).toEqual(['1', '2', '3', '4'])
})

test('an outage of SQS delays messages, and the queue is looked at again by itself', async () => {
  const seen: string[] = []
  const { cloud, sqs, QueueUrl, left } = await mapped(({ Records }: SqsEvent) => {
    seen.push(...Records.map(({ body }) => body))
  })
  const effect = { kind: 'error', code: 'InternalError', status: 500 } as const
  const outage = cloud.armFault('sqs.ReceiveMessage', effect)
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }))
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'two' }))
  await cloud.advance({ hours: 1 })
  expect(seen).toEqual([])
  cloud.endFault(outage)
  await cloud.advance({ seconds: 10 })
  expect(seen).toEqual(['one', 'two'])
  expect(await left()).toEqual([0, 0])
})

test('a year without messages costs nothing', async () => {
  const { cloud } = await mapped(() => undefined)
  const before = cloud.kernel.journal.entries.length
  await cloud.advance({ days: 365 })
  expect(cloud.kernel.journal.entries.length - before).toBeLessThan(5)
})

test('a role that may not receive is refused when the mapping is made', async () => {
  const made = start({ work: () => undefined })
  await makeFunction(made, 'work')
  const sqs = client(made.cloud, SQSClient)
  await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }))
  const refused = made.lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'work',
      EventSourceArn: 'arn:aws:sqs:us-east-1:123456789012:jobs',
    }),
  )
  await expect(refused).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: 'The function execution role does not have permissions to call ReceiveMessage on SQS',
  })
})

test('a mapping of a queue takes no setting of streams, later either', async () => {
  const { lambda, mapping } = await mapped(() => undefined)
  const update = new UpdateEventSourceMappingCommand({
    UUID: mapping.UUID,
    MaximumRetryAttempts: 1,
  })
  await expect(lambda.send(update)).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: 'Unsupported MaximumRetryAttempts parameter for given event source mapping type.',
  })
})
