import {
  CancelMessageMoveTaskCommand,
  DeleteQueueCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { arnOf, queueOf, refusal, withQueue } from './queues.test-support.ts'

const policy = (target: string, maxReceiveCount: unknown) =>
  JSON.stringify({ deadLetterTargetArn: arnOf(target), maxReceiveCount })

/** A queue that gives messages up to another. */
async function withDeadLetters(maxReceiveCount: number, attributes: Record<string, string> = {}) {
  const source = await withQueue(attributes)
  const dead = await queueOf(source.sqs, 'dead')
  await source.set({ RedrivePolicy: policy('dead', maxReceiveCount) })
  return { ...source, source, dead }
}

test('a message is given up when it was received as often as allowed, and counts go on', async () => {
  const { cloud, source, dead } = await withDeadLetters(2)
  const { MessageId } = await source.send('poison', {
    MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } },
  })
  await cloud.advance({ seconds: 1 })
  expect(await source.bodies({ VisibilityTimeout: 0 })).toEqual(['poison'])
  expect(await source.bodies({ VisibilityTimeout: 0 })).toEqual(['poison'])
  expect(await dead.bodies({ VisibilityTimeout: 0 })).toEqual([])
  expect(await source.bodies({ VisibilityTimeout: 0 })).toEqual([])
  const [given] = await dead.receive({
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  })
  expect(given).toMatchObject({
    MessageId,
    Body: 'poison',
    MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } },
    Attributes: {
      ApproximateReceiveCount: '3',
      SentTimestamp: '1767225600000',
      ApproximateFirstReceiveTimestamp: '1767225601000',
      DeadLetterQueueSourceArn: arnOf('orders'),
    },
  })
})

test('in a chain of queues each counts for itself', async () => {
  const { sqs, source, dead } = await withDeadLetters(3)
  const last = await queueOf(sqs, 'last')
  await dead.set({ RedrivePolicy: policy('last', 1) })
  await source.send('poison')
  for (let i = 0; i < 4; i += 1) await source.receive({ VisibilityTimeout: 0 })
  expect(await dead.bodies({ VisibilityTimeout: 0 })).toEqual(['poison'])
  expect(await dead.bodies({ VisibilityTimeout: 0 })).toEqual([])
  expect(await last.bodies()).toEqual(['poison'])
})

test('a message whose dead-letter queue is gone goes on being delivered', async () => {
  const { sqs, source, dead } = await withDeadLetters(1)
  await sqs.send(new DeleteQueueCommand({ QueueUrl: dead.QueueUrl }))
  await source.send('poison')
  for (let i = 0; i < 3; i += 1) {
    expect(await source.bodies({ VisibilityTimeout: 0 })).toEqual(['poison'])
  }
})

test('the retention of a standard message counts from its first queue', async () => {
  const { cloud, source, dead } = await withDeadLetters(1)
  await dead.set({ MessageRetentionPeriod: '120' })
  await source.send('poison')
  await cloud.advance({ seconds: 100 })
  for (let i = 0; i < 2; i += 1) await source.receive({ VisibilityTimeout: 0 })
  expect(await dead.counts()).toEqual([1, 0, 0])
  await cloud.advance({ seconds: 20 })
  expect(await dead.counts()).toEqual([0, 0, 0])
})

const refused: readonly [string, string, string][] = [
  ['no JSON', 'nothing', 'Redrive policy is not a valid JSON map.'],
  [
    'no target',
    JSON.stringify({ maxReceiveCount: 1 }),
    'Redrive policy does not contain mandatory attribute: deadLetterTargetArn.',
  ],
  [
    'no count',
    JSON.stringify({ deadLetterTargetArn: arnOf('dead') }),
    'Redrive policy does not contain mandatory attribute: maxReceiveCount.',
  ],
  [
    'a count that is too high',
    policy('dead', 1001),
    'Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both inclusive.',
  ],
  ['a target that is not there', policy('nowhere', 1), 'Dead letter target does not exist.'],
  [
    'a target of another type',
    policy('dead.fifo', 1),
    'Dead-letter queue must be same type of queue as the source.',
  ],
  [
    'a target of another account',
    policy('dead', 1).replace('123456789012', '222222222222'),
    'Dead letter target owner should be same as the source.',
  ],
]

for (const [what, text, reason] of refused) {
  test(`a redrive policy is refused: ${what}`, async () => {
    const { sqs, set } = await withQueue()
    await queueOf(sqs, 'dead')
    await queueOf(sqs, 'dead.fifo', { FifoQueue: 'true' })
    expect(await refusal(set({ RedrivePolicy: text }))).toEqual({
      code: 'InvalidParameterValue',
      message: `Value ${text} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
    })
  })
}

test('a dead-letter queue says whose messages it takes', async () => {
  const { sqs, set } = await withQueue()
  const dead = await queueOf(sqs, 'dead')
  const allow = (policyObject: object) =>
    dead.set({ RedriveAllowPolicy: JSON.stringify(policyObject) })
  const RedrivePolicy = policy('dead', 1)
  await allow({ redrivePermission: 'denyAll' })
  expect((await refusal(set({ RedrivePolicy }))).code).toBe('InvalidParameterValue')
  await allow({ redrivePermission: 'byQueue', sourceQueueArns: [arnOf('others')] })
  expect((await refusal(set({ RedrivePolicy }))).code).toBe('InvalidParameterValue')
  await allow({ redrivePermission: 'byQueue', sourceQueueArns: [arnOf('orders')] })
  await set({ RedrivePolicy })
  expect((await refusal(allow({ redrivePermission: 'byQueue' }))).code).toBe(
    'InvalidParameterValue',
  )
})

test('a dead-letter queue lists its sources, page by page', async () => {
  const { sqs } = await withQueue()
  const { QueueUrl } = await queueOf(sqs, 'dead')
  const list = (rest: object = {}) =>
    sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl, ...rest }))
  expect((await list()).queueUrls).toEqual([])
  const urls: string[] = []
  for (const name of ['a', 'b', 'c']) {
    urls.push((await queueOf(sqs, name, { RedrivePolicy: policy('dead', 1) })).QueueUrl)
  }
  expect((await list()).queueUrls).toEqual(urls)
  const first = await list({ MaxResults: 2 })
  expect(first.queueUrls).toEqual(urls.slice(0, 2))
  const second = await list({ MaxResults: 2, NextToken: first.NextToken })
  expect([second.queueUrls, second.NextToken]).toEqual([urls.slice(2), undefined])
})

test('a move task can be cancelled; what was moved is new in its queue', async () => {
  const { cloud, sqs, source, dead } = await withDeadLetters(1)
  for (let i = 0; i < 3; i += 1) await source.send(`m${i}`)
  for (let i = 0; i < 6; i += 1) await source.receive({ VisibilityTimeout: 0 })
  expect(await dead.counts()).toEqual([3, 0, 0])
  await cloud.advance({ seconds: 10 })
  const SourceArn = arnOf('dead')
  const start = { SourceArn, MaxNumberOfMessagesPerSecond: 1 }
  const { TaskHandle } = await sqs.send(new StartMessageMoveTaskCommand(start))
  await cloud.advance({ seconds: 1 })
  const list = async () =>
    (await sqs.send(new ListMessageMoveTasksCommand({ SourceArn }))).Results?.[0]
  expect(await list()).toEqual({
    TaskHandle,
    Status: 'RUNNING',
    SourceArn,
    MaxNumberOfMessagesPerSecond: 1,
    ApproximateNumberOfMessagesMoved: 2,
    ApproximateNumberOfMessagesToMove: 3,
    StartedTimestamp: 1_767_225_610_000,
  })
  const cancelled = await sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }))
  expect(cancelled.ApproximateNumberOfMessagesMoved).toBe(2)
  await cloud.advance({ seconds: 10 })
  expect(await dead.counts()).toEqual([1, 0, 0])
  expect((await list())?.Status).toBe('CANCELLED')
  expect(await refusal(sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle })))).toEqual({
    code: 'InvalidParameterValue',
    message: 'Only active tasks can be cancelled.',
  })
  const [back] = await source.receive({ MessageSystemAttributeNames: ['All'] })
  expect(back?.Attributes).toMatchObject({
    ApproximateReceiveCount: '1',
    SentTimestamp: '1767225610000',
  })
})

test('a move task starts at a dead-letter queue', async () => {
  const { sqs } = await withQueue()
  const start = new StartMessageMoveTaskCommand({ SourceArn: arnOf('orders') })
  expect(await refusal(sqs.send(start))).toEqual({
    code: 'InvalidParameterValue',
    message: 'Source queue must be configured as a Dead Letter Queue.',
  })
  const cancel = new CancelMessageMoveTaskCommand({ TaskHandle: 'foobared' })
  expect((await refusal(sqs.send(cancel))).code).toBe('InvalidParameterValue')
})
