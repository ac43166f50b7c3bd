import {
  CreateTopicCommand,
  type MessageAttributeValue,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { ReceiveMessageCommand, type ReceiveMessageResult, SQSClient } from '@aws-sdk/client-sqs'
import { client, createCloud } from '@cloud-orrery/cloud'
import { test } from 'vitest'
import {
  asRecorded,
  type Bindings,
  expectRecorded,
  type Recorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'
import { queueFor, type World } from './topics-and-queues.test-support.ts'

/** The account in which the recordings were made. */
export const recordedAccount = '111111111111'

export const recorded = test.skipIf(!recordingsPresent)

/** What the SDK for JavaScript takes for a member, and what the recorded tests added to AWS's answers. */
const shownOtherwise = ['xmlns', 'Error._normalized']

/** Placeholders without a number stand for any text, here and there another. */
const anything = /^(date|<(signature|md5-hash|sender-id|time-ms)>)$/

/** The recordings of SNS write `date` for a time, and bytes as Python does. */
function asWritten(content: Recorded): Recorded {
  return JSON.parse(JSON.stringify(content), (key, value: unknown) => {
    if (typeof value === 'string' && anything.test(value)) return 'timestamp'
    return key === 'BinaryValue' && value === "b'\\x02\\x03\\x04'" ? '\u0002\u0003\u0004' : value
  }) as Recorded // A copy of one.
}

/** A fresh cloud and one recorded test, whose answers are compared one by one. */
export function replaying(name: string, file = 'sns/test_sns') {
  const cloud = createCloud({ accountId: recordedAccount, deepFreeze: true })
  const at: World = { cloud, sns: client(cloud, SNSClient), sqs: client(cloud, SQSClient) }
  const content = asWritten(recording(file, name))
  const bindings: Bindings = new Map([
    ['<partition>', 'aws'],
    ['<region>', 'us-east-1'],
  ])
  return {
    ...at,
    at,
    content,
    bindings,

    /** A topic. Names are free unless a test looks at them. */
    async newTopic(Name = 'a-topic', Attributes: Record<string, string> = {}): Promise<string> {
      return (await at.sns.send(new CreateTopicCommand({ Name, Attributes }))).TopicArn ?? ''
    },

    newQueue: (name = 'a-queue', attributes: Record<string, string> = {}) =>
      queueFor(at, name, undefined, attributes),

    async subscribeQueue(topicArn: string, queueArn: string, Attributes = {}): Promise<string> {
      const { SubscriptionArn = '' } = await at.sns.send(
        new SubscribeCommand({
          TopicArn: topicArn,
          Protocol: 'sqs',
          Endpoint: queueArn,
          Attributes,
          ReturnSubscriptionArn: true,
        }),
      )
      return SubscriptionArn
    },

    setSubscription: (SubscriptionArn: string, AttributeName: string, AttributeValue: string) =>
      at.sns.send(
        new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }),
      ),

    publish: (
      TopicArn: string,
      Message: string,
      MessageAttributes?: Record<string, MessageAttributeValue>,
    ) => at.sns.send(new PublishCommand({ TopicArn, Message, MessageAttributes })),

    /** What the recorded tests ask a queue for: everything, without hiding it. */
    async receive(queueUrl: string, options: ReceiveOptions = {}): Promise<ReceiveMessageResult> {
      await cloud.settle()
      return await at.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          VisibilityTimeout: 0,
          MaxNumberOfMessages: 10,
          ...options,
        }),
      )
    },

    /** Compares a call's answer with the recorded one of this key. */
    async answers<O extends object>(key: string, call: Promise<O>, ignore: readonly string[] = []) {
      const actual = await asRecorded(call)
      expectRecorded(actual, content[key], bindings, [...shownOtherwise, ...ignore])
      return actual['Error'] === undefined ? await call : undefined
    },

    /** Compares what was seen otherwise. */
    holds(key: string, actual: unknown, ignore: readonly string[] = []) {
      expectRecorded(actual, content[key], bindings, ignore)
    },
  }
}

type ReceiveOptions = Omit<ConstructorParameters<typeof ReceiveMessageCommand>[0], 'QueueUrl'>

export const everything: ReceiveOptions = {
  MessageAttributeNames: ['All'],
  MessageSystemAttributeNames: ['All'],
}
