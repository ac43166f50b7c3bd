import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { eventsOf, shownEvent, workflows } from './workflows.test-support.ts'

const pass = { Type: 'Pass', End: true }
const waits = (seconds: number) => ({ Type: 'Wait', Seconds: seconds, End: true })

async function begun(definition: object, input: unknown = {}) {
  const all = await workflows()
  const { sfn, roleArn } = all
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: 'machine',
      definition: JSON.stringify(definition),
      roleArn,
    }),
  )
  const { executionArn = '' } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, name: 'run', input: JSON.stringify(input) }),
  )
  const status = async () => (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status
  return { ...all, executionArn, status }
}

test('a workflow waits for a year, and its history has the moments', async () => {
  const { cloud, sfn, executionArn, status } = await begun({
    StartAt: 'Wait',
    States: { Wait: waits(364 * 86_400) },
  })
  await cloud.advance({ days: 363 })
  expect(await status()).toBe('RUNNING')
  await cloud.advance({ days: 1 })
  const events = await eventsOf(sfn, executionArn)
  expect(events.map(({ type, timestamp }) => [type, timestamp?.toISOString()])).toEqual([
    ['ExecutionStarted', '2026-01-01T00:00:00.000Z'],
    ['WaitStateEntered', '2026-01-01T00:00:00.000Z'],
    ['WaitStateExited', '2026-12-31T00:00:00.000Z'],
    ['ExecutionSucceeded', '2026-12-31T00:00:00.000Z'],
  ])
})

test('a Standard execution times out after a year', async () => {
  const { cloud, status } = await begun({ StartAt: 'Wait', States: { Wait: waits(99_999_999) } })
  await cloud.advance({ days: 365 })
  expect(await status()).toBe('TIMED_OUT')
})

test('TimeoutSeconds of the machine ends the execution without error', async () => {
  const { cloud, sfn, executionArn } = await begun({
    TimeoutSeconds: 5,
    StartAt: 'Wait',
    States: { Wait: waits(10) },
  })
  await cloud.advance({ seconds: 10 })
  const events = await eventsOf(sfn, executionArn)
  expect(events.at(-1)).toMatchObject({
    type: 'ExecutionTimedOut',
    timestamp: new Date('2026-01-01T00:00:05Z'),
  })
  const { status, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }))
  expect({ status, error, cause }).toEqual({ status: 'TIMED_OUT' })
})

test('a fork taken while a workflow waits goes on by itself', async () => {
  const { cloud, executionArn, status } = await begun({
    StartAt: 'Wait',
    States: { Wait: waits(60) },
  })
  const fork = cloud.fork()
  await fork.advance({ seconds: 60 })
  expect(await status()).toBe('RUNNING')
  const forked = client(fork, SFNClient)
  expect(await forked.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
    status: 'SUCCEEDED',
  })
})

test('branches wait at the same time', async () => {
  const { cloud, status } = await begun({
    StartAt: 'Both',
    States: {
      Both: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'A', States: { A: waits(60) } },
          { StartAt: 'B', States: { B: waits(60) } },
        ],
        End: true,
      },
    },
  })
  await cloud.advance({ seconds: 60 })
  expect(await status()).toBe('SUCCEEDED')
})

test('an inline Map runs as many iterations at once as MaxConcurrency says', async () => {
  const { cloud, status } = await begun(
    {
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          MaxConcurrency: 2,
          ItemProcessor: { StartAt: 'Wait', States: { Wait: waits(10) } },
          End: true,
        },
      },
    },
    [1, 2, 3],
  )
  await cloud.advance({ seconds: 19 })
  expect(await status()).toBe('RUNNING')
  await cloud.advance({ seconds: 1 })
  expect(await status()).toBe('SUCCEEDED')
})

test('a failing branch takes the waiting ones with it', async () => {
  const { cloud, sfn, executionArn } = await begun({
    StartAt: 'Both',
    States: {
      Both: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Long', States: { Long: waits(86_400) } },
          { StartAt: 'Fails', States: { Fails: { Type: 'Fail', Error: 'Broken' } } },
        ],
        Catch: [{ ErrorEquals: ['Broken'], ResultPath: '$.problem', Next: 'Mended' }],
        End: true,
      },
      Mended: pass,
    },
  })
  await cloud.advance({ seconds: 1 })
  const { status, output } = await sfn.send(new DescribeExecutionCommand({ executionArn }))
  expect({ status, output }).toEqual({
    status: 'SUCCEEDED',
    output: '{"problem":{"Error":"Broken","Cause":null}}',
  })
  expect([...cloud.kernel.tasks.list()]).toEqual([])
})

test('States.ALL does not catch States.Runtime', async () => {
  const { cloud, status } = await begun({
    StartAt: 'Both',
    States: {
      Both: {
        Type: 'Parallel',
        Parameters: { 'a.$': '$.missing' },
        Branches: [{ StartAt: 'A', States: { A: pass } }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
        End: true,
      },
      Caught: pass,
    },
  })
  await cloud.advance({ seconds: 1 })
  expect(await status()).toBe('FAILED')
})

test('retries grow by the backoff rate up to the longest delay', async () => {
  const { cloud, sfn, executionArn } = await begun({
    StartAt: 'Tries',
    States: {
      Tries: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'Fails', States: { Fails: { Type: 'Fail', Error: 'Broken' } } }],
        Retry: [
          {
            ErrorEquals: ['Broken'],
            IntervalSeconds: 3,
            BackoffRate: 2,
            MaxDelaySeconds: 10,
            MaxAttempts: 4,
          },
        ],
        End: true,
      },
    },
  })
  await cloud.advance({ hours: 1 })
  const starts = (await eventsOf(sfn, executionArn))
    .filter(({ type }) => type === 'ParallelStateStarted')
    .map(({ timestamp }) => (timestamp?.getTime() ?? 0) - Date.UTC(2026, 0, 1))
  expect(starts).toEqual([0, 3000, 9000, 19_000, 29_000])
})

test('an endless loop ends at 25,000 events', async () => {
  const { cloud, sfn, executionArn } = await begun({
    StartAt: 'A',
    States: {
      A: {
        Type: 'Choice',
        Choices: [{ Variable: '$.x', IsPresent: true, Next: 'End' }],
        Default: 'B',
      },
      B: { Type: 'Pass', Next: 'A' },
      End: pass,
    },
  })
  await cloud.advance({ seconds: 1 })
  const { error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }))
  expect({ error, cause }).toEqual({
    error: 'States.Runtime',
    cause: 'The execution reached the maximum number of history events (25000).',
  })
  const last = { executionArn, reverseOrder: true, maxResults: 1 }
  const { events = [] } = await sfn.send(new GetExecutionHistoryCommand(last))
  expect(events.map(({ id, type }) => [id, type])).toEqual([[25_000, 'ExecutionFailed']])
})

test('a stopped execution goes on where it was when it is redriven', async () => {
  const { cloud, sfn, executionArn, status } = await begun({
    StartAt: 'First',
    States: { First: { Type: 'Pass', Next: 'Wait' }, Wait: waits(60) },
  })
  await cloud.advance({ seconds: 10 })
  await sfn.send(new StopExecutionCommand({ executionArn, error: 'Halt' }))
  expect(await status()).toBe('ABORTED')
  await sfn.send(new RedriveExecutionCommand({ executionArn }))
  await cloud.advance({ seconds: 60 })
  const events = await eventsOf(sfn, executionArn)
  expect(events.map(shownEvent).slice(-4)).toEqual([
    '5<0 ExecutionAborted {"error":"Halt"}',
    '6<5 ExecutionRedriven {"redriveCount":1}',
    '7<6 WaitStateExited {"name":"Wait","output":"{}","outputDetails":{"truncated":false}}',
    '8<7 ExecutionSucceeded {"output":"{}","outputDetails":{"truncated":false}}',
  ])
})

test('an expression that never ends fails its state', async () => {
  const { cloud, sfn, executionArn } = await begun({
    QueryLanguage: 'JSONata',
    StartAt: 'Endless',
    States: {
      Endless: {
        Type: 'Pass',
        Output: '{% ($f := function($n) { $f($n + 1) }; $f(0)) %}',
        End: true,
      },
    },
  })
  await cloud.advance({ seconds: 1 })
  expect(await sfn.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
    status: 'FAILED',
    error: 'States.QueryEvaluationError',
  })
})

test('the same seed gives the same journal', async () => {
  const digests = await Promise.all(
    [1, 1, 2].map(async (seed) => {
      const { cloud, run } = await workflows({ seed })
      const jittered = {
        StartAt: 'Tries',
        States: {
          Tries: {
            Type: 'Parallel',
            Branches: [{ StartAt: 'Fails', States: { Fails: { Type: 'Fail', Error: 'E' } } }],
            Retry: [{ ErrorEquals: ['E'], JitterStrategy: 'FULL', IntervalSeconds: 30 }],
            End: true,
          },
        },
      }
      await run(jittered)
      return cloud.kernel.journal.digest()
    }),
  )
  expect(digests[1]).toBe(digests[0])
  expect(digests[2]).not.toBe(digests[0])
})

test.each([
  ['a Parallel state', { Type: 'Parallel' }, 'Branches'],
  ['a Map state', { Type: 'Map', ItemsPath: '$' }, 'ItemProcessor'],
])(
  'what goes wrong at run time in %s is not retried; only its name catches it',
  async (_, kind, member) => {
    const block = { StartAt: 'In', States: { In: { Type: 'Pass', InputPath: '$.no', End: true } } }
    const outcomeOf = async (...ErrorEquals: string[]) => {
      const { run } = await workflows()
      const state = {
        ...kind,
        [member]: member === 'Branches' ? [block] : block,
        Retry: [{ ErrorEquals: ['States.Runtime'], IntervalSeconds: 1 }],
        Catch: [{ ErrorEquals, Next: 'Caught' }],
        End: true,
      }
      const States = { Outer: state, Caught: { Type: 'Pass', End: true } }
      const { description, events } = await run({ StartAt: 'Outer', States }, { input: [1] })
      const tries = events.filter(({ stateEnteredEventDetails: it }) => it?.name === 'In').length
      return [description.status, description.error, tries]
    }
    expect(await outcomeOf('States.ALL')).toEqual(['FAILED', 'States.Runtime', 1])
    expect(await outcomeOf('States.TaskFailed')).toEqual(['FAILED', 'States.Runtime', 1])
    expect(await outcomeOf('States.Runtime')).toEqual(['SUCCEEDED', undefined, 1])
  },
)
