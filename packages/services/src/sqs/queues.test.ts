import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  RemovePermissionCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { call, client, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { GetQueueAttributes } from '@cloud-orrery/models/sqs'
import { expect, test } from 'vitest'
import { accountId, arnOf, queueOf, refusal, withQueue } from './queues.test-support.ts'
import { messages } from './state.ts'

function sqsOf() {
  const cloud = createCloud({ deepFreeze: true })
  const sqs = client(cloud, SQSClient)
  const create = (QueueName: string, Attributes: Record<string, string> = {}) =>
    sqs.send(new CreateQueueCommand({ QueueName, Attributes }))
  return { cloud, sqs, create }
}

const gone = {
  code: 'AWS.SimpleQueueService.NonExistentQueue',
  message: 'The specified queue does not exist.',
}

test('a queue has a URL of its region and account', async () => {
  const { cloud, sqs, create } = sqsOf()
  const QueueUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/orders'
  expect((await create('orders')).QueueUrl).toBe(QueueUrl)
  expect((await sqs.send(new GetQueueUrlCommand({ QueueName: 'orders' }))).QueueUrl).toBe(QueueUrl)
  const elsewhere = client(cloud, SQSClient, { region: 'eu-central-1' })
  expect(await refusal(elsewhere.send(new GetQueueUrlCommand({ QueueName: 'orders' })))).toEqual(
    gone,
  )
})

test('any URL or path that ends with account and name means the queue, and so does its name', async () => {
  const { cloud, create } = sqsOf()
  await create('orders')
  for (const QueueUrl of [
    'http://localhost:4566/123456789012/orders',
    'https://eu-west-1.queue.amazonaws.com/123456789012/orders',
    '/123456789012/orders',
    'orders',
  ]) {
    const AttributeNames = ['QueueArn']
    const { Attributes } = await call(cloud, GetQueueAttributes, { QueueUrl, AttributeNames })
    expect(Attributes).toEqual({ QueueArn: arnOf('orders') })
  }
  const QueueUrl = 'http://localhost/queue/!'
  expect(await refusal(call(cloud, GetQueueAttributes, { QueueUrl }))).toMatchObject({
    message: 'The address http://localhost/queue/! is not valid for this endpoint.',
  })
})

for (const name of ['with space', 'dotted.fifo', 'a'.repeat(81), 'slash/name']) {
  test(`a standard queue is not called ${JSON.stringify(name.slice(0, 12))}`, async () => {
    const { create } = sqsOf()
    expect(await refusal(create(name))).toEqual({
      code: 'InvalidParameterValue',
      message:
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    })
  })
}

test('a FIFO queue is called so', async () => {
  const { create } = sqsOf()
  expect(await refusal(create('orders', { FifoQueue: 'true' }))).toEqual({
    code: 'InvalidParameterValue',
    message:
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
  })
})

test('a name is free a minute after its queue was deleted', async () => {
  const { cloud, sqs, create } = sqsOf()
  const { QueueUrl } = await create('orders')
  await sqs.send(new DeleteQueueCommand({ QueueUrl }))
  expect(await refusal(sqs.send(new DeleteQueueCommand({ QueueUrl })))).toEqual(gone)
  await cloud.advance({ milliseconds: 59_999 })
  expect(await refusal(create('orders'))).toEqual({
    code: 'AWS.SimpleQueueService.QueueDeletedRecently',
    message:
      'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
  })
  await cloud.advance({ milliseconds: 1 })
  expect((await create('orders')).QueueUrl).toBe(QueueUrl)
})

test('a queue of the same name does not have the messages of the old one', async () => {
  const { cloud, sqs, QueueUrl, send, receive } = await withQueue()
  await send('old')
  const [{ ReceiptHandle } = {}] = await receive()
  await sqs.send(new DeleteQueueCommand({ QueueUrl }))
  await cloud.advance({ minutes: 1 })
  const { counts, remove } = await queueOf(sqs, 'orders')
  expect(await counts()).toEqual([0, 0, 0])
  expect((await refusal(remove(ReceiptHandle))).code).toBe('ReceiptHandleIsInvalid')
  expect(messages.count(cloud.scope(accountId, 'us-east-1'))).toBe(0)
})

test('a purge takes messages that wait, that are delayed and that are in flight', async () => {
  const { cloud, sqs, QueueUrl, send, receive, bodies, counts } = await withQueue()
  for (let i = 0; i < 3; i += 1) await send('waiting')
  await send('delayed', { DelaySeconds: 5 })
  await receive()
  await sqs.send(new PurgeQueueCommand({ QueueUrl }))
  expect(await counts()).toEqual([0, 0, 0])
  await send('new')
  await cloud.advance({ minutes: 1 })
  expect(await bodies()).toEqual(['new'])
  expect(messages.count(cloud.scope(accountId, 'us-east-1'))).toBe(1)
  await sqs.send(new PurgeQueueCommand({ QueueUrl }))
})

test('queues are listed by prefix and page by page', async () => {
  const { sqs, create } = sqsOf()
  const urls: string[] = []
  for (const name of ['a-1', 'a-2', 'a-3', 'b-1']) urls.push((await create(name)).QueueUrl ?? '')
  const list = (rest: object) => sqs.send(new ListQueuesCommand(rest))
  expect((await list({})).QueueUrls).toEqual(urls)
  expect((await list({ QueueNamePrefix: 'b' })).QueueUrls).toEqual(urls.slice(3))
  expect((await list({ QueueNamePrefix: 'c' })).QueueUrls).toBeUndefined()
  const first = await list({ QueueNamePrefix: 'a-', MaxResults: 2 })
  expect(first.QueueUrls).toEqual(urls.slice(0, 2))
  const { NextToken } = first
  const second = await list({ QueueNamePrefix: 'a-', MaxResults: 2, NextToken })
  expect([second.QueueUrls, second.NextToken]).toEqual([[urls[2]], undefined])
  // A token belongs to its query.
  const wrong = await refusal(list({ QueueNamePrefix: 'b', MaxResults: 2, NextToken }))
  expect(wrong.code).toBe('InvalidParameterValue')
})

const outOfRange: readonly [string, string][] = [
  ['VisibilityTimeout', '43201'],
  ['VisibilityTimeout', '-1'],
  ['VisibilityTimeout', 'long'],
  ['DelaySeconds', '901'],
  ['MaximumMessageSize', '1023'],
  ['MaximumMessageSize', '1048577'],
  ['MessageRetentionPeriod', '59'],
  ['MessageRetentionPeriod', '1209601'],
  ['ReceiveMessageWaitTimeSeconds', '21'],
  ['SqsManagedSseEnabled', 'yes'],
  ['KmsDataKeyReusePeriodSeconds', '59'],
  ['Policy', 'not JSON'],
]

for (const [name, value] of outOfRange) {
  test(`the attribute ${name} is never ${value}`, async () => {
    const { set } = await withQueue()
    expect(await refusal(set({ [name]: value }))).toEqual({
      code: 'InvalidAttributeValue',
      message: `Invalid value for the parameter ${name}.`,
    })
  })
}

test('an attribute that no queue has is refused by name', async () => {
  const { sqs, QueueUrl, set } = await withQueue()
  const unknown = { code: 'InvalidAttributeName', message: 'Unknown Attribute Foobar.' }
  expect(await refusal(set({ Foobar: '1' }))).toEqual(unknown)
  const names = ['Foobar'] as never // No name that the SDK knows.
  const get = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: names })
  expect(await refusal(sqs.send(get))).toEqual(unknown)
})

test.each(['constructor', 'toString', '__proto__'])('%s is no attribute', async (name) => {
  const { set } = await withQueue()
  const attributes = Object.fromEntries([[name, '1']])
  const unknown = { code: 'InvalidAttributeName', message: `Unknown Attribute ${name}.` }
  expect(await refusal(set(attributes))).toEqual(unknown)
})

test('a redrive policy that nests without end is refused', async () => {
  const { set } = await withQueue()
  const deep = `${'['.repeat(5000)}1${']'.repeat(5000)}`
  const RedrivePolicy = `{"deadLetterTargetArn":"x","maxReceiveCount":${deep}}`
  const { code, message } = await refusal(set({ RedrivePolicy }))
  expect(code).toBe('InvalidParameterValue')
  expect(message).toContain('Reason: Redrive policy is not a valid JSON map.')
})

test('high throughput needs groups as the scope of deduplication', async () => {
  const { set } = await withQueue({ FifoQueue: 'true' })
  const { code } = await refusal(set({ FifoThroughputLimit: 'perMessageGroupId' }))
  expect(code).toBe('InvalidAttributeValue')
})

test('a queue is tagged when it is created', async () => {
  const { sqs } = sqsOf()
  const input = { QueueName: 'orders', tags: { team: 'blue', Team: 'red' } }
  const { QueueUrl } = await sqs.send(new CreateQueueCommand(input))
  expect((await sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags).toEqual(input.tags)
})

test('the second the attributes were set is told', async () => {
  const { cloud, set, attributes } = await withQueue()
  await cloud.advance({ seconds: 90 })
  await set({ DelaySeconds: '1' })
  expect(await attributes()).toMatchObject({
    CreatedTimestamp: '1767225600',
    LastModifiedTimestamp: '1767225690',
  })
})

test('on the wire an error of JSON has its name, and its query code in a header', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const response = await fetchFromCloud(cloud, 'https://sqs.us-east-1.amazonaws.com/', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.GetQueueUrl',
    },
    body: JSON.stringify({ QueueName: 'nowhere' }),
    credentials: cloud.credentials(),
    service: 'sqs',
  })
  expect([
    response.status,
    response.headers.get('x-amzn-query-error'),
    await response.json(),
  ]).toEqual([
    400,
    'AWS.SimpleQueueService.NonExistentQueue;Sender',
    {
      __type: 'com.amazonaws.sqs#QueueDoesNotExist',
      message: 'The specified queue does not exist.',
    },
  ])
})

test('a policy that names someone who is not there, or actions of others, is refused', async () => {
  const { set } = await withQueue()
  const policy = (Principal: object, Action = 'sqs:SendMessage') =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal, Action, Resource: arnOf('orders') }],
    })
  const refused = {
    code: 'InvalidAttributeValue',
    message: 'Invalid value for the parameter Policy.',
  }
  const nobody = { AWS: `arn:aws:iam::${accountId}:role/nobody` }
  expect(await refusal(set({ Policy: policy(nobody) }))).toEqual(refused)
  const sns = { Service: 'sns.amazonaws.com' }
  expect(await refusal(set({ Policy: policy(sns, 's3:GetObject') }))).toEqual(refused)
  await set({ Policy: policy(sns) })
})

test('tags of AWS are set by AWS alone', async () => {
  const { sqs } = sqsOf()
  const input = { QueueName: 'orders', tags: { 'aws:mine': 'x' } }
  expect((await refusal(sqs.send(new CreateQueueCommand(input)))).code).toBe(
    'InvalidParameterValue',
  )
})

test('a policy that was set loses its statements one by one', async () => {
  const { sqs, QueueUrl, set, attributes } = await withQueue()
  const statement = (Sid: string) => ({
    Sid,
    Effect: 'Allow',
    Principal: '*',
    Action: 'sqs:SendMessage',
    Resource: arnOf('orders'),
  })
  const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
  const Policy = policy(statement('one'), statement('two'))
  await set({ Policy })
  await sqs.send(new CreateQueueCommand({ QueueName: 'orders', Attributes: { Policy } }))
  const remove = (Label: string) => sqs.send(new RemovePermissionCommand({ QueueUrl, Label }))
  await remove('one')
  expect((await attributes())['Policy']).toBe(policy(statement('two')))
  await remove('two')
  expect((await attributes())['Policy']).toBeUndefined()
  const again = new CreateQueueCommand({ QueueName: 'orders', Attributes: { Policy } })
  expect((await refusal(sqs.send(again))).message).toBe(
    'A queue already exists with the same name and a different value for attribute Policy',
  )
})
