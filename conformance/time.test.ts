import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda'
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import {
  type Cloud,
  type CloudOptions,
  client,
  compareReplay,
  createCloud,
  record,
} from '@cloud-orrery/cloud'
import { readRecordings, writeRecording } from '@cloud-orrery/cloud/persistence'
import type { ClockMode, JournalEntry } from '@cloud-orrery/kernel'
import type { CodeRuntime } from '@cloud-orrery/runtimes'
import { describe, expect, onTestFinished, test } from 'vitest'
import { zipped } from './functions/strangers.test-support.ts'

/** Model time as code and services see it: long waits cost seconds, and every clock shows the same order of events. */

const hasPython = spawnSync('python3', ['--version']).status === 0

/** A cloud with a role for functions. Closed after the test. */
async function cloudWithRole(options: CloudOptions = {}): Promise<{ cloud: Cloud; role: string }> {
  const cloud = createCloud(options)
  onTestFinished(async () => {
    cloud.close()
    await cloud.code.ended()
  })
  const iam = client(cloud, IAMClient)
  const documentOf = (statement: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', ...statement } })
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: 'functions',
      AssumeRolePolicyDocument: documentOf({
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
    }),
  )
  const PolicyDocument = documentOf({ Action: ['logs:*', 'sqs:*'], Resource: '*' })
  await iam.send(
    new PutRolePolicyCommand({ RoleName: 'functions', PolicyName: 'own', PolicyDocument }),
  )
  await cloud.advance({ minutes: 1 })
  return { cloud, role: Role?.Arn ?? '' }
}

/** A function of one file, Active. Returns its ARN. */
async function makeFunction(
  { cloud, role }: { cloud: Cloud; role: string },
  FunctionName: string,
  source: string,
  input: Partial<CreateFunctionCommandInput> = {},
): Promise<string> {
  const file = input.Runtime?.startsWith('python') === true ? 'index.py' : 'index.mjs'
  const { FunctionArn = '' } = await client(cloud, LambdaClient).send(
    new CreateFunctionCommand({
      FunctionName,
      Role: role,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Timeout: 900,
      Code: { ZipFile: await zipped({ [file]: source }) },
      ...input,
    }),
  )
  await cloud.advance({ seconds: 5 })
  return FunctionArn
}

/** A rule that invokes a function. */
async function schedule(cloud: Cloud, expression: string, functionArn: string): Promise<void> {
  const events = client(cloud, EventBridgeClient)
  const { RuleArn } = await events.send(
    new PutRuleCommand({ Name: 'schedule', ScheduleExpression: expression }),
  )
  await client(cloud, LambdaClient).send(
    new AddPermissionCommand({
      FunctionName: functionArn,
      StatementId: 'schedule',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: RuleArn,
    }),
  )
  await events.send(
    new PutTargetsCommand({ Rule: 'schedule', Targets: [{ Id: '1', Arn: functionArn }] }),
  )
}

async function untilReal(isDone: () => boolean): Promise<void> {
  await expect.poll(isDone, { timeout: 60_000, interval: 20 }).toBe(true)
}

const sleepsNode = `
export async function handler() {
  const before = Date.now()
  await new Promise((resolve) => setTimeout(resolve, 600_000))
  return Date.now() - before
}`

const sleepsPython = `
import time
def handler(event, context):
    before = time.time()
    time.sleep(600)
    return round((time.time() - before) * 1000)
`

describe('a handler that sleeps ten minutes takes seconds, and ten minutes of the model', () => {
  const cases = [
    { language: 'Node', source: sleepsNode, runtime: 'nodejs22.x', here: true },
    { language: 'Python', source: sleepsPython, runtime: 'python3.13', here: hasPython },
  ] as const
  for (const { language, source, runtime, here } of cases) {
    test.skipIf(!here)(`in ${language} (skipped where it is not installed)`, async () => {
      const place = await cloudWithRole()
      await makeFunction(place, 'sleeps', source, { Runtime: runtime })
      const { clock } = place.cloud.kernel
      const beganMs = clock.nowMs
      const realMs = performance.now()
      const { Payload, FunctionError } = await client(place.cloud, LambdaClient).send(
        new InvokeCommand({ FunctionName: 'sleeps' }),
      )
      expect([FunctionError, Buffer.from(Payload ?? []).toString()]).toEqual([undefined, '600000'])
      // The cold start takes model time as well: under a second.
      const movedMs = clock.nowMs - beganMs
      expect([movedMs >= 600_000, movedMs < 601_000]).toEqual([true, true])
      expect(performance.now() - realMs).toBeLessThan(15_000)
    })
  }
})

// How fast is for bench/functions.ts to say: 10 s on a machine that has nothing else to do.
test('a rule of every hour runs its function 8,760 times in a year', {
  timeout: 600_000,
}, async () => {
  const place = await cloudWithRole({ journalEntriesMax: 200_000 })
  const { cloud } = place
  const arn = await makeFunction(place, 'hourly', 'export const handler = async () => 1')
  await schedule(cloud, 'rate(1 hour)', arn)
  await cloud.advance({ days: 365 })
  const runs = cloud.kernel.journal.entries.filter(({ name }) => name === `code ${arn}`)
  const gapsMs = runs.slice(1).map(({ atMs }, i) => atMs - (runs[i]?.atMs ?? 0))
  expect([runs.length, new Set(gapsMs)]).toEqual([365 * 24, new Set([3_600_000])])
})

test('a queue keeps a message for its 14 days and no longer', async () => {
  const cloud = createCloud()
  onTestFinished(() => cloud.close())
  const sqs = client(cloud, SQSClient)
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({
      QueueName: 'kept',
      Attributes: { MessageRetentionPeriod: String(14 * 24 * 3600) },
    }),
  )
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
  const bodies = async () => {
    const receive = new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 })
    return ((await sqs.send(receive)).Messages ?? []).map(({ Body }) => Body)
  }
  await cloud.advance({ days: 13, hours: 23 })
  expect(await bodies()).toEqual(['hi'])
  await cloud.advance({ hours: 1 })
  expect(await bodies()).toEqual([])
})

const ticker = (sleepMs: number) => `
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
const sqs = new SQSClient()
export async function handler({ time }) {
  await new Promise((resolve) => setTimeout(resolve, ${sleepMs}))
  const { QUEUE_URL: QueueUrl } = process.env
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: time }))
}`

const worker = `
export async function handler({ Records }) {
  for (const { body } of Records) console.log(body)
}`

/**
 * A rule of every minute whose function sleeps and writes to a queue, which invokes a second one. Its first tick was
 * had with a held clock, so that both functions are warm. Deviation: a fast clock runs on while code starts; a cold
 * start that takes longer than the function's timeout and 80 s of the model is given up, and its event runs again.
 */
async function chain(options: CloudOptions, sleepMs = 5_000): Promise<Cloud> {
  const place = await cloudWithRole({ ...options, clock: { kind: 'held' } })
  const { cloud } = place
  const sqs = client(cloud, SQSClient)
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'ticks', Attributes: { VisibilityTimeout: '900' } }),
  )
  await makeFunction(place, 'worker', worker)
  await client(cloud, LambdaClient).send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'worker',
      EventSourceArn: `arn:aws:sqs:${cloud.defaultRegion}:${cloud.defaultAccountId}:ticks`,
    }),
  )
  await cloud.advance({ minutes: 1 })
  const arn = await makeFunction(place, 'ticker', ticker(sleepMs), {
    Environment: { Variables: { QUEUE_URL: QueueUrl } },
  })
  await schedule(cloud, 'rate(1 minute)', arn)
  await cloud.advance({ seconds: 90 })
  return cloud
}

/** What one tick of the rule is bound to lead to: names with their causes' names, in order of model time. */
type Story = readonly string[]

/** The stories of the ticks after the first; one that is not at its end yet is shorter than the others. */
function stories(cloud: Cloud, ticks = 5): Story[] {
  const { journal } = cloud.kernel
  const { entries } = journal
  const causeOf = (entry: JournalEntry | undefined) =>
    entry?.cause === undefined ? undefined : journal.entry(entry.cause)
  const follows = (from: JournalEntry | undefined, name: string) =>
    entries.find((entry) => entry.name === name && from !== undefined && causeOf(entry) === from)
  return entries
    .filter(({ name }) => name === 'events.tick')
    .slice(1, 1 + ticks)
    .map((tick) => {
      const { atMs } = tick.data['input'] as { atMs: number } // The schedule's own task.
      const body = `${new Date(atMs).toISOString().slice(0, 19)}Z`
      const deliver = follows(tick, 'events.deliver')
      const invoke = follows(deliver, 'lambda.Invoke')
      const run = follows(invoke, 'lambda.run-event')
      const sent = follows(run, 'sqs.SendMessage')
      const ticked = entries.find((entry) => isCode(entry, 'ticker') && causeOf(entry) === run)
      const worked = entries.find(
        (entry) => isCode(entry, 'worker') && JSON.stringify(entry.data).includes(body),
      )
      const deleted = entries.find(
        ({ name, cause, sequence }) =>
          name === 'sqs.DeleteMessageBatch' &&
          worked !== undefined &&
          cause === worked.cause &&
          sequence > worked.sequence,
      )
      // When the first function ends and when the second begins, after the message was sent, AWS leaves open.
      const chains = [
        [tick, deliver, invoke, run, sent, worked, deleted],
        [sent, ticked],
      ]
      expect(chains.map(isInOrder)).toEqual([true, true])
      return [...new Set(chains.flat())]
        .filter((entry) => entry !== undefined && entry !== tick)
        .map((entry) => `${shortName(causeOf(entry))} -> ${shortName(entry)}`)
    })
}

function isInOrder(entries: readonly (JournalEntry | undefined)[]): boolean {
  const there = entries.filter((entry) => entry !== undefined)
  return there.every(({ atMs, sequence }, i) => {
    const next = there[i + 1]
    return next === undefined || (atMs <= next.atMs && sequence < next.sequence)
  })
}

function isCode({ name }: JournalEntry, functionName: string): boolean {
  return name.startsWith('code ') && name.endsWith(`:${functionName}`)
}

function shortName(entry: JournalEntry | undefined): string {
  return entry?.name.replace(/^code .*:/, 'code ') ?? ''
}

const story: Story = [
  'events.tick -> events.deliver',
  'events.deliver -> lambda.Invoke',
  'lambda.Invoke -> lambda.run-event',
  'lambda.run-event -> sqs.SendMessage',
  'lambda.poll -> code worker',
  'lambda.poll -> sqs.DeleteMessageBatch',
  'lambda.run-event -> code ticker',
]

describe('under every clock a schedule leads to the same events in the same order', () => {
  const clocks: readonly ClockMode[] = [
    { kind: 'skip' },
    { kind: 'fast', factor: 600 },
    { kind: 'real' },
  ]
  const untilTold = async (cloud: Cloud, ticks: number) => {
    await untilReal(
      () => stories(cloud, ticks).filter(({ length }) => length === story.length).length === ticks,
    )
  }

  const nextTickMs = ({ kernel }: Cloud) =>
    (kernel.journal.entries.findLast(({ name }) => name === 'events.tick')?.atMs ?? 0) + 60_000

  test('held', async () => {
    const cloud = await chain({})
    await cloud.advance({ minutes: 5 })
    expect(stories(cloud)).toEqual(Array.from({ length: 5 }, () => story))
  })

  for (const clock of clocks) {
    test(clock.kind, { timeout: 90_000 }, async () => {
      const isReal = clock.kind === 'real'
      const sleepMs = isReal ? 300 : 5_000
      const cloud = await chain({}, sleepMs)
      cloud.kernel.clock.mode = clock
      cloud.kernel.scheduler.start()
      const realMs = performance.now()
      for (let ticks = 1; ticks <= 5; ticks += 1) {
        // Nobody waits for a minute of real time: the clock is moved to shortly before the next tick.
        if (isReal) await cloud.advance(nextTickMs(cloud) - 200 - cloud.kernel.clock.dueMs)
        await untilTold(cloud, ticks)
      }
      if (isReal) expect(performance.now() - realMs).toBeGreaterThan(5 * sleepMs)
      cloud.close()
      expect(stories(cloud)).toEqual(Array.from({ length: 5 }, () => story))
    })
  }
})

describe('a run with functions in it', () => {
  const run = async (seed: number): Promise<Cloud> => {
    const cloud = await chain({ seed })
    await cloud.advance({ minutes: 4 })
    return cloud
  }

  test('has the same journal under the same seed, byte for byte, and another under another', async () => {
    const digests: string[] = []
    for (const seed of [7, 7, 8]) digests.push((await run(seed)).kernel.journal.digest())
    expect(digests[1]).toBe(digests[0])
    expect(digests[2]).not.toBe(digests[0])
  })

  test('is the same when it is replayed, and no code runs then', async () => {
    const cloud = await run(7)
    const codes = cloud.kernel.journal.entries.filter(({ name }) => name.startsWith('code '))
    expect(codes).toHaveLength(10)
    const folder = mkdtempSync(join(tmpdir(), 'orrery-time-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    await writeRecording(join(folder, 'run'), record(cloud))
    const [filed] = await readRecordings(join(folder, 'run'))
    if (filed === undefined) throw new Error('the file holds no recording')
    const runtime: CodeRuntime = {
      serves: () => true,
      start: ({ id }) => {
        throw new Error(`environment ${id} was started`)
      },
    }
    const options = { ...filed.options, runtimes: [runtime] }
    const { cloud: again, difference, whole } = await compareReplay({ ...filed, options })
    onTestFinished(() => again.close())
    expect([difference, whole]).toEqual([undefined, true])
    expect(again.kernel.journal.digest()).toBe(cloud.kernel.journal.digest())
  })
})
