import {
  DeleteRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { type Cloud, client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { bodies, openQueue, type Queue } from './delivered.test-support.ts'

async function scheduled(expression: string) {
  // 2026-01-01T00:00:00Z
  const cloud = createCloud({ deepFreeze: true })
  const events = client(cloud, EventBridgeClient)
  const queue = await openQueue(cloud)
  await events.send(new PutRuleCommand({ Name: 'r', ScheduleExpression: expression }))
  const Targets = [{ Id: 't', Arn: queue.arn }]
  await events.send(new PutTargetsCommand({ Rule: 'r', Targets }))
  return { cloud, events, queue }
}

async function eventTimes(cloud: Cloud, queue: Queue): Promise<string[]> {
  const found = (await bodies(cloud, queue)).map((body) => JSON.parse(body) as { time: string })
  return found.map(({ time }) => time).sort()
}

test('a rate counts from the moment at which the rule is put', async () => {
  const { cloud, queue } = await scheduled('rate(5 minutes)')
  await cloud.advance({ minutes: 4 })
  expect(await eventTimes(cloud, queue)).toEqual([])
  await cloud.advance({ minutes: 11 })
  expect(await eventTimes(cloud, queue)).toEqual([
    '2026-01-01T00:05:00Z',
    '2026-01-01T00:10:00Z',
    '2026-01-01T00:15:00Z',
  ])
})

test('a cron expression runs in UTC', async () => {
  const { cloud, queue } = await scheduled('cron(0 12 ? * MON *)')
  await cloud.advance({ days: 7 })
  expect(await eventTimes(cloud, queue)).toEqual(['2026-01-05T12:00:00Z'])
  await cloud.advance({ days: 7 })
  expect(await eventTimes(cloud, queue)).toEqual(['2026-01-12T12:00:00Z'])
})

test('a disabled schedule rests, and counts anew when it is enabled', async () => {
  const { cloud, events, queue } = await scheduled('rate(1 hour)')
  await cloud.advance({ minutes: 30 })
  await events.send(new DisableRuleCommand({ Name: 'r' }))
  await cloud.advance({ hours: 5 })
  expect(await eventTimes(cloud, queue)).toEqual([])
  await events.send(new EnableRuleCommand({ Name: 'r' }))
  await cloud.advance({ hours: 1 })
  expect(await eventTimes(cloud, queue)).toEqual(['2026-01-01T06:30:00Z'])
})

test('a rule that is deleted runs no more', async () => {
  const { cloud, events, queue } = await scheduled('rate(1 minute)')
  await events.send(new RemoveTargetsCommand({ Rule: 'r', Ids: ['t'] }))
  await events.send(new DeleteRuleCommand({ Name: 'r' }))
  await cloud.advance({ minutes: 5 })
  expect(await eventTimes(cloud, queue)).toEqual([])
  const pending = [...cloud.kernel.tasks.list()].map(({ name }) => name)
  expect(pending.filter((name) => name.startsWith('events.'))).toEqual([])
})

test('a schedule that is put anew replaces the one before', async () => {
  const { cloud, events, queue } = await scheduled('rate(1 minute)')
  await events.send(new PutRuleCommand({ Name: 'r', ScheduleExpression: 'rate(1 day)' }))
  await cloud.advance({ days: 2 })
  expect(await eventTimes(cloud, queue)).toEqual(['2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z'])
})

for (const expression of [
  'rate(1 minutes)',
  'rate(5 minute)',
  'rate(0 minutes)',
  'rate(-1 minute)',
  'rate(1  minute)',
  'rate(1 second)',
  'rate(1.5 hours)',
  'RATE(1 minute)',
  'cron(0 1 * * * *)',
  'at(2026-01-01T00:00:00)',
]) {
  test(`a rule is refused with ${expression}`, async () => {
    const events = client(createCloud({ deepFreeze: true }), EventBridgeClient)
    await expect(
      events.send(new PutRuleCommand({ Name: 'r', ScheduleExpression: expression })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Parameter ScheduleExpression is not valid.',
    })
  })
}
