import { PurgeQueueCommand, type SendMessageRequest } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { callsWait, refusal, withQueue } from './queues.test-support.ts'

const byContent = { FifoQueue: 'true', ContentBasedDeduplication: 'true' }

/** A FIFO queue; messages are sent as `g1-m1`: their group before the dash. */
async function fifo(attributes: Record<string, string> = {}) {
  const queue = await withQueue({ ...byContent, ...attributes })
  const send = (body: string, rest: Partial<SendMessageRequest> = {}) =>
    queue.send(body, { MessageGroupId: body.split('-')[0], ...rest })
  const sendAll = async (...bodies: string[]) => {
    for (const body of bodies) await send(body)
  }
  return { ...queue, send, sendAll }
}

test('messages of a group come in the order of sending, one group after the other', async () => {
  const { sendAll, bodies } = await fifo()
  await sendAll('g1-m1', 'g2-m1', 'g1-m2', 'g1-m3')
  expect(await bodies()).toEqual(['g1-m1', 'g1-m2', 'g1-m3', 'g2-m1'])
})

test('messages that come back come in their order again', async () => {
  const { cloud, sendAll, bodies } = await fifo({ VisibilityTimeout: '1' })
  const all = ['g-m0', 'g-m1', 'g-m2']
  await sendAll(...all)
  expect(await bodies()).toEqual(all)
  await cloud.advance({ seconds: 1 })
  expect(await bodies()).toEqual(all)
})

test('a message in flight blocks its group and no other', async () => {
  const { cloud, sendAll, bodies } = await fifo({ VisibilityTimeout: '1' })
  await sendAll('g1-m1', 'g1-m2', 'g1-m3', 'g1-m4', 'g2-m1', 'g3-m1')
  expect(await bodies({ MaxNumberOfMessages: 2 })).toEqual(['g1-m1', 'g1-m2'])
  expect(await bodies({ MaxNumberOfMessages: 1 })).toEqual(['g2-m1'])
  await cloud.advance({ seconds: 2 })
  const rest = ['g3-m1', 'g1-m1', 'g1-m2', 'g1-m3', 'g1-m4', 'g2-m1']
  expect(await bodies({ VisibilityTimeout: 0 })).toEqual(rest)
})

test('a group that was received from stands behind those that were not', async () => {
  const { sendAll, bodies } = await fifo()
  await sendAll('g1-m1', 'g2-m1', 'g2-m2', 'g3-m1', 'g1-m2')
  const three = { MaxNumberOfMessages: 3, VisibilityTimeout: 0 }
  expect(await bodies(three)).toEqual(['g1-m1', 'g1-m2', 'g2-m1'])
  const all = ['g3-m1', 'g1-m1', 'g1-m2', 'g2-m1', 'g2-m2']
  expect(await bodies({ VisibilityTimeout: 0 })).toEqual(all)
})

test('a message that is given back early is received alone: those behind it are still out', async () => {
  const { sendAll, receive, keep, bodies } = await fifo()
  await sendAll('g1-m1', 'g1-m2', 'g2-m1')
  const [first] = await receive({ MaxNumberOfMessages: 2 })
  await keep(first?.ReceiptHandle, 0)
  expect(await bodies()).toEqual(['g2-m1', 'g1-m1'])
})

test('a group goes on when all its messages that were out are deleted', async () => {
  const { sendAll, receive, remove, bodies } = await fifo()
  await sendAll('g1-m1', 'g2-m1', 'g1-m2', 'g2-m2', 'g1-m3', 'g1-m4', 'g3-m1')
  const [first, second] = await receive({ MaxNumberOfMessages: 2 })
  await remove(first?.ReceiptHandle)
  expect(await bodies({ VisibilityTimeout: 0 })).toEqual(['g2-m1', 'g2-m2', 'g3-m1'])
  await remove(second?.ReceiptHandle)
  expect(await bodies()).toEqual(['g1-m3', 'g1-m4', 'g2-m1', 'g2-m2', 'g3-m1'])
})

test('of three who wait one gets a message; the next when the group goes on', async () => {
  const { cloud, send, receive, remove } = await fifo()
  const one = { WaitTimeSeconds: 10 }
  const polls = [receive(one), receive(one), receive(one)]
  await callsWait(cloud)
  await send('g-m1')
  const first = await Promise.race(polls)
  await send('g-m2')
  await remove(first[0]?.ReceiptHandle)
  await cloud.advance({ seconds: 10 })
  const bodies = (await Promise.all(polls)).flat().map(({ Body }) => Body)
  expect(bodies.sort()).toEqual(['g-m1', 'g-m2'])
})

test('the delay of a FIFO queue holds for all its messages', async () => {
  const { cloud, send, bodies } = await fifo({ DelaySeconds: '2' })
  await send('g-m1')
  await send('g-m2', { DelaySeconds: 0 })
  expect(await bodies()).toEqual([])
  await cloud.advance({ seconds: 2 })
  expect(await bodies()).toEqual(['g-m1', 'g-m2'])
})

test('a message is known again for five minutes', async () => {
  const { cloud, send, receive, remove, bodies } = await fifo()
  const sent = await send('g-m1')
  const [found] = await receive()
  await remove(found?.ReceiptHandle)
  await cloud.advance({ milliseconds: 299_999 })
  const again = await send('g-m1')
  expect([again.MessageId, again.SequenceNumber]).toEqual([sent.MessageId, sent.SequenceNumber])
  expect(await bodies()).toEqual([])
  await cloud.advance({ milliseconds: 1 })
  expect((await send('g-m1')).MessageId).not.toBe(sent.MessageId)
  expect(await bodies()).toEqual(['g-m1'])
})

test('a purge makes the queue forget what it knows', async () => {
  const { sqs, QueueUrl, send, bodies } = await fifo()
  await send('g-m1')
  await sqs.send(new PurgeQueueCommand({ QueueUrl }))
  await send('g-m1')
  expect(await bodies()).toEqual(['g-m1'])
})

test('sequence numbers have twenty digits and grow', async () => {
  const { send } = await fifo()
  const numbers = [await send('g-m1'), await send('h-m1'), await send('g-m2')].map(
    ({ SequenceNumber }) => SequenceNumber ?? '',
  )
  expect(numbers.every((number) => /^\d{20}$/.test(number))).toBe(true)
  expect(numbers.toSorted()).toEqual(numbers)
  expect(new Set(numbers).size).toBe(3)
})

test('a FIFO message has a group and an id', async () => {
  const { send } = await fifo({ ContentBasedDeduplication: 'false' })
  expect(await refusal(send('g-m1', { MessageGroupId: undefined }))).toEqual({
    code: 'MissingParameter',
    message: 'The request must contain the parameter MessageGroupId.',
  })
  expect(await refusal(send('g-m1'))).toEqual({
    code: 'InvalidParameterValue',
    message:
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  })
})

test('a receive that is repeated under its attempt id gives the same messages', async () => {
  const { cloud, sendAll, receive, remove } = await fifo({ VisibilityTimeout: '30' })
  await sendAll('g-m1', 'g-m2', 'h-m1')
  const attempt = { ReceiveRequestAttemptId: 'attempt-1', MaxNumberOfMessages: 2 }
  const first = await receive(attempt)
  await cloud.advance({ seconds: 20 })
  const handles = (messages: typeof first) => messages.map(({ ReceiptHandle }) => ReceiptHandle)
  expect(handles(await receive(attempt))).toEqual(handles(first))
  await cloud.advance({ seconds: 20 })
  // The retry started the timeout again, so the handles still delete.
  await remove(first[0]?.ReceiptHandle)
  expect((await receive(attempt)).map(({ Body }) => Body)).toEqual(['h-m1'])
})
