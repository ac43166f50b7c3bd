import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { type Cloud, client } from '@cloud-orrery/cloud'

/** A topic `alerts` whose messages come, bare, to a queue. */
export async function topicIntoQueue(cloud: Cloud) {
  const sns = client(cloud, SNSClient)
  const sqs = client(cloud, SQSClient)
  const { TopicArn: topicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'alerts' }))
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'alerts' }))
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  )
  const Endpoint = Attributes?.['QueueArn']
  const allow = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: Endpoint }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [allow] })
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }))
  await sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  )
  /** All messages that are there, taken out of sight. */
  const received = async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    )
    return Messages.map(({ Body = '' }) => JSON.parse(Body) as Record<string, unknown>)
  }
  return { topicArn, received }
}
