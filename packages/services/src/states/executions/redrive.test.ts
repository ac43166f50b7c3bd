import { DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type Cloud, client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { eventsOf, workflows } from './workflows.test-support.ts'

/** Fails until the queue is there. */
const findsQueue = {
  Type: 'Task',
  Resource: 'arn:aws:states:::aws-sdk:sqs:getQueueUrl',
  Parameters: { 'QueueName.$': '$' },
  ResultSelector: { 'queue.$': "States.ArrayGetItem(States.StringSplit($.QueueUrl, '/'), 3)" },
  End: true,
}
const pass = { Type: 'Pass', End: true }

async function begun(
  definition: object,
  input: unknown,
  before: (cloud: Cloud) => Promise<unknown> = async () => undefined,
) {
  const all = await workflows()
  await before(all.cloud)
  const { stateMachineArn = '' } = await all.sfn.send(
    new CreateStateMachineCommand({
      name: 'machine',
      definition: JSON.stringify(definition),
      roleArn: all.roleArn,
    }),
  )
  const { executionArn = '' } = await all.sfn.send(
    new StartExecutionCommand({ stateMachineArn, name: 'run', input: JSON.stringify(input) }),
  )
  const described = async () => {
    const told = await all.sfn.send(new DescribeExecutionCommand({ executionArn }))
    return { status: told.status, output: told.output && JSON.parse(told.output) }
  }
  return { ...all, executionArn, described }
}

const queueMade = (cloud: Cloud, QueueName: string) =>
  client(cloud, SQSClient).send(new CreateQueueCommand({ QueueName }))

const typesOf = async (sfn: SFNClient, executionArn: string, after = 0) =>
  (await eventsOf(sfn, executionArn))
    .slice(after)
    .map(({ id, previousEventId, type }) => `${id}<${previousEventId} ${type}`)

test('of a Parallel state, the branches that failed or were cut short run again', async () => {
  const { cloud, sfn, executionArn, described } = await begun(
    {
      StartAt: 'All',
      States: {
        All: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'Done', States: { Done: pass } },
            { StartAt: 'Waits', States: { Waits: { Type: 'Wait', Seconds: 60, End: true } } },
            { StartAt: 'Finds', States: { Finds: findsQueue } },
          ],
          End: true,
        },
      },
    },
    'late',
  )
  await cloud.advance({ seconds: 1 })
  expect(await typesOf(sfn, executionArn, 6)).toEqual([
    '7<3 TaskStateEntered',
    '8<7 TaskScheduled',
    '9<8 TaskStarted',
    '10<9 TaskFailed',
    '11<10 WaitStateAborted',
    '12<10 TaskStateAborted',
    '13<10 ParallelStateFailed',
    '14<13 ExecutionFailed',
  ])
  await queueMade(cloud, 'late')
  await sfn.send(new RedriveExecutionCommand({ executionArn }))
  await cloud.advance({ seconds: 60 })
  expect(await typesOf(sfn, executionArn, 14)).toEqual([
    '15<14 ExecutionRedriven',
    '16<15 TaskScheduled',
    '17<16 TaskStarted',
    '18<17 TaskSucceeded',
    '19<18 TaskStateExited',
    '20<15 WaitStateExited',
    '21<20 ParallelStateSucceeded',
    '22<20 ParallelStateExited',
    '23<22 ExecutionSucceeded',
  ])
  const output = ['late', 'late', { queue: 'late' }]
  expect(await described()).toEqual({ status: 'SUCCEEDED', output })
})

test('of an inline Map state, the iterations that failed run again, and those after them begin', async () => {
  const { cloud, sfn, executionArn, described } = await begun(
    {
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          MaxConcurrency: 1,
          ItemProcessor: { StartAt: 'Finds', States: { Finds: findsQueue } },
          End: true,
        },
      },
    },
    ['early', 'late', 'early'],
    (cloud) => queueMade(cloud, 'early'),
  )
  await cloud.advance({ seconds: 1 })
  const before = await eventsOf(sfn, executionArn)
  expect(before.slice(-4).map(({ type }) => type)).toEqual([
    'TaskFailed',
    'MapIterationFailed',
    'MapStateFailed',
    'ExecutionFailed',
  ])
  await queueMade(cloud, 'late')
  await sfn.send(new RedriveExecutionCommand({ executionArn }))
  await cloud.advance({ seconds: 1 })
  const after = (await eventsOf(sfn, executionArn)).slice(before.length)
  expect(after.filter(({ type }) => type?.startsWith('MapIteration'))).toMatchObject([
    { type: 'MapIterationSucceeded', mapIterationSucceededEventDetails: { index: 1 } },
    { type: 'MapIterationStarted', mapIterationStartedEventDetails: { index: 2 } },
    { type: 'MapIterationSucceeded', mapIterationSucceededEventDetails: { index: 2 } },
  ])
  const output = [{ queue: 'early' }, { queue: 'late' }, { queue: 'early' }]
  expect(await described()).toEqual({ status: 'SUCCEEDED', output })
})

test('an iteration that fails cuts the others short', async () => {
  const { cloud, sfn, executionArn } = await begun(
    {
      StartAt: 'M',
      States: {
        M: {
          Type: 'Map',
          ItemProcessor: {
            StartAt: 'Route',
            States: {
              Route: {
                Type: 'Choice',
                Choices: [{ Variable: '$', StringEquals: 'fail', Next: 'Pause' }],
                Default: 'Long',
              },
              Long: { Type: 'Wait', Seconds: 15, End: true },
              Pause: { Type: 'Wait', Seconds: 1, Next: 'Boom' },
              Boom: { Type: 'Fail', Error: 'Boom' },
            },
          },
          End: true,
        },
      },
    },
    ['long', 'fail'],
  )
  await cloud.advance({ seconds: 1 })
  const events = (await eventsOf(sfn, executionArn)).slice(-6)
  const failedId = events[0]?.id ?? 0
  expect(events).toMatchObject([
    { type: 'FailStateEntered' },
    {
      type: 'MapIterationAborted',
      previousEventId: failedId,
      mapIterationAbortedEventDetails: { name: 'M', index: 0 },
    },
    { type: 'WaitStateAborted', previousEventId: failedId },
    {
      type: 'MapIterationFailed',
      previousEventId: failedId,
      mapIterationFailedEventDetails: { name: 'M', index: 1 },
    },
    { type: 'MapStateFailed', previousEventId: failedId },
    { type: 'ExecutionFailed', previousEventId: failedId + 4 },
  ])
})

const distributed = (ExecutionType: string, more: object = {}) => ({
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      Label: 'Each',
      MaxConcurrency: 2,
      ToleratedFailureCount: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType },
        StartAt: 'Finds',
        States: { Finds: findsQueue },
      },
      End: true,
      ...more,
    },
  },
})

const noCounts = {
  ...{ pending: 0, running: 0, succeeded: 0, failed: 0, timedOut: 0, aborted: 0 },
  ...{ total: 5, resultsWritten: 0 },
}

test.each(['STANDARD', 'EXPRESS'])(
  'a run of %s children is redriven with its parent',
  async (type) => {
    const { cloud, sfn, executionArn, described } = await begun(distributed(type), [
      'a',
      'late',
      'later',
      'b',
      'c',
    ])
    for (const name of ['a', 'b', 'c']) await queueMade(cloud, name)
    await cloud.advance({ seconds: 1 })
    const { mapRuns: [run] = [] } = await sfn.send(new ListMapRunsCommand({ executionArn }))
    const { mapRunArn = '' } = run ?? {}
    const mapRun = async () => {
      const { status, redriveCount, itemCounts } = await sfn.send(
        new DescribeMapRunCommand({ mapRunArn }),
      )
      return { status, redriveCount, itemCounts }
    }
    const failed = await mapRun()
    expect(failed).toMatchObject({ status: 'FAILED', redriveCount: 0 })
    expect(failed.itemCounts).toMatchObject({ running: 0, failed: 2, total: 5 })

    await queueMade(cloud, 'late')
    await queueMade(cloud, 'later')
    await sfn.send(new RedriveExecutionCommand({ executionArn }))
    await cloud.advance({ seconds: 1 })
    expect(await described()).toEqual({
      status: 'SUCCEEDED',
      output: ['a', 'late', 'later', 'b', 'c'].map((queue) => ({ queue })),
    })
    expect(await mapRun()).toEqual({
      status: 'SUCCEEDED',
      redriveCount: 1,
      itemCounts: { ...noCounts, succeeded: 5, resultsWritten: 5, pendingRedrive: 0 },
    })
    const events = await eventsOf(sfn, executionArn)
    expect(events.slice(-6)).toMatchObject([
      { type: 'ExecutionRedriven' },
      { type: 'MapRunRedriven', mapRunRedrivenEventDetails: { mapRunArn, redriveCount: 1 } },
      { type: 'MapRunSucceeded' },
      { type: 'MapStateSucceeded' },
      { type: 'MapStateExited' },
      { type: 'ExecutionSucceeded' },
    ])
    const { executions = [] } = await sfn.send(new ListExecutionsCommand({ mapRunArn }))
    // Standard children go on; Express ones are replaced.
    const redriven = executions.filter(({ status }) => status === 'SUCCEEDED')
    expect(redriven.map(({ redriveCount }) => redriveCount).sort()).toEqual([0, 0, 1, 1, 1])
    expect(executions).toHaveLength(type === 'STANDARD' ? 5 : 8)
  },
)

test('a run that could not read its items begins for the first time when it is redriven', async () => {
  const { cloud, sfn, executionArn, described } = await begun(
    distributed('STANDARD', {
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSON' },
        Parameters: { Bucket: 'items', Key: 'items.json' },
      },
    }),
    {},
    async (cloud) => {
      const s3 = client(cloud, S3Client)
      await s3.send(new CreateBucketCommand({ Bucket: 'items' }))
      await s3.send(new PutObjectCommand({ Bucket: 'items', Key: 'items.json', Body: '["a"]' }))
      await queueMade(cloud, 'a')
      const policy = { RoleName: 'workflow', PolicyName: 'all' }
      await client(cloud, IAMClient).send(new DeleteRolePolicyCommand(policy))
    },
  )
  await cloud.advance({ seconds: 1 })
  expect((await eventsOf(sfn, executionArn)).slice(4)).toMatchObject([
    {
      type: 'MapRunFailed',
      mapRunFailedEventDetails: { error: 'States.ItemReaderFailed' },
    },
    { type: 'MapStateFailed' },
    {
      type: 'ExecutionFailed',
      executionFailedEventDetails: {
        error: 'States.ItemReaderFailed',
        cause: expect.stringMatching(
          /^User: arn:aws:sts::\d+:assumed-role\/workflow\/\S+ is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::items\/items.json" because no identity-based policy allows the s3:GetObject action$/,
        ),
      },
    },
  ])
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  })
  await client(cloud, IAMClient).send(
    new PutRolePolicyCommand({ RoleName: 'workflow', PolicyName: 'all', PolicyDocument }),
  )
  await sfn.send(new RedriveExecutionCommand({ executionArn }))
  await cloud.advance({ seconds: 1 })
  expect(await described()).toEqual({ status: 'SUCCEEDED', output: [{ queue: 'a' }] })
  expect((await eventsOf(sfn, executionArn)).slice(7).map(({ type }) => type)).toEqual([
    'ExecutionRedriven',
    'MapStateStarted',
    'MapRunStarted',
    'MapRunSucceeded',
    'MapStateSucceeded',
    'MapStateExited',
    'ExecutionSucceeded',
  ])
})

test('the same client token redrives once within 15 minutes', async () => {
  const { cloud, sfn, executionArn } = await begun(
    { StartAt: 'Fails', States: { Fails: { Type: 'Fail', Error: 'Broken' } } },
    {},
  )
  await cloud.advance({ seconds: 1 })
  const redriven = new RedriveExecutionCommand({ executionArn, clientToken: 'once' })
  const { redriveDate } = await sfn.send(redriven)
  await cloud.advance({ minutes: 15 })
  expect((await sfn.send(redriven)).redriveDate).toEqual(redriveDate)
  await cloud.advance({ seconds: 1 })
  expect((await sfn.send(redriven)).redriveDate).not.toEqual(redriveDate)
  await cloud.advance({ seconds: 1 })
  const { redriveCount } = await sfn.send(new DescribeExecutionCommand({ executionArn }))
  expect(redriveCount).toBe(2)
})

test('a workflow that was stopped between two states enters the next when it is redriven', async () => {
  const { cloud, sfn, executionArn, described } = await begun(
    {
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          MaxConcurrency: 1,
          ItemProcessor: {
            StartAt: 'Waits',
            States: { Waits: { Type: 'Wait', Seconds: 10, End: true } },
          },
          End: true,
        },
      },
    },
    [1, 2, 3],
  )
  await cloud.advance({ seconds: 15 })
  await sfn.send(new StopExecutionCommand({ executionArn }))
  await sfn.send(new RedriveExecutionCommand({ executionArn }))
  await cloud.advance({ seconds: 19 })
  expect(await described()).toMatchObject({ status: 'RUNNING' })
  await cloud.advance({ seconds: 1 })
  expect(await described()).toEqual({ status: 'SUCCEEDED', output: [1, 2, 3] })
})
