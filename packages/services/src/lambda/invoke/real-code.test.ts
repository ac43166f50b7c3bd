import { spawnSync } from 'node:child_process'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { giveRole, zipOf } from '../functions.test-support.ts'

const hasPython = spawnSync('python3', ['--version']).status === 0

async function made(Runtime: string, Handler: string, files: Record<string, string>) {
  const cloud = createCloud({ deepFreeze: true })
  const Role = giveRole(cloud, ['logs:*', 'sqs:*'])
  const lambda = client(cloud, LambdaClient)
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'fn',
      Role,
      Runtime: Runtime as 'nodejs22.x',
      Handler,
      Timeout: 20,
      Code: { ZipFile: await zipOf(files) },
    }),
  )
  return { cloud, lambda }
}

async function answer(lambda: LambdaClient, Payload = '{}') {
  const { Payload: bytes, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: 'fn', Payload }),
  )
  return { value: JSON.parse(Buffer.from(bytes ?? []).toString()) as unknown, FunctionError }
}

test('a Node function runs, sleeps in model time, and its log is there', async () => {
  const { cloud, lambda } = await made('nodejs22.x', 'index.handler', {
    'index.js': `exports.handler = async (event, context) => {
      console.log('hello', event.n)
      const before = Date.now()
      await new Promise((resolve) => setTimeout(resolve, 10000))
      return { slept: Date.now() - before, name: context.functionName, region: process.env.AWS_REGION }
    }`,
  })
  expect(await answer(lambda, '{"n":3}')).toEqual({
    value: { slept: 10_000, name: 'fn', region: 'us-east-1' },
  })
  const logs = client(cloud, CloudWatchLogsClient)
  const { events = [] } = await logs.send(
    new FilterLogEventsCommand({ logGroupName: '/aws/lambda/fn' }),
  )
  expect(events.map(({ message = '' }) => message.split(/[ \t]/)[0])).toEqual([
    'INIT_START',
    'START',
    '2026-01-01T00:00:00.000Z',
    'END',
    'REPORT',
  ])
  cloud.close()
})

test('a Node function calls its cloud with its own credentials', async () => {
  const { cloud, lambda } = await made('nodejs22.x', 'index.handler', {
    'index.mjs': `export const handler = async () => {
      const { SQSClient, ListQueuesCommand } = await import('@aws-sdk/client-sqs')
      return (await new SQSClient({}).send(new ListQueuesCommand({}))).$metadata.httpStatusCode
    }`,
  })
  expect(await answer(lambda)).toEqual({ value: 200 })
  cloud.close()
})

test.skipIf(!hasPython)('a Python function sleeps in model time', async () => {
  const { cloud, lambda } = await made('python3.12', 'h.handler', {
    'h.py': `import time
def handler(event, context):
    before = time.time()
    time.sleep(5)
    return {'slept': round(time.time() - before), 'rest': context.get_remaining_time_in_millis()}`,
  })
  expect(await answer(lambda)).toEqual({ value: { slept: 5, rest: 15_000 } })
  cloud.close()
})
