import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import { type Cloud, client, createCloud } from './index.ts'
import { refusalIn, send } from './wire.test-support.ts'

async function create(cloud: Cloud, Name: string): Promise<[number, string, string]> {
  return refusalIn(await send(cloud, { operation: 'CreateGreeting', body: { Name } }))
}

describe('a fault', () => {
  test('answers with its error, at its operation, as often as it was armed, and nothing runs', async () => {
    const cloud = createCloud()
    const error = {
      kind: 'error',
      code: 'ServiceUnavailable',
      message: 'Down.',
      status: 503,
    } as const
    cloud.armFault('hello.CreateGreeting', error, { times: 1 })
    expect(await create(cloud, 'a')).toEqual([503, 'ServiceUnavailable', 'Down.'])
    expect((await create(cloud, 'a'))[0]).toBe(200)
    const [, struck] = cloud.kernel.journal.entries.filter(({ kind }) => kind !== 'call')
    expect([struck?.kind, struck?.name, struck?.cause]).toEqual([
      'fault',
      'hello.CreateGreeting',
      2,
    ])
  })

  test('takes the status of an error that the operation has, else one that fits its name', async () => {
    const cloud = createCloud()
    const codes = ['GreetingExists', 'AccessDenied', 'Anything']
    const statuses: number[] = []
    for (const code of codes) {
      const id = cloud.armFault('hello.*', { kind: 'error', code })
      statuses.push((await create(cloud, 'a'))[0])
      cloud.endFault(id)
    }
    expect(statuses).toEqual([400, 403, 503])
    expect((await create(cloud, 'a'))[0]).toBe(200)
  })

  test('strikes only where all its facts agree', async () => {
    const cloud = createCloud()
    cloud.armFault('hello.*', { kind: 'error', code: 'X' }, { match: { region: 'eu-west-1' } })
    expect((await create(cloud, 'a'))[0]).toBe(200)
    const there = { operation: 'CreateGreeting', body: { Name: 'a' }, region: 'eu-west-1' }
    expect((await send(cloud, there)).status).toBe(503)
  })

  test('of a part of all calls follows the seed', async () => {
    const run = async (seed: number) => {
      const cloud = createCloud({ seed })
      cloud.armFault('hello.*', { kind: 'error', code: 'X' }, { probability: 0.5 })
      const statuses: number[] = []
      for (let i = 0; i < 20; i += 1) statuses.push((await create(cloud, `n${i}`))[0])
      return statuses
    }
    const [first, again, other] = [await run(1), await run(1), await run(2)]
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
    expect(new Set(first)).toEqual(new Set([200, 503]))
  })

  test('that delays holds its call, not the cloud', async () => {
    const cloud = createCloud()
    cloud.armFault('hello.CreateGreeting', { kind: 'delay', delayMs: 5_000 }, { times: 1 })
    let answeredAtMs = 0
    const startMs = cloud.kernel.clock.nowMs
    const slow = create(cloud, 'slow').then((answered) => {
      answeredAtMs = cloud.kernel.clock.nowMs - startMs
      return answered
    })
    expect((await create(cloud, 'quick'))[0]).toBe(200)
    await cloud.advance({ seconds: 4 })
    expect(answeredAtMs).toBe(0)
    await cloud.advance({ seconds: 1 })
    expect([(await slow)[0], answeredAtMs]).toEqual([200, 5_000])
  })

  test('that delays a delivery lets time go on until it is due', async () => {
    const cloud = createCloud()
    const sqs = client(cloud, SQSClient)
    const events = client(cloud, EventBridgeClient)
    const Policy = JSON.stringify({
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: '*',
        },
      ],
    })
    const made = new CreateQueueCommand({ QueueName: 'queue', Attributes: { Policy } })
    const { QueueUrl } = await sqs.send(made)
    await events.send(new PutRuleCommand({ Name: 'r', EventPattern: '{"source":["app"]}' }))
    const target = { Id: 't', Arn: 'arn:aws:sqs:us-east-1:123456789012:queue' }
    await events.send(new PutTargetsCommand({ Rule: 'r', Targets: [target] }))
    cloud.armFault('sqs.SendMessage', { kind: 'delay', delayMs: 60_000 }, { times: 1 })
    const event = { Source: 'app', DetailType: 'x', Detail: '{}' }
    await events.send(new PutEventsCommand({ Entries: [event] }))
    const received = async () =>
      (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.length ?? 0
    await cloud.advance({ seconds: 59 })
    expect(await received()).toBe(0)
    await cloud.advance({ seconds: 1 })
    expect(await received()).toBe(1)
  })
})

describe('throttling', () => {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AWSEvents.ListRules',
  }

  /** ListRules may be called 50 times a second. */
  async function list(cloud: Cloud, region?: string): Promise<[number, string, string]> {
    const sending = { service: 'events', headers, ...(region === undefined ? {} : { region }) }
    return refusalIn(await send(cloud, sending))
  }

  async function count(cloud: Cloud, calls: number): Promise<number> {
    let answered = 0
    for (let i = 0; i < calls; i += 1) if ((await list(cloud))[0] === 200) answered += 1
    return answered
  }

  test('is off unless asked for', async () => {
    expect(await count(createCloud(), 60)).toBe(60)
  })

  test('lets a burst through, then as many as time refills', async () => {
    const cloud = createCloud({ throttling: true })
    expect(await count(cloud, 60)).toBe(50)
    expect(await list(cloud)).toEqual([400, 'ThrottlingException', 'Rate exceeded'])
    await cloud.advance({ milliseconds: 100 })
    expect(await count(cloud, 60)).toBe(5)
    await cloud.advance({ days: 1 })
    expect(await count(cloud, 60)).toBe(50)
  })

  test('counts each region and account by itself, and goes on in a fork', async () => {
    const cloud = createCloud({ throttling: true })
    await count(cloud, 50)
    expect((await list(cloud, 'eu-west-1'))[0]).toBe(200)
    const fork = cloud.fork()
    expect(await count(fork, 1)).toBe(0)
    await fork.advance({ seconds: 1 })
    expect([await count(fork, 60), await count(cloud, 1)]).toEqual([50, 0])
  })
})
