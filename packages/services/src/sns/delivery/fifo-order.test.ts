import { PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns'
import { DeleteQueueCommand } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import {
  drain,
  queueFor,
  refusal,
  topicNamed,
  type World,
  world,
} from '../topics-and-queues.test-support.ts'

async function orderedWorld(aws: World, topic: Record<string, string> = {}, redrive = false) {
  const TopicArn = await topicNamed(aws, 'orders.fifo', topic)
  const { queueUrl, queueArn } = await queueFor(aws, 'orders.fifo', TopicArn)
  const dead = await queueFor(aws, 'dead.fifo', TopicArn)
  await aws.sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: queueArn,
      Attributes: {
        RawMessageDelivery: 'true',
        ...(redrive
          ? { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.queueArn }) }
          : {}),
      },
    }),
  )
  const taken = async (url: string) =>
    (await drain(aws, url)).map(({ Body, Attributes }) => `${Attributes?.MessageGroupId} ${Body}`)
  return {
    queueUrl,
    publish: (MessageGroupId: string, Message: string, MessageDeduplicationId?: string) =>
      aws.sns.send(
        new PublishCommand({ TopicArn, Message, MessageGroupId, MessageDeduplicationId }),
      ),
    received: () => taken(queueUrl),
    buried: () => taken(dead.queueUrl),
  }
}

const contentBased = { ContentBasedDeduplication: 'true' }

test('a message that fails holds back those behind it in its group', async () => {
  const aws = world()
  const { publish, received } = await orderedWorld(aws, contentBased)
  // The first attempts of both groups and the next two of one of them.
  aws.cloud.armFault('sqs.SendMessage', { kind: 'error', code: 'ServiceUnavailable' }, { times: 6 })
  for (const text of ['1', '2', '3']) {
    await publish('red', `red ${text}`)
    await publish('blue', `blue ${text}`)
  }
  await aws.cloud.advance({ minutes: 1 })
  const all = await received()
  expect(all.filter((it) => it.startsWith('red'))).toEqual(['red red 1', 'red red 2', 'red red 3'])
  expect(all.filter((it) => it.startsWith('blue'))).toEqual([
    'blue blue 1',
    'blue blue 2',
    'blue blue 3',
  ])
})

test('order holds under every choice that AWS leaves open', async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const aws = world({ seed, choices: 'legal' })
    const { publish, received } = await orderedWorld(aws, contentBased)
    for (let i = 0; i < 10; i += 1) await publish('red', String(i))
    await aws.cloud.advance({ minutes: 1 })
    expect(await received()).toEqual(Array.from({ length: 10 }, (_, i) => `red ${i}`))
  }
})

test('a deleted queue sends the group to the dead-letter queue, in order', async () => {
  const aws = world()
  const { publish, buried, queueUrl } = await orderedWorld(aws, contentBased, true)
  await aws.sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }))
  for (const text of ['1', '2', '3']) await publish('red', text)
  expect(await buried()).toEqual(['red 1', 'red 2', 'red 3'])
})

test('a duplicate is dropped for five minutes', async () => {
  const aws = world()
  const { publish, received } = await orderedWorld(aws)
  const first = await publish('red', 'one', 'id')
  const { MessageId, SequenceNumber } = await publish('blue', 'other', 'id')
  expect({ MessageId, SequenceNumber }).toEqual({
    MessageId: first.MessageId,
    SequenceNumber: first.SequenceNumber,
  })
  await aws.cloud.advance({ minutes: 5 })
  await publish('red', 'two', 'id')
  expect(await received()).toEqual(['red one', 'red two'])
})

test('with the throughput scope MessageGroup a duplicate is one of its group', async () => {
  const aws = world()
  const { publish, received } = await orderedWorld(aws, { FifoThroughputScope: 'MessageGroup' })
  await publish('red', 'one', 'id-1')
  await publish('red', 'again', 'id-1')
  await publish('blue', 'two', 'id-2')
  expect(await received()).toEqual(['red one', 'blue two'])
})

test('sequence numbers grow', async () => {
  const aws = world()
  const { publish } = await orderedWorld(aws, contentBased)
  const numbers: (string | undefined)[] = []
  for (const text of ['1', '2', '3']) numbers.push((await publish('red', text)).SequenceNumber)
  expect(numbers).toEqual(numbers.toSorted())
  expect(new Set(numbers).size).toBe(3)
  expect(numbers[0]).toMatch(/^\d{20}$/)
})

test('a FIFO queue belongs to a FIFO topic', async () => {
  const aws = world()
  const TopicArn = await topicNamed(aws, 'news')
  const { queueArn } = await queueFor(aws, 'orders.fifo')
  const subscribe = new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn })
  expect(await refusal(aws.sns.send(subscribe))).toEqual([
    'InvalidParameterException',
    'Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
  ])
})

test('a standard topic hands a group on for fairness, and takes no deduplication id', async () => {
  const aws = world()
  const TopicArn = await topicNamed(aws, 'news')
  const { queueArn, queueUrl } = await queueFor(aws, 'inbox')
  await aws.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn }))
  const message = { TopicArn, Message: 'hi', MessageGroupId: 'tenant-1' }
  await aws.sns.send(new PublishCommand(message))
  const [received] = await drain(aws, queueUrl)
  expect(received?.Attributes?.MessageGroupId).toBe('tenant-1')
  const withId = new PublishCommand({ ...message, MessageDeduplicationId: 'id' })
  expect(await refusal(aws.sns.send(withId))).toEqual([
    'InvalidParameterException',
    'Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
  ])
})
