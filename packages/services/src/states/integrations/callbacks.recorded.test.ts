import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  GetActivityTaskCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
} from '@aws-sdk/client-sfn'
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { passResult, type Replaying } from '../recorded-states.test-support.ts'
import { recordedRun } from './recorded-runs.test-support.ts'

const queueUrl = 'https://sqs.us-east-1.amazonaws.com/111111111111/recorded-queue'
const callbacks = (name: string, texts: Record<string, string> = {}) =>
  recordedRun('callback/test_callback', name, {
    '<sqs_queue_url>': queueUrl,
    sqs_queue_url: queueUrl,
    ...texts,
  })

async function queue(it: Replaying) {
  const sqs = client(it.cloud, SQSClient)
  await sqs.send(new CreateQueueCommand({ QueueName: 'recorded-queue' }))
  /** What a worker of the queue is told. */
  return async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }))
    return JSON.parse(Messages?.[0]?.Body ?? '{}') as { TaskToken: string; Message: string }
  }
}

test.skipIf(!recordingsPresent)('a worker of a queue ends the task', async () => {
  const it = callbacks('test_sqs_wait_for_task_token')
  const received = await queue(it)
  const executionArn = await it.start()
  const { TaskToken: taskToken, Message } = await received()
  await it.sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(Message) }))
  await it.cloud.settle()
  await it.expectHistory(executionArn)
})

test.skipIf(!recordingsPresent)('nobody ends the task in time', async () => {
  const it = callbacks('test_sqs_wait_for_task_token_timeout')
  await queue(it)
  const executionArn = await it.start()
  await it.cloud.advance({ seconds: 5 })
  await it.expectHistory(executionArn)
})

test.skipIf(!recordingsPresent)('a worker of a queue fails the task', async () => {
  const it = callbacks('test_sqs_failure_in_wait_for_task_token')
  const received = await queue(it)
  const executionArn = await it.start()
  const { TaskToken: taskToken } = await received()
  const failure = { error: 'Failure error', cause: 'Failure cause' }
  await it.sfn.send(new SendTaskFailureCommand({ taskToken, ...failure }))
  await it.cloud.settle()
  await it.expectHistory(executionArn)
})

test.skipIf(!recordingsPresent)('heartbeats keep a task going', async () => {
  const it = callbacks('test_multiple_heartbeat_notifications')
  const received = await queue(it)
  const executionArn = await it.start()
  const message = await received()
  const { TaskToken: taskToken } = message
  for (let beat = 0; beat < 3; beat += 1) {
    await it.cloud.advance({ seconds: 100 })
    await it.sfn.send(new SendTaskHeartbeatCommand({ taskToken }))
  }
  await it.sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(message) }))
  await it.cloud.settle()
  await it.expectHistory(executionArn)
})

test.skipIf(!recordingsPresent)('a topic hands the token on', async () => {
  const it = callbacks('test_sns_publish_wait_for_task_token', { '<resource:1>': 'topic' })
  const sns = client(it.cloud, SNSClient)
  await sns.send(new CreateTopicCommand({ Name: 'topic' }))
  const executionArn = await it.start()
  const taskToken = tokenOf(it)
  await it.sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }))
  await it.cloud.settle()
  await it.expectHistory(executionArn)
})

/** The token in the last message that a topic was given. */
function tokenOf(it: Replaying): string {
  const calls = it.cloud.kernel.journal.entries.filter(({ name }) => name === 'sns.Publish')
  const data = (calls.at(-1)?.data ?? {}) as { input?: { Message: string } } // Data of a call.
  return (JSON.parse(data.input?.Message ?? '{}') as { TaskToken: string }).TaskToken
}

async function target(it: Replaying, definition: object) {
  await it.sfn.send(
    new CreateStateMachineCommand({
      name: 'target',
      definition: JSON.stringify(definition),
      roleArn: it.roleArn,
    }),
  )
}

const failing = {
  StartAt: 'FailState',
  States: {
    FailState: {
      Type: 'Fail',
      Error: 'SomeFailure',
      Cause: "This state machines raises a 'SomeFailure' failure.",
    },
  },
}

test.skipIf(!recordingsPresent).each([
  ['test_start_execution_sync2', passResult],
  ['test_start_execution_sync_delegate_failure', failing],
])('%s', async (name, definition) => {
  const it = callbacks(name, { '<ArnPart_0idx>': 'target' })
  await target(it, definition)
  await it.expectHistory(await it.start())
})

test.skipIf(!recordingsPresent).each([
  ['test_activity_task', { workerName: 'BASE_ID_ACTIVITY_CONSUMER' }],
  ['test_activity_task_no_worker_name', {}],
  ['test_activity_task_failure', { workerName: 'BASE_ID_ACTIVITY_CONSUMER' }],
  ['test_activity_task_start_timeout', { workerName: 'BASE_ID_ACTIVITY_CONSUMER' }],
])('%s', async (name, worker) => {
  const activityArn = 'arn:aws:states:us-east-1:111111111111:activity:work'
  const it = recordedRun('activities/test_activities', name, { activity_arn: activityArn })
  await it.expect(
    'create_activity_output',
    it.sfn.send(new CreateActivityCommand({ name: 'work' })),
  )
  const executionArn = await it.start()
  const task = await it.sfn.send(new GetActivityTaskCommand({ activityArn, ...worker }))
  const { taskToken, input = '' } = task
  if (name.endsWith('timeout')) await it.cloud.advance({ seconds: 5 })
  else if (name.endsWith('failure')) {
    const error = 'Programmatic Error'
    await it.sfn.send(new SendTaskFailureCommand({ taskToken, error, cause: input }))
  } else await it.sfn.send(new SendTaskSuccessCommand({ taskToken, output: input }))
  await it.cloud.settle()
  await it.expectHistory(executionArn)
})
