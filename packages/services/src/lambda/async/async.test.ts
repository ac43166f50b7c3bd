import {
  AddPermissionCommand,
  InvokeCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda'
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  giveRole,
  type Made,
  makeFunction,
  start,
  type TestHandler,
} from '../functions.test-support.ts'

async function withQueue(handler: TestHandler, input = {}, handlers = {}) {
  const made = start({ work: handler, ...handlers })
  giveRole(made.cloud, ['logs:*', 'sqs:*', 'sns:*', 'lambda:*', 'events:*', 's3:*'])
  const sqs = client(made.cloud, SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'results' }))
  await makeFunction(made, 'work', input)
  const received = async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
      }),
    )
    return Messages
  }
  return { ...made, sqs, received }
}

const queueArn = 'arn:aws:sqs:us-east-1:123456789012:results'

function send({ lambda }: Made, Payload = '{"n":1}') {
  return lambda.send(new InvokeCommand({ FunctionName: 'work', InvocationType: 'Event', Payload }))
}

test('an asynchronous event is answered at once and runs then', async () => {
  const seen: unknown[] = []
  const made = await withQueue((event: unknown) => void seen.push(event))
  const { StatusCode, $metadata } = await send(made)
  expect([StatusCode, $metadata.httpStatusCode]).toEqual([202, 202])
  await made.cloud.settle()
  expect(seen).toEqual([{ n: 1 }])
})

test('a failing event is tried again after one and two minutes, under the same request id', async () => {
  const runs: { atMs: number; id: string }[] = []
  const made = await withQueue((_event: unknown, { invocation }) => {
    runs.push({ atMs: invocation.deadlineMs, id: invocation.requestId })
    throw new Error('always')
  })
  const { $metadata } = await send(made)
  await made.cloud.advance({ hours: 1 })
  const first = runs[0]?.atMs ?? 0
  expect(runs.map(({ atMs, id }) => [atMs - first, id])).toEqual([
    [0, $metadata.requestId],
    [60_000, $metadata.requestId],
    [180_000, $metadata.requestId],
  ])
})

test('success and failure go to their destinations', async () => {
  const made = await withQueue(({ fail }: { fail: boolean }) => {
    if (fail) throw new TypeError('wrong')
    return { ok: true }
  })
  await made.lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'work',
      MaximumRetryAttempts: 0,
      DestinationConfig: {
        OnSuccess: { Destination: queueArn },
        OnFailure: { Destination: queueArn },
      },
    }),
  )
  const good = await send(made, '{"fail":false}')
  const bad = await send(made, '{"fail":true}')
  await made.cloud.settle()
  const records = (await made.received()).map(({ Body = '' }) => JSON.parse(Body) as unknown)
  const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:work:$LATEST'
  expect(records).toEqual([
    {
      version: '1.0',
      timestamp: '2026-01-01T00:00:01.000Z',
      requestContext: {
        requestId: good.$metadata.requestId,
        functionArn,
        condition: 'Success',
        approximateInvokeCount: 1,
      },
      requestPayload: { fail: false },
      responseContext: { statusCode: 200, executedVersion: '$LATEST' },
      responsePayload: { ok: true },
    },
    {
      version: '1.0',
      timestamp: '2026-01-01T00:00:01.000Z',
      requestContext: {
        requestId: bad.$metadata.requestId,
        functionArn,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 1,
      },
      requestPayload: { fail: true },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'TypeError', errorMessage: 'wrong', trace: [] },
    },
  ])
})

test('an event that would be too old for its next attempt is given up', async () => {
  const made = await withQueue(() => {
    throw new Error('always')
  })
  await made.lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'work',
      MaximumEventAgeInSeconds: 100,
      DestinationConfig: { OnFailure: { Destination: queueArn } },
    }),
  )
  await send(made)
  await made.cloud.advance({ minutes: 2 })
  const [message] = await made.received()
  expect(JSON.parse(message?.Body ?? '')).toMatchObject({
    requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 2 },
  })
})

test('a dead-letter queue gets the event with its error', async () => {
  const made = await withQueue(
    () => {
      throw new Error('always')
    },
    { DeadLetterConfig: { TargetArn: queueArn } },
  )
  const { $metadata } = await send(made)
  await made.cloud.advance({ minutes: 5 })
  const [message] = await made.received()
  expect([message?.Body, message?.MessageAttributes]).toEqual([
    '{"n":1}',
    {
      ErrorCode: { DataType: 'Number', StringValue: '200' },
      ErrorMessage: { DataType: 'String', StringValue: 'always' },
      RequestID: { DataType: 'String', StringValue: $metadata.requestId },
    },
  ])
})

test('throttled events wait and run later', async () => {
  let running = 0
  let most = 0
  let done = 0
  const made = await withQueue(async (_event: unknown, { sleep }) => {
    running += 1
    most = Math.max(most, running)
    await sleep(2000)
    running -= 1
    done += 1
  })
  await made.lambda.send(
    new PutFunctionConcurrencyCommand({ FunctionName: 'work', ReservedConcurrentExecutions: 1 }),
  )
  for (let i = 0; i < 3; i += 1) await send(made)
  await made.cloud.advance({ minutes: 5 })
  expect([most, done]).toEqual([1, 3])
})

test('a function without concurrency hands its events to the destination at once', async () => {
  const made = await withQueue(() => 'never')
  await made.lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'work',
      DestinationConfig: { OnFailure: { Destination: queueArn } },
    }),
  )
  await made.lambda.send(
    new PutFunctionConcurrencyCommand({ FunctionName: 'work', ReservedConcurrentExecutions: 0 }),
  )
  await send(made)
  await made.cloud.settle()
  const [message] = await made.received()
  expect(JSON.parse(message?.Body ?? '')).toMatchObject({
    requestContext: { condition: 'ZeroReservedConcurrency', approximateInvokeCount: 0 },
  })
})

test('a queue that fails takes no record, and the journal tells', async () => {
  const made = await withQueue(() => 'fine')
  await made.lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'work',
      DestinationConfig: { OnSuccess: { Destination: queueArn } },
    }),
  )
  made.cloud.armFault('sqs.SendMessage', { kind: 'error', code: 'AccessDenied' })
  await send(made)
  await made.cloud.settle()
  const noted = made.cloud.kernel.journal.entries.filter(
    ({ name }) => name === 'lambda.delivery-failed',
  )
  expect(noted.map(({ data }) => data)).toEqual([
    { arn: queueArn, code: 'AccessDenied', message: expect.any(String) },
  ])
})

test('a topic as destination invokes the function that is subscribed to it', async () => {
  const seen: unknown[] = []
  const made = await withQueue(
    () => 'done',
    {},
    { listener: (event: unknown) => void seen.push(event) },
  )
  await makeFunction(made, 'listener')
  const sns = client(made.cloud, SNSClient)
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'ends' }))
  await made.lambda.send(
    new AddPermissionCommand({
      FunctionName: 'listener',
      StatementId: 's',
      Action: 'lambda:InvokeFunction',
      Principal: 'sns.amazonaws.com',
    }),
  )
  const Endpoint = 'arn:aws:lambda:us-east-1:123456789012:function:listener'
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint }))
  await made.lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'work',
      DestinationConfig: { OnSuccess: { Destination: TopicArn } },
    }),
  )
  await send(made)
  await made.cloud.settle()
  expect(seen).toHaveLength(1)
})

test('the same seed gives the same journal', async () => {
  const digest = async () => {
    const made = await withQueue(async ({ n }: { n: number }, { sleep, log }) => {
      log(`working on ${n}`)
      await sleep(1000)
      if (n === 2) throw new Error('two')
    })
    for (const n of [1, 2, 3]) await send(made, JSON.stringify({ n }))
    await made.cloud.advance({ minutes: 10 })
    return made.cloud.kernel.journal.digest()
  }
  expect(await digest()).toBe(await digest())
})

test('in legal mode an event may run twice', async () => {
  const counts = new Set<number>()
  for (let seed = 1; seed <= 8; seed += 1) {
    let runs = 0
    const count = () => {
      runs += 1
    }
    const made = start({ work: count }, { seed, choices: 'legal' })
    await makeFunction(made, 'work')
    await send(made)
    await made.cloud.advance({ minutes: 10 })
    counts.add(runs)
  }
  expect([...counts].sort()).toEqual([1, 2])
})
