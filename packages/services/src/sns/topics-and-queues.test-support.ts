import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { type ClientOptions, type Cloud, client, createCloud } from '@cloud-orrery/cloud'
import { expect } from 'vitest'

export const accountId = '123456789012'
export const region = 'us-east-1'

/** One account with clients for topics and queues. */
export interface World {
  readonly cloud: Cloud
  readonly sns: SNSClient
  readonly sqs: SQSClient
}

export function world(options: Parameters<typeof createCloud>[0] = {}): World {
  const cloud = createCloud({ deepFreeze: true, ...options })
  return worldOf(cloud)
}

export function worldOf(cloud: Cloud, options: ClientOptions = {}): World {
  return { cloud, sns: client(cloud, SNSClient, options), sqs: client(cloud, SQSClient, options) }
}

export function queueArnOf(queueUrl: string): string {
  const [account, name] = queueUrl.split('/').slice(-2)
  return `arn:aws:sqs:${queueUrl.split('.')[1]}:${account}:${name}`
}

/** A queue that lets SNS send for the given topic (any topic where none is given). */
export async function queueFor(
  { sqs }: World,
  name: string,
  topicArn?: string,
  attributes: Record<string, string> = {},
): Promise<{ queueUrl: string; queueArn: string }> {
  const { QueueUrl: queueUrl = '' } = await sqs.send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: { ...(name.endsWith('.fifo') ? { FifoQueue: 'true' } : {}), ...attributes },
    }),
  )
  const queueArn = queueArnOf(queueUrl)
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnLike: { 'aws:SourceArn': topicArn ?? 'arn:aws:sns:*:*:*' } },
      },
    ],
  })
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: { Policy } }))
  return { queueUrl, queueArn }
}

export async function topicNamed(
  { sns }: World,
  Name: string,
  Attributes: Record<string, string> = {},
): Promise<string> {
  const { TopicArn = '' } = await sns.send(
    new CreateTopicCommand({
      Name,
      Attributes: { ...(Name.endsWith('.fifo') ? { FifoTopic: 'true' } : {}), ...Attributes },
    }),
  )
  return TopicArn
}

/** A topic with one queue subscribed. */
export async function topicWithQueue(
  at: World,
  attributes: Record<string, string> = {},
  names: { topic: string; queue: string } = { topic: 'news', queue: 'inbox' },
): Promise<{ topicArn: string; queueUrl: string; queueArn: string; subscriptionArn: string }> {
  const topicArn = await topicNamed(at, names.topic)
  const queue = await queueFor(at, names.queue, topicArn)
  const { SubscriptionArn: subscriptionArn = '' } = await at.sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint: queue.queueArn,
      Attributes: attributes,
    }),
  )
  return { topicArn, ...queue, subscriptionArn }
}

/** Takes all messages out of a queue, in the order in which they come. */
export async function drain({ cloud, sqs }: World, queueUrl: string): Promise<Message[]> {
  await cloud.settle()
  const taken: Message[] = []
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    )
    if (Messages.length === 0) return taken
    for (const { ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }))
    }
    taken.push(...Messages)
  }
}

/** Texts of the messages that SNS put into envelopes. */
export async function receivedBodies(at: World, queueUrl: string): Promise<string[]> {
  const messages = await drain(at, queueUrl)
  return messages.map(({ Body = '' }) => (JSON.parse(Body) as { Message: string }).Message)
}

/** Name and text of the error that a call is refused with. */
export async function refusal(call: Promise<unknown>): Promise<[string, string]> {
  try {
    await call
  } catch (error) {
    if (error instanceof Error) return [error.name, error.message]
  }
  return expect.unreachable('the call was answered')
}
