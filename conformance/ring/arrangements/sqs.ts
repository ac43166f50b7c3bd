import {
  AddPermissionCommand,
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

const text = { DataType: 'String', StringValue: 'ring' }

/** A queue with a dead-letter queue, and a message that is being worked on. */
export async function arrangeSqs(cloud: Cloud): Promise<KnownValues> {
  const sqs = client(cloud, SQSClient)
  await sqs.send(new CreateQueueCommand({ QueueName: 'ring-dead' }))
  const arn = (name: string): string => `arn:aws:sqs:us-east-1:123456789012:${name}`
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: arn('ring-dead'),
    maxReceiveCount: 3,
  })
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'ring', Attributes: { RedrivePolicy } }),
  )
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'first' }))
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'second' }))
  const permission = { Label: 'ring', AWSAccountIds: ['222222222222'], Actions: ['SendMessage'] }
  await sqs.send(new AddPermissionCommand({ QueueUrl, ...permission }))
  return {
    QueueUrl,
    'RemovePermission.Label': 'ring',
    QueueName: 'ring',
    'CreateQueue.QueueName': 'ring-new',
    'CreateQueue.Attributes.key': 'DelaySeconds',
    'CreateQueue.Attributes.value': '5',
    'SetQueueAttributes.Attributes.key': 'DelaySeconds',
    'SetQueueAttributes.Attributes.value': '5',
    ReceiptHandle: Messages?.[0]?.ReceiptHandle,
    'Entries[].ReceiptHandle': Messages?.[0]?.ReceiptHandle,
    SourceArn: arn('ring-dead'),
    'AWSAccountIds[]': '123456789012',
    'Actions[]': 'SendMessage',
    'MessageAttributes.value': text,
    'Entries[].MessageAttributes.value': text,
    'MessageSystemAttributes.value': text,
    'Entries[].MessageSystemAttributes.value': text,
    QueueOwnerAWSAccountId: '123456789012',
  }
}
