import {
  CancelMessageMoveTaskCommand,
  DeleteQueueCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { expect } from 'vitest'
import { recorded, recordedAccount, replaying } from './recorded-queues.test-support.ts'

const arn = (name: string) => `arn:aws:sqs:us-east-1:${recordedAccount}:${name}`

/** A queue whose dead-letter queue holds messages, and a queue to which they may go. */
async function deadLetters(name: string, messages: number) {
  const replay = replaying(name, 'sqs', 'test_sqs_move_task')
  const { sqs, newQueue } = replay
  const dead = await newQueue({}, 'dead')
  const destination = await newQueue({}, 'destination')
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: 1 })
  const source = await newQueue({ RedrivePolicy }, 'source')
  await giveUp(sqs, source, messages)
  return {
    ...replay,
    dead,
    destination,
    start: (rest: { DestinationArn?: string; MaxNumberOfMessagesPerSecond?: number }) =>
      sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn('dead'), ...rest })),
    list: () => sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arn('dead') })),
  }
}

/** Sends messages and receives each once more than the queue allows. */
async function giveUp(sqs: SQSClient, QueueUrl: string, messages: number, body = 'message') {
  for (let i = 1; i <= messages; i += 1) {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `${body}-${i}` }))
  }
  for (let i = 0; i < messages * 2; i += 1) {
    await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }))
  }
}

const bodies = async (sqs: SQSClient, QueueUrl: string) =>
  (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))).Messages?.map(
    ({ Body }) => Body,
  )

recorded('a move task empties the dead-letter queue into another', async () => {
  const { cloud, sqs, answers, start, list, dead, destination } = await deadLetters(
    'test_basic_move_task_workflow',
    2,
  )
  const started = await answers(
    'start-message-move-task-response',
    start({ DestinationArn: arn('destination') }),
  )
  const handle = Buffer.from(started?.TaskHandle ?? '', 'base64').toString()
  expect(JSON.parse(handle)).toEqual({ taskId: expect.any(String), sourceArn: arn('dead') })
  await cloud.settle()
  expect(await bodies(sqs, destination)).toEqual(['message-1', 'message-2'])
  await answers('list-message-move-task-response', list())
  expect(await bodies(sqs, dead)).toBeUndefined()
})

recorded('a move task names a queue that exists', async () => {
  const { answers, start } = await deadLetters('test_destination_needs_to_exist', 0)
  await answers('error', start({ DestinationArn: arn('destinationdoesntexist') }))
})

recorded('a move task moves as many a second as it may', async () => {
  const { cloud, sqs, answers, start, destination } = await deadLetters(
    'test_move_task_with_throughput_limit',
    4,
  )
  await answers(
    'start-message-move-task-response',
    start({ DestinationArn: arn('destination'), MaxNumberOfMessagesPerSecond: 1 }),
  )
  await cloud.settle()
  const arrived: unknown[] = []
  for (let second = 0; second < 4; second += 1) {
    arrived.push(await bodies(sqs, destination))
    await cloud.advance({ seconds: 1 })
  }
  expect(arrived).toEqual([['message-1'], ['message-2'], ['message-3'], ['message-4']])
})

recorded('a move task fails when its destination is gone', async () => {
  const { cloud, sqs, answers, start, list, dead, destination } = await deadLetters(
    'test_move_task_delete_destination_queue_while_running',
    10,
  )
  await start({ DestinationArn: arn('destination'), MaxNumberOfMessagesPerSecond: 1 })
  await cloud.settle()
  await sqs.send(new DeleteQueueCommand({ QueueUrl: destination }))
  await cloud.advance({ seconds: 2 })
  // On AWS two more messages went before the deletion was known everywhere.
  await answers('list', list(), ['Results[0].ApproximateNumberOfMessagesMoved'])
  expect(await bodies(sqs, dead)).toHaveLength(9)
})

recorded('one move task runs at a time', async () => {
  const { answers, start } = await deadLetters('test_start_multiple_move_tasks', 10)
  const task = { DestinationArn: arn('destination'), MaxNumberOfMessagesPerSecond: 1 }
  await start(task)
  await answers('error', start(task))
})

recorded('without a destination each message goes back to where it came from', async () => {
  const name = 'test_move_task_workflow_with_multiple_sources_as_default_destination'
  const { cloud, sqs, newQueue, holds, answers, start, list } = await deadLetters(name, 0)
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: 1 })
  const sources = [
    await newQueue({ RedrivePolicy }, 'source-1'),
    await newQueue({ RedrivePolicy }, 'source-2'),
  ]
  holds('source-arn', arn('dead'))
  holds('original-source-1', arn('source-1'))
  holds('original-source-2', arn('source-2'))
  for (const [i, QueueUrl] of sources.entries()) await giveUp(sqs, QueueUrl, 2, `queue-${i + 1}`)
  await answers('start-message-move-task-response', start({}))
  await cloud.settle()
  expect(await bodies(sqs, sources[0] ?? '')).toEqual(['queue-1-1', 'queue-1-2'])
  expect(await bodies(sqs, sources[1] ?? '')).toEqual(['queue-2-1', 'queue-2-2'])
  await answers('list-message-move-task-response', list())
})

recorded('a handle that names no queue cancels nothing', async () => {
  const name = 'test_cancel_with_invalid_source_arn_in_task_handle'
  const { sqs, answers } = replaying(name, 'sqs', 'test_sqs_move_task')
  const handle = {
    taskId: '10f57157-fc38-4da9-a113-4de7e12d05dd',
    sourceArn: arn('test-queue-doesnt-exist-123456'),
  }
  const TaskHandle = Buffer.from(JSON.stringify(handle)).toString('base64')
  await answers('error', sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle })))
})
