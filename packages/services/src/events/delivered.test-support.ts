import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  type Target,
} from '@aws-sdk/client-eventbridge'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { type Cloud, client } from '@cloud-orrery/cloud'

/** Where a test's clients work. */
export interface Place {
  readonly accountId?: string
  readonly region?: string
}

export interface Queue {
  readonly url: string
  readonly arn: string
}

/** A queue to which EventBridge may send. */
export async function openQueue(cloud: Cloud, name = 'q', place: Place = {}): Promise<Queue> {
  const { accountId = cloud.defaultAccountId, region = cloud.defaultRegion } = place
  const sqs = client(cloud, SQSClient, place)
  const arn = `arn:aws:sqs:${region}:${accountId}:${name}`
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: arn,
      },
    ],
  }
  const fifo = name.endsWith('.fifo')
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: {
        Policy: JSON.stringify(policy),
        ...(fifo ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' } : {}),
      },
    }),
  )
  return { url: QueueUrl, arn }
}

/** A role of a test that EventBridge may assume, and what it may do. Answers its ARN. */
export async function roleFor(
  cloud: Cloud,
  action: string,
  {
    resource = '*',
    name = 'a-role',
    place = {},
  }: { resource?: string; name?: string; place?: Place } = {},
): Promise<string> {
  const iam = client(cloud, IAMClient, place)
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
    ],
  }
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  )
  const permissions = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: resource }],
  }
  const PolicyDocument = JSON.stringify(permissions)
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'p', PolicyDocument }))
  return Role?.Arn ?? ''
}

/** Takes all messages of a queue out, in the order in which they come. */
export async function taken(cloud: Cloud, { url }: Queue, place: Place = {}): Promise<Message[]> {
  await cloud.settle()
  const sqs = client(cloud, SQSClient, place)
  const all: Message[] = []
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 0,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    )
    // A short poll may find nothing though there is something: a legal choice of SQS.
    if (Messages.length === 0 && (await visibleIn(sqs, url)) === 0) return all
    for (const message of Messages) {
      all.push(message)
      const ReceiptHandle = message.ReceiptHandle ?? ''
      await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }))
    }
  }
}

async function visibleIn(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const name = 'ApproximateNumberOfMessages'
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] })
  return Number((await sqs.send(asked)).Attributes?.[name])
}

/** Bodies of all messages of a queue, taken out. */
export async function bodies(cloud: Cloud, queue: Queue, place: Place = {}): Promise<string[]> {
  return (await taken(cloud, queue, place)).map(({ Body = '' }) => Body)
}

/** A rule of the default bus, or of a bus that is made, with targets. */
export async function ruleFor(
  cloud: Cloud,
  targets: readonly Target[],
  { bus, pattern, place = {} }: { bus?: string; pattern: object; place?: Place },
): Promise<void> {
  const events = client(cloud, EventBridgeClient, place)
  if (bus !== undefined) await events.send(new CreateEventBusCommand({ Name: bus }))
  const EventBusName = bus ?? 'default'
  await events.send(
    new PutRuleCommand({ Name: 'r', EventBusName, EventPattern: JSON.stringify(pattern) }),
  )
  await events.send(new PutTargetsCommand({ Rule: 'r', EventBusName, Targets: [...targets] }))
}

/** Puts one event of source `shop`. */
export async function putEvent(
  cloud: Cloud,
  detail: object,
  entry: { EventBusName?: string; Source?: string; DetailType?: string; Resources?: string[] } = {},
  place: Place = {},
): Promise<string> {
  const Detail = JSON.stringify(detail)
  const { Entries } = await client(cloud, EventBridgeClient, place).send(
    new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: 'Placed', Detail, ...entry }] }),
  )
  return Entries?.[0]?.EventId ?? JSON.stringify(Entries?.[0])
}
