import {
  PublishCommand,
  SetSubscriptionAttributesCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns'
import { DeleteQueueCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import {
  drain,
  queueFor,
  receivedBodies,
  topicWithQueue,
  world,
} from '../topics-and-queues.test-support.ts'

test('an SQS outage delays a message, it does not lose it', async () => {
  const aws = world()
  const { topicArn, queueUrl } = await topicWithQueue(aws)
  const outage = aws.cloud.armFault('sqs.SendMessage', {
    kind: 'error',
    code: 'ServiceUnavailable',
  })
  await aws.sns.send(new PublishCommand({ TopicArn: topicArn, Message: 'hi' }))
  await aws.cloud.advance({ hours: 6 })
  expect(await receivedBodies(aws, queueUrl)).toEqual([])

  aws.cloud.endFault(outage)
  await aws.cloud.advance({ seconds: 20 }) // One post-backoff interval.
  expect(await receivedBodies(aws, queueUrl)).toEqual(['hi'])
})

test('a deleted queue sends the message to the dead-letter queue at once', async () => {
  const aws = world()
  const { topicArn, queueUrl, subscriptionArn } = await topicWithQueue(aws)
  const dead = await queueFor(aws, 'dead', topicArn)
  await aws.sns.send(
    new SetSubscriptionAttributesCommand({
      SubscriptionArn: subscriptionArn,
      AttributeName: 'RedrivePolicy',
      AttributeValue: JSON.stringify({ deadLetterTargetArn: dead.queueArn }),
    }),
  )
  await aws.sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }))
  await aws.sns.send(new PublishCommand({ TopicArn: topicArn, Message: 'hi' }))
  expect(await receivedBodies(aws, dead.queueUrl)).toEqual(['hi'])
})

test('a queue whose policy does not name the topic gets nothing, and nobody tries again', async () => {
  const aws = world()
  const { topicArn, queueUrl } = await topicWithQueue(aws)
  await aws.sqs.send(
    new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: { Policy: '' } }),
  )
  await aws.sns.send(new PublishCommand({ TopicArn: topicArn, Message: 'hi' }))
  await aws.cloud.advance({ minutes: 5 })
  expect(await receivedBodies(aws, queueUrl)).toEqual([])
  const attempts = aws.cloud.kernel.journal.entries.filter(({ name }) => name === 'sns.deliver')
  expect(attempts.map(({ data }) => data['error'])).toEqual([
    {
      code: 'AccessDeniedException',
      message:
        'User: sns.amazonaws.com is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:us-east-1:123456789012:inbox because no resource-based policy allows the sqs:sendmessage action',
    },
  ])
})

test('a message is not delivered to a subscription that was cancelled while it was in flight', async () => {
  const aws = world()
  const { topicArn, queueUrl, subscriptionArn } = await topicWithQueue(aws)
  const outage = aws.cloud.armFault('sqs.SendMessage', {
    kind: 'error',
    code: 'ServiceUnavailable',
  })
  await aws.sns.send(new PublishCommand({ TopicArn: topicArn, Message: 'hi' }))
  await aws.cloud.advance({ seconds: 1 })
  await aws.sns.send(new UnsubscribeCommand({ SubscriptionArn: subscriptionArn }))
  aws.cloud.endFault(outage)
  await aws.cloud.advance({ hours: 1 })
  expect(await drain(aws, queueUrl)).toEqual([])
})

test('the same seed gives the same journal, deliveries, signatures and retries included', async () => {
  const digests: string[] = []
  for (const seed of [7, 7, 8]) {
    const aws = world({ seed, choices: 'legal' })
    const { topicArn, queueUrl } = await topicWithQueue(aws)
    aws.cloud.armFault(
      'sqs.SendMessage',
      { kind: 'error', code: 'ServiceUnavailable' },
      { times: 4 },
    )
    await aws.sns.send(new PublishCommand({ TopicArn: topicArn, Message: 'hi' }))
    await aws.cloud.advance({ minutes: 1 })
    await drain(aws, queueUrl)
    digests.push(aws.cloud.kernel.journal.digest())
  }
  expect(digests[0]).toBe(digests[1])
  expect(digests[0]).not.toBe(digests[2])
})

test('a fork made in flight delivers on its own', async () => {
  const aws = world()
  const { topicArn, queueUrl } = await topicWithQueue(aws)
  aws.cloud.armFault('sqs.SendMessage', { kind: 'error', code: 'ServiceUnavailable' }, { times: 5 })
  await aws.sns.send(new PublishCommand({ TopicArn: topicArn, Message: 'hi' }))
  await aws.cloud.settle()
  const { worldOf } = await import('../topics-and-queues.test-support.ts')
  const fork = worldOf(aws.cloud.fork())
  await fork.cloud.advance({ seconds: 10 })
  expect(await receivedBodies(fork, queueUrl)).toEqual(['hi'])
  expect(await receivedBodies(aws, queueUrl)).toEqual([])
})
