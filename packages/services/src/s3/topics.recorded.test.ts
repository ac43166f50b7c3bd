import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import {
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  type TopicConfiguration,
} from '@aws-sdk/client-s3'
import {
  CreateTopicCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { type Cloud, client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { type Recorded, recordingsPresent } from '../shared/recorded.test-support.ts'
import { type Replay, replay } from './recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const account = '123456789012'

/** A queue that everyone may write to, to hear what comes by way of others. */
async function openQueue(cloud: Cloud, region = 'us-east-1') {
  const sqs = client(cloud, SQSClient, { region })
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'listener' }))
  const arn = `arn:aws:sqs:${region}:${account}:listener`
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: arn },
  })
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }))
  return {
    arn,
    async received(): Promise<Recorded[]> {
      await cloud.settle()
      const all: Recorded[] = []
      for (;;) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
        )
        if (Messages.length === 0) return all
        for (const { Body = '', ReceiptHandle } of Messages) {
          all.push(JSON.parse(Body) as Recorded)
          await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
        }
      }
    },
  }
}

/** A bucket whose topic a queue listens to; gives what the queue heard since. */
async function notified(it: Replay, more: Partial<TopicConfiguration> = {}) {
  it.bindings.set('<region>', 'us-east-1')
  it.bindings.set('<partition>', 'aws')
  const Bucket = await it.bucket()
  const sns = client(it.cloud, SNSClient)
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'told' }))
  const AttributeValue = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 's3.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: TopicArn,
      Condition: { ArnEquals: { 'aws:SourceArn': `arn:aws:s3:::${Bucket}` } },
    },
  })
  const attribute = { TopicArn, AttributeName: 'Policy', AttributeValue }
  await sns.send(new SetTopicAttributesCommand(attribute))
  const queue = await openQueue(it.cloud)
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue.arn }))
  await it.run(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: {
        TopicConfigurations: [{ TopicArn, Events: ['s3:ObjectCreated:*'], ...more }],
      },
    }),
  )
  const [first] = await queue.received()
  expect(JSON.parse(String(first?.['Message']))).toMatchObject({ Event: 's3:TestEvent', Bucket })
  return { Bucket, queue }
}

// Where SNS keeps certificates and ends subscriptions, and of which account: its own recordings tell.
const own = (path: string) =>
  ['TopicArn', 'UnsubscribeURL', 'SigningCertURL'].map((name) => `${path}${name}`)

recorded('a topic hears of puts', async () => {
  const it = replay(
    's3/test_s3_notifications_sns',
    'TestS3NotificationsToSns::test_object_created_put',
  )
  const { Bucket, queue } = await notified(it)
  await it.run(new PutObjectCommand({ Bucket, Key: 'bucket-key', Body: 'first event' }))
  await it.run(new PutObjectCommand({ Bucket, Key: 'bucket-key', Body: 'second event' }))
  const messages = await queue.received()
  const sizeOf = (message: Recorded) => String(message['Message']).length
  messages.sort((a, b) => sizeOf(a) - sizeOf(b))
  // Two signatures have one name.
  const unlike = [...own('messages[0].'), ...own('messages[1].'), 'messages[1].Signature']
  it.matchValue('receive_messages', { messages }, unlike)
})

recorded('a topic hears of the keys that it wants', async () => {
  const it = replay(
    's3/test_s3_notifications_sns',
    'TestS3NotificationsToSns::test_bucket_notifications_with_filter',
  )
  const FilterRules = [
    { Name: 'prefix' as const, Value: 'testupload/' },
    { Name: 'suffix' as const, Value: 'testfile.txt' },
  ]
  const { Bucket, queue } = await notified(it, { Filter: { Key: { FilterRules } } })
  await it.run(new PutObjectCommand({ Bucket, Key: 'testfile.txt', Body: 'unheard' }))
  await it.run(
    new PutObjectCommand({ Bucket, Key: 'testupload/dir1/testfile.txt', Body: 'x'.repeat(35) }),
  )
  const [message, ...others] = await queue.received()
  expect(others).toEqual([])
  const text = JSON.parse(String(message?.['Message'])) as {
    Records: { s3: { object: Recorded } }[]
  }
  for (const { s3 } of text.Records) s3.object['eTag'] = 'f5260f0f41af2722d9fe17a57dfa9da5' // It is not told what it held.
  it.matchValue('message', { ...message, Message: JSON.stringify(text) }, own(''))
})

recorded('the bus of the bucket hears, wherever the caller is', async () => {
  const it = replay(
    's3/test_s3_notifications_eventbridge',
    'TestS3NotificationsToEventBridge::test_object_created_put_in_different_region',
  )
  const Bucket = await it.bucket()
  const events = client(it.cloud, EventBridgeClient)
  const queue = await openQueue(it.cloud)
  const EventPattern = JSON.stringify({ source: ['aws.s3'], 'detail-type': ['Object Created'] })
  await events.send(new PutRuleCommand({ Name: 'created', EventPattern }))
  await events.send(
    new PutTargetsCommand({ Rule: 'created', Targets: [{ Id: '1', Arn: queue.arn }] }),
  )
  await it.run(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    }),
  )
  await it.run(new PutObjectCommand({ Bucket, Key: 'test-key', Body: 'data' }))
  await it.run(new PutObjectCommand({ Bucket, Key: 'test-key', Body: 'data' }))
  const messages = await queue.received()
  it.matchValue('object-created-different-regions', { messages }, [
    // Of another account.
    'messages[0].account',
    'messages[1].account',
  ])
})
