import {
  DeleteQueueCommand,
  type MessageAttributeValue,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { callsWait, refusal, withQueue } from './queues.test-support.ts'
import { counts, queues } from './state.ts'

test('a message that is not deleted comes back when its visibility timeout is over', async () => {
  const { cloud, send, receive, bodies, remove, counts: counted } = await withQueue()
  const sent = await send('hi')
  const [first] = await receive({ MessageSystemAttributeNames: ['All'] })
  const SenderId = first?.Attributes?.SenderId
  expect(SenderId).toMatch(/^AIDA[A-Z0-9]{17}$/)
  expect(first).toEqual({
    MessageId: sent.MessageId,
    ReceiptHandle: first?.ReceiptHandle,
    Body: 'hi',
    MD5OfBody: '49f68a5c8493ec2c0bf489821c21fc3b',
    Attributes: {
      SenderId,
      SentTimestamp: '1767225600000',
      ApproximateReceiveCount: '1',
      ApproximateFirstReceiveTimestamp: '1767225600000',
    },
  })
  expect(await bodies()).toEqual([])
  await cloud.advance({ milliseconds: 29_999 })
  expect(await bodies()).toEqual([])
  await cloud.advance({ milliseconds: 1 })
  const [second] = await receive({ MessageSystemAttributeNames: ['All'] })
  expect(second?.Attributes).toEqual({
    SenderId,
    SentTimestamp: '1767225600000',
    ApproximateReceiveCount: '2',
    ApproximateFirstReceiveTimestamp: '1767225600000',
  })
  expect(await counted()).toEqual([0, 0, 1])
  await remove(second?.ReceiptHandle)
  expect(await counted()).toEqual([0, 0, 0])
})

test('a handle is not the latest any more: deleting by it succeeds and deletes nothing', async () => {
  const { cloud, send, receive, remove, counts: counted } = await withQueue()
  await send('hi')
  const [first] = await receive()
  await cloud.advance({ seconds: 30 })
  const [second] = await receive()
  await remove(first?.ReceiptHandle)
  expect(await counted()).toEqual([0, 0, 1])
  await remove(second?.ReceiptHandle)
  await remove(second?.ReceiptHandle)
  expect(await counted()).toEqual([0, 0, 0])
})

test('a handle that is none is told apart from one that does nothing', async () => {
  const { send, receive, remove, keep } = await withQueue()
  expect(await refusal(remove('garbage'))).toEqual({
    code: 'ReceiptHandleIsInvalid',
    message: 'The input receipt handle "garbage" is not a valid receipt handle.',
  })
  await send('hi')
  const [{ ReceiptHandle = '' } = {}] = await receive()
  await remove(ReceiptHandle)
  expect(await refusal(keep(ReceiptHandle, 42))).toEqual({
    code: 'InvalidParameterValue',
    message: `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
  })
  const { code } = await refusal(remove(`${ReceiptHandle.slice(0, -4)}AAAA`))
  expect(code).toBe('ReceiptHandleIsInvalid')
})

test('a message stays with one receiver for twelve hours at most, counted from its receipt', async () => {
  const { cloud, send, receive, keep, bodies } = await withQueue()
  await send('hi')
  const [{ ReceiptHandle } = {}] = await receive()
  expect(await refusal(keep(ReceiptHandle, 43_201))).toEqual({
    code: 'InvalidParameterValue',
    message:
      'Value 43201 for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and 43200, if provided.',
  })
  await keep(ReceiptHandle, 43_200)
  await cloud.advance({ seconds: 1 })
  expect(await refusal(keep(ReceiptHandle, 43_200))).toEqual({
    code: 'InvalidParameterValue',
    message:
      'Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds].',
  })
  await keep(ReceiptHandle, 0)
  expect(await bodies()).toEqual(['hi'])
})

test('a standard queue takes a handle for a longer timeout after its time is up', async () => {
  const { cloud, send, receive, keep, bodies } = await withQueue({ VisibilityTimeout: '1' })
  await send('hi')
  const [{ ReceiptHandle } = {}] = await receive()
  await cloud.advance({ seconds: 2 })
  await keep(ReceiptHandle, 2)
  expect(await bodies()).toEqual([])
  await cloud.advance({ seconds: 2 })
  expect(await bodies()).toEqual(['hi'])
})

test('a delay is that of the message, else that of the queue', async () => {
  const { cloud, send, bodies, counts: counted } = await withQueue({ DelaySeconds: '10' })
  await send('at once', { DelaySeconds: 0 })
  await send('after ten')
  await send('after five', { DelaySeconds: 5 })
  expect(await counted()).toEqual([1, 2, 0])
  expect(await bodies()).toEqual(['at once'])
  await cloud.advance({ seconds: 5 })
  expect(await bodies()).toEqual(['after five'])
  await cloud.advance({ seconds: 5 })
  expect(await bodies()).toEqual(['after ten'])
  expect(await refusal(send('never', { DelaySeconds: 901 }))).toEqual({
    code: 'InvalidParameterValue',
    message:
      'Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.',
  })
})

test('a message that came back is received before one that was sent after it', async () => {
  const { cloud, send, receive, bodies } = await withQueue()
  await send('first')
  await receive({ VisibilityTimeout: 3 })
  await cloud.advance({ seconds: 2 })
  await send('second')
  await cloud.advance({ seconds: 2 })
  expect(await bodies()).toEqual(['first', 'second'])
})

test('a message is gone when its retention is over, whoever has it', async () => {
  const {
    cloud,
    send,
    receive,
    bodies,
    counts: counted,
  } = await withQueue({
    MessageRetentionPeriod: '60',
  })
  await send('kept by a receiver')
  await receive({ VisibilityTimeout: 600 })
  await cloud.advance({ seconds: 30 })
  await send('waiting')
  await cloud.advance({ seconds: 30 })
  expect(await counted()).toEqual([1, 0, 0])
  await cloud.advance({ seconds: 30 })
  expect(await counted()).toEqual([0, 0, 0])
  expect(await bodies()).toEqual([])
})

test('a longer retention keeps what was not gone yet', async () => {
  const { cloud, send, set, bodies } = await withQueue({ MessageRetentionPeriod: '60' })
  await send('hi')
  await cloud.advance({ seconds: 59 })
  await set({ MessageRetentionPeriod: '120' })
  await cloud.advance({ seconds: 60 })
  expect(await bodies()).toEqual(['hi'])
})

test('a long poll is answered when a message comes, at once', async () => {
  const { cloud, send, bodies } = await withQueue()
  const poll = bodies({ WaitTimeSeconds: 20 })
  await callsWait(cloud)
  await cloud.advance({ seconds: 7 })
  await send('hi')
  expect(await poll).toEqual(['hi'])
})

test('a long poll is answered when a message becomes visible', async () => {
  const { cloud, send, receive, bodies } = await withQueue()
  await send('delayed', { DelaySeconds: 5 })
  await send('received')
  await receive({ VisibilityTimeout: 8 })
  const poll = bodies({ WaitTimeSeconds: 20 })
  await callsWait(cloud)
  await cloud.advance({ seconds: 5 })
  expect(await poll).toEqual(['delayed'])
  const next = bodies({ WaitTimeSeconds: 20 })
  await callsWait(cloud)
  await cloud.advance({ seconds: 3 })
  expect(await next).toEqual(['received'])
})

test('a long poll ends with nothing when its time is over; the queue says how long', async () => {
  const { cloud, bodies } = await withQueue({ ReceiveMessageWaitTimeSeconds: '3' })
  const startedAtMs = cloud.kernel.clock.nowMs
  const poll = bodies().then((found) => [found, cloud.kernel.clock.nowMs - startedAtMs])
  await callsWait(cloud)
  await cloud.advance({ seconds: 3 })
  expect(await poll).toEqual([[], 3000])
})

test('each message wakes one of those who wait', async () => {
  const { cloud, send, bodies } = await withQueue()
  const polls = [bodies({ WaitTimeSeconds: 20 }), bodies({ WaitTimeSeconds: 20 })]
  await callsWait(cloud)
  await send('one')
  await send('two')
  expect((await Promise.all(polls)).flat().sort()).toEqual(['one', 'two'])
})

test('a long poll fails when its queue is deleted', async () => {
  const { cloud, sqs, QueueUrl, bodies } = await withQueue()
  const poll = refusal(bodies({ WaitTimeSeconds: 20 }))
  await callsWait(cloud)
  await sqs.send(new DeleteQueueCommand({ QueueUrl }))
  expect(await poll).toEqual({
    code: 'AWS.SimpleQueueService.NonExistentQueue',
    message: 'The specified queue does not exist.',
  })
})

test('digests of attributes are those that AWS gives', async () => {
  const { send } = await withQueue()
  const Root = '1-5759e988-bd862e3fe1be46a994272793'
  const StringValue = `Root=${Root};Parent=53995c3f42cd8ad8;Sampled=1`
  const answer = await send('test', {
    MessageAttributes: { timestamp: { DataType: 'Number', StringValue: '1493147359900' } },
    MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue } },
  })
  expect(answer).toMatchObject({
    MD5OfMessageAttributes: '235c5c510d26fb653d073faed50ae77c',
    MD5OfMessageSystemAttributes: '5ae4d5d7636402d80f4eb6d213245a88',
  })
})

test('a receiver names the attributes that it wants', async () => {
  const { send, receive } = await withQueue({ VisibilityTimeout: '0' })
  const text = (StringValue: string) => ({ DataType: 'String', StringValue })
  await send('msg', {
    MessageAttributes: { 'Help.Me': text('Me'), Hello: text('There'), General: text('Kenobi') },
  })
  const named = async (...MessageAttributeNames: string[]) =>
    Object.keys((await receive({ MessageAttributeNames }))[0]?.MessageAttributes ?? {}).sort()
  expect(await named()).toEqual([])
  expect(await named('All')).toEqual(['General', 'Hello', 'Help.Me'])
  expect(await named('.*')).toEqual(['General', 'Hello', 'Help.Me'])
  expect(await named('Hel.*')).toEqual(['Hello', 'Help.Me'])
  expect(await named('Foo', 'Help')).toEqual([])
  expect(await named('Foo', 'Hello')).toEqual(['Hello'])
})

const invalidAttributes: readonly [string, MessageAttributeValue, string][] = [
  [
    'Untyped',
    { DataType: undefined, StringValue: 'a' },
    "The message attribute 'Untyped' must contain non-empty message attribute type.",
  ],
  [
    'ErrorDetails',
    { DataType: 'String', StringValue: '' },
    "Message (user) attribute 'ErrorDetails' must contain a non-empty value of type 'String'.",
  ],
  [
    'amazon.thing',
    { DataType: 'String', StringValue: 'x' },
    'Value amazon.thing for parameter MessageAttributeName is invalid. Reason: MessageAttributeName can contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.) characters only.',
  ],
  [
    'kind',
    { DataType: 'Invalid', StringValue: 'x' },
    "The message attribute 'kind' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
  ],
  [
    'count',
    { DataType: 'Number', StringValue: 'many' },
    "Can't cast the value of message (user) attribute 'count' to a number.",
  ],
]

for (const [name, value, message] of invalidAttributes) {
  test(`an attribute has its form: ${name}`, async () => {
    const { send } = await withQueue()
    expect(await refusal(send('hi', { MessageAttributes: { [name]: value } }))).toEqual({
      code: 'InvalidParameterValue',
      message,
    })
  })
}

test('letters of all scripts may stand in the name of an attribute', async () => {
  const { send } = await withQueue()
  const MessageAttributes = { 'attr.1øßä': { DataType: 'String', StringValue: 'x' } }
  expect(await send('hi', { MessageAttributes })).toMatchObject({ $metadata: { attempts: 1 } })
})

test('an entry whose text has forbidden characters fails alone', async () => {
  const { sqs, QueueUrl, bodies } = await withQueue()
  const Entries = [
    { Id: 'good', MessageBody: 'tab\tand\r\nlines \u{1f600}' },
    { Id: 'bad', MessageBody: '\u0001' },
    { Id: 'empty', MessageBody: '' },
  ]
  const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  expect(answer.Successful?.map(({ Id }) => Id)).toEqual(['good'])
  expect(answer.Failed).toEqual([
    {
      Id: 'bad',
      SenderFault: true,
      Code: 'InvalidMessageContents',
      Message:
        'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    },
    {
      Id: 'empty',
      SenderFault: true,
      Code: 'MissingParameter',
      Message: 'The request must contain the parameter MessageBody.',
    },
  ])
  expect(await bodies()).toEqual(['tab\tand\r\nlines \u{1f600}'])
})

test('a batch has entries, and their ids differ', async () => {
  const { sqs, QueueUrl } = await withQueue()
  const batch = (Entries: { Id: string; MessageBody: string }[]) =>
    refusal(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })))
  expect(await batch([])).toEqual({
    code: 'AWS.SimpleQueueService.EmptyBatchRequest',
    message: 'There should be at least one SendMessageBatchRequestEntry in the request.',
  })
  const entry = { Id: 'one', MessageBody: 'x' }
  expect(await batch([entry, entry])).toEqual({
    code: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
    message: 'Id one repeated.',
  })
})

test('a standard queue has no deduplication', async () => {
  const { send, receive } = await withQueue()
  expect(await refusal(send('hi', { MessageDeduplicationId: 'one' }))).toEqual({
    code: 'InvalidParameterValue',
    message:
      'Value one for parameter MessageDeduplicationId is invalid. Reason: The request includes a parameter that is not valid for this queue type.',
  })
  const { code } = await refusal(receive({ ReceiveRequestAttemptId: 'one' }))
  expect(code).toBe('InvalidParameterValue')
})

test('beyond 120,000 messages in flight a short poll fails and a long one waits', async () => {
  const { cloud, send, bodies } = await withQueue()
  await send('one too many')
  const scope = cloud.scope('123456789012', 'us-east-1')
  const id = queues.get(scope, 'orders')?.id ?? ''
  counts.update(scope, id, { inFlight: 120_000 })
  expect(await refusal(bodies())).toEqual({
    code: 'OverLimit',
    message:
      'Too many messages have been received without being deleted.\nPlease delete your received messages or let them timeout before receiving more.',
  })
  const poll = bodies({ WaitTimeSeconds: 1 })
  await callsWait(cloud)
  await cloud.advance({ seconds: 1 })
  expect(await poll).toEqual([])
})
