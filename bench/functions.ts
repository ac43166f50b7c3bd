/**
 * What running the user's code costs: a cold start, a warm invocation, a queue's messages, a year of an hourly
 * schedule, memory over many invocations. Run: node bench/functions.ts, compiled.
 */
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { IAMClient } from '@aws-sdk/client-iam'
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { type Cloud, client, createCloud } from '@cloud-orrery/cloud'
import { functionRole, zipped } from './processes/function-code.ts'
import { median, printTable, type Row } from './table.ts'

const coldMsMax = 150
const warmMsMax = 2
const callCpuMsMax = 1.5
const messagesPerSecondMin = 1_000
const yearMsMax = 10_000
const invocations = Number(process.argv[2] ?? 100_000)

async function roleOf(cloud: Cloud): Promise<string> {
  return await functionRole(client(cloud, IAMClient))
}

async function makeFunction(cloud: Cloud, Role: string, FunctionName: string, source: string) {
  const lambda = client(cloud, LambdaClient)
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: await zipped(source) },
    }),
  )
  await cloud.advance({ minutes: 1 })
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }))
  const invoke = () => lambda.send(new InvokeCommand({ FunctionName, Payload: '{}' }))
  return { lambda, arn: Configuration?.FunctionArn ?? '', invoke }
}

const echo = 'export const handler = async (event) => event'

function row(what: string, value: string, target: string, ok: boolean): Row {
  return { what, value, target, ok }
}

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

async function coldAndWarm(): Promise<Row[]> {
  const cloud = createCloud()
  const role = await roleOf(cloud)
  const colds: number[] = []
  for (let i = 0; i < 12; i += 1) {
    const { invoke } = await makeFunction(cloud, role, `cold-${i}`, `${echo} // ${i}`)
    colds.push(await elapsedMs(invoke))
  }
  const { invoke } = await makeFunction(cloud, role, 'warm', echo)
  const warms: number[] = []
  for (let i = 0; i < 1_000; i += 1) warms.push(await elapsedMs(invoke))
  cloud.close()
  const [coldMs, warmMs] = [median(colds.slice(2)), median(warms.slice(200))]
  return [
    row(
      'cold start of a Node function, with its first invocation',
      `${coldMs.toFixed(0)} ms`,
      `<= ${coldMsMax} ms`,
      coldMs <= coldMsMax,
    ),
    row(
      'warm invocation, over the handler’s own time',
      `${warmMs.toFixed(2)} ms`,
      `<= ${warmMsMax} ms`,
      warmMs <= warmMsMax,
    ),
  ]
}

/** Sleeps of code in one invocation: what one costs must not grow with their number. */
const sleeper = `
import { setTimeout } from 'node:timers/promises'
export const handler = async ({ count }) => { for (let i = 0; i < count; i += 1) await setTimeout(10) }`

async function manySleeps(): Promise<Row> {
  const cloud = createCloud()
  const { lambda } = await makeFunction(cloud, await roleOf(cloud), 'sleeper', sleeper)
  await lambda.send(
    new UpdateFunctionConfigurationCommand({ FunctionName: 'sleeper', Timeout: 900 }),
  )
  await cloud.advance({ minutes: 1 })
  const eachMs = async (count: number) => {
    const Payload = JSON.stringify({ count })
    const invoked = () => lambda.send(new InvokeCommand({ FunctionName: 'sleeper', Payload }))
    return (await elapsedMs(invoked)) / count
  }
  await eachMs(100)
  const [few, many] = [await eachMs(200), await eachMs(20_000)]
  cloud.close()
  const growth = many / few
  return row(
    'a sleep in code, 20,000 in one invocation over 200',
    `${growth.toFixed(2)}x (${(many * 1000).toFixed(0)} µs)`,
    '<= 3x',
    growth <= 3,
  )
}

/** A thousand calls of a code's SDK, one after the other, after as many that warm it up. */
const caller = `
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
const sqs = new SQSClient({})
export const handler = async ({ count, QueueUrl }) => {
  for (let i = 0; i < count; i += 1) {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: String(i) }))
  }
}`

async function manyCalls(): Promise<Row> {
  const cloud = createCloud()
  const { lambda } = await makeFunction(cloud, await roleOf(cloud), 'caller', caller)
  await lambda.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: 'caller',
      Timeout: 900,
      MemorySize: 1024,
    }),
  )
  await cloud.advance({ minutes: 1 })
  const sqs = client(cloud, SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'calls' }))
  const count = 1_000
  const Payload = JSON.stringify({ count, QueueUrl })
  const cpuMs = async () => {
    const before = process.cpuUsage()
    await lambda.send(new InvokeCommand({ FunctionName: 'caller', Payload }))
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000 / count
  }
  await cpuMs()
  const eachMs = Math.min(await cpuMs(), await cpuMs(), await cpuMs())
  cloud.close()
  return row(
    'an SDK call from code, CPU of the code and of the cloud together',
    `${eachMs.toFixed(2)} ms`,
    `<= ${callCpuMsMax} ms`,
    eachMs <= callCpuMsMax,
  )
}

async function fromQueue(): Promise<Row> {
  const cloud = createCloud()
  const { lambda } = await makeFunction(cloud, await roleOf(cloud), 'queue', echo)
  const sqs = client(cloud, SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'bench' }))
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  )
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'queue',
      EventSourceArn: Attributes?.['QueueArn'],
      BatchSize: 10,
    }),
  )
  await cloud.advance({ minutes: 1 })
  const messages = 10_000
  const ms = await elapsedMs(async () => {
    for (let i = 0; i < messages / 10; i += 1) {
      const Entries = Array.from({ length: 10 }, (_, n) => ({ Id: `${n}`, MessageBody: `${i}` }))
      await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    }
    await cloud.advance({ minutes: 1 })
  })
  const { Attributes: left } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  )
  cloud.close()
  const isEmpty =
    left?.['ApproximateNumberOfMessages'] === '0' &&
    left['ApproximateNumberOfMessagesNotVisible'] === '0'
  const perSecond = isEmpty ? (messages / ms) * 1000 : 0
  return row(
    'messages a second from a queue to a function, sending them included',
    perSecond.toFixed(0),
    `>= ${messagesPerSecondMin}`,
    perSecond >= messagesPerSecondMin,
  )
}

async function year(): Promise<Row> {
  const cloud = createCloud()
  const { lambda, arn } = await makeFunction(cloud, await roleOf(cloud), 'hourly', echo)
  const events = client(cloud, EventBridgeClient)
  const { RuleArn } = await events.send(
    new PutRuleCommand({ Name: 'hourly', ScheduleExpression: 'rate(1 hour)' }),
  )
  await events.send(new PutTargetsCommand({ Rule: 'hourly', Targets: [{ Id: '1', Arn: arn }] }))
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: 'hourly',
      StatementId: '1',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: RuleArn,
    }),
  )
  const ms = await elapsedMs(() => cloud.advance({ days: 365 }))
  const runs = cloud.kernel.journal.entries.filter(({ name }) => name.startsWith('code ')).length
  cloud.close()
  return row(
    `a model year of an hourly schedule with a function (${runs} runs)`,
    `${(ms / 1000).toFixed(1)} s`,
    `<= ${yearMsMax / 1000} s`,
    ms <= yearMsMax && runs >= 8_759,
  )
}

async function memory(): Promise<Row> {
  const cloud = createCloud({ journalEntriesMax: 1_000 })
  const { invoke } = await makeFunction(cloud, await roleOf(cloud), 'memory', echo)
  const residentMb = () => {
    globalThis.gc?.()
    return process.memoryUsage().rss / 1024 ** 2
  }
  const samples: number[] = []
  for (let i = 0; i < invocations; i += 1) {
    await invoke()
    if (i % (invocations / 10) === invocations / 10 - 1) samples.push(residentMb())
  }
  cloud.close()
  const [, second = 0] = samples
  const last = samples.at(-1) ?? 0
  const ratio = last / second
  return row(
    `memory after ${invocations.toLocaleString('en')} invocations, over that after a fifth`,
    `${ratio.toFixed(2)}x (${last.toFixed(0)} MB)`,
    '<= 1.25x',
    ratio <= 1.25,
  )
}

printTable('Functions', [
  ...(await coldAndWarm()),
  await manySleeps(),
  await manyCalls(),
  await fromQueue(),
  await year(),
  await memory(),
])
