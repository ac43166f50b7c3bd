import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type ReceiveMessageRequest,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { expect } from 'vitest'
import { callsWait } from './queues.test-support.ts'
import {
  recorded,
  recordedAccount,
  replaying,
  type Variant,
} from './recorded-queues.test-support.ts'

const both: readonly Variant[] = ['sqs', 'sqs_query']
const provider = 'TestSqsProvider::'
// Written as those who recorded did: AWS takes both.
const byContent = { FifoQueue: 'True', ContentBasedDeduplication: 'True' }
const byId = { FifoQueue: 'True', ContentBasedDeduplication: 'False' }

/** A queue and the three calls that all of these tests make. */
async function fifo(name: string, variant: Variant, attributes: Record<string, string>) {
  const replay = replaying(provider + name, variant)
  const { sqs, newQueue } = replay
  const QueueUrl = await newQueue(attributes)
  return {
    ...replay,
    QueueUrl,
    send: (MessageBody: string, MessageGroupId: string, MessageDeduplicationId?: string) =>
      sqs.send(
        new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId, MessageDeduplicationId }),
      ),
    receive: (rest: Partial<ReceiveMessageRequest> = {}) =>
      sqs.send(new ReceiveMessageCommand({ ...rest, QueueUrl })),
    remove: (ReceiptHandle: string | undefined) =>
      sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
  }
}

const attributes = (sqs: SQSClient, QueueUrl: string) =>
  sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))

for (const variant of both) {
  recorded(`a group that ran empty takes messages again: ${variant}`, async () => {
    const name = `test_fifo_empty_message_groups_added_back_to_queue[${variant}]`
    const { answers, send, receive, remove } = await fifo(name, variant, byContent)
    await send('Message 1', 'g1')
    const first = await answers('inital-fifo-receive', receive())
    await remove(first?.Messages?.[0]?.ReceiptHandle)
    await answers('empty-fifo-receive', receive())
    await send('Message 2', 'g1')
    await answers('final-fifo-receive', receive())
  })

  recorded(`a message says its group, its id and its number: ${variant}`, async () => {
    const name = `test_fifo_message_attributes[${variant}]`
    const { answers, send, receive } = await fifo(name, variant, {
      ...byContent,
      VisibilityTimeout: '0',
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    })
    await answers('send_message', send('message-body-1', 'group-1', 'dedup-1'))
    const all = { AttributeNames: ['All' as const], WaitTimeSeconds: 10 }
    await answers('receive_message_0', receive(all))
    await answers('receive_message_1', receive(all))
  })

  recorded(`a batch in which a message has no deduplication id fails: ${variant}`, async () => {
    const name = `test_send_batch_missing_deduplication_id_for_fifo_queue[${variant}]`
    const { sqs, answers, QueueUrl } = await fifo(name, variant, byId)
    const entry = { MessageBody: 'messageBody', MessageGroupId: 'test-group' }
    const Entries = [
      { ...entry, Id: 'message-1', MessageDeduplicationId: 'dedup-1' },
      { ...entry, Id: 'message-2' },
    ]
    await answers(
      'test_missing_deduplication_id_for_fifo_queue',
      sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })),
    )
  })

  recorded(`a batch in which a message has no group fails: ${variant}`, async () => {
    const name = `test_send_batch_missing_message_group_id_for_fifo_queue[${variant}]`
    const { sqs, answers, QueueUrl } = await fifo(name, variant, byId)
    const entry = { MessageBody: 'messageBody', MessageDeduplicationId: 'dedup-1' }
    const Entries = [
      { ...entry, Id: 'message-1', MessageGroupId: 'test-group' },
      { ...entry, Id: 'message-2', MessageDeduplicationId: 'dedup-2' },
    ]
    await answers(
      'test_missing_message_group_id_for_fifo_queue',
      sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })),
    )
  })

  recorded(`a message is known again after it was deleted: ${variant}`, async () => {
    const name = `test_fifo_deduplication_arrives_once_after_delete[${variant}-False]`
    const { cloud, answers, send, receive, remove } = await fifo(name, variant, byId)
    const item = '{"foo": "bar"}'
    await send(item, 'group-1', 'dedup1')
    const first = await answers('get-messages', receive({ WaitTimeSeconds: 3 }))
    await remove(first?.Messages?.[0]?.ReceiptHandle)
    await send(item, 'group-1', 'dedup1')
    const again = receive({ WaitTimeSeconds: 1 })
    await callsWait(cloud)
    await cloud.advance({ seconds: 1 })
    await answers('get-messages-duplicate', again)
  })

  recorded(`with groups as scope two groups may use one id: ${variant}`, async () => {
    const name = `test_fifo_high_throughput_ordering[${variant}]`
    const { answers, send, receive, remove } = await fifo(name, variant, {
      ...byId,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    })
    await send('Test1', 'group1', 'same-dedup')
    const first = await answers('same-dedup-different-grp-1', receive())
    await remove(first?.Messages?.[0]?.ReceiptHandle)
    await send('Test2', 'group2', 'same-dedup')
    await answers('same-dedup-different-grp-2', receive())
  })

  recorded(`a longer timeout lets a handle delete later: ${variant}`, async () => {
    const name = `test_fifo_delete_after_visibility_timeout_extended[${variant}]`
    const queue = await fifo(name, variant, { ...byContent, VisibilityTimeout: '1' })
    const { cloud, sqs, answers, send, receive, remove, QueueUrl } = queue
    await send('foobar', '1')
    const first = await answers('received_sqs_message', receive({ WaitTimeSeconds: 5 }))
    const ReceiptHandle = first?.Messages?.[0]?.ReceiptHandle
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 5 }),
    )
    await cloud.advance({ milliseconds: 1500 })
    await remove(ReceiptHandle)
    await answers('delete_after_timeout_fifo_extended', receive())
  })

  recorded(`messages behind one in flight count as visible: ${variant}`, async () => {
    await countBehindMessagesInFlight(variant)
  })
}

async function countBehindMessagesInFlight(variant: Variant) {
  // The recording is empty: those who recorded compared the attributes themselves.
  const name = `test_fifo_approximate_number_of_messages_not_visible[${variant}]`
  const { sqs, send, receive, QueueUrl } = await fifo(name, variant, {
    ...byContent,
    VisibilityTimeout: '60',
  })
  for (let i = 1; i <= 6; i += 1) await send(`message-${i}`, String(Math.ceil(i / 2)))
  const group = async () =>
    (await receive({ MessageSystemAttributeNames: ['MessageGroupId'] })).Messages?.[0]?.Attributes
  expect([await group(), await group()]).toEqual([{ MessageGroupId: '1' }, { MessageGroupId: '2' }])
  const { Attributes } = await attributes(sqs, QueueUrl)
  expect(Attributes).toMatchObject({
    ApproximateNumberOfMessages: '4',
    ApproximateNumberOfMessagesNotVisible: '2',
    ApproximateNumberOfMessagesDelayed: '0',
  })
}

recorded('a handle whose time is up deletes nothing', async () => {
  const name = 'test_fifo_delete_after_visibility_timeout[sqs]'
  const queue = await fifo(name, 'sqs', { ...byContent, VisibilityTimeout: '1' })
  const { cloud, answers, send, receive, remove } = queue
  await send('foobar', '1')
  const first = await answers('received_sqs_message', receive({ WaitTimeSeconds: 5 }))
  await cloud.advance({ seconds: 1 })
  await answers('delete_after_timeout_fifo', remove(first?.Messages?.[0]?.ReceiptHandle))
})

recorded('the error of a handle whose time is up is the same a second later', async () => {
  // The recording is empty: those who recorded did not get that far.
  const name = 'test_fifo_delete_message_with_expired_receipt_handle[sqs]'
  const queue = await fifo(name, 'sqs', { ...byContent, VisibilityTimeout: '1' })
  const { cloud, send, receive, remove } = queue
  await send('g1-m1', '1')
  const { Messages } = await receive()
  await cloud.advance({ seconds: 2 })
  await expect(remove(Messages?.[0]?.ReceiptHandle)).rejects.toThrow(
    'The receipt handle has expired.',
  )
})

recorded('a FIFO message has no delay of its own', async () => {
  const name = 'test_fifo_queue_send_message_with_delay_seconds_fails[sqs_query]'
  const { sqs, answers, QueueUrl } = await fifo(name, 'sqs_query', byContent)
  const input = { QueueUrl, MessageBody: 'message-1', MessageGroupId: '1', DelaySeconds: 2 }
  await answers('send_message', sqs.send(new SendMessageCommand(input)))
})

recorded('with the queue as scope two groups may not use one id', async () => {
  const name = 'test_sqs_fifo_same_dedup_id_different_message_groups[sqs]'
  const { answers, send, receive, remove } = await fifo(name, 'sqs', byId)
  await send('Test', 'group1', 'same-dedup')
  const first = await answers('same-dedup-different-grp-1', receive())
  await remove(first?.Messages?.[0]?.ReceiptHandle)
  await send('Test', 'group2', 'same-dedup')
  await answers('same-dedup-different-grp-2', receive())
})

recorded('groups may be the scope without high throughput', async () => {
  const name = 'test_sqs_fifo_message_group_scope_no_throughput_setting[sqs]'
  const { answers, send, receive, remove } = await fifo(name, 'sqs', {
    ...byContent,
    DeduplicationScope: 'messageGroup',
  })
  await send('Test', 'group1')
  const first = await answers('same-dedup-different-grp-1', receive())
  await remove(first?.Messages?.[0]?.ReceiptHandle)
  await send('Test', 'group2')
  await answers('same-dedup-different-grp-2', receive())
})

recorded('a change to high throughput is not followed at once', async () => {
  const name = 'test_fifo_change_to_high_throughput_after_creation[sqs_query]'
  const queue = await fifo(name, 'sqs_query', { ...byId, DeduplicationScope: 'queue' })
  const { sqs, answers, send, receive, remove, QueueUrl } = queue
  await send('Test1', 'group1', 'same-dedup')
  const first = await answers('same-dedup-different-grp-1', receive())
  await remove(first?.Messages?.[0]?.ReceiptHandle)
  await send('Test2', 'group2', 'same-dedup')
  await answers('same-dedup-different-grp-2', receive({ VisibilityTimeout: 0 }))
  const Attributes = {
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
  }
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))
  await answers('set-to-high-throughput', attributes(sqs, QueueUrl))
  await answers('same-dedup-different-grp-high-throughput', receive())
  await send('Test3', 'group3', 'same-dedup')
  await answers('same-dedup-different-grp-high-throughput-2', receive())
  await send('Test4', 'group4', 'dedup_2')
  const fourth = await answers('new-dedup2-high-throughput', receive())
  await remove(fourth?.Messages?.[0]?.ReceiptHandle)
  await send('Test5', 'group5', 'dedup_2')
  await answers('same-dedup2-high-throughput', receive())
})

recorded('a change to regular throughput is not followed at once', async () => {
  const name = 'test_fifo_change_to_regular_throughput_after_creation[sqs_query]'
  const { sqs, answers, send, receive, remove, QueueUrl } = await fifo(name, 'sqs_query', {
    ...byId,
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
  })
  for (const i of [1, 2]) {
    await send(`Test${i}`, `group${i}`, 'same-dedup')
    const found = await answers(`same-dedup-different-grp-${i}`, receive())
    await remove(found?.Messages?.[0]?.ReceiptHandle)
  }
  const Attributes = { DeduplicationScope: 'queue', FifoThroughputLimit: 'perQueue' }
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))
  await answers('set-to-regular-throughput', attributes(sqs, QueueUrl))
  await send('Test3', 'group3', 'same-dedup')
  await answers('same-dedup-different-grp-regular-throughput', receive())
})

/** Which of three messages is kept longer, by the recording's name: those in front of it come back. */
const kept: readonly [string, Variant, number][] = [
  ['sqs-1-visible', 'sqs', 1],
  ['sqs-2-visible', 'sqs', 2],
]

for (const [id, variant, position] of kept) {
  recorded(`a message that is kept blocks its group behind it: ${id}`, async () => {
    const name = `test_fifo_group_visibility_extends_with_change_message_visibility[${id}]`
    const queue = await fifo(name, variant, { FifoQueue: 'true', VisibilityTimeout: '1' })
    const { cloud, sqs, answers, send, receive, QueueUrl } = queue
    for (const body of ['foo', 'bar', 'baz']) await send(body, '1', body)
    const all = await answers('receive_all_messages', receive({ MaxNumberOfMessages: 5 }))
    const ReceiptHandle = all?.Messages?.[position]?.ReceiptHandle
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 4 }),
    )
    await cloud.advance({ milliseconds: 2500 })
    await answers('some-messages-invisible', receive({ MaxNumberOfMessages: 5 }))
  })
}

/** The same with ids of an earlier form of the test, in which the position is not named. */
const earlier: readonly [string, Variant, number][] = [
  ['sqs-all-invisible', 'sqs', 0],
  ['sqs-no-invisible', 'sqs', 2],
  ['sqs_query-no-invisible', 'sqs_query', 2],
]

for (const [id, variant, position] of earlier) {
  recorded(`how many messages come back depends on which is kept: ${id}`, async () => {
    const name = `test_fifo_group_visibility_extends_with_change_message_visibility[${id}]`
    const queue = await fifo(name, variant, { FifoQueue: 'true', VisibilityTimeout: '1' })
    const { cloud, sqs, answers, send, receive, QueueUrl } = queue
    for (const body of ['foo', 'bar', 'baz']) await send(body, '1', body)
    const all = await answers('receive_all_messages', receive({ MaxNumberOfMessages: 5 }))
    const ReceiptHandle = all?.Messages?.[position]?.ReceiptHandle
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 4 }),
    )
    await cloud.advance({ milliseconds: 2500 })
    await answers('some-messages-invisible', receive({ MaxNumberOfMessages: 5 }))
  })
}

for (const [id, deduplicationId] of [
  ['too_long', 'a'.repeat(129)],
  ['spaces', 'group 123'],
] as const) {
  recorded(`a deduplication id has its form: ${id}`, async () => {
    const name = `test_message_deduplication_id_invalid[${id}]`
    const { answers, send } = await fifo(name, 'sqs', byId)
    await answers('error-response', send('Hello World!', 'test', deduplicationId))
  })
}

recorded('a deduplication id has 128 characters at most', async () => {
  // The recording is empty: the call has to succeed.
  const { send } = await fifo('test_message_deduplication_id_success', 'sqs', byId)
  expect(await send('Hello World!', 'test', 'a'.repeat(128))).toMatchObject({
    SequenceNumber: expect.stringMatching(/^\d{20}$/),
  })
})

recorded('a FIFO queue goes on after it gave a message up', async () => {
  // The recording is empty: those who recorded compared the messages themselves.
  const name = 'test_dead_letter_queue_with_fifo_and_content_based_deduplication[sqs]'
  const { sqs, newQueue, send, receive, QueueUrl } = await fifo(name, 'sqs', byContent)
  const dead = await newQueue({ ...byContent, MessageRetentionPeriod: '1209600' }, 'dead.fifo')
  const deadLetterTargetArn = `arn:aws:sqs:us-east-1:${recordedAccount}:dead.fifo`
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 })
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }))
  const sent = await send('foobar', '1')
  for (let i = 0; i < 3; i += 1) await receive({ VisibilityTimeout: 0 })
  const given = await sqs.send(new ReceiveMessageCommand({ QueueUrl: dead }))
  expect(given.Messages?.[0]).toMatchObject({ MessageId: sent.MessageId, Body: 'foobar' })
  const second = await send('foobar2', '1')
  expect((await receive()).Messages?.[0]).toMatchObject({ MessageId: second.MessageId })
})
