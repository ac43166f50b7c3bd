import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { type Cloud, client, createCloud } from './index.ts'
import { type JournalQuery, journalView } from './journal-query.ts'
import { statusView } from './status-view.ts'
import { taskWords } from './task-words.ts'

interface Shown {
  readonly sequence: number
  readonly kind: string
  readonly name: string
}

const jobs = 'arn:aws:sqs:us-east-1:123456789012:jobs'

/** A topic that may not deliver to its queue. */
async function refusedDelivery(): Promise<Cloud> {
  const cloud = createCloud()
  const sns = client(cloud, SNSClient)
  await client(cloud, SQSClient).send(new CreateQueueCommand({ QueueName: 'jobs' }))
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'alerts' }))
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: jobs }))
  await sns.send(new PublishCommand({ TopicArn, Message: 'hi' }))
  await cloud.settle()
  return cloud
}

function names(cloud: Cloud, query: JournalQuery) {
  // Entries in the form that people see.
  const view = journalView(cloud, query) as { entries: Shown[]; context?: Shown[] }
  const told = (list: readonly Shown[] = []) => list.map(({ kind, name }) => `${kind} ${name}`)
  return { entries: told(view.entries), context: told(view.context) }
}

test('what failed comes with what led to it', async () => {
  const cloud = await refusedDelivery()
  expect(names(cloud, { errors: true })).toEqual({
    entries: ['task sns.deliver', 'call sqs.SendMessage'],
    context: ['call sns.Publish'],
  })
})

test('one service’s calls and tasks', async () => {
  const cloud = await refusedDelivery()
  const { entries, context } = names(cloud, { service: 'SQS' })
  expect(entries).toEqual(['call sqs.CreateQueue', 'call sqs.SendMessage'])
  expect(context).toEqual(['call sns.Publish', 'task sns.deliver'])
  expect(names(cloud, { service: 'sqs', kind: 'task' })).toEqual({ entries: [], context: [] })
})

test('the newest of those that are meant', async () => {
  const cloud = await refusedDelivery()
  expect(names(cloud, { service: 'sqs', limit: 1 }).entries).toEqual(['call sqs.SendMessage'])
  expect(names(cloud, { limit: 0 }).entries).toEqual([])
  const last = cloud.kernel.journal.lastSequence
  expect(names(cloud, { after: last - 1 }).entries).toHaveLength(1)
})

test('status names the calls that wait, and their ends among what is pending', async () => {
  const cloud = createCloud()
  const sqs = client(cloud, SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }))
  const poll = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }))
  while (cloud.kernel.scheduler.waiting.length === 0) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  const [open] = (journalView(cloud, {}) as { open: number[] }).open
  expect(statusView(cloud)).toMatchObject({
    calls: [
      {
        sequence: open,
        name: 'sqs.ReceiveMessage',
        since: '2026-01-01T00:00:00.000Z',
        caller: 'arn:aws:iam::123456789012:user/admin',
      },
    ],
    pending: [{ name: 'kernel.wake', about: 'end the waiting of a call' }],
  })
  await cloud.advance(20_000)
  await poll
  expect(statusView(cloud)).toMatchObject({ calls: [], pending: [] })
})

test('a task is told by what it does and to what; signatures are not', () => {
  expect(taskWords('sns.deliver', { message: { text: 'x' }, topicArn: 'arn:aws:sns:x' })).toBe(
    'deliver a message to a subscriber: arn:aws:sns:x',
  )
  expect(taskWords('lambda.finish-change', { change: { functionName: 'f' } })).toBe(
    'finish change: f',
  )
  expect(taskWords('cloudformation.work', { url: 'https://s3/x?X-Amz-Signature=1' })).toBe(
    'create, change or delete a resource',
  )
  expect(taskWords('x.doMore', null)).toBe('do more')
})
