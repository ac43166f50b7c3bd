import {
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  PublishBatchCommand,
  type PublishBatchRequestEntry,
  PublishCommand,
} from '@aws-sdk/client-sns'
import { DeleteMessageCommand, DeleteQueueCommand } from '@aws-sdk/client-sqs'
import { everything, recorded, replaying } from '../recorded-topics.test-support.ts'
import { drain } from '../topics-and-queues.test-support.ts'

recorded('test_subscribe_sqs_queue: what a filter lets through', async () => {
  const { sns, newTopic, newQueue, subscribeQueue, setSubscription, publish, receive, answers } =
    replaying('TestSNSSubscriptionSQS::test_subscribe_sqs_queue')
  const topicArn = await newTopic()
  const { queueUrl, queueArn } = await newQueue()
  const arn = await subscribeQueue(topicArn, queueArn)
  await setSubscription(arn, 'FilterPolicy', '{"attr1": [{"numeric": [">", 0, "<=", 100]}]}')
  const attributes = new GetSubscriptionAttributesCommand({ SubscriptionArn: arn })
  await answers('subscription-attributes', sns.send(attributes))
  await publish(topicArn, 'This is a test message', {
    attr1: { DataType: 'Number', StringValue: '99.12' },
  })
  await answers('messages', receive(queueUrl, { MessageAttributeNames: ['All'] }))
})

recorded('test_attribute_raw_subscribe: a raw message has its attributes', async () => {
  const { sns, newTopic, newQueue, subscribeQueue, publish, receive, answers } = replaying(
    'TestSNSSubscriptionSQS::test_attribute_raw_subscribe',
  )
  const topicArn = await newTopic()
  const { queueUrl, queueArn } = await newQueue()
  const arn = await subscribeQueue(topicArn, queueArn, { RawMessageDelivery: 'true' })
  const attributes = new GetSubscriptionAttributesCommand({ SubscriptionArn: arn })
  await answers('subscription-attributes', sns.send(attributes))
  await publish(topicArn, 'This is a test message', {
    store: { DataType: 'Binary', BinaryValue: new Uint8Array([2, 3, 4]) },
  })
  await answers('messages-response', receive(queueUrl, { MessageAttributeNames: ['All'] }))
})

for (const raw of ['True', 'False']) {
  const name = `test_redrive_policy_sqs_queue_subscription[${raw}]`
  recorded(`${name}: the dead-letter queue gets what the queue would have`, async () => {
    const { sqs, newTopic, newQueue, subscribeQueue, setSubscription, publish, receive, answers } =
      replaying(`TestSNSSubscriptionSQS::${name}`)
    const topicArn = await newTopic()
    const { queueUrl, queueArn } = await newQueue()
    const arn = await subscribeQueue(topicArn, queueArn)
    const dead = await newQueue('dead')
    const policy = JSON.stringify({ deadLetterTargetArn: dead.queueArn })
    await setSubscription(arn, 'RedrivePolicy', policy)
    if (raw === 'True') await setSubscription(arn, 'RawMessageDelivery', 'true')
    await sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }))
    await publish(topicArn, 'test_dlq_after_sqs_endpoint_deleted', {
      attr1: { DataType: 'Number', StringValue: '111' },
      attr2: { DataType: 'Binary', BinaryValue: new Uint8Array([2, 3, 4]) },
    })
    await answers('messages', receive(dead.queueUrl, everything))
  })
}

recorded('test_publish_sqs_verify_signature[2]: version 2 is told in the envelope', async () => {
  const { newTopic, newQueue, subscribeQueue, publish, receive, answers } = replaying(
    'TestSNSSubscriptionSQS::test_publish_sqs_verify_signature[2]',
  )
  const attributes = { DisplayName: 'TestTopicSignature', SignatureVersion: '2' }
  const topicArn = await newTopic('a-topic', attributes)
  const { queueUrl, queueArn } = await newQueue()
  await subscribeQueue(topicArn, queueArn)
  await publish(topicArn, 'test signature value with attributes', {
    attr1: { DataType: 'Number', StringValue: '1' },
  })
  await answers('messages', receive(queueUrl, everything))
})

/** A FIFO topic and a queue with a subscription. */
async function inOrder(name: string, contentBased: boolean, queue = 'queue.fifo') {
  const at = replaying(name)
  const content: Record<string, string> = contentBased ? { ContentBasedDeduplication: 'true' } : {}
  const topicArn = await at.newTopic('topic.fifo', { FifoTopic: 'true', ...content })
  if ('topic-attrs' in at.content) {
    const attributes = new GetTopicAttributesCommand({ TopicArn: topicArn })
    await at.answers('topic-attrs', at.sns.send(attributes))
  }
  const { queueUrl, queueArn } = await at.newQueue(queue, queue.endsWith('.fifo') ? content : {})
  const arn = await at.subscribeQueue(topicArn, queueArn)
  return {
    ...at,
    topicArn,
    queueUrl,
    arn,
    receiveAll: (url = queueUrl) => at.receive(url, { ...everything, VisibilityTimeout: 30 }),
    batch: (entries: readonly PublishBatchRequestEntry[]) =>
      at.sns.send(
        new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries: [...entries] }),
      ),
  }
}

for (const [name, contentBased, queue] of [
  ['test_message_to_fifo_sqs[False]', false, 'queue.fifo'],
  ['test_fifo_topic_to_regular_sqs[True]', true, 'queue'],
] as const) {
  recorded(`${name}: a FIFO topic drops a duplicate`, async () => {
    const { sns, sqs, topicArn, queueUrl, receiveAll, answers } = await inOrder(
      `TestSNSSubscriptionSQSFifo::${name}`,
      contentBased,
      queue,
    )
    const message = {
      TopicArn: topicArn,
      Message: 'Test',
      MessageGroupId: 'message-group-id-1',
      ...(contentBased ? {} : { MessageDeduplicationId: 'message-deduplication-id-1' }),
    }
    await sns.send(new PublishCommand(message))
    const first = await answers('messages', receiveAll())
    const ReceiptHandle = first?.Messages?.[0]?.ReceiptHandle
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }))
    await sns.send(new PublishCommand(message))
    await answers('dedup-messages', receiveAll())
  })
}

const number = (StringValue: string) => ({ DataType: 'Number', StringValue })

const threeMessages: readonly PublishBatchRequestEntry[] = [
  {
    Id: '1',
    MessageGroupId: 'complexMessageGroupId',
    Message: 'Test Message with two attributes',
    Subject: 'Subject',
    MessageAttributes: { attr1: number('99.12'), attr2: number('109.12') },
  },
  {
    Id: '2',
    MessageGroupId: 'complexMessageGroupId',
    Message: 'Test Message with one attribute',
    Subject: 'Subject',
    MessageAttributes: { attr1: number('19.12') },
  },
  {
    Id: '3',
    MessageGroupId: 'complexMessageGroupId',
    Message: 'Test Message without attribute',
    Subject: 'Subject',
  },
]

recorded(
  'test_publish_batch_messages_from_fifo_topic_to_fifo_queue[True]: duplicates are answered as their originals',
  async () => {
    const at = await inOrder(
      'TestSNSSubscriptionSQSFifo::test_publish_batch_messages_from_fifo_topic_to_fifo_queue[True]',
      true,
    )
    const { sns, arn, queueUrl, answers, holds, batch } = at
    await at.setSubscription(arn, 'RawMessageDelivery', 'true')
    const attributes = new GetSubscriptionAttributesCommand({ SubscriptionArn: arn })
    await answers('sub-attrs-raw-true', sns.send(attributes))
    await answers('publish-batch-response-fifo', batch(threeMessages))
    holds('messages', { Messages: plain(await drain(at.at, queueUrl)) })
    await answers('republish-batch-response-fifo', batch(threeMessages))
    await answers('duplicate-messages', at.receiveAll())
  },
)

recorded('test_publish_fifo_messages_to_dlq[True]: dead letters keep group and order', async () => {
  const at = await inOrder(
    'TestSNSSubscriptionSQSFifo::test_publish_fifo_messages_to_dlq[True]',
    false,
  )
  const { sns, sqs, topicArn, arn, queueUrl, answers, holds, batch } = at
  await at.setSubscription(arn, 'RawMessageDelivery', 'true')
  const dead = await at.newQueue('dlq.fifo')
  const policy = JSON.stringify({ deadLetterTargetArn: dead.queueArn })
  await at.setSubscription(arn, 'RedrivePolicy', policy)
  await sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }))
  const named = threeMessages.map((entry) => ({
    ...entry,
    MessageDeduplicationId: `MessageDeduplicationId-${entry.Id}`,
  }))
  await answers('publish-batch-response-fifo', batch(named))
  holds('batch-messages-in-dlq', { Messages: plain(await drain(at.at, dead.queueUrl)) })
  const single = new PublishCommand({
    TopicArn: topicArn,
    Message: 'test-message',
    MessageGroupId: 'message-group-id-1',
    MessageDeduplicationId: 'message-deduplication-id-1',
  })
  await answers('publish-response-fifo', sns.send(single))
  holds('messages-in-dlq', { Messages: plain(await drain(at.at, dead.queueUrl)) })
})

/** Without the members that the SDK has but leaves undefined. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T // A copy of the same shape.
}
