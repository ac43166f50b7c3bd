import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  SchedulerClient,
} from '@aws-sdk/client-scheduler'
import {
  CreateQueueCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { type CloudOptions, client, createCloud } from '@cloud-orrery/cloud'
import { roles } from '../shared/identity/state.ts'

export const accountId = '123456789012'
export const roleArn = `arn:aws:iam::${accountId}:role/schedules`
export const queueArn = `arn:aws:sqs:us-east-1:${accountId}:heard`

type Cloud = ReturnType<typeof createCloud>

/** A role that trusts Scheduler, for `groupArn` alone where it is given, and may do what `actions` say. */
export function giveRole(cloud: Cloud, actions: readonly string[] = ['sqs:*'], groupArn?: string) {
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Action: 'sts:AssumeRole',
        ...(groupArn === undefined
          ? {}
          : { Condition: { StringEquals: { 'aws:SourceArn': groupArn } } }),
      },
    ],
  } as const
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: [...actions], Resource: '*' }],
  } as const
  roles.put(cloud.scope(cloud.defaultAccountId, cloud.defaultRegion), {
    roleName: 'schedules',
    roleId: 'AROASCHEDULESAAAAAAAA',
    arn: roleArn,
    path: '/',
    createdAtMs: 0,
    trustPolicy: { text: JSON.stringify(trust), document: trust },
    maxSessionDurationSeconds: 3600,
    inlinePolicies: { own: { text: JSON.stringify(document), document } },
    attachedPolicies: [],
    tags: {},
  })
}

/** A cloud with a queue that hears of schedules, and their role. */
export async function start(options: CloudOptions = {}, actions?: readonly string[]) {
  const cloud = createCloud({ deepFreeze: true, ...options })
  giveRole(cloud, actions)
  const sqs = client(cloud, SQSClient)
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'heard' }))
  const scheduler = client(cloud, SchedulerClient)
  return {
    cloud,
    sqs,
    scheduler,
    QueueUrl,
    /** A schedule to the queue, unless the input says otherwise. */
    schedule: (ScheduleExpression: string, input: Partial<CreateScheduleCommandInput> = {}) =>
      scheduler.send(
        new CreateScheduleCommand({
          Name: 'one',
          ScheduleExpression,
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: { Arn: queueArn, RoleArn: roleArn, Input: '<aws.scheduler.scheduled-time>' },
          ...input,
        }),
      ),
    /** Bodies that came since this was last asked. */
    async heard() {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      )
      await sqs.send(new PurgeQueueCommand({ QueueUrl })).catch(() => undefined)
      return Messages.map(({ Body }) => Body).sort()
    },
  }
}
