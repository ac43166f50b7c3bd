import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'
import { serviceTrust } from './iam.ts'

/** A schedule that sends to a queue, in a group with a tag. */
export async function arrangeScheduler(cloud: Cloud): Promise<KnownValues> {
  const scheduler = client(cloud, SchedulerClient)
  const iam = client(cloud, IAMClient)
  await client(cloud, SQSClient).send(new CreateQueueCommand({ QueueName: 'ring' }))
  const AssumeRolePolicyDocument = serviceTrust('scheduler')
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'ring', AssumeRolePolicyDocument }),
  )
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' },
  })
  await iam.send(new PutRolePolicyCommand({ RoleName: 'ring', PolicyName: 'ring', PolicyDocument }))
  const Tags = [{ Key: 'ring', Value: 'one' }]
  const { ScheduleGroupArn } = await scheduler.send(
    new CreateScheduleGroupCommand({ Name: 'ring', Tags }),
  )
  const queueArn = 'arn:aws:sqs:us-east-1:123456789012:ring'
  const schedule = {
    Name: 'ring',
    ScheduleExpression: 'rate(12 hours)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: queueArn, RoleArn: Role?.Arn },
  } as const
  await scheduler.send(new CreateScheduleCommand({ ...schedule, GroupName: 'ring' }))
  return {
    Name: 'ring',
    'CreateSchedule.Name': 'ring-new',
    'CreateScheduleGroup.Name': 'ring-new',
    GroupName: 'ring',
    ScheduleGroup: 'ring',
    ResourceArn: ScheduleGroupArn,
    'TagKeys[]': 'ring',
    ScheduleExpression: 'rate(12 hours)',
    ScheduleExpressionTimezone: 'Europe/Berlin',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: schedule.Target,
    'Target.': schedule.Target,
    'Target.Arn': queueArn,
    'Target.RoleArn': Role?.Arn,
    'Target.DeadLetterConfig.Arn': queueArn,
  }
}
