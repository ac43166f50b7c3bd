import {
  CreateArchiveCommand,
  DeleteArchiveCommand,
  DescribeArchiveCommand,
  DescribeReplayCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  StartReplayCommand,
  UpdateArchiveCommand,
} from '@aws-sdk/client-eventbridge'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { bodies, openQueue, putEvent, ruleFor } from './delivered.test-support.ts'

const arn = 'arn:aws:events:us-east-1:123456789012'
const pattern = { source: ['shop'] }
const archive = { ArchiveName: 'a', EventSourceArn: `${arn}:event-bus/default` }

async function archived() {
  const cloud = createCloud({ deepFreeze: true })
  const events = client(cloud, EventBridgeClient)
  const queue = await openQueue(cloud)
  await ruleFor(cloud, [{ Id: 't', Arn: queue.arn }], { pattern })
  return { cloud, events, queue }
}

const replay = (ReplayName: string, fromMinute: number, toMinute: number, FilterArns?: string[]) =>
  new StartReplayCommand({
    ReplayName,
    EventSourceArn: `${arn}:archive/a`,
    Destination: { Arn: `${arn}:event-bus/default`, ...(FilterArns && { FilterArns }) },
    EventStartTime: new Date(Date.UTC(2026, 0, 1, 0, fromMinute)),
    EventEndTime: new Date(Date.UTC(2026, 0, 1, 0, toMinute)),
  })

test('an archive has a rule on its bus that everyone sees and no one changes', async () => {
  const { events } = await archived()
  await events.send(new CreateArchiveCommand({ ...archive, EventPattern: '{"source":["shop"]}' }))
  const Name = 'Events-Archive-a'
  expect(await events.send(new DescribeRuleCommand({ Name }))).toMatchObject({
    ManagedBy: 'prod.vhs.events.aws.internal',
    EventPattern: '{"source":["shop"],"replay-name":[{"exists":false}]}',
  })
  for (const call of [
    events.send(new DisableRuleCommand({ Name })),
    events.send(new PutRuleCommand({ Name, EventPattern: '{"source":["x"]}' })),
  ]) {
    await expect(call).rejects.toMatchObject({ name: 'ManagedRuleException' })
  }
  await events.send(new DeleteArchiveCommand({ ArchiveName: 'a' }))
  await expect(events.send(new DescribeRuleCommand({ Name }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
})

test('an archive keeps what matches its pattern', async () => {
  const { cloud, events } = await archived()
  await events.send(new CreateArchiveCommand({ ...archive, EventPattern: '{"source":["bank"]}' }))
  await putEvent(cloud, {})
  await putEvent(cloud, {}, { Source: 'bank' })
  await cloud.settle()
  const { EventCount } = await events.send(new DescribeArchiveCommand({ ArchiveName: 'a' }))
  expect(EventCount).toBe(1)
})

test('events leave an archive when their days are over', async () => {
  const { cloud, events } = await archived()
  await events.send(new CreateArchiveCommand({ ...archive, RetentionDays: 2 }))
  const count = async () =>
    (await events.send(new DescribeArchiveCommand({ ArchiveName: 'a' }))).EventCount
  await putEvent(cloud, {})
  await cloud.advance({ days: 1 })
  await putEvent(cloud, {})
  await cloud.advance({ hours: 23, minutes: 59 })
  expect(await count()).toBe(2)
  await cloud.advance({ minutes: 1 })
  expect(await count()).toBe(1)
  await events.send(new UpdateArchiveCommand({ ArchiveName: 'a', RetentionDays: 0 }))
  await cloud.advance({ days: 30 })
  expect(await count()).toBe(1)
})

test('a replay sends the events of its time, in order, to the rules that it names', async () => {
  const { cloud, events, queue } = await archived()
  await events.send(new CreateArchiveCommand(archive))
  const ids: string[] = []
  for (let minute = 0; minute < 4; minute += 1) {
    ids.push(await putEvent(cloud, { minute }))
    await cloud.advance({ minutes: 1 })
  }
  await bodies(cloud, queue)
  const other = await openQueue(cloud, 'other')
  await events.send(new PutRuleCommand({ Name: 'other', EventPattern: JSON.stringify(pattern) }))
  const Targets = [{ Id: 't', Arn: other.arn }]
  await events.send(new PutTargetsCommand({ Rule: 'other', Targets }))

  await events.send(replay('again', 1, 2, [`${arn}:rule/r`]))
  await cloud.advance({ seconds: 30 })
  const sent = (await bodies(cloud, queue)).map((body) => JSON.parse(body) as object)
  expect(sent).toMatchObject([
    { id: ids[1], 'replay-name': 'again', time: '2026-01-01T00:01:00Z', detail: { minute: 1 } },
    { id: ids[2], 'replay-name': 'again', time: '2026-01-01T00:02:00Z', detail: { minute: 2 } },
  ])
  expect(await bodies(cloud, other)).toEqual([])
  const { State, EventLastReplayedTime } = await events.send(
    new DescribeReplayCommand({ ReplayName: 'again' }),
  )
  expect([State, EventLastReplayedTime]).toEqual(['COMPLETED', new Date('2026-01-01T00:02:00Z')])
  const { EventCount } = await events.send(new DescribeArchiveCommand({ ArchiveName: 'a' }))
  expect(EventCount).toBe(4) // Replayed events are not archived again.
})

test('a replay goes on in a fork that was made meanwhile', async () => {
  const { cloud, events, queue } = await archived()
  await events.send(new CreateArchiveCommand(archive))
  await putEvent(cloud, {})
  await bodies(cloud, queue)
  await events.send(replay('again', 0, 5))
  const fork = cloud.fork()
  await fork.advance({ seconds: 30 })
  expect((await bodies(fork, queue)).length).toBe(1)
  expect(await bodies(cloud, queue)).toEqual([])
})
