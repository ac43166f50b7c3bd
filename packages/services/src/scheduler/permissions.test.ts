import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  GetScheduleCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler'
import { call, client } from '@cloud-orrery/cloud'
import { CreateSchedule } from '@cloud-orrery/models/scheduler'
import { expect, test } from 'vitest'
import { refusalsDuring } from '../shared/outages.test-support.ts'
import { accountId, giveRole, queueArn, roleArn, start } from './scheduler.test-support.ts'

const arn = `arn:aws:scheduler:us-east-1:${accountId}:`

const input = {
  Name: 'one',
  ScheduleExpression: 'rate(1 day)',
  FlexibleTimeWindow: { Mode: 'OFF' as const },
  Target: { Arn: queueArn, RoleArn: roleArn, Input: 'hello' },
}

/** The administrator's cloud, and a user with these statements alone. */
async function withUser(...Statement: object[]) {
  const made = await start()
  const iam = client(made.cloud, IAMClient)
  const UserName = 'limited'
  await iam.send(new CreateUserCommand({ UserName }))
  if (Statement.length > 0) {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }))
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
  return { ...made, limited: client(made.cloud, SchedulerClient, { credentials }) }
}

function denial(action: string, resource: string) {
  return {
    name: 'AccessDeniedException',
    message: `User: arn:aws:iam::${accountId}:user/limited is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  }
}

test('who may nothing is told what, on which resource', async () => {
  const { limited } = await withUser()
  await expect(limited.send(new CreateScheduleCommand(input))).rejects.toMatchObject(
    denial('scheduler:CreateSchedule', `${arn}schedule/default/one`),
  )
  await expect(limited.send(new GetScheduleCommand({ Name: 'gone' }))).rejects.toMatchObject(
    denial('scheduler:GetSchedule', `${arn}schedule/default/gone`),
  )
  await expect(limited.send(new CreateScheduleGroupCommand({ Name: 'g' }))).rejects.toMatchObject(
    denial('scheduler:CreateScheduleGroup', `${arn}schedule-group/g`),
  )
})

test('making a schedule needs the right to pass its role to Scheduler', async () => {
  const may = { Effect: 'Allow', Action: 'scheduler:*', Resource: '*' }
  const { limited } = await withUser(may)
  await expect(limited.send(new CreateScheduleCommand(input))).rejects.toMatchObject(
    denial('iam:PassRole', roleArn),
  )
  const pass = (service: string) => ({
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: roleArn,
    Condition: { StringEquals: { 'iam:PassedToService': service } },
  })
  const toOther = (await withUser(may, pass('lambda.amazonaws.com'))).limited
  await expect(toOther.send(new CreateScheduleCommand(input))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  })
  const toScheduler = (await withUser(may, pass('scheduler.amazonaws.com'))).limited
  await toScheduler.send(new CreateScheduleCommand(input))
})

const untrusted = {
  name: 'ValidationException',
  message:
    'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
}

test('a role that is not there, or trusts another group, is refused', async () => {
  const { cloud, schedule } = await start()
  giveRole(cloud, ['sqs:*'], `${arn}schedule-group/other`)
  await expect(schedule('rate(1 day)')).rejects.toMatchObject(untrusted)
  const RoleArn = `arn:aws:iam::${accountId}:role/gone`
  await expect(
    schedule('rate(1 day)', { Target: { Arn: queueArn, RoleArn } }),
  ).rejects.toMatchObject(untrusted)
})

test('a role that trusts the group of the schedule alone delivers', async () => {
  const { cloud, schedule, heard } = await start()
  giveRole(cloud, ['sqs:*'], `${arn}schedule-group/default`)
  await schedule('rate(1 day)')
  await cloud.advance({ minutes: 1 })
  expect(await heard()).toEqual(['2026-01-01T00:00:00Z'])
})

test('STS that is busy or fails says nothing about the role', async () => {
  const { cloud } = await start()
  const create = () => call(cloud, CreateSchedule, input)
  expect(await refusalsDuring(cloud, 'sts.AssumeRole', create)).toEqual([
    'InternalServerException: STS: Busy.',
    'InternalServerException: STS: Out.',
  ])
  await create()
})
