import {
  CreateActivityCommand,
  DeleteActivityCommand,
  DescribeActivityCommand,
  GetActivityTaskCommand,
  ListActivitiesCommand,
} from '@aws-sdk/client-sfn'
import { test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { replaying } from '../recorded-states.test-support.ts'

const arnOf = (name: string) => `arn:aws:states:us-east-1:111111111111:activity:${name}`

function activities(name: string, texts: Record<string, string> = {}) {
  return replaying('test_sfn_api_activities', `TestSnfApiActivities::${name}`, texts)
}

test
  .skipIf(!recordingsPresent)
  .each([
    'activity-name_123',
    'ACTIVITY_NAME_ABC',
    'activity.name.v2',
    'activityName.with.dots',
    'a'.repeat(71),
  ])('an activity is made once, and deleted twice: %s', async (name) => {
  const activityArn = arnOf(name)
  const it = activities(`test_create_describe_delete_activity[${name}]`, {
    activity_arn: activityArn,
    activity_name: name,
  })
  const create = () => it.sfn.send(new CreateActivityCommand({ name }))
  await it.expect('create_activity_response', create())
  await it.expect('create_activity_response_duplicate', create())
  const describe = new DescribeActivityCommand({ activityArn })
  await it.expect('describe_activity_response', it.sfn.send(describe))
  const remove = () => it.sfn.send(new DeleteActivityCommand({ activityArn }))
  await it.expect('delete_activity_response', remove())
  await it.expect('delete_activity_response_2', remove())
})

test
  .skipIf(!recordingsPresent)
  .each([
    ...'<{}[]?#\\^|&:/'.split('').map((character) => `activity${character}name`),
    'activity\u001f',
  ])('names without %j', async (name) => {
  const shown = name.replace('\\', '\\\\').replace('\u001f', '\\x1f')
  const it = activities(`test_create_activity_invalid_name[${shown}]`)
  await it.expect('invalid_name', it.sfn.send(new CreateActivityCommand({ name })))
})

test.skipIf(!recordingsPresent)('activities are listed', async () => {
  const names = ['TestActivity-0', 'TestActivity-1', 'TestActivity-2']
  const texts = names.flatMap((name, i) => [
    [`activity_arn_${i}`, arnOf(name)] as const,
    [`activity_name_${i}`, name] as const,
  ])
  const it = activities('test_list_activities', Object.fromEntries(texts))
  for (const name of names) await it.sfn.send(new CreateActivityCommand({ name }))
  await it.expect('list_activities_response', it.sfn.send(new ListActivitiesCommand({})))
})

test.skipIf(!recordingsPresent)('what is not there, and what is no ARN', async () => {
  const activityArn = arnOf('gone')
  const gone = activities('test_describe_deleted_activity', { activity_arn: activityArn })
  await gone.expect('no_such_activity', gone.sfn.send(new DescribeActivityCommand({ activityArn })))
  const none = { activityArn: 'no_an_activity_arn' }
  const described = activities('test_describe_activity_invalid_arn')
  await described.expectException(
    'exception',
    described.sfn.send(new DescribeActivityCommand(none)),
  )
  const asked = activities('test_get_activity_task_invalid_arn')
  await asked.expectException('exception', asked.sfn.send(new GetActivityTaskCommand(none)))
})
