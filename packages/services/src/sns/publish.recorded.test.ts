import {
  type MessageAttributeValue,
  PublishBatchCommand,
  type PublishBatchRequestEntry,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { DeleteMessageCommand } from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { recorded, replaying } from './recorded-topics.test-support.ts'

/** Publishing, as the recorded tests do it. */
function publishing(name: string) {
  const at = replaying(name)
  return {
    ...at,
    batch: (TopicArn: string, PublishBatchRequestEntries: PublishBatchRequestEntry[]) =>
      at.sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries })),
  }
}

recorded('test_publish_wrong_arn_format: an ARN has six elements', async () => {
  const { publish, answers } = publishing('TestSNSPublishCrud::test_publish_wrong_arn_format')
  await answers('invalid-topic-arn', publish('randomstring', 'Good news everyone!'))
  await answers('invalid-topic-arn-1', publish('randomstring:1', 'Good news everyone!'))
  await answers('empty-topic', publish('', 'Good news everyone!'))
})

recorded('test_publish_message_by_target_arn: both names of the topic will do', async () => {
  const { sns, sqs, newTopic, newQueue, subscribeQueue, publish, receive, answers } = publishing(
    'TestSNSPublishCrud::test_publish_message_by_target_arn',
  )
  const topicArn = await newTopic()
  const { queueUrl, queueArn } = await newQueue()
  await subscribeQueue(topicArn, queueArn)
  await publish(topicArn, 'test-msg-1')
  const first = await answers('receive-topic-arn', receive(queueUrl))
  const ReceiptHandle = first?.Messages?.[0]?.ReceiptHandle
  await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }))
  await sns.send(new PublishCommand({ TargetArn: topicArn, Message: 'test-msg-2' }))
  await answers('receive-target-arn', receive(queueUrl))
})

recorded('test_unknown_topic_publish: a topic that is not there takes nothing', async () => {
  const { newTopic, publish, answers } = publishing(
    'TestSNSPublishCrud::test_unknown_topic_publish',
  )
  const topicArn = await newTopic()
  await answers('success', publish(topicArn, 'This is a test message'))
  await answers('error', publish(`${topicArn}-fake`, 'This is a test message'))
})

recorded('test_topic_publish_another_region: nor does one of another region', async () => {
  const { cloud, newTopic, publish, answers } = publishing(
    'TestSNSPublishCrud::test_topic_publish_another_region',
  )
  const TopicArn = await newTopic()
  const elsewhere = client(cloud, SNSClient, { region: 'us-west-1' })
  const Message = 'This is a test message'
  await answers('success', publish(TopicArn, Message))
  await answers('error', elsewhere.send(new PublishCommand({ TopicArn, Message })))
  const entries = { TopicArn, PublishBatchRequestEntries: [{ Id: '1', Message }] }
  await answers('error-batch', elsewhere.send(new PublishBatchCommand(entries)))
})

const one = { attr1: { DataType: 'Number', StringValue: '1' } }
/** Name, type and value of `one`. */
const oneBytes = 'attr1Number1'.length

recorded('test_publish_too_long_message: attributes count for the size', async () => {
  const { newTopic, publish, answers } = publishing(
    'TestSNSPublishCrud::test_publish_too_long_message',
  )
  const topicArn = await newTopic()
  await answers('error', publish(topicArn, 'This is a test message'.repeat(12_000)))
  const full = 'a'.repeat(262_144 - oneBytes)
  await answers('error-with-attrs', publish(topicArn, `${full}a`, one))
  await publish(topicArn, full, one)
})

recorded(
  'test_publish_batch_too_long_message: a batch is as large as a message may be',
  async () => {
    const { newTopic, batch, answers } = publishing(
      'TestSNSPublishCrud::test_publish_batch_too_long_message',
    )
    const topicArn = await newTopic()
    const half = 262_144 / 2
    const halves = [
      { Id: '1', Message: 'a'.repeat(half) },
      { Id: '2', Message: 'b'.repeat(half + 1) },
    ]
    await answers('error-no-attrs', batch(topicArn, halves))
    const full = 'a'.repeat(262_144 - oneBytes)
    const withAttributes = (Message: string) => [
      { Id: '1', Message, MessageAttributes: one },
      { Id: '2', Message: 'b' },
    ]
    await answers('error-with-attrs', batch(topicArn, withAttributes(full)))
    await batch(topicArn, withAttributes(full.slice(1)))
  },
)

recorded('test_publish_batch_messages_without_topic: the topic must be there', async () => {
  const { newTopic, batch, answers } = publishing(
    'TestSNSSubscriptionSQS::test_publish_batch_messages_without_topic',
  )
  const topicArn = await newTopic()
  const entries = [{ Id: '1', Message: 'Test Message with two attributes', Subject: 'Subject' }]
  await answers('publish-batch-no-topic', batch(`${topicArn}fake-topic`, entries))
})

recorded('test_publish_batch_exceptions: what is wrong with a batch', async () => {
  const { newTopic, batch, answers } = publishing(
    'TestSNSSubscriptionSQS::test_publish_batch_exceptions',
  )
  const topicArn = await newTopic('topic.fifo', { FifoTopic: 'true' })
  await answers(
    'no-group-id',
    batch(topicArn, [{ Id: '1', Message: 'Test message without Group ID' }]),
  )
  const eleven = Array.from({ length: 11 }, (_, i) => ({ Id: `Id_${i}`, Message: 'Too many' }))
  await answers('too-many-msg', batch(topicArn, eleven))
  const same = { Id: '1', Message: 'Messages with the same ID' }
  await answers('same-msg-id', batch(topicArn, [same, same]))
  const grouped = { Id: '1', Message: 'without MessageDeduplicationId', MessageGroupId: 'msg1' }
  await answers('no-dedup-id', batch(topicArn, [grouped]))
  const structured = { Id: '1', Message: '{"sqs":"test sqs"}', MessageStructure: 'json' }
  await answers('no-default-key-json', batch(topicArn, [structured]))
})

const binary = new TextEncoder().encode('123')

const wrongAttributes: Record<string, Record<string, Partial<MessageAttributeValue>>> = {
  missing_string_attr: { attr1: { DataType: 'String', StringValue: '' } },
  fully_missing_string_attr: { attr1: { DataType: 'String' } },
  fully_missing_data_type: { attr1: { StringValue: 'value' } },
  missing_binary_attr: { attr1: { DataType: 'Binary', BinaryValue: new Uint8Array(0) } },
  str_attr_binary_value: { attr1: { DataType: 'String', BinaryValue: binary } },
  int_attr_binary_value: { attr1: { DataType: 'Number', BinaryValue: binary } },
  binary_attr_string_value: { attr1: { DataType: 'Binary', StringValue: '123' } },
  invalid_attr_string_value: { attr1: { DataType: 'InvalidType', StringValue: '123' } },
  too_long_name: { ['a'.repeat(257)]: { DataType: 'String', StringValue: '123' } },
  invalid_name: { 'a^*?': { DataType: 'String', StringValue: '123' } },
  invalid_name_2: { '.abc': { DataType: 'String', StringValue: '123' } },
  invalid_name_3: { 'abc.': { DataType: 'String', StringValue: '123' } },
  invalid_name_4: { 'a..bc': { DataType: 'String', StringValue: '123' } },
}

recorded('test_empty_or_wrong_message_attributes: what an attribute needs', async () => {
  const { newTopic, publish, batch, answers } = publishing(
    'TestSNSSubscriptionSQS::test_empty_or_wrong_message_attributes',
  )
  const topicArn = await newTopic()
  for (const [name, wrong] of Object.entries(wrongAttributes)) {
    // Clients of AWS leave required members to the service; the type does not.
    const MessageAttributes = wrong as Record<string, MessageAttributeValue>
    await answers(name, publish(topicArn, 'test message', MessageAttributes))
    const entries = [
      { Id: '1', Message: 'test-batch', MessageAttributes },
      { Id: '3', Message: 'valid-batch' },
    ]
    await answers(`batch-${name}`, batch(topicArn, entries))
  }
})

recorded('test_message_attributes_prefixes: types may go on after a dot', async () => {
  const { newTopic, publish, answers } = publishing(
    'TestSNSSubscriptionSQS::test_message_attributes_prefixes',
  )
  const topicArn = await newTopic()
  const typed = (DataType: string) =>
    publish(topicArn, 'test message', { attr1: { DataType, StringValue: 'prefixed-1' } })
  await answers('publish-error', typed('String.'))
  await answers('publish-error-2', typed('Stringprefixed'))
  await answers('publish-ok-1', typed('String.prefixed'))
  await answers('publish-ok-2', typed('String.  prefixed.'))
})

recorded('test_publish_wrong_phone_format: wrong numbers are refused as such', async () => {
  const { sns, newTopic, answers } = publishing('TestSNSSMS::test_publish_wrong_phone_format')
  const Message = 'Good news everyone!'
  await answers('invalid-number', sns.send(new PublishCommand({ Message, PhoneNumber: '+1a234' })))
  await answers(
    'wrong-format',
    sns.send(new PublishCommand({ Message, PhoneNumber: 'NAA+15551234567' })),
  )
  const sms = { TopicArn: await newTopic(), Protocol: 'sms', Endpoint: 'NAA+15551234567' }
  await answers('wrong-endpoint', sns.send(new SubscribeCommand(sms)))
})
