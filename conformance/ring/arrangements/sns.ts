import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

const text = { DataType: 'String', StringValue: 'ring' }

/** A topic with a queue that listens. */
export async function arrangeSns(cloud: Cloud): Promise<KnownValues> {
  const sns = client(cloud, SNSClient)
  await client(cloud, SQSClient).send(new CreateQueueCommand({ QueueName: 'ring' }))
  const Endpoint = 'arn:aws:sqs:us-east-1:123456789012:ring'
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'ring' }))
  const { SubscriptionArn } = await sns.send(
    new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }),
  )
  return {
    TopicArn,
    TargetArn: TopicArn,
    ResourceArn: TopicArn,
    SubscriptionArn,
    Protocol: 'sqs',
    Endpoint,
    'CreateTopic.Name': 'ring-new',
    'CreateTopic.Attributes.key': 'DisplayName',
    'SetTopicAttributes.AttributeName': 'DisplayName',
    'SetTopicAttributes.AttributeValue': 'Ring',
    'SetSubscriptionAttributes.': {
      SubscriptionArn,
      AttributeName: 'RawMessageDelivery',
      AttributeValue: 'true',
    },
    'Subscribe.': { TopicArn, Protocol: 'sqs', Endpoint },
    'Subscribe.Attributes.key': 'RawMessageDelivery',
    'Subscribe.Attributes.value': 'true',
    'AWSAccountId[]': '123456789012',
    'ActionName[]': 'Publish',
    'Publish.Message': 'hello',
    // Publish needs exactly one of three destinations, which the model does not say.
    'Publish.': { TopicArn, Message: 'hello' },
    PhoneNumber: '+15555550100',
    'MessageAttributes.value': text,
    'PublishBatchRequestEntries[].MessageAttributes.value': text,
  }
}
