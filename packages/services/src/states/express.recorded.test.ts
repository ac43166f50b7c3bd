import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  type CreateStateMachineCommandInput,
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  type LoggingConfiguration,
  StartExecutionCommand,
  StartSyncExecutionCommand,
} from '@aws-sdk/client-sfn'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { passResult, type Replaying, replaying } from './recorded-states.test-support.ts'

const groupArn = (name: string) => `arn:aws:logs:us-east-1:111111111111:log-group:${name}:*`
const stateMachineArn = 'arn:aws:states:us-east-1:111111111111:stateMachine:recorded'

function make(
  it: Replaying,
  definition: object,
  more: Partial<CreateStateMachineCommandInput> = {},
) {
  return it.sfn.send(
    new CreateStateMachineCommand({
      name: 'recorded',
      definition: JSON.stringify(definition),
      roleArn: it.roleArn,
      ...more,
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
const waiting = {
  StartAt: 'WaitState',
  States: { WaitState: { Type: 'Wait', SecondsPath: '$.input.waitSeconds', End: true } },
}

test.skipIf(!recordingsPresent)('an express machine is described and deleted', async () => {
  const it = replaying('test_sfn_api_express', 'test_create_describe_delete')
  await it.expect('creation_response', make(it, passResult, { type: 'EXPRESS' }))
  const describe = new DescribeStateMachineCommand({ stateMachineArn })
  // Recorded before Step Functions had keys of customers.
  await it.expect('describe_response', it.sfn.send(describe), ['encryptionConfiguration'])
  const remove = new DeleteStateMachineCommand({ stateMachineArn })
  await it.expect('deletion_response', it.sfn.send(remove))
})

test.skipIf(!recordingsPresent).each([
  ['test_sfn_api_express', 'test_start_sync_execution', passResult],
  ['express/test_express_sync', 'test_base[BASE_PASS_RESULT]', passResult],
  ['express/test_express_sync', 'test_base[BASE_RAISE_FAILURE]', failing],
] as const)(
  'the end of an express execution is the answer: %s %s',
  async (file, name, definition) => {
    const it = replaying(file, name)
    await it.expect('creation_response', make(it, definition, { type: 'EXPRESS' }))
    const started = it.sfn.send(new StartSyncExecutionCommand({ stateMachineArn, input: '{}' }))
    await it.expect('start_execution_sync_response', started)
  },
)

const task = (name: string, Resource: string, Parameters: object) => ({
  StartAt: name,
  States: { [name]: { Type: 'Task', Resource, Parameters, End: true } },
})

test.skipIf(!recordingsPresent)('an express machine can not wait for others', async () => {
  const token = replaying('test_sfn_api_express', 'test_illegal_callbacks[WAIT_FOR_TASK_TOKEN]')
  const publish = task('Publish', 'arn:aws:states:::sns:publish.waitForTaskToken', {
    TopicArn: 'arn:aws:sns:us-east-1:111111111111:topic',
    Message: { 'TaskToken.$': '$$.Task.Token' },
  })
  await token.expect('creation_error', make(token, publish, { type: 'EXPRESS' }))
  const sync = replaying('test_sfn_api_express', 'test_illegal_callbacks[SYNC]')
  const start = task('StartExecution', 'arn:aws:states:::states:startExecution.sync', {
    StateMachineArn: stateMachineArn,
  })
  await sync.expect('creation_error', make(sync, start, { type: 'EXPRESS' }))
  const activityArn = 'arn:aws:states:us-east-1:111111111111:activity:work'
  const activity = replaying('test_sfn_api_express', 'test_illegal_activity_task', {
    activity_arn: activityArn,
  })
  const created = activity.sfn.send(new CreateActivityCommand({ name: 'work' }))
  await activity.expect('create_activity_output', created)
  const work = task('ActivityTask', activityArn, {})
  await activity.expect('creation_error', make(activity, work, { type: 'EXPRESS' }))
})

async function withGroup(it: Replaying, logGroupName = 'log_group_name') {
  const logs = client(it.cloud, CloudWatchLogsClient)
  await logs.send(new CreateLogGroupCommand({ logGroupName }))
  return async () => {
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }))
    return events.map(({ message = '' }) => JSON.parse(message) as object)
  }
}

const logging = (level: string, includeExecutionData: boolean): LoggingConfiguration => ({
  level: level as 'ALL', // Or another of AWS's levels.
  includeExecutionData,
  destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: groupArn('log_group_name') } }],
})

const apiLogs = (name: string) => replaying('test_sfn_api_logs', `TestSnfApiLogs::${name}`)

test.skipIf(!recordingsPresent).each([
  ['ALL', false],
  ['FATAL', false],
  ['FATAL', true],
  ['ERROR', false],
  ['ERROR', true],
  ['OFF', true],
] as const)('logging at %s, with data %s', async (level, data) => {
  const name = `test_logging_configuration[${level}-${data ? 'True' : 'False'}]`
  const it = apiLogs(name)
  await withGroup(it)
  const loggingConfiguration = logging(level, data)
  await it.expect('creation_resp', make(it, passResult, { loggingConfiguration }))
  const describe = new DescribeStateMachineCommand({ stateMachineArn })
  await it.expect('describe_resp', it.sfn.send(describe), ['encryptionConfiguration'])
})

test.skipIf(!recordingsPresent).each([
  ['test_incomplete_logging_configuration[logging_configuration0]', {}],
  ['test_incomplete_logging_configuration[logging_configuration1]', { destinations: [] }],
] as const)('%s', async (name, given) => {
  const it = apiLogs(name)
  const loggingConfiguration = given as LoggingConfiguration // Lists of the test are not changed.
  await it.expect('creation_resp', make(it, passResult, { loggingConfiguration }))
  const describe = new DescribeStateMachineCommand({ stateMachineArn })
  await it.expect('describe_resp', it.sfn.send(describe), ['encryptionConfiguration'])
})

test.skipIf(!recordingsPresent)('a machine has one log group, which is there', async () => {
  for (const [name, loggingConfiguration] of [
    ['test_invalid_logging_configuration[logging_configuration0]', { level: 'ALL' }],
    [
      'test_invalid_logging_configuration[logging_configuration1]',
      { level: 'ALL', destinations: [] },
    ],
    [
      'test_multiple_destinations',
      {
        level: 'ALL',
        destinations: ['one', 'two'].map((it) => ({
          cloudWatchLogsLogGroup: { logGroupArn: groupArn(it) },
        })),
      },
    ],
    ['test_deleted_log_group', logging('ALL', false)],
  ] as const) {
    const it = apiLogs(name)
    const given = loggingConfiguration as LoggingConfiguration // As above.
    await it.expectException('exception', make(it, passResult, { loggingConfiguration: given }))
  }
})

const byFile = { pass_result: passResult, raise_failure: failing, wait_seconds_path: waiting }

test.skipIf(!recordingsPresent).each([
  ['wait_seconds_path', 'ALL', true, 'test_base'],
  ['pass_result', 'ERROR', false, 'test_partial_log_levels'],
  ['pass_result', 'FATAL', true, 'test_partial_log_levels'],
  ['pass_result', 'OFF', true, 'test_partial_log_levels'],
  ['raise_failure', 'FATAL', false, 'test_partial_log_levels'],
  ['raise_failure', 'OFF', false, 'test_partial_log_levels'],
  ['wait_seconds_path', 'ERROR', false, 'test_partial_log_levels'],
  ['wait_seconds_path', 'ERROR', true, 'test_partial_log_levels'],
  ['wait_seconds_path', 'FATAL', true, 'test_partial_log_levels'],
] as const)('events of %s in the log at %s, with data %s', async (file, level, data, kind) => {
  const name = `${kind}[${file}.json5_${level}_${data ? 'True' : 'False'}]`
  const it = replaying('logs/test_logs', name)
  const lines = await withGroup(it)
  await make(it, byFile[file], { loggingConfiguration: logging(level, data) })
  const { executionArn } = await it.sfn.send(
    new StartExecutionCommand({ stateMachineArn, input: '{}' }),
  )
  await it.cloud.settle()
  const { events } = await it.sfn.send(new GetExecutionHistoryCommand({ executionArn }))
  it.expectRun('get_execution_history', { events })
  const logged = (await lines()) as object[]
  if ('logged_execution_events' in it.recorded) it.expectValue('logged_execution_events', logged)
  else expect(logged).toEqual([])
})
