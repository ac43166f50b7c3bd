import { CreateUserCommand, IAMClient, ListUsersCommand } from '@aws-sdk/client-iam'
import {
  CreateQueueCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import { client, createCloud } from './index.ts'

async function cloudWithQueue() {
  const cloud = createCloud()
  const sqs = client(cloud, SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'queue' }))
  return { cloud, sqs, QueueUrl }
}

describe('accounts and regions', () => {
  test('share nothing', async () => {
    const { cloud, sqs } = await cloudWithQueue()
    const urls = async (options: { region?: string; accountId?: string }) =>
      (await client(cloud, SQSClient, options).send(new ListQueuesCommand({}))).QueueUrls
    expect((await sqs.send(new ListQueuesCommand({}))).QueueUrls).toHaveLength(1)
    expect(await urls({ region: 'eu-west-1' })).toBeUndefined()
    expect(await urls({ accountId: '111122223333' })).toBeUndefined()
  })

  test('of IAM are accounts only: a user is the same in every region', async () => {
    const { cloud } = await cloudWithQueue()
    await client(cloud, IAMClient).send(new CreateUserCommand({ UserName: 'mary' }))
    const users = async (options: { region?: string; accountId?: string }) => {
      const { Users = [] } = await client(cloud, IAMClient, options).send(new ListUsersCommand({}))
      return Users.map(({ UserName }) => UserName)
    }
    expect(await users({ region: 'eu-west-1' })).toEqual(['admin', 'mary'])
    expect(await users({ accountId: '111122223333' })).toEqual(['admin'])
  })

  test('an account opens once', () => {
    const cloud = createCloud()
    for (let i = 0; i < 3; i += 1) cloud.credentials('111122223333')
    expect(cloud.kernel.journal.entries.map(({ kind, data }) => [kind, data])).toEqual([
      ['account', { accountId: '111122223333' }],
    ])
  })
})

describe('a fork', () => {
  test('has all that was there, and neither sees what the other does', async () => {
    const { cloud, sqs, QueueUrl } = await cloudWithQueue()
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'before', DelaySeconds: 10 }))
    cloud.internet.set('hook.example', () => ({ status: 200, headers: {}, body: '' }))
    const fork = cloud.fork()
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'only here' }))
    await fork.advance({ seconds: 10 })
    const bodies = async (where: typeof cloud) => {
      const received = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 })
      const { Messages = [] } = await client(where, SQSClient).send(received)
      return Messages.map(({ Body }) => Body)
    }
    expect(await bodies(fork)).toEqual(['before'])
    expect(await bodies(cloud)).toEqual(['only here'])
    expect([...fork.internet.keys()]).toEqual(['hook.example'])
    expect(cloud.kernel.clock.nowMs).toBe(Date.UTC(2026, 0, 1))
  })

  test('of the same moment has the same future', async () => {
    const { cloud, sqs, QueueUrl } = await cloudWithQueue()
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))
    const forks = [cloud.fork(), cloud.fork()]
    const futures = forks.map(async (fork) => {
      await client(fork, SQSClient).send(new CreateQueueCommand({ QueueName: 'later' }))
      await fork.advance({ days: 30 })
      return [fork.kernel.journal.digest(), fork.kernel.export()]
    })
    const [one, other] = await Promise.all(futures)
    expect(one).toEqual(other)
  })
})

describe('time', () => {
  test('cannot be moved back, nor past the year 9999, and a refused move leaves no trace', async () => {
    const cloud = createCloud()
    await expect(cloud.advance({ seconds: -1 })).rejects.toMatchObject({
      code: 'ClockBackwards',
      message: 'The clock stands at 2026-01-01T00:00:00.000Z and cannot move back by 1000 ms.',
    })
    await expect(cloud.advance({ days: 1e9 })).rejects.toMatchObject({ code: 'ClockRange' })
    await expect(cloud.advance(Number.NaN)).rejects.toMatchObject({ code: 'ClockRange' })
    expect(cloud.kernel.journal.entries).toEqual([])
  })

  test('on a real clock moves from where the wall has brought it', async () => {
    const cloud = createCloud({ clock: { kind: 'real' } })
    const startMs = cloud.kernel.clock.dueMs
    await cloud.advance({ hours: 1 })
    await cloud.advance({ milliseconds: 0 })
    expect(cloud.kernel.clock.dueMs - startMs).toBeGreaterThanOrEqual(3_600_000)
    expect(cloud.kernel.clock.dueMs - startMs).toBeLessThan(3_610_000)
    cloud.close()
  })

  test('wakes a long poll at its end, or when a message comes', async () => {
    const { cloud, sqs, QueueUrl } = await cloudWithQueue()
    const poll = () => sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }))
    const empty = poll()
    await untilWaiting(cloud)
    await cloud.advance({ seconds: 20 })
    expect((await empty).Messages).toBeUndefined()
    const woken = poll()
    await untilWaiting(cloud)
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
    expect((await woken).Messages?.map(({ Body }) => Body)).toEqual(['hi'])
    expect(cloud.kernel.scheduler.waiting).toEqual([])
  })

  test('of a client that goes away ends its long poll, and the message stays', async () => {
    const { cloud, sqs, QueueUrl } = await cloudWithQueue()
    const gone = new AbortController()
    const poll = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 })
    const polled = sqs.send(poll, { abortSignal: gone.signal })
    await untilWaiting(cloud)
    gone.abort()
    await expect(polled).rejects.toMatchObject({ name: 'AbortError' })
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
    expect(Messages.map(({ Body }) => Body)).toEqual(['hi'])
  })
})

/** The SDK signs before it sends: a call that was started has not entered yet. */
async function untilWaiting(cloud: ReturnType<typeof createCloud>): Promise<void> {
  while (cloud.kernel.scheduler.waiting.length === 0) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}
