import { setImmediate } from 'node:timers/promises'
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import {
  CreateActivityCommand,
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  GetActivityTaskCommand,
  ListExecutionsCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { call, client } from '@cloud-orrery/cloud'
import { StartSyncExecution } from '@cloud-orrery/models/states'
import { expect, test } from 'vitest'
import {
  makeMachine,
  passing,
  runMachine,
  single,
  statesCloud,
} from './states-cloud.test-support.ts'

const waiting = single({ Type: 'Wait', Seconds: 60 })

test('the same name and input while it runs is the same execution', async () => {
  const made = statesCloud()
  const stateMachineArn = await makeMachine(made, waiting)
  const start = (input: string) =>
    made.sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'once', input }))
  const { executionArn } = await start('{"a":1}')
  expect((await start('{"a":1}')).executionArn).toBe(executionArn)
  const refused = {
    name: 'ExecutionAlreadyExists',
    message: `Execution Already Exists: '${executionArn}'`,
  }
  await expect(start('{"a":2}')).rejects.toMatchObject(refused)
  await made.cloud.advance({ minutes: 2 })
  await expect(start('{"a":1}')).rejects.toMatchObject(refused)
})

test('a machine that is deleted is gone when its executions have ended', async () => {
  const made = statesCloud()
  const stateMachineArn = await makeMachine(made, waiting)
  await made.sfn.send(new StartExecutionCommand({ stateMachineArn }))
  await made.cloud.settle()
  await made.sfn.send(new DeleteStateMachineCommand({ stateMachineArn }))
  const describe = () => made.sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))
  expect((await describe()).status).toBe('DELETING')
  await expect(made.sfn.send(new StartExecutionCommand({ stateMachineArn }))).rejects.toMatchObject(
    { name: 'StateMachineDeleting' },
  )
  await made.cloud.advance({ minutes: 2 })
  await expect(describe()).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' })
})

test('a change of status is an event, a metric, and starts other machines by rules', async () => {
  const made = statesCloud()
  const events = client(made.cloud, EventBridgeClient)
  const sqs = client(made.cloud, SQSClient)
  await sqs.send(new CreateQueueCommand({ QueueName: 'told' }))
  const follower = await makeMachine(made, passing, { name: 'follower' })
  const leader = await makeMachine(made, waiting, { name: 'leader' })
  await events.send(
    new PutRuleCommand({
      Name: 'ended',
      EventPattern: JSON.stringify({
        source: ['aws.states'],
        detail: { status: ['ABORTED'], stateMachineArn: [leader] },
      }),
    }),
  )
  await events.send(
    new PutTargetsCommand({
      Rule: 'ended',
      Targets: [{ Id: 'follower', Arn: follower, RoleArn: made.roleArn }],
    }),
  )
  const { executionArn = '' } = await made.sfn.send(
    new StartExecutionCommand({ stateMachineArn: leader, name: 'first', input: '{"n":1}' }),
  )
  await made.cloud.settle()
  await made.sfn.send(new StopExecutionCommand({ executionArn, error: 'E', cause: 'C' }))
  await made.cloud.advance({ minutes: 1 })
  const { executions = [] } = await made.sfn.send(
    new ListExecutionsCommand({ stateMachineArn: follower }),
  )
  expect(executions.map(({ status }) => status)).toEqual(['SUCCEEDED'])
  const followed = made.cloud.kernel.journal.entries.filter(
    ({ kind, name }) => kind === 'call' && name === 'states.StartExecution',
  )
  const { input } = (followed.at(-1)?.data ?? {}) as { input?: { input: string } } // Data of a call.
  const event = JSON.parse(input?.input ?? '{}') as { detail: object; resources: string[] }
  expect(event.resources).toEqual([executionArn])
  expect(event.detail).toEqual({
    executionArn,
    stateMachineArn: leader,
    stateMachineVersionArn: null,
    stateMachineAliasArn: null,
    name: 'first',
    status: 'ABORTED',
    startDate: 1767225600000,
    stopDate: 1767225600000,
    input: '{"n":1}',
    inputDetails: { included: true },
    output: null,
    outputDetails: null,
    error: 'E',
    cause: 'C',
    redriveCount: 0,
    redriveDate: null,
    redriveStatus: 'REDRIVABLE',
    redriveStatusReason: null,
  })
  const { Datapoints = [] } = await client(made.cloud, CloudWatchClient).send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/States',
      MetricName: 'ExecutionsAborted',
      Dimensions: [{ Name: 'StateMachineArn', Value: leader }],
      StartTime: new Date('2026-01-01T00:00:00Z'),
      EndTime: new Date('2026-01-01T01:00:00Z'),
      Period: 3600,
      Statistics: ['Sum'],
    }),
  )
  expect(Datapoints.map(({ Sum }) => Sum)).toEqual([1])
})

test('a worker waits for the work of an activity', async () => {
  const made = statesCloud()
  const { activityArn = '' } = await made.sfn.send(new CreateActivityCommand({ name: 'work' }))
  const arn = await makeMachine(made, single({ Type: 'Task', Resource: activityArn }))
  const asked = made.sfn.send(new GetActivityTaskCommand({ activityArn, workerName: 'one' }))
  await setImmediate() // The call reaches the cloud before time goes on.
  await made.cloud.advance({ seconds: 10 })
  const { executionArn } = await made.sfn.send(
    new StartExecutionCommand({ stateMachineArn: arn, input: '{"n":1}' }),
  )
  await made.cloud.settle()
  const { taskToken, input } = await asked
  expect(input).toBe('{"n":1}')
  await made.sfn.send(new SendTaskSuccessCommand({ taskToken, output: '2' }))
  await expect(
    made.sfn.send(new SendTaskSuccessCommand({ taskToken, output: '2' })),
  ).rejects.toMatchObject({
    name: 'TaskTimedOut',
    message: "Task Timed Out: 'Provided task does not exist anymore'",
  })
  await made.cloud.settle()
  const idle = made.sfn.send(new GetActivityTaskCommand({ activityArn }))
  await setImmediate()
  await made.cloud.advance({ minutes: 2 })
  expect((await idle).taskToken).toBeUndefined()
  expect(executionArn).toMatch(
    /^arn:aws:states:us-east-1:123456789012:execution:machine:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  )
})

test('the same seed gives the same journal', async () => {
  const digest = async () => {
    const made = statesCloud(['*'], { seed: 7 })
    const sqs = client(made.cloud, SQSClient)
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'work' }))
    const Resource = 'arn:aws:states:::sqs:sendMessage'
    const Parameters = { QueueUrl, 'MessageBody.$': '$' }
    const arn = await makeMachine(made, single({ Type: 'Task', Resource, Parameters }))
    await runMachine(made, arn, { n: 1 })
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
    expect(Messages?.[0]?.Body).toBe('{"n":1}')
    return made.cloud.kernel.journal.digest()
  }
  expect(await digest()).toBe(await digest())
})

test('a fault of a service is an error that a state retries', async () => {
  const made = statesCloud()
  const sqs = client(made.cloud, SQSClient)
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'work' }))
  const definition = single({
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage',
    Parameters: { QueueUrl, MessageBody: 'once' },
    Retry: [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 30, MaxAttempts: 3 }],
  })
  const stateMachineArn = await makeMachine(made, definition)
  const fault = made.cloud.armFault('sqs.SendMessage', { kind: 'error', code: 'InternalError' })
  const { executionArn } = await made.sfn.send(new StartExecutionCommand({ stateMachineArn }))
  await made.cloud.settle()
  made.cloud.endFault(fault)
  await made.cloud.advance({ seconds: 30 })
  const { executions = [] } = await made.sfn.send(new ListExecutionsCommand({ stateMachineArn }))
  expect(executions.map((it) => [it.executionArn, it.status])).toEqual([
    [executionArn, 'SUCCEEDED'],
  ])
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
  expect(Messages.map(({ Body }) => Body)).toEqual(['once'])
})

test('who is cut off from an express execution is told of no end, and the execution goes on', async () => {
  const made = statesCloud()
  const { cloud } = made
  const stateMachineArn = await makeMachine(made, waiting, { type: 'EXPRESS' })
  const answer = call(cloud, StartSyncExecution, { stateMachineArn }).catch((error) => error)
  await setImmediate() // The call reaches the cloud before time goes on.
  await cloud.advance({ seconds: 10 })
  const { journal, scheduler } = cloud.kernel
  const asked = journal.entries.find(({ name }) => name === 'states.StartSyncExecution')
  await scheduler.enter(() => scheduler.abort(asked?.sequence ?? 0))
  expect(await answer).toMatchObject({ code: 'InternalFailure', status: 500 })
  await cloud.advance({ minutes: 1 })
  const woken = journal.entries.filter(({ name }) => name === 'states.wake')
  expect(woken.map(({ atMs }) => atMs)).toEqual([Date.parse('2026-01-01T00:01:00Z')])
})
