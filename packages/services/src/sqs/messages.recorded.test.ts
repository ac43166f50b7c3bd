import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type ReceiveMessageRequest,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageRequest,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { expect } from 'vitest'
import { recorded, replaying, type Variant } from './recorded-queues.test-support.ts'

const both: readonly Variant[] = ['sqs', 'sqs_query']
const provider = 'TestSqsProvider::'
const attribute = { k: { DataType: 'String', StringValue: 'x' } }
/** Of the attribute above: its name, type and value. */
const attributeBytes = 'kStringx'.length

type Rest<R extends { QueueUrl: string | undefined }> = Partial<Omit<R, 'QueueUrl'>>

const send = (sqs: SQSClient, QueueUrl: string, rest: Rest<SendMessageRequest> = {}) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'message', ...rest }))
const receive = (sqs: SQSClient, QueueUrl: string, rest: Rest<ReceiveMessageRequest> = {}) =>
  sqs.send(new ReceiveMessageCommand({ QueueUrl, ...rest }))

for (const variant of both) {
  recorded(`a batch entry has an id of its form: ${variant}`, async () => {
    const name = `${provider}test_invalid_batch_id[${variant}]`
    const { sqs, answers, newQueue } = replaying(name, variant)
    const Entries = [{ Id: 'message:1', MessageBody: 'messageBody-1' }]
    const QueueUrl = await newQueue()
    await answers(
      'test_invalid_batch_id',
      sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })),
    )
  })

  recorded(`ten messages are deleted at once and not more: ${variant}`, async () => {
    const name = `${provider}test_delete_message_batch_with_too_large_batch[${variant}]`
    const { sqs, answers, newQueue } = replaying(name, variant)
    const QueueUrl = await newQueue()
    const handles = await twentyHandles(sqs, QueueUrl)
    const Entries = handles.map((ReceiptHandle, i) => ({ Id: String(i), ReceiptHandle }))
    await answers('error_response', sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })))
  })

  recorded(`polls are as long as AWS allows: ${variant}`, async () => {
    const name = `${provider}test_send_receive_wait_time_seconds[${variant}]`
    const { sqs, answers, newQueue } = replaying(name, variant)
    const QueueUrl = await newQueue()
    await send(sqs, QueueUrl)
    await answers(
      'recieve_message_error_too_large',
      receive(sqs, QueueUrl, { WaitTimeSeconds: 21 }),
    )
    await answers(
      'recieve_message_error_too_small',
      receive(sqs, QueueUrl, { WaitTimeSeconds: -1 }),
    )
    await answers('empty_short_poll_by_default_resp', receive(sqs, QueueUrl))
    await send(sqs, QueueUrl)
    await answers('empty_short_poll_explicit_resp', receive(sqs, QueueUrl, { WaitTimeSeconds: 0 }))
  })

  recorded(
    `a handle deletes after its time as long as nobody else has one: ${variant}`,
    async () => {
      const name = `${provider}test_delete_after_visibility_timeout[${variant}]`
      const { cloud, sqs, answers, newQueue } = replaying(name, variant)
      const QueueUrl = await newQueue({ VisibilityTimeout: '1' })
      await send(sqs, QueueUrl, { MessageBody: 'foobar' })
      const { Messages = [] } = await receive(sqs, QueueUrl, { WaitTimeSeconds: 5 })
      await cloud.advance({ seconds: 1 })
      const ReceiptHandle = Messages[0]?.ReceiptHandle
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
      await answers('delete_after_timeout_queue_empty', receive(sqs, QueueUrl))
    },
  )

  recorded(`system attributes have two parameters: ${variant}`, async () => {
    const name = `${provider}test_message_system_attribute_names_with_attribute_names[${variant}]`
    const { sqs, answers, newQueue } = replaying(name, variant)
    const QueueUrl = await newQueue({ VisibilityTimeout: '0' })
    const MessageAttributes = { Foo: { DataType: 'String', StringValue: 'Bar' } }
    await send(sqs, QueueUrl, { MessageBody: 'msg', MessageAttributes })
    const all = { MessageSystemAttributeNames: ['All' as const], WaitTimeSeconds: 5 }
    await answers('same_values', receive(sqs, QueueUrl, { ...all, AttributeNames: ['All'] }))
    // In the query protocol both parameters have one name, and boto sent the second alone.
    const sender = ['SenderId' as QueueAttributeName] // Which the model does not know and SQS takes.
    const asked =
      variant === 'sqs' ? { ...all, AttributeNames: sender } : { AttributeNames: sender }
    await answers('different_values', receive(sqs, QueueUrl, asked))
  })
}

/** Two batches of ten, received. */
async function twentyHandles(sqs: SQSClient, QueueUrl: string): Promise<string[]> {
  const Entries = Array.from({ length: 10 }, (_, i) => ({
    Id: `message-${i}`,
    MessageBody: `messageBody-${i}`,
  }))
  const handles: string[] = []
  for (let i = 0; i < 2; i += 1) {
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    const { Messages = [] } = await receive(sqs, QueueUrl, { MaxNumberOfMessages: 10 })
    for (const { ReceiptHandle = '' } of Messages) handles.push(ReceiptHandle)
  }
  expect(handles.length).toBe(20)
  return handles
}

recorded('the visibility of ten messages is changed at once and not more', async () => {
  const name = `${provider}test_change_message_visibility_batch_with_too_large_batch[sqs_query]`
  const { sqs, answers, newQueue } = replaying(name, 'sqs_query')
  const QueueUrl = await newQueue()
  const handles = await twentyHandles(sqs, QueueUrl)
  const Entries = handles.map((ReceiptHandle, i) => ({
    Id: String(i),
    ReceiptHandle,
    VisibilityTimeout: 123,
  }))
  await answers(
    'error_response',
    sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries })),
  )
})

for (const id of ['testLongId'.repeat(10), 'invalid:id']) {
  recorded(`a message is not deleted under the id ${id.slice(0, 12)}`, async () => {
    const name = `${provider}test_delete_message_batch_invalid_msg_id[sqs_query-${id}]`
    const { sqs, answers, newQueue } = replaying(name, 'sqs_query')
    const QueueUrl = await newQueue()
    const Entries = [{ Id: id, ReceiptHandle: 'testHandle1' }]
    await answers('error_response', sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })))
  })
}

recorded('ten messages are received at once and not more', async () => {
  const name = `${provider}test_send_receive_max_number_of_messages[sqs]`
  const { sqs, answers, newQueue } = replaying(name)
  const QueueUrl = await newQueue()
  await send(sqs, QueueUrl)
  const eleven = receive(sqs, QueueUrl, { MaxNumberOfMessages: 11 })
  await answers('send_max_number_of_messages', eleven)
})

recorded('a message has a mebibyte at most, attributes included', async () => {
  const name = `${provider}test_send_oversized_message[sqs_query]`
  const { sqs, answers, newQueue } = replaying(name, 'sqs_query')
  const QueueUrl = await newQueue()
  const MessageBody = 'a'.repeat(1_048_576 - attributeBytes + 1)
  const long = send(sqs, QueueUrl, { MessageBody, MessageAttributes: attribute })
  await answers('send_oversized_message', long)
})

recorded('a queue may take shorter messages only', async () => {
  const name = `${provider}test_send_message_with_updated_maximum_message_size[sqs]`
  const { sqs, answers, newQueue } = replaying(name)
  const QueueUrl = await newQueue()
  const Attributes = { MaximumMessageSize: '1024' }
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))
  await send(sqs, QueueUrl, { MessageBody: 'a'.repeat(1024) })
  const MessageBody = 'a'.repeat(1024 - attributeBytes + 1)
  const long = send(sqs, QueueUrl, { MessageBody, MessageAttributes: attribute })
  await answers('send_oversized_message', long)
})

const batchOf = (bytes: number) => [
  {
    Id: '1',
    MessageBody: 'a'.repeat(bytes - attributeBytes),
    MessageAttributes: attribute,
  },
  { Id: '2', MessageBody: 'a' },
]

recorded('a batch has a mebibyte at most, all entries together', async () => {
  const name = `${provider}test_send_message_batch_with_oversized_contents[sqs]`
  const { sqs, answers, newQueue } = replaying(name)
  const QueueUrl = await newQueue()
  await answers(
    'send_oversized_message_batch',
    sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: batchOf(1_048_576) })),
  )
})

recorded('what a queue allows a message holds for each entry, not for the batch', async () => {
  const name =
    'test_send_message_batch_with_oversized_contents_with_updated_maximum_message_size[sqs_query]'
  const { sqs, answers, newQueue } = replaying(provider + name, 'sqs_query')
  const QueueUrl = await newQueue({ MaximumMessageSize: '2048' })
  await answers(
    'send_oversized_message_batch',
    sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: batchOf(2048) })),
  )
})

recorded('a message has a body', async () => {
  const name = `${provider}test_send_empty_message[sqs_query]`
  const { sqs, answers, newQueue } = replaying(name, 'sqs_query')
  const QueueUrl = await newQueue()
  await answers('send_empty_message', send(sqs, QueueUrl, { MessageBody: '' }))
})

recorded('an attribute may be of bytes', async () => {
  const name = `${provider}test_send_message_with_binary_attributes[sqs]`
  const { sqs, answers, newQueue } = replaying(name)
  const QueueUrl = await newQueue()
  const text = 'traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01'
  const BinaryValue = Buffer.from(text)
  const MessageAttributes = { attr1: { DataType: 'Binary', BinaryValue } }
  await send(sqs, QueueUrl, { MessageBody: 'test', MessageAttributes })
  // The recording keeps the bytes as Python prints them.
  const value = 'Messages[0].MessageAttributes.attr1.BinaryValue'
  const received = await answers(
    'binary-attrs-msg',
    receive(sqs, QueueUrl, { MessageAttributeNames: ['All'] }),
    [value],
  )
  const bytes = received?.Messages?.[0]?.MessageAttributes?.['attr1']?.BinaryValue
  expect(Buffer.from(bytes ?? []).toString()).toBe(text)
})

recorded('a standard queue keeps the group of a message', async () => {
  const name = `${provider}test_fair_queue_with_message_group_id[sqs_query]`
  const { sqs, answers, newQueue } = replaying(name, 'sqs_query')
  const QueueUrl = await newQueue()
  await answers('send_message', send(sqs, QueueUrl, { MessageGroupId: 'test' }))
  await answers(
    'get-message-with-deduplication-id',
    receive(sqs, QueueUrl, { WaitTimeSeconds: 5, AttributeNames: ['All'] }),
  )
})

recorded('a group has an id of its form', async () => {
  const name = `${provider}test_send_message_to_standard_queue_with_invalid_message_group_id[spaces]`
  const { sqs, answers, newQueue } = replaying(name)
  const QueueUrl = await newQueue()
  await answers('error-response', send(sqs, QueueUrl, { MessageGroupId: 'group 123' }))
})

recorded('messages in flight are counted until their time is over', async () => {
  // The recording is empty: those who recorded compared the attributes themselves.
  const name = `${provider}test_approximate_number_of_messages_not_visible[sqs]`
  const { cloud, sqs, newQueue } = replaying(name)
  const QueueUrl = await newQueue({ VisibilityTimeout: '60' })
  for (let i = 1; i <= 6; i += 1) await send(sqs, QueueUrl, { MessageBody: `message-${i}` })
  await receive(sqs, QueueUrl, { MaxNumberOfMessages: 1 })
  const counted = async () =>
    (
      await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl,
          AttributeNames: [
            'ApproximateNumberOfMessages',
            'ApproximateNumberOfMessagesNotVisible',
            'ApproximateNumberOfMessagesDelayed',
          ],
        }),
      )
    ).Attributes
  const numbers = (visible: number, notVisible: number) => ({
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(notVisible),
    ApproximateNumberOfMessagesDelayed: '0',
  })
  expect(await counted()).toEqual(numbers(5, 1))
  await cloud.advance({ seconds: 60 })
  expect(await counted()).toEqual(numbers(6, 0))
})
