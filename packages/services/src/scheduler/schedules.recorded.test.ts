import { CreateScheduleGroupCommand, GetScheduleCommand } from '@aws-sdk/client-scheduler'
import { expect, test } from 'vitest'
import {
  asRecorded,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'
import { queueArn, roleArn, start } from './scheduler.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const file = 'scheduler/test_scheduler'

recorded.each([
  'cron(0 1 * * * *)',
  'cron(INVALID)',
  'cron(0 dummy ? * MON-FRI *)',
  'rate(10 seconds)',
  'rate(10 years)',
  'rate(10)',
  'rate(10 minutess)',
  'rate(foo minutes)',
  'rate( 10 minutes )',
  ' rate(10 minutes)',
  'at(2021-12-31T23:59:59Z)',
])('%s is no schedule expression', async (expression) => {
  const { schedule } = await start()
  const name = `tests_create_schedule_with_invalid_schedule_expression[${expression}]`
  // The SDK for JavaScript shows the message of an error once.
  const ignore = ['Message']
  const content = recording(file, name)['invalid-schedule-expression']
  expectRecorded(await asRecorded(schedule(expression)), content, new Map(), ignore)
})

recorded('a one-time schedule may lie in the past', async () => {
  const { schedule } = await start()
  const content = recording(file, 'tests_create_schedule_with_valid_schedule_expression')
  const answer = await asRecorded(schedule('at(2022-12-12T00:00:00)'))
  expectRecorded(answer, content['valid-schedule-expression'])
})

recorded.each(['cron(30-30 13-13 ? * 2,4,6 *)', 'cron(1-31/30 1-1 ? * 1,7 *)'])(
  'the ranges of %s may be of one number',
  async (expression) => {
    const { schedule } = await start()
    const name = `test_create_schedule_with_valid_cron_expressions[${expression}]`
    const answer = await asRecorded(schedule(expression))
    expectRecorded(answer, recording(file, name)['create-schedule'])
  },
)

test('GetSchedule shows everything, with what nobody set', async () => {
  const { schedule, scheduler } = await start()
  await scheduler.send(new CreateScheduleGroupCommand({ Name: 'mine' }))
  const FlexibleTimeWindow = { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 60 } as const
  const { ScheduleArn } = await schedule('cron(0 0 * * ? *)', {
    GroupName: 'mine',
    FlexibleTimeWindow,
  })
  const { $metadata: _, ...shown } = await scheduler.send(
    new GetScheduleCommand({ Name: 'one', GroupName: 'mine' }),
  )
  const now = new Date('2026-01-01T00:00:00Z')
  expect(shown).toEqual({
    ActionAfterCompletion: 'NONE',
    Arn: ScheduleArn,
    CreationDate: now,
    FlexibleTimeWindow,
    GroupName: 'mine',
    LastModificationDate: now,
    Name: 'one',
    ScheduleExpression: 'cron(0 0 * * ? *)',
    ScheduleExpressionTimezone: 'UTC',
    State: 'ENABLED',
    Target: {
      Arn: queueArn,
      RoleArn: roleArn,
      Input: '<aws.scheduler.scheduled-time>',
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
    },
  })
})
