import {
  EventBridgeClient,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type Target,
} from '@aws-sdk/client-eventbridge'
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type Cloud, client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { busy, out } from '../shared/outages.test-support.ts'
import {
  bodies,
  openQueue,
  putEvent,
  type Queue,
  roleFor,
  ruleFor,
  taken,
} from './delivered.test-support.ts'

const pattern = { source: ['shop'] }
const ruleArn = 'arn:aws:events:us-east-1:123456789012:rule/r'

async function shop(target: Partial<Target> = {}, name = 'q') {
  const cloud = createCloud({ deepFreeze: true })
  const queue = await openQueue(cloud, name)
  const dead = await openQueue(cloud, 'dead')
  await ruleFor(
    cloud,
    [{ Id: 't', Arn: queue.arn, DeadLetterConfig: { Arn: dead.arn }, ...target }],
    { pattern },
  )
  return { cloud, queue, dead }
}

/** Attributes of the only message in a queue. */
async function attributesOf(cloud: Cloud, queue: Queue) {
  const messages = await taken(cloud, queue)
  expect(messages.length).toBe(1)
  const [{ MessageAttributes = {}, Body = '' } = {}] = messages
  const values = Object.entries(MessageAttributes).map(([name, { StringValue }]) => [
    name,
    StringValue,
  ])
  return { ...(Object.fromEntries(values) as Record<string, string>), Body }
}

function sends(cloud: Cloud) {
  return cloud.kernel.journal.entries.filter(
    ({ kind, name }) => kind === 'call' && name === 'sqs.SendMessage',
  )
}

test('an event is delivered once, in its envelope', async () => {
  const { cloud, queue, dead } = await shop()
  const id = await putEvent(cloud, { price: 1.5, note: 'a "b" <c>' }, { Resources: ['arn:x'] })
  expect(await bodies(cloud, queue)).toEqual([
    `{"version":"0","id":"${id}","detail-type":"Placed","source":"shop","account":"123456789012","time":"2026-01-01T00:00:00Z","region":"us-east-1","resources":["arn:x"],"detail":{"price":1.5,"note":"a \\"b\\" <c>"}}`,
  ])
  expect(await bodies(cloud, dead)).toEqual([])
})

test('an outage of the target delays an event, it does not lose it', async () => {
  const { cloud, queue, dead } = await shop()
  const fault = cloud.armFault('sqs.SendMessage', { kind: 'error', code: 'ServiceUnavailable' })
  await putEvent(cloud, {})
  await cloud.advance({ hours: 6 })
  expect(await bodies(cloud, queue)).toEqual([])
  cloud.endFault(fault)
  await cloud.advance({ minutes: 8 }) // One longest delay.
  expect((await bodies(cloud, queue)).length).toBe(1)
  expect(await bodies(cloud, dead)).toEqual([])
})

test('delays between attempts double from one second to eight minutes', async () => {
  const { cloud } = await shop()
  cloud.armFault('sqs.SendMessage', { kind: 'error', code: 'ServiceUnavailable' })
  await putEvent(cloud, {})
  await cloud.advance({ minutes: 33 })
  const attempts = sends(cloud)
  const startMs = attempts[0]?.atMs ?? 0
  const seconds = attempts.map(({ atMs }) => (atMs - startMs) / 1000)
  expect(seconds).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 991, 1471, 1951])
})

test('after its last retry an event goes to the dead-letter queue with the reason', async () => {
  const { cloud, dead, queue } = await shop({ RetryPolicy: { MaximumRetryAttempts: 2 } })
  const site = { accountId: '123456789012' }
  cloud.armFault(
    'sqs.SendMessage',
    { kind: 'error', code: 'ServiceUnavailable', message: 'Try later.' },
    { times: 3, match: site },
  )
  const id = await putEvent(cloud, { a: 1 })
  await cloud.advance({ minutes: 1 })
  const { Body, ...attributes } = await attributesOf(cloud, dead)
  expect(attributes).toEqual({
    RULE_ARN: ruleArn,
    TARGET_ARN: queue.arn,
    ERROR_CODE: 'ERROR_FROM_TARGET',
    ERROR_MESSAGE: 'Try later.',
    RETRY_ATTEMPTS: '2',
    EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
  })
  expect(JSON.parse(Body)).toMatchObject({ id, detail: { a: 1 } })
})

test.each([
  ['busy', busy],
  ['out of order', out],
])('a dead-letter queue that is %s gets its event when it is back', async (_, effect) => {
  const { cloud, dead } = await shop({ RetryPolicy: { MaximumRetryAttempts: 0 } })
  const fault = cloud.armFault('sqs.SendMessage', effect)
  await putEvent(cloud, {})
  await cloud.advance({ hours: 3 })
  expect(await bodies(cloud, dead)).toEqual([])
  cloud.endFault(fault)
  await cloud.advance({ minutes: 10 }) // One longest delay.
  expect((await bodies(cloud, dead)).length).toBe(1)
})

test('an event that becomes too old goes to the dead-letter queue at that moment', async () => {
  const { cloud, dead } = await shop({ RetryPolicy: { MaximumEventAgeInSeconds: 60 } })
  const fault = cloud.armFault('sqs.SendMessage', { kind: 'error', code: 'ServiceUnavailable' })
  await putEvent(cloud, {})
  await cloud.advance({ seconds: 59 })
  cloud.endFault(fault)
  expect(await bodies(cloud, dead)).toEqual([])
  await cloud.advance({ seconds: 1 })
  const attributes = await attributesOf(cloud, dead)
  expect(attributes).toMatchObject({
    EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds',
    RETRY_ATTEMPTS: '5',
  })
})

test('without a dead-letter queue an event is dropped after 185 retries in a day', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const queue = await openQueue(cloud)
  await ruleFor(cloud, [{ Id: 't', Arn: queue.arn }], { pattern })
  cloud.armFault('sqs.SendMessage', { kind: 'error', code: 'ServiceUnavailable' })
  await putEvent(cloud, {})
  await cloud.advance({ days: 2 })
  expect(sends(cloud).length).toBe(186)
  expect(cloud.kernel.journal.entries.filter(({ name }) => name === 'events.dropped').length).toBe(
    1,
  )
})

test('a queue that is gone is not tried again', async () => {
  const gone = 'arn:aws:sqs:us-east-1:123456789012:gone'
  const { cloud, dead } = await shop()
  const RoleArn = await roleFor(cloud, 'sqs:SendMessage')
  const DeadLetterConfig = { Arn: dead.arn }
  await client(cloud, EventBridgeClient).send(
    new PutTargetsCommand({
      Rule: 'r',
      Targets: [{ Id: 't', Arn: gone, RoleArn, DeadLetterConfig }],
    }),
  )
  await putEvent(cloud, {})
  expect(await attributesOf(cloud, dead)).toMatchObject({
    ERROR_CODE: 'NO_RESOURCE',
    RETRY_ATTEMPTS: '0',
    TARGET_ARN: gone,
  })
})

test('a queue that does not allow EventBridge is not tried again', async () => {
  const { cloud, dead, queue } = await shop()
  await client(cloud, SQSClient).send(
    new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { Policy: '' } }),
  )
  await putEvent(cloud, {})
  expect(await attributesOf(cloud, dead)).toMatchObject({
    ERROR_CODE: 'NO_PERMISSIONS',
    RETRY_ATTEMPTS: '0',
  })
})

test('a queue may allow one rule and no other', async () => {
  const { cloud, dead, queue } = await shop()
  const allow = async (rule: string) => {
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queue.arn,
      Condition: { ArnEquals: { 'aws:SourceArn': rule } },
    }
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    await client(cloud, SQSClient).send(
      new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { Policy } }),
    )
  }
  await allow(`${ruleArn}-other`)
  await putEvent(cloud, {})
  expect((await bodies(cloud, dead)).length).toBe(1)
  await allow(ruleArn)
  await putEvent(cloud, {})
  expect((await bodies(cloud, queue)).length).toBe(1)
})

test('a target that was removed meanwhile gets nothing', async () => {
  const { cloud, queue } = await shop()
  const fault = cloud.armFault('sqs.SendMessage', { kind: 'error', code: 'ServiceUnavailable' })
  await putEvent(cloud, {})
  await cloud.settle()
  const events = client(cloud, EventBridgeClient)
  await events.send(new RemoveTargetsCommand({ Rule: 'r', Ids: ['t'] }))
  cloud.endFault(fault)
  await cloud.advance({ hours: 1 })
  expect(await bodies(cloud, queue)).toEqual([])
})

test('a FIFO queue gets the message group that the target names', async () => {
  const { cloud, queue } = await shop({ SqsParameters: { MessageGroupId: 'g' } }, 'q.fifo')
  await putEvent(cloud, {})
  const [message] = await taken(cloud, queue)
  expect(message?.Attributes?.['MessageGroupId']).toBe('g')
})

test('a FIFO queue needs a message group', async () => {
  const { cloud, queue } = await shop()
  const Targets = [{ Id: 'fifo', Arn: `${queue.arn}.fifo` }]
  await expect(
    client(cloud, EventBridgeClient).send(new PutTargetsCommand({ Rule: 'r', Targets })),
  ).rejects.toMatchObject({
    message: 'Parameter(s) SqsParameters must be specified for target: fifo.',
  })
})

test('the same seed gives the same run, deliveries out of order and twice among them', async () => {
  const run = async (seed: number) => {
    const cloud = createCloud({ seed, choices: 'legal' })
    const queue = await openQueue(cloud)
    await ruleFor(cloud, [{ Id: 't', Arn: queue.arn }], { pattern })
    for (let i = 0; i < 10; i += 1) await putEvent(cloud, { i })
    await cloud.advance({ minutes: 1 })
    const order = (await bodies(cloud, queue)).map((body) =>
      JSON.stringify(JSON.parse(body).detail),
    )
    return { digest: cloud.kernel.journal.digest(), order }
  }
  const [first, again] = [await run(7), await run(7)]
  expect(again).toEqual(first)
  expect(new Set(first.order).size).toBe(10)
  expect(first.order.length).toBeGreaterThan(10)
})
