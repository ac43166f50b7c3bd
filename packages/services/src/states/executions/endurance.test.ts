import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  StartExecutionCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import { mapRuns } from './state.ts'
import { workflows } from './workflows.test-support.ts'

const pass = { Type: 'Pass', End: true }

const distributed = (more: object) => ({
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      Label: 'Each',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
        StartAt: 'One',
        States: { One: pass },
      },
      End: true,
      ...more,
    },
  },
})

test('a fault during a map run is met by its children, and ends with their retries', async () => {
  const { cloud, sfn, roleArn } = await workflows()
  const fault = cloud.armFault('dynamodb.ListTables', {
    kind: 'error',
    code: 'InternalServerError',
  })
  const definition = distributed({
    MaxConcurrency: 1,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'One',
      States: {
        One: {
          Type: 'Task',
          Resource: 'arn:aws:states:::aws-sdk:dynamodb:listTables',
          Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10, MaxAttempts: 3 }],
          End: true,
        },
      },
    },
  })
  const made = { name: 'faulty', definition: JSON.stringify(definition), roleArn }
  const { stateMachineArn } = await sfn.send(new CreateStateMachineCommand(made))
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, input: '[1, 2, 3]' }),
  )
  await cloud.advance({ seconds: 15 })
  cloud.endFault(fault)
  await cloud.advance({ seconds: 60 })
  const told = await sfn.send(new DescribeExecutionCommand({ executionArn }))
  expect(told).toMatchObject({
    status: 'SUCCEEDED',
    output: '[{"TableNames":[]},{"TableNames":[]},{"TableNames":[]}]',
  })
})

test('batches are as large as paths to numbers say', async () => {
  const { run } = await workflows()
  const { description } = await run(
    distributed({
      ItemsPath: '$.items',
      ItemBatcher: {
        MaxItemsPerBatchPath: '$.count',
        MaxInputBytesPerBatchPath: '$.bytes',
        BatchInput: { 'from.$': '$.from' },
      },
    }),
    { input: { items: ['a', 'b', 'c', 'd', 'e'], count: 2, bytes: 1000, from: 'here' } },
  )
  expect(JSON.parse(description.output ?? '')).toEqual([
    { BatchInput: { from: 'here' }, Items: ['a', 'b'] },
    { BatchInput: { from: 'here' }, Items: ['c', 'd'] },
    { BatchInput: { from: 'here' }, Items: ['e'] },
  ])
})

async function secondsFor(count: number): Promise<number> {
  const { run } = await workflows({ deepFreeze: false })
  const input = Array.from({ length: count }, (_, at) => at)
  const begin = performance.now()
  const { description } = await run(distributed({}), { input, seconds: 1 })
  expect(JSON.parse(description.output ?? '[]')).toEqual(input)
  return (performance.now() - begin) / 1000
}

test('the work of a map run grows with its items, not with their square', async () => {
  await secondsFor(50)
  const few = await secondsFor(200)
  const many = await secondsFor(1600)
  expect(many / few).toBeLessThan(8 * 4)
})

test('the record that each child changes does not grow with the number of children', async () => {
  const sizeAfter = async (count: number) => {
    const { cloud, run } = await workflows({ deepFreeze: false })
    const input = Array.from({ length: count }, (_, at) => at)
    await run(distributed({ ItemBatcher: { MaxItemsPerBatch: 2 } }), { input, seconds: 1 })
    const [mapRun] = mapRuns.scan(cloud.scope('123456789012', 'us-east-1'), {})
    expect(mapRun?.executionCounts.succeeded).toBe(count / 2)
    return JSON.stringify(mapRun).length
  }
  expect((await sizeAfter(400)) - (await sizeAfter(40))).toBeLessThan(20)
})

const nested = (depth: number): object => {
  const name = `P${depth}`
  const inner = { Type: 'Parallel', Branches: depth === 0 ? [] : [nested(depth - 1)], End: true }
  return { StartAt: name, States: { [name]: depth === 0 ? pass : inner } }
}

test('deeply nested states run as they are written', async () => {
  const { run } = await workflows()
  const { description, events } = await run(nested(40), { input: 1, seconds: 1 })
  const output = `${'['.repeat(40)}1${']'.repeat(40)}`
  expect(description).toMatchObject({ status: 'SUCCEEDED', output })
  expect(events.filter(({ type }) => type === 'ParallelStateStarted')).toHaveLength(40)
})

test('JSON nested a hundred thousand deep is refused, as a definition and as an input', async () => {
  const { sfn, roleArn, run } = await workflows()
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const definition = `{"StartAt":"P","States":{"P":{"Type":"Pass","Result":${deep},"End":true}}}`
  const created = sfn.send(new CreateStateMachineCommand({ name: 'deep', definition, roleArn }))
  await expect(created).rejects.toMatchObject({ name: expect.stringMatching(/Invalid|Validation/) })
  await expect(
    sfn.send(new ValidateStateMachineDefinitionCommand({ definition })),
  ).resolves.toMatchObject({ result: 'FAIL' })
  const { description } = await run({ StartAt: 'P', States: { P: pass } })
  const { stateMachineArn } = description
  const started = sfn.send(new StartExecutionCommand({ stateMachineArn, input: deep }))
  await expect(started).rejects.toMatchObject({ name: 'InvalidExecutionInput' })
})

test('data that grow deeper with every turn of a loop end the execution', async () => {
  const { run } = await workflows({ deepFreeze: false })
  const { description } = await run(
    {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Parameters: { 'a.$': '$' }, Next: 'B' },
        B: {
          Type: 'Choice',
          Choices: [{ Variable: '$.end', IsPresent: true, Next: 'End' }],
          Default: 'A',
        },
        End: pass,
      },
    },
    { seconds: 1 },
  )
  expect(description).toMatchObject({ status: 'FAILED', error: 'States.Runtime' })
  expect(description.cause).toContain('Document nesting depth (1001) exceeds the maximum allowed')
})

test.each([
  '$reduce([1..400000], function($a, $b) { $a & "xxxxxxxxxx" })',
  '$map([1..1000], function($i) { [1..1000] })',
  '$split($pad("", 200000, "a"), /(a+)+c/)',
  '$string($map([1..500], function($i) { $pad("", 100000, "x") }))',
])('%s ends, and fails its state', async (expression) => {
  const { sfn, run } = await workflows()
  const { executionArn } = await run(
    {
      QueryLanguage: 'JSONata',
      StartAt: 'Bomb',
      States: { Bomb: { Type: 'Pass', Output: `{% ${expression} %}`, End: true } },
    },
    { seconds: 1 },
  )
  const told = await sfn.send(new DescribeExecutionCommand({ executionArn }))
  expect(told.status).toBe('FAILED')
})

test('an output of more than 256 KB fails its state, and nothing catches that', async () => {
  const { run } = await workflows()
  const { description } = await run(
    {
      QueryLanguage: 'JSONata',
      StartAt: 'Grows',
      States: { Grows: { Type: 'Pass', Output: '{% $pad("", 262145, "x") %}', End: true } },
    },
    { seconds: 1 },
  )
  expect(description).toMatchObject({
    status: 'FAILED',
    error: 'States.DataLimitExceeded',
    cause:
      "The state/task 'Grows' returned a result with a size exceeding the maximum number of bytes service limit.",
  })
})
