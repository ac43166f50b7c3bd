import {
  CreateScheduleGroupCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListSchedulesCommand,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler'
import { expect, test } from 'vitest'
import { queueArn, roleArn, start } from './scheduler.test-support.ts'

const gone = { name: 'ResourceNotFoundException', message: 'Schedule one does not exist.' }

test('a rate runs at once and then at its distance', async () => {
  const { cloud, schedule, heard } = await start()
  await schedule('rate(5 minutes)')
  await cloud.advance({ minutes: 12 })
  expect(await heard()).toEqual([
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:05:00Z',
    '2026-01-01T00:10:00Z',
  ])
})

test('start and end bound what recurs', async () => {
  const { cloud, schedule, heard } = await start()
  const StartDate = new Date('2026-01-01T06:30:00Z')
  const EndDate = new Date('2026-01-01T08:30:00Z')
  await schedule('rate(1 hour)', { StartDate, EndDate })
  await cloud.advance({ days: 1 })
  expect(await heard()).toEqual([
    '2026-01-01T06:30:00Z',
    '2026-01-01T07:30:00Z',
    '2026-01-01T08:30:00Z',
  ])
})

test('a calendar follows its time zone through the change to summer time', async () => {
  const { cloud, schedule, heard } = await start({ startAtMs: Date.parse('2026-03-06T12:00:00Z') })
  await schedule('cron(30 8 * * ? *)', { ScheduleExpressionTimezone: 'America/New_York' })
  await cloud.advance({ days: 3 })
  // Clocks go forward on 8 March.
  expect(await heard()).toEqual([
    '2026-03-06T13:30:00Z',
    '2026-03-07T13:30:00Z',
    '2026-03-08T12:30:00Z',
  ])
})

test('a time that the clocks skip in spring is skipped', async () => {
  const { cloud, schedule, heard } = await start({ startAtMs: Date.parse('2026-03-07T12:00:00Z') })
  await schedule('cron(30 2 * * ? *)', { ScheduleExpressionTimezone: 'America/New_York' })
  await cloud.advance({ days: 3 })
  expect(await heard()).toEqual(['2026-03-09T06:30:00Z', '2026-03-10T06:30:00Z'])
})

test('a time that the clocks show twice in autumn runs once', async () => {
  const { cloud, schedule, heard } = await start({ startAtMs: Date.parse('2026-10-31T12:00:00Z') })
  await schedule('cron(30 1 * * ? *)', { ScheduleExpressionTimezone: 'America/New_York' })
  await cloud.advance({ days: 2 })
  expect(await heard()).toEqual(['2026-11-01T05:30:00Z', '2026-11-02T06:30:00Z'])
})

test('a one-time schedule runs once, in its time zone, and stays', async () => {
  const { cloud, schedule, heard, scheduler } = await start()
  await schedule('at(2026-01-02T09:00:00)', { ScheduleExpressionTimezone: 'Asia/Tokyo' })
  await cloud.advance({ days: 3 })
  expect(await heard()).toEqual(['2026-01-02T00:00:00Z'])
  expect((await scheduler.send(new GetScheduleCommand({ Name: 'one' }))).State).toBe('ENABLED')
})

test('a schedule that asks for it is deleted after its last run', async () => {
  const { cloud, schedule, heard, scheduler } = await start()
  await schedule('at(2026-01-02T09:00:00)', { ActionAfterCompletion: 'DELETE' })
  await cloud.advance({ hours: 32 })
  await scheduler.send(new GetScheduleCommand({ Name: 'one' }))
  await cloud.advance({ hours: 2 })
  expect(await heard()).toEqual(['2026-01-02T09:00:00Z'])
  await expect(scheduler.send(new GetScheduleCommand({ Name: 'one' }))).rejects.toMatchObject(gone)
})

test('a disabled schedule does not run; an update starts it anew', async () => {
  const { cloud, schedule, heard, scheduler } = await start()
  await schedule('cron(0 * * * ? *)', { State: 'DISABLED' })
  await cloud.advance({ hours: 3 })
  expect(await heard()).toEqual([])
  await scheduler.send(
    new UpdateScheduleCommand({
      Name: 'one',
      ScheduleExpression: 'cron(0 * * * ? *)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: queueArn, RoleArn: roleArn, Input: 'anew' },
    }),
  )
  await cloud.advance({ hours: 2 })
  expect(await heard()).toEqual(['anew', 'anew'])
})

test('a flexible window is drawn from the seed when time is legal', async () => {
  const at = async (seed: number) => {
    const { cloud, schedule } = await start({ seed, choices: 'legal' })
    const FlexibleTimeWindow = { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 60 } as const
    await schedule('cron(0 6 * * ? *)', { FlexibleTimeWindow, ClientToken: 'same' })
    await cloud.advance({ days: 3 })
    return cloud.kernel.journal.digest()
  }
  expect(await at(1)).toBe(await at(1))
  expect(await at(1)).not.toBe(await at(2))
})

test('a group takes its schedules with it', async () => {
  const { cloud, schedule, heard, scheduler } = await start()
  await scheduler.send(new CreateScheduleGroupCommand({ Name: 'mine' }))
  await schedule('cron(0 * * * ? *)', { GroupName: 'mine' })
  await scheduler.send(new DeleteScheduleGroupCommand({ Name: 'mine' }))
  await cloud.advance({ hours: 3 })
  expect(await heard()).toEqual([])
  expect((await scheduler.send(new ListSchedulesCommand({}))).Schedules).toEqual([])
  await expect(scheduler.send(new GetScheduleGroupCommand({ Name: 'mine' }))).rejects.toMatchObject(
    {
      name: 'ResourceNotFoundException',
      message: 'Schedule group mine does not exist.',
    },
  )
})

test('the same request is answered once more, another of the same name is refused', async () => {
  const { schedule } = await start()
  const first = await schedule('rate(1 day)', { ClientToken: 'a' })
  const again = await schedule('rate(1 day)', { ClientToken: 'a' })
  expect(again.ScheduleArn).toBe(first.ScheduleArn)
  await expect(schedule('rate(1 day)', { ClientToken: 'b' })).rejects.toMatchObject({
    name: 'ConflictException',
    message: 'Schedule one already exists.',
  })
})
