import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  asRecorded,
  type Bindings,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../../shared/recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const StackName = 'a-stack'

/** A cloud in which one stack is deployed again and again. */
function stack() {
  const cloud = createCloud({ accountId: '111111111111', deepFreeze: true })
  const cfn = client(cloud, CloudFormationClient)
  let exists = false
  return {
    cloud,
    cfn,
    scheduler: client(cloud, SchedulerClient),
    async deploy(template: object) {
      const TemplateBody = JSON.stringify(template)
      const Capabilities = ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'] as const
      const input = { StackName, TemplateBody, Capabilities: [...Capabilities] }
      await cfn.send(exists ? new UpdateStackCommand(input) : new CreateStackCommand(input))
      exists = true
      await cloud.advance({ minutes: 5 })
      const { Stacks: [found] = [] } = await cfn.send(new DescribeStacksCommand({ StackName }))
      return found?.StackStatus
    },
    async destroy() {
      await cfn.send(new DeleteStackCommand({ StackName }))
      await cloud.advance({ minutes: 5 })
    },
  }
}

const trust = (condition?: object) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'scheduler.amazonaws.com' },
      Action: 'sts:AssumeRole',
      ...(condition === undefined ? {} : { Condition: condition }),
    },
  ],
})

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] })

/** A group, a schedule in it, and what they need, as the CDK writes it. */
function resources(more: object = {}, tags: object[] = []) {
  return {
    Queue: { Type: 'AWS::SQS::Queue' },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: trust({
          StringEquals: {
            'aws:SourceAccount': { Ref: 'AWS::AccountId' },
            'aws:SourceArn': arn('MyScheduleGroup'),
          },
        }),
        Policies: [
          {
            PolicyName: 'send',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arn('Queue') }],
            },
          },
        ],
      },
    },
    MyScheduleGroup: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Tags: tags } },
    MySchedule: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 60 },
        GroupName: { Ref: 'MyScheduleGroup' },
        ScheduleExpression: 'cron(0 0 * * ? *)',
        Target: { Arn: arn('Queue'), RoleArn: arn('Role') },
        ...more,
      },
    },
  }
}

recorded('a schedule and its group are described by their names', async () => {
  const content = recording(
    'cloudformation/resource_providers/scheduler/test_scheduler',
    'test_schedule_and_group',
  )
  const { cfn, scheduler, deploy } = stack()
  expect(await deploy({ Resources: resources() })).toBe('CREATE_COMPLETE')
  const bindings: Bindings = new Map([
    ['<partition>', 'aws'],
    ['<region>', 'us-east-1'],
    ['<stack-name:1>', StackName],
  ])
  const names: string[] = []
  for (const [step, LogicalResourceId] of [
    ['Schedule', 'MySchedule'],
    ['Group', 'MyScheduleGroup'],
  ] as const) {
    const { StackResourceDetail: detail } = await cfn.send(
      new DescribeStackResourceCommand({ StackName, LogicalResourceId }),
    )
    names.push(detail?.PhysicalResourceId ?? '')
    // CDK's metadata came with the recorded test's own template.
    expectRecorded({ Metadata: {}, ...detail }, content[step], bindings, ['Metadata'])
  }
  const [Name = '', GroupName = ''] = names
  const schedule = await asRecorded(scheduler.send(new GetScheduleCommand({ Name, GroupName })))
  expectRecorded(schedule, content['ScheduleDesc'], bindings)
  const group = await asRecorded(scheduler.send(new GetScheduleGroupCommand({ Name: GroupName })))
  expectRecorded(group, content['GroupDesc'], bindings)
})

test('an update changes schedule and tags in place, deletion leaves nothing', async () => {
  const { cloud, scheduler, deploy, destroy } = stack()
  await deploy({ Resources: resources({}, [{ Key: 'team', Value: 'a' }]) })
  const more = { ScheduleExpression: 'rate(1 hour)', StartDate: '2026-01-01T12:00:00Z' }
  const status = await deploy({ Resources: resources(more, [{ Key: 'team', Value: 'b' }]) })
  expect(status).toBe('UPDATE_COMPLETE')
  const { Schedules: [shown] = [] } = await scheduler.send(new ListSchedulesCommand({}))
  const { ScheduleExpression, StartDate } = await scheduler.send(
    new GetScheduleCommand({ Name: shown?.Name, GroupName: shown?.GroupName }),
  )
  expect([ScheduleExpression, StartDate]).toEqual(['rate(1 hour)', new Date(more.StartDate)])
  const ResourceArn = `arn:aws:scheduler:us-east-1:111111111111:schedule-group/${shown?.GroupName}`
  const { Tags = [] } = await scheduler.send(new ListTagsForResourceCommand({ ResourceArn }))
  expect(Tags.filter(({ Key }) => Key === 'team')).toEqual([{ Key: 'team', Value: 'b' }])
  await cloud.advance({ hours: 13 })
  const sqs = client(cloud, SQSClient)
  const url = shown?.Target?.Arn?.split(':').at(-1)
  const QueueUrl = `https://sqs.us-east-1.amazonaws.com/111111111111/${url}`
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
  expect(Messages).toHaveLength(1)
  await destroy()
  const { ScheduleGroups = [] } = await scheduler.send(new ListScheduleGroupsCommand({}))
  expect(ScheduleGroups.map(({ Name }) => Name)).toEqual(['default'])
})

test('a ScheduleV2 event of a SAM function becomes a schedule with a role of its own', async () => {
  const { scheduler, deploy } = stack()
  const status = await deploy({
    Transform: 'AWS::Serverless-2016-10-31',
    Resources: {
      Fn: {
        Type: 'AWS::Serverless::Function',
        Properties: {
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          InlineCode: 'exports.handler = async () => {}',
          Events: {
            Nightly: {
              Type: 'ScheduleV2',
              Properties: {
                ScheduleExpression: 'cron(0 3 * * ? *)',
                ScheduleExpressionTimezone: 'Europe/Berlin',
              },
            },
          },
        },
      },
    },
  })
  expect(status).toBe('CREATE_COMPLETE')
  const schedule = await scheduler.send(new GetScheduleCommand({ Name: 'FnNightly' }))
  expect(schedule).toMatchObject({
    ScheduleExpressionTimezone: 'Europe/Berlin',
    State: 'ENABLED',
    Target: { Arn: expect.stringContaining(':function:a-stack-Fn-') },
  })
})
