import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
  type SubscribeCommandInput,
} from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import type { Cloud } from './cloud.ts'
import { client, compareReplay, createCloud, type Recording, record, replay } from './index.ts'
import { newUser, send } from './wire.test-support.ts'

async function hello(cloud: Cloud, operation: string, body: object): Promise<number> {
  return (await send(cloud, { operation, body })).status
}

async function visit(cloud: Cloud): Promise<void> {
  await hello(cloud, 'CreateGreeting', { Name: 'a', ExpiresInSeconds: 10 })
  await hello(cloud, 'CreateGreeting', { Name: 'a' })
  const fault = cloud.armFault('hello.GetGreeting', { kind: 'error', code: 'Unavailable' })
  await hello(cloud, 'GetGreeting', { Name: 'a' })
  cloud.endFault(fault)
  await cloud.advance({ seconds: 30 })
  await hello(cloud, 'GetGreeting', { Name: 'a' })
  await hello(cloud, 'NoSuchOperation', {})
}

/** As it comes from a file. */
function filed(recording: Recording): Recording {
  return JSON.parse(JSON.stringify(recording)) as Recording
}

/** The same journal and the same state. */
async function expectSameRun(cloud: Cloud): Promise<Cloud> {
  const recording = record(cloud)
  const again = await replay(filed(recording))
  const told = ({ kernel }: Cloud) =>
    kernel.journal.entries.map(({ sequence, kind, name, cause }) => [sequence, kind, name, cause])
  expect(told(again)).toEqual(told(cloud))
  expect(again.kernel.journal.digest()).toBe(recording.journalSha256)
  expect(again.kernel.export()).toEqual(cloud.kernel.export())
  return again
}

function untilWaiting(cloud: Cloud, count = 1): Promise<void> {
  return until(() => cloud.kernel.scheduler.waiting.length >= count)
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setImmediate(resolve))
}

test('the same seed gives the same journal, byte for byte', async () => {
  const digests: string[] = []
  for (const seed of [7, 7, 8]) {
    const cloud = createCloud({ seed })
    await visit(cloud)
    digests.push(cloud.kernel.journal.digest())
  }
  expect(digests[0]).toBe(digests[1])
  expect(digests[0]).not.toBe(digests[2])
})

describe('replaying what entered gives the same run', () => {
  test('of calls, refusals, faults and time', async () => {
    const cloud = createCloud({ seed: 3 })
    await visit(cloud)
    await expectSameRun(cloud)
  })

  test('of several accounts, users and regions', async () => {
    const cloud = createCloud({ seed: 4 })
    const credentials = await newUser(cloud, 'mary')
    await send(cloud, { operation: 'GetGreeting', body: { Name: 'a' }, credentials })
    const other = { credentials: cloud.credentials('111122223333'), region: 'eu-west-1' }
    await send(cloud, { operation: 'CreateGreeting', body: { Name: 'a' }, ...other })
    const open = createCloud({ acceptAnyCredentials: true })
    const anyone = { accessKeyId: '444455556666', secretAccessKey: 'x' }
    await send(open, { operation: 'CreateGreeting', body: { Name: 'a' }, credentials: anyone })
    await expectSameRun(cloud)
    await expectSameRun(open)
  })

  test('of choices and faults that are drawn from the seed', async () => {
    const cloud = createCloud({ seed: 5, choices: 'legal' })
    cloud.armFault('hello.*', { kind: 'error', code: 'X' }, { probability: 0.5, times: 5 })
    for (let i = 0; i < 12; i += 1) await hello(cloud, 'CreateGreeting', { Name: `n${i}` })
    const { QueueUrl } = await client(cloud, SQSClient).send(
      new CreateQueueCommand({ QueueName: 'queue' }),
    )
    const sqs = client(cloud, SQSClient)
    for (let i = 0; i < 20; i += 1) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: String(i) }))
      if (i % 3 === 0) await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 1 }))
      await cloud.advance({ milliseconds: 300 })
    }
    expect(cloud.kernel.journal.entries.some(({ kind }) => kind === 'choice')).toBe(true)
    await expectSameRun(cloud)
  })

  test('of long polls: woken, in vain, given up by their sender, and still waiting', async () => {
    const cloud = createCloud({ seed: 6 })
    const sqs = client(cloud, SQSClient)
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'queue' }))
    const poll = (abortSignal?: AbortSignal) =>
      sqs.send(
        new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }),
        abortSignal === undefined ? {} : { abortSignal },
      )
    const woken = poll()
    await untilWaiting(cloud)
    await cloud.advance({ seconds: 5 })
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
    expect((await woken).Messages).toHaveLength(1)
    const inVain = poll()
    await untilWaiting(cloud)
    await cloud.advance({ seconds: 25 })
    expect((await inVain).Messages).toBeUndefined()
    const sender = new AbortController()
    const givenUp = poll(sender.signal)
    await untilWaiting(cloud)
    sender.abort()
    await expect(givenUp).rejects.toThrow('Request aborted')
    await until(() => cloud.kernel.scheduler.waiting.length === 0)
    await cloud.settle()
    const waiting = poll()
    await untilWaiting(cloud)

    const again = await expectSameRun(cloud)
    expect(again.kernel.scheduler.waiting).toEqual(cloud.kernel.scheduler.waiting)
    cloud.close()
    await waiting
  })

  test('of calls that a fault delays', async () => {
    const cloud = createCloud()
    cloud.armFault('hello.CreateGreeting', { kind: 'delay', delayMs: 5_000 }, { times: 2 })
    const calls = ['a', 'b', 'c'].map((Name) => hello(cloud, 'CreateGreeting', { Name }))
    await untilWaiting(cloud, 2)
    await cloud.advance({ seconds: 10 })
    await Promise.all(calls)
    await expectSameRun(cloud)
  })

  test('of a clock that followed the wall, with a held one', async () => {
    const cloud = createCloud({ seed: 3, clock: { kind: 'fast', factor: 5_000 } })
    await hello(cloud, 'CreateGreeting', { Name: 'a', ExpiresInSeconds: 10 })
    await new Promise((resolve) => setTimeout(resolve, 20))
    await hello(cloud, 'GetGreeting', { Name: 'a' })
    cloud.close()
    const recording = record(cloud)
    const again = await replay(filed(recording))
    expect(again.kernel.journal.digest()).toBe(recording.journalSha256)
  })
})

describe('work outside the model', () => {
  /** A topic with a web hook that is out for its first answer, then answers well. */
  async function topicWithHook(cloud: Cloud) {
    const asked: string[] = []
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    cloud.internet.set('hook.example', async ({ body }) => {
      asked.push(String(JSON.parse(body).Type))
      await held
      return { status: asked.length === 2 ? 503 : 200, headers: {}, body: '' }
    })
    const sns = client(cloud, SNSClient)
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'topic' }))
    const hook: SubscribeCommandInput = {
      TopicArn,
      Protocol: 'https',
      Endpoint: 'https://hook.example/',
    }
    await sns.send(new SubscribeCommand(hook))
    return { sns, TopicArn, asked, release }
  }

  test('is not done again: its recorded results come back in their time', async () => {
    const cloud = createCloud({ seed: 9 })
    const { sns, TopicArn, asked, release } = await topicWithHook(cloud)
    // While the hook has not answered, others call, and time stands still.
    await until(() => asked.length === 1)
    await sns.send(new PublishCommand({ TopicArn, Message: 'not confirmed yet' }))
    const advanced = cloud.advance({ hours: 1 })
    await hello(cloud, 'CreateGreeting', { Name: 'meanwhile' })
    release()
    await advanced
    await hello(cloud, 'CreateGreeting', { Name: 'afterwards' })
    expect(asked).toEqual(['SubscriptionConfirmation'])
    const results = cloud.kernel.journal.entries.filter(({ kind }) => kind === 'outside')
    expect(results.map(({ data }) => data)).toMatchObject([{ number: 1, result: { status: 200 } }])
    await expectSameRun(cloud)
    expect(asked).toEqual(['SubscriptionConfirmation'])
  })

  test('that was still out at the end of a recording is done when the replay goes on', async () => {
    const cloud = createCloud()
    const { asked } = await topicWithHook(cloud)
    await until(() => asked.length === 1)
    const again = await replay(filed(record(cloud)))
    expect(again.kernel.journal.entries.filter(({ kind }) => kind === 'outside')).toEqual([])
    // Nobody answers for that host here: no answer comes, and the delivery goes on with that.
    await again.settle()
    const [result] = again.kernel.journal.entries.filter(({ kind }) => kind === 'outside')
    expect(result?.data).toMatchObject({ result: { status: 0 } })
  })
})

test('a replayed cloud goes on from there, as the recorded one does', async () => {
  const cloud = createCloud({ seed: 3 })
  await visit(cloud)
  const again = await replay(filed(record(cloud)))
  for (const one of [cloud, again]) {
    await hello(one, 'CreateGreeting', { Name: 'later', ExpiresInSeconds: 5 })
    await one.advance({ seconds: 10 })
  }
  expect(again.kernel.journal.digest()).toBe(cloud.kernel.journal.digest())
})

describe('a recording', () => {
  test('of a fork has the whole past, or begins with the fork where something was under way', async () => {
    const cloud = createCloud({ seed: 3 })
    await visit(cloud)
    const fork = cloud.fork()
    await hello(fork, 'CreateGreeting', { Name: 'b' })
    expect(record(fork).beginning).toBeUndefined()
    await expectSameRun(fork)

    const sqs = client(cloud, SQSClient)
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'queue' }))
    const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }))
    await untilWaiting(cloud)
    const later = cloud.fork()
    await later.advance({ seconds: 30 })
    await hello(later, 'CreateGreeting', { Name: 'c' })
    const recording = record(later)
    expect(recording.beginning?.state.nowMs).toBe(cloud.kernel.clock.nowMs)
    const again = await compareReplay(recording)
    expect(again).toMatchObject({ difference: undefined, whole: true })
    expect(again.cloud.kernel.export()).toEqual(later.kernel.export())
    cloud.close()
    await waiting
  })

  test('has a fault where it was armed and ended, also between a call and the tasks that follow it', async () => {
    const cloud = createCloud({ seed: 3 })
    const { kernel } = cloud
    const taskRuns = () => kernel.journal.entries.some(({ kind }) => kind === 'task')
    await hello(cloud, 'CreateGreeting', { Name: 'a', ExpiresInSeconds: 10 })
    const advanced = cloud.advance({ seconds: 10 })
    while (!taskRuns()) await Promise.resolve()
    const fault = cloud.armFault('hello.GetGreeting', { kind: 'error', code: 'Unavailable' })
    cloud.endFault(cloud.armFault('hello.*', { kind: 'error', code: 'Unavailable' }))
    await advanced
    await hello(cloud, 'CreateGreeting', { Name: 'b', ExpiresInSeconds: 0 })
    cloud.endFault(fault)
    await hello(cloud, 'GetGreeting', { Name: 'b' })
    await expectSameRun(cloud)
  })

  test('can be replayed up to a moment at which a call waited that was answered later', async () => {
    const cloud = createCloud({ seed: 3 })
    const sqs = client(cloud, SQSClient)
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'queue' }))
    const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }))
    await untilWaiting(cloud)
    await hello(cloud, 'CreateGreeting', { Name: 'meanwhile' })
    const meanwhile = cloud.kernel.journal.lastSequence
    await hello(cloud, 'CreateGreeting', { Name: 'too' })
    await cloud.advance({ seconds: 30 })
    await waiting
    const again = await compareReplay(record(cloud), { sequence: meanwhile })
    expect(again).toMatchObject({ difference: undefined, whole: false })
    expect(again.cloud.kernel.scheduler.waiting).toHaveLength(1)
    again.cloud.close()
  })

  test('of a fork numbers work outside on from where its origin was', async () => {
    const cloud = createCloud({ seed: 3 })
    const outside = (one: Cloud, result: string) =>
      one.kernel.scheduler.enter((turn) =>
        one.kernel.scheduler.outside('hook', undefined, turn, () => Promise.resolve(result)),
      )
    await outside(cloud, 'first')
    const fork = cloud.fork()
    await outside(fork, 'second')
    const results = record(fork).entered.map(({ data }) => data)
    expect(results).toEqual([
      { number: 1, result: 'first' },
      { number: 2, result: 'second' },
    ])
  })

  test('needs the journal from its beginning', async () => {
    const cloud = createCloud({ journalEntriesMax: 10 })
    for (let i = 0; i < 30; i += 1) await hello(cloud, 'CreateGreeting', { Name: `n${i}` })
    expect(() => record(cloud)).toThrow(/^The journal keeps entries from #\d+ on/)
  })

  test('of another format is refused', async () => {
    const recording = record(createCloud())
    // A later version's file.
    const later = { ...recording, formatVersion: 2 } as unknown as Recording
    await expect(replay(later)).rejects.toMatchObject({ code: 'RecordingVersion' })
    const unknown = {
      sequence: 1,
      atMs: recording.endedAtMs,
      kind: 'unknown',
      name: 'x',
      cause: undefined,
      entered: true,
      data: {},
    }
    await expect(replay({ ...recording, entered: [unknown] })).rejects.toMatchObject({
      code: 'RecordingEntry',
    })
  })
})
