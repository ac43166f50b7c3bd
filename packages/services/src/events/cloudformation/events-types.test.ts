import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  DescribeArchiveCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListArchivesCommand,
  ListEventBusesCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const account = '123456789012'
const arn = `arn:aws:events:us-east-1:${account}`
const queue = `arn:aws:sqs:us-east-1:${account}:q`

function stacks() {
  const cloud = createCloud({ deepFreeze: true })
  const cfn = client(cloud, CloudFormationClient)
  const events = client(cloud, EventBridgeClient)
  const StackName = 's'
  const ended = async () => {
    await cloud.advance({ minutes: 2 })
    const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }))
    const [{ StackStatus, Outputs = [] } = {}] = Stacks ?? []
    const outputs = Object.fromEntries(
      Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    )
    return { StackStatus, outputs }
  }
  return {
    cloud,
    cfn,
    events,
    async create(template: object) {
      await cfn.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }))
      return await ended()
    },
    async update(template: object) {
      await cfn.send(new UpdateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }))
      return await ended()
    },
    async remove() {
      await cfn.send(new DeleteStackCommand({ StackName }))
      await cloud.advance({ minutes: 2 })
    },
    async physicalIds() {
      const found = await cfn.send(new DescribeStackResourcesCommand({ StackName }))
      return Object.fromEntries(
        (found.StackResources ?? []).map((one) => [one.LogicalResourceId, one.PhysicalResourceId]),
      )
    },
  }
}

const template = (bus: object, rule: object) => ({
  Resources: {
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'orders', ...bus } },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: { EventBusName: { Ref: 'Bus' }, Name: 'placed', ...rule },
    },
    Allow: {
      Type: 'AWS::Events::EventBusPolicy',
      Properties: {
        EventBusName: { Ref: 'Bus' },
        StatementId: 'partner',
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: '222222222222' },
          Action: 'events:PutEvents',
          Resource: { 'Fn::GetAtt': ['Bus', 'Arn'] },
        },
      },
    },
    Archive: {
      Type: 'AWS::Events::Archive',
      Properties: {
        SourceArn: { 'Fn::GetAtt': ['Bus', 'Arn'] },
        ArchiveName: 'a',
        RetentionDays: 3,
      },
    },
    Hourly: {
      Type: 'AWS::Events::Rule',
      Properties: { ScheduleExpression: 'rate(1 hour)', State: 'DISABLED' },
    },
  },
  Outputs: {
    Rule: { Value: { Ref: 'Rule' } },
    RuleArn: { Value: { 'Fn::GetAtt': ['Rule', 'Arn'] } },
    Hourly: { Value: { Ref: 'Hourly' } },
    HourlyArn: { Value: { 'Fn::GetAtt': ['Hourly', 'Arn'] } },
    Archive: { Value: { 'Fn::GetAtt': ['Archive', 'Arn'] } },
  },
})

const first = template(
  { Description: 'of the shop', Tags: [{ Key: 'team', Value: 'a' }] },
  {
    EventPattern: { source: ['shop'] },
    Targets: [
      { Id: 'one', Arn: queue },
      { Id: 'two', Arn: queue },
    ],
  },
)

test('a stack makes buses, rules, policies and archives, and leaves nothing', async () => {
  const { create, events, physicalIds, remove } = stacks()
  const { StackStatus, outputs } = await create(first)
  expect(StackStatus).toBe('CREATE_COMPLETE')
  const hourly = outputs['Hourly'] ?? ''
  expect(hourly).toMatch(/^s-Hourly-[A-Za-z0-9]{12,13}$/)
  expect(outputs).toEqual({
    Rule: 'orders|placed',
    RuleArn: `${arn}:rule/orders/placed`,
    Hourly: hourly,
    HourlyArn: `${arn}:rule/${hourly}`,
    Archive: `${arn}:archive/a`,
  })
  expect(await physicalIds()).toEqual({
    Bus: 'orders',
    Rule: 'orders|placed',
    Allow: 'orders|partner',
    Archive: 'a',
    Hourly: hourly,
  })
  const bus = await events.send(new DescribeEventBusCommand({ Name: 'orders' }))
  expect(bus.Description).toBe('of the shop')
  expect(JSON.parse(bus.Policy ?? '')).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'partner',
        Effect: 'Allow',
        Principal: { AWS: '222222222222' },
        Action: 'events:PutEvents',
        Resource: `${arn}:event-bus/orders`,
      },
    ],
  })
  const ResourceARN = `${arn}:event-bus/orders`
  const { Tags } = await events.send(new ListTagsForResourceCommand({ ResourceARN }))
  expect(Tags).toContainEqual({ Key: 'team', Value: 'a' })
  expect((await events.send(new DescribeArchiveCommand({ ArchiveName: 'a' }))).RetentionDays).toBe(
    3,
  )

  await remove()
  const { EventBuses } = await events.send(new ListEventBusesCommand({}))
  expect(EventBuses?.map(({ Name }) => Name)).toEqual(['default'])
  expect((await events.send(new ListRulesCommand({}))).Rules).toEqual([])
  expect((await events.send(new ListArchivesCommand({}))).Archives).toEqual([])
})

test('an update changes a rule and its targets in place', async () => {
  const { create, events, update } = stacks()
  await create(first)
  const { StackStatus } = await update(
    template(
      { Description: 'of another shop', Tags: [{ Key: 'team', Value: 'b' }] },
      {
        EventPattern: { source: ['other'] },
        State: 'DISABLED',
        Targets: [{ Id: 'two', Arn: queue, InputPath: '$.detail' }],
      },
    ),
  )
  expect(StackStatus).toBe('UPDATE_COMPLETE')
  const rule = { Name: 'placed', EventBusName: 'orders' }
  expect(await events.send(new DescribeRuleCommand(rule))).toMatchObject({
    EventPattern: '{"source":["other"]}',
    State: 'DISABLED',
  })
  const targets = new ListTargetsByRuleCommand({ Rule: 'placed', EventBusName: 'orders' })
  expect((await events.send(targets)).Targets).toEqual([
    { Id: 'two', Arn: queue, InputPath: '$.detail' },
  ])
  const ResourceARN = `${arn}:event-bus/orders`
  const { Tags } = await events.send(new ListTagsForResourceCommand({ ResourceARN }))
  expect(Tags).toContainEqual({ Key: 'team', Value: 'b' })
})

test('a new name makes a new rule and removes the old one', async () => {
  const { create, events, physicalIds, update } = stacks()
  await create(first)
  const changed = structuredClone(first)
  changed.Resources.Rule.Properties.Name = 'placed-2'
  const { StackStatus } = await update(changed)
  expect(StackStatus).toBe('UPDATE_COMPLETE')
  expect((await physicalIds())['Rule']).toBe('orders|placed-2')
  const { Rules } = await events.send(new ListRulesCommand({ EventBusName: 'orders' }))
  expect(Rules?.map(({ Name }) => Name)).toEqual(['Events-Archive-a', 'placed-2'])
})

test('a rule whose pattern AWS refuses rolls the stack back', async () => {
  const { create, events } = stacks()
  const { StackStatus } = await create({
    Resources: {
      Rule: { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: [] } } },
    },
  })
  expect(StackStatus).toBe('ROLLBACK_COMPLETE')
  expect((await events.send(new ListRulesCommand({}))).Rules).toEqual([])
})
