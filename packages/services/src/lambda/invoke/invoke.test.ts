import {
  GetFunctionCommand,
  InvokeCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import { makeFunction, start, zipOf } from '../functions.test-support.ts'

async function text(payload: Uint8Array | undefined): Promise<unknown> {
  return JSON.parse(Buffer.from(payload ?? []).toString())
}

test('a function answers its caller', async () => {
  const made = start({ echo: (event: unknown) => ({ got: event }) })
  await makeFunction(made, 'echo')
  const { $metadata, Payload, ...answer } = await made.lambda.send(
    new InvokeCommand({ FunctionName: 'echo', Payload: '{"a":1}' }),
  )
  expect(await text(Payload)).toEqual({ got: { a: 1 } })
  expect({ ...answer, status: $metadata.httpStatusCode }).toEqual({
    ExecutedVersion: '$LATEST',
    StatusCode: 200,
    status: 200,
  })
})

test('an invocation without a payload gets an empty object', async () => {
  const made = start({ echo: (event: unknown) => event })
  await makeFunction(made, 'echo')
  const { Payload } = await made.lambda.send(new InvokeCommand({ FunctionName: 'echo' }))
  expect(await text(Payload)).toEqual({})
})

test('invocations one after the other share an environment', async () => {
  const made = start({
    count: (_event: unknown, { memory }) => {
      const count = Number(memory.get('count') ?? 0) + 1
      memory.set('count', count)
      return count
    },
  })
  await makeFunction(made, 'count')
  const counts: unknown[] = []
  for (let i = 0; i < 3; i += 1) {
    const { Payload } = await made.lambda.send(new InvokeCommand({ FunctionName: 'count' }))
    counts.push(await text(Payload))
  }
  expect(counts).toEqual([1, 2, 3])
  for (let hour = 0; hour < 20; hour += 1) {
    await made.cloud.advance({ hours: 1 }) // Its credentials are renewed.
    await made.lambda.send(new InvokeCommand({ FunctionName: 'count' }))
  }
  const later = await made.lambda.send(new InvokeCommand({ FunctionName: 'count' }))
  expect(await text(later.Payload)).toBe(24)
  await made.cloud.advance({ hours: 3 }) // Idle environments are ended.
  const { Payload } = await made.lambda.send(new InvokeCommand({ FunctionName: 'count' }))
  expect(await text(Payload)).toBe(1)
})

test('a function that sleeps past its timeout is stopped then', async () => {
  const made = start({ sleeper: async (_event: unknown, { sleep }) => await sleep(600_000) })
  await makeFunction(made, 'sleeper', { Timeout: 3 })
  const before = made.cloud.kernel.clock.nowMs
  const { $metadata, Payload, FunctionError, LogResult } = await made.lambda.send(
    new InvokeCommand({ FunctionName: 'sleeper', LogType: 'Tail' }),
  )
  const id = $metadata.requestId
  expect(made.cloud.kernel.clock.nowMs - before).toBe(3000)
  expect(FunctionError).toBe('Unhandled')
  expect(await text(Payload)).toEqual({
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${id} Error: Task timed out after 3.00 seconds`,
  })
  expect(Buffer.from(LogResult ?? '', 'base64').toString()).toMatch(
    new RegExp(
      `^START RequestId: ${id} Version: \\$LATEST\n2026-01-01T00:00:04.000Z ${id} Task timed out after 3.00 seconds\n\nEND RequestId: ${id}\nREPORT RequestId: ${id}\tDuration: 3000.00 ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB\tMax Memory Used: \\d+ MB\tInit Duration: [\\d.]+ ms\tStatus: timeout\n$`,
    ),
  )
})

test('until an update is done the former code answers', async () => {
  const made = start({
    fn: (_event: unknown, { environment }) => environment.code.sha256.slice(0, 8),
  })
  await makeFunction(made, 'fn')
  const answer = async () => {
    const { Payload } = await made.lambda.send(new InvokeCommand({ FunctionName: 'fn' }))
    return await text(Payload)
  }
  const before = await answer()
  const ZipFile = await zipOf({ 'index.js': 'exports.handler = 2' })
  await made.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'fn', ZipFile }))
  expect(await answer()).toBe(before)
  await made.cloud.advance({ seconds: 1 })
  expect(await answer()).not.toBe(before)
  const { Configuration } = await made.lambda.send(new GetFunctionCommand({ FunctionName: 'fn' }))
  expect(Configuration?.LastUpdateStatus).toBe('Successful')
})
