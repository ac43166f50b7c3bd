import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

async function withQueue(Attributes: Record<string, string> = {}) {
  const cloud = createCloud({ deepFreeze: true })
  const sqs = client(cloud, SQSClient)
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'orders', Attributes }),
  )
  return { cloud, sqs, QueueUrl }
}

test('a message that is not deleted comes back when its visibility timeout is over', async () => {
  const { cloud, sqs, QueueUrl } = await withQueue()
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
  const first = await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
  expect(first.Messages?.[0]?.Body).toBe('hi')
  expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toBeUndefined()
  await cloud.advance({ seconds: 30 })
  const second = await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
  const ReceiptHandle = second.Messages?.[0]?.ReceiptHandle
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  )
  expect(Attributes).toEqual({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesDelayed: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
    CreatedTimestamp: '1767225600',
    DelaySeconds: '0',
    LastModifiedTimestamp: '1767225600',
    MaximumMessageSize: '1048576',
    MessageRetentionPeriod: '345600',
    QueueArn: 'arn:aws:sqs:us-east-1:123456789012:orders',
    ReceiveMessageWaitTimeSeconds: '0',
    SqsManagedSseEnabled: 'true',
    VisibilityTimeout: '30',
  })
})

test('a long poll is answered as soon as a message comes', async () => {
  const { sqs, QueueUrl } = await withQueue()
  const poll = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }))
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
  expect((await poll).Messages?.[0]?.Body).toBe('hi')
})
