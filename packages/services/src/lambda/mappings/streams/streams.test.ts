import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import { writeMany } from '../../../dynamodb/streams/written.test-support.ts'
import { ids, type StreamEvent, streamMapped, type WindowEvent } from './streams.test-support.ts'

test('records go to the function in the order of the changes', async () => {
  const seen: string[] = []
  const world = await streamMapped((event: StreamEvent) => {
    seen.push(...event.Records.map((it) => `${it.eventName} ${it.dynamodb.Keys.id.S}`))
  })
  await world.put('a')
  await world.put('b')
  const Key = { id: { S: 'a' } }
  await world.dynamodb.send(
    new UpdateItemCommand({
      TableName: 'orders',
      Key,
      UpdateExpression: 'SET n = :n',
      ExpressionAttributeValues: { ':n': { N: '5' } },
    }),
  )
  await world.dynamodb.send(new DeleteItemCommand({ TableName: 'orders', Key }))
  await world.cloud.settle()
  expect(seen).toEqual(['INSERT a', 'INSERT b', 'MODIFY a', 'REMOVE a'])
  expect(await world.result()).toBe('OK')
})

test('TRIM_HORIZON has what is there, LATEST what comes', async () => {
  const seen = async (StartingPosition: 'TRIM_HORIZON' | 'LATEST') => {
    const all: string[] = []
    const world = await streamMapped((event: StreamEvent) => void all.push(...ids(event)), {
      StartingPosition,
      Enabled: false,
    })
    await world.put('before')
    const { UUID } = world.mapping
    await world.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }))
    await world.cloud.advance({ hours: 1 })
    await world.put('after')
    await world.cloud.settle()
    return all
  }
  expect(await seen('TRIM_HORIZON')).toEqual(['before', 'after'])
  expect(await seen('LATEST')).toEqual(['after'])
})

test('a mapping that was disabled goes on where it stood', async () => {
  const seen: string[] = []
  const world = await streamMapped((event: StreamEvent) => void seen.push(...ids(event)))
  await world.put('one')
  await world.cloud.settle()
  const { UUID } = world.mapping
  const change = async (Enabled: boolean) => {
    const answer = await world.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }))
    await world.cloud.advance({ seconds: 2 })
    return answer.State
  }
  expect(await change(false)).toBe('Disabling')
  await world.put('two')
  await world.cloud.advance({ hours: 5 })
  expect(seen).toEqual(['one'])
  expect(await change(true)).toBe('Enabling')
  await world.cloud.settle()
  expect(seen).toEqual(['one', 'two'])
})

test('a mapping follows its stream from shard to shard for months', async () => {
  const seen: string[] = []
  const world = await streamMapped((event: StreamEvent) => void seen.push(...ids(event)), {
    StartingPosition: 'LATEST',
  })
  const wanted: string[] = []
  for (let i = 0; i < 8; i += 1) {
    await world.cloud.advance({ hours: 3 + i * 40 })
    await world.put(`k${i}`)
    await world.put(`l${i}`)
    wanted.push(`k${i}`, `l${i}`)
  }
  await world.cloud.settle()
  expect(seen).toEqual(wanted)
})

test('a year without changes costs nothing', async () => {
  const { cloud } = await streamMapped(() => undefined)
  const before = cloud.kernel.journal.entries.length
  await cloud.advance({ days: 365 })
  expect(cloud.kernel.journal.entries.length - before).toBeLessThan(5)
})

test('a batching window collects records until it is over or the batch full', async () => {
  const sizes: number[] = []
  const world = await streamMapped((event: StreamEvent) => void sizes.push(event.Records.length), {
    BatchSize: 3,
    MaximumBatchingWindowInSeconds: 20,
  })
  await world.put('a')
  await world.put('b')
  await world.cloud.advance({ seconds: 19 })
  expect(sizes).toEqual([])
  await world.cloud.advance({ seconds: 1 })
  expect(sizes).toEqual([2])
  for (const id of ['c', 'd', 'e', 'f']) await world.put(id)
  await world.cloud.settle()
  expect(sizes).toEqual([2, 3])
  await world.cloud.advance({ seconds: 20 })
  expect(sizes).toEqual([2, 3, 1])
})

test('what no filter lets through is passed over', async () => {
  const seen: string[] = []
  const world = await streamMapped((event: StreamEvent) => void seen.push(...ids(event)), {
    FilterCriteria: {
      Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"n":{"N":["7"]}}}}' }],
    },
  })
  await world.put('six', 6)
  await world.put('seven', 7)
  await world.cloud.settle()
  expect(seen).toEqual(['seven'])
})

test('a shard has as many invocations at once as its ParallelizationFactor, and each key its order', async () => {
  let running = 0
  let most = 0
  const seen: [id: string, n: number][] = []
  const world = await streamMapped(
    async ({ Records }: StreamEvent, { sleep }) => {
      running += 1
      most = Math.max(most, running)
      await sleep(1000)
      running -= 1
      for (const { dynamodb } of Records) {
        seen.push([dynamodb.Keys.id.S, Number(dynamodb.NewImage?.n?.N)])
      }
    },
    { ParallelizationFactor: 4, BatchSize: 2 },
  )
  for (let i = 0; i < 60; i += 1) await world.put(`k${i % 12}`, i)
  await world.cloud.advance({ minutes: 2 })
  expect(most).toBe(4)
  expect(seen).toHaveLength(60)
  for (let key = 0; key < 12; key += 1) {
    const mine = seen.filter(([id]) => id === `k${key}`).map(([, n]) => n)
    expect(mine).toEqual([key, key + 12, key + 24, key + 36, key + 48])
  }
})

test('lanes that are changed lose nothing', async () => {
  const seen = new Set<string>()
  const world = await streamMapped((event: StreamEvent) => {
    for (const id of ids(event)) seen.add(id)
  })
  await world.put('one')
  await world.cloud.settle()
  const { UUID } = world.mapping
  await world.lambda.send(new UpdateEventSourceMappingCommand({ UUID, ParallelizationFactor: 3 }))
  for (let i = 0; i < 10; i += 1) await world.put(`k${i}`)
  await world.cloud.advance({ seconds: 5 })
  await world.lambda.send(new UpdateEventSourceMappingCommand({ UUID, ParallelizationFactor: 1 }))
  await world.put('last')
  await world.cloud.advance({ seconds: 5 })
  expect(seen.size).toBe(12)
})

test('a tumbling window hands the state on, and ends with a last invocation', async () => {
  const told: unknown[] = []
  const world = await streamMapped(
    (event: WindowEvent) => {
      const sum = (event.state['sum'] ?? 0) + event.Records.length
      told.push([event.window.end.slice(14, 19), sum, event.isFinalInvokeForWindow])
      return { state: { sum } }
    },
    { TumblingWindowInSeconds: 60 },
  )
  await world.put('a')
  await world.put('b')
  await world.put('c')
  await world.cloud.advance({ seconds: 30 })
  await world.put('d')
  await world.cloud.advance({ minutes: 1 })
  await world.put('e')
  await world.cloud.advance({ minutes: 2 })
  expect(told).toEqual([
    ['01:00', 1, false],
    ['01:00', 2, false],
    ['01:00', 3, false],
    ['01:00', 4, false],
    ['01:00', 4, true],
    ['02:00', 1, false],
    ['02:00', 1, true],
  ])
})

test('the same seed gives the same journal', async () => {
  const digest = async () => {
    const world = await streamMapped(
      async (event: StreamEvent, { sleep }) => {
        await sleep(event.Records.length * 10)
        if (event.Records.length > 3) throw new Error('too many')
      },
      { BisectBatchOnFunctionError: true, ParallelizationFactor: 2 },
      {},
      { seed: 7, choices: 'legal' },
    )
    for (let i = 0; i < 20; i += 1) await world.put(`k${i}`)
    await world.cloud.advance({ minutes: 10 })
    return world.cloud.kernel.journal.digest()
  }
  expect(await digest()).toBe(await digest())
})

test('50,000 records go through a function in batches of 1,000', async () => {
  const sizes: number[] = []
  const world = await streamMapped(
    (event: StreamEvent) => void sizes.push(event.Records.length),
    { BatchSize: 1000, MaximumBatchingWindowInSeconds: 5 },
    {},
    { deepFreeze: false },
  )
  writeMany(
    world.cloud,
    'orders',
    Array.from({ length: 50_000 }, (_, i) => ({ id: { S: `k${i}` }, n: { N: '1' } })),
  )
  await world.cloud.advance({ seconds: 10 })
  expect(sizes).toEqual(Array.from({ length: 50 }, () => 1000))
})
