import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler'
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn'
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { makeFunction, start as startFunctions } from '../lambda/functions.test-support.ts'
import { accountId, giveRole, queueArn, roleArn, start } from './scheduler.test-support.ts'

const everyDay = 'cron(0 6 * * ? *)'

test('a function gets the input, or the event that Scheduler makes', async () => {
  const seen: unknown[] = []
  const made = startFunctions({ seen: (event: unknown) => void seen.push(event) })
  giveRole(made.cloud, ['lambda:InvokeFunction'])
  const { FunctionArn: Arn } = await makeFunction(made, 'seen')
  const scheduler = client(made.cloud, SchedulerClient)
  const schedule = (Name: string, Input?: string) =>
    scheduler.send(
      new CreateScheduleCommand({
        Name,
        ScheduleExpression: everyDay,
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn, RoleArn: roleArn, Input },
      }),
    )
  await schedule('a', '{"by":"<aws.scheduler.schedule-arn>","try":<aws.scheduler.attempt-number>}')
  const { ScheduleArn } = await schedule('b')
  await made.cloud.advance({ hours: 7 })
  expect(seen).toEqual([
    { by: `arn:aws:scheduler:us-east-1:${accountId}:schedule/default/a`, try: 1 },
    {
      version: '0',
      id: expect.any(String),
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: accountId,
      time: '2026-01-01T06:00:00Z',
      region: 'us-east-1',
      resources: [ScheduleArn],
      detail: '{}',
    },
  ])
})

test('topics, event buses and FIFO queues are targets', async () => {
  const { cloud, schedule, sqs, heard } = await start({}, ['sns:*', 'events:*', 'sqs:*'])
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' }],
  })
  const QueueUrl = `https://sqs.us-east-1.amazonaws.com/${accountId}/heard`
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }))
  const sns = client(cloud, SNSClient)
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 't' }))
  const raw = { RawMessageDelivery: 'true' }
  await sns.send(
    new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn, Attributes: raw }),
  )
  const events = client(cloud, EventBridgeClient)
  const { EventBusArn = '' } = await events.send(new CreateEventBusCommand({ Name: 'b' }))
  const rule = { EventBusName: 'b', EventPattern: '{"source":["my.app"]}' }
  await events.send(new PutRuleCommand({ Name: 'r', ...rule }))
  const Targets = [{ Id: '1', Arn: queueArn, InputPath: '$.detail' }]
  await events.send(new PutTargetsCommand({ Rule: 'r', EventBusName: 'b', Targets }))
  const Attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' }
  const fifo = await sqs.send(new CreateQueueCommand({ QueueName: 'f.fifo', Attributes }))

  const target = (Arn: string, Input: string) => ({ Arn, RoleArn: roleArn, Input })
  await schedule(everyDay, { Target: target(TopicArn, 'to the topic') })
  const EventBridgeParameters = { DetailType: 'Done', Source: 'my.app' }
  const Target = { ...target(EventBusArn, '{"to":"the bus"}'), EventBridgeParameters }
  await schedule(everyDay, { Name: 'two', Target })
  await schedule(everyDay, {
    Name: 'three',
    Target: {
      ...target(`${queueArn.replace('heard', 'f.fifo')}`, 'to the FIFO queue'),
      SqsParameters: { MessageGroupId: 'g' },
    },
  })
  await cloud.advance({ hours: 7 })
  expect(await heard()).toEqual(['to the topic', '{"to":"the bus"}'])
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: fifo.QueueUrl,
      MessageSystemAttributeNames: ['MessageGroupId'],
    }),
  )
  expect(Messages.map(({ Body, Attributes: shown }) => [Body, shown])).toEqual([
    ['to the FIFO queue', { MessageGroupId: 'g' }],
  ])
})

test('a state machine is started with the input', async () => {
  const { cloud, schedule } = await start({}, ['states:StartExecution'])
  const iam = client(cloud, IAMClient)
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  }
  const AssumeRolePolicyDocument = JSON.stringify(trust)
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'machine', AssumeRolePolicyDocument }),
  )
  const sfn = client(cloud, SFNClient)
  const definition = '{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}'
  const machine = { name: 'm', roleArn: Role?.Arn, definition }
  const { stateMachineArn = '' } = await sfn.send(new CreateStateMachineCommand(machine))
  const Input = '{"at":"<aws.scheduler.scheduled-time>"}'
  await schedule(everyDay, { Target: { Arn: stateMachineArn, RoleArn: roleArn, Input } })
  await cloud.advance({ hours: 7 })
  const { executions: [started] = [] } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn }),
  )
  const { input, status } = await sfn.send(
    new DescribeExecutionCommand({ executionArn: started?.executionArn }),
  )
  expect([input, status]).toEqual(['{"at":"2026-01-01T06:00:00Z"}', 'SUCCEEDED'])
})

test('a universal target calls any operation that the role may call', async () => {
  const { cloud, schedule, heard, QueueUrl } = await start()
  const Input = JSON.stringify({ MessageBody: '<aws.scheduler.scheduled-time>', QueueUrl })
  const Arn = 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage'
  await schedule(everyDay, { Target: { Arn, RoleArn: roleArn, Input } })
  await cloud.advance({ hours: 7 })
  expect(await heard()).toEqual(['2026-01-01T06:00:00Z'])
})

test.each([
  ['arn:aws:scheduler:::aws-sdk:sqs:receiveMessage', 'ValidationException', /only reads/],
  ['arn:aws:scheduler:::aws-sdk:dynamodb:getItem', 'ValidationException', /only reads/],
  ['arn:aws:scheduler:::aws-sdk:nothing:run', 'ValidationException', /not a supported/],
  ['arn:aws:scheduler:::aws-sdk:sqs:danceAlong', 'ValidationException', /not a supported/],
  ['arn:aws:scheduler:::aws-sdk:rds:stopDBCluster', 'NotImplemented', /universal targets of rds/],
  [`arn:aws:kinesis:us-east-1:${accountId}:stream/s`, 'NotImplemented', /such as arn:aws:kinesis/],
  [`arn:aws:ecs:us-east-1:${accountId}:cluster/c`, 'NotImplemented', /such as arn:aws:ecs/],
  ['nothing', 'ValidationException', /Provided Arn is not in correct format/],
])('%s is refused as a target', async (Arn, name, message) => {
  const { schedule } = await start()
  const refused = schedule(everyDay, { Target: { Arn, RoleArn: roleArn, Input: '{}' } })
  await expect(refused).rejects.toMatchObject({ name, message: expect.stringMatching(message) })
})

/** A schedule to a queue, with a queue for what can not be delivered. */
async function withLetters(input: { MaximumRetryAttempts?: number } = {}) {
  const made = await start()
  const { QueueUrl } = await made.sqs.send(new CreateQueueCommand({ QueueName: 'letters' }))
  const DeadLetterConfig = { Arn: queueArn.replace('heard', 'letters') }
  const Target = { Arn: queueArn, RoleArn: roleArn, Input: 'hello', DeadLetterConfig }
  await made.schedule(everyDay, { Target: { ...Target, RetryPolicy: input } })
  return {
    ...made,
    async letters() {
      const { Messages = [] } = await made.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'] }),
      )
      return Messages.map(({ Body, MessageAttributes = {} }) => ({
        Body,
        ...Object.fromEntries(
          Object.entries(MessageAttributes).map(([key, { StringValue }]) => [key, StringValue]),
        ),
      }))
    },
  }
}

const letter = {
  Body: 'hello',
  EXECUTION_ID: expect.stringMatching(/^[0-9a-f]{16}$/),
  IS_PAYLOAD_TRUNCATED: 'false',
  SCHEDULED_TIME: '2026-01-01T06:00:00Z',
  SCHEDULE_ARN: `arn:aws:scheduler:us-east-1:${accountId}:schedule/default/one`,
  TARGET_ARN: queueArn,
}

test('a target that is gone sends the input to the dead-letter queue at once', async () => {
  const { cloud, sqs, QueueUrl, letters } = await withLetters()
  await sqs.send(new DeleteQueueCommand({ QueueUrl }))
  await cloud.advance({ hours: 7 })
  expect(await letters()).toEqual([
    {
      ...letter,
      ERROR_CODE: expect.stringMatching(/NonExistentQueue|QueueDoesNotExist/),
      ERROR_MESSAGE: 'The specified queue does not exist.',
      RETRY_ATTEMPTS: '0',
    },
  ])
})

test('an outage is tried again as often as the schedule says', async () => {
  const { cloud, heard, letters } = await withLetters({ MaximumRetryAttempts: 2 })
  const effect = { kind: 'error', code: 'InternalError' } as const
  cloud.armFault('sqs.SendMessage', effect, { times: 3 })
  await cloud.advance({ hours: 7 })
  expect(await heard()).toEqual([])
  expect(await letters()).toEqual([
    {
      ...letter,
      ERROR_CODE: 'InternalError',
      ERROR_MESSAGE: expect.any(String),
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      RETRY_ATTEMPTS: '2',
    },
  ])
})

test('an outage that ends in time delays a run, it does not lose it', async () => {
  const { cloud, heard, letters } = await withLetters()
  const fault = cloud.armFault('sqs.SendMessage', { kind: 'error', code: 'InternalError' })
  await cloud.advance({ hours: 12 })
  cloud.endFault(fault)
  await cloud.advance({ minutes: 10 })
  expect([await heard(), await letters()]).toEqual([['hello'], []])
})

test('a role that lost its permission can not deliver', async () => {
  const { cloud, letters, heard } = await withLetters()
  giveRole(cloud, ['sns:Publish'])
  await cloud.advance({ hours: 7 })
  // The letter goes out in the name of the same role.
  expect([await heard(), await letters()]).toEqual([[], []])
})
