import {
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DeleteStackInstancesCommand,
  DeleteStackSetCommand,
  DescribeOrganizationsAccessCommand,
  DescribeStackInstanceCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
  ListStackSetOperationsCommand,
  ListStackSetsCommand,
  StopStackSetOperationCommand,
  UpdateStackInstancesCommand,
  UpdateStackSetCommand,
} from '@aws-sdk/client-cloudformation'
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { busy } from '../../shared/outages.test-support.ts'
import { accountId, queue, resourcesOf } from '../stacks.test-support.ts'
import {
  administration,
  execution,
  executor,
  first,
  namedQueue,
  type SetWorld,
  second,
  setClient,
  setWorld,
} from './stack-sets.test-support.ts'

const places = [
  [first, 'us-east-1'],
  [first, 'eu-west-1'],
  [second, 'us-east-1'],
  [second, 'eu-west-1'],
] as const

function queuesOf({ cloud }: SetWorld, account: string, region: string) {
  const sqs = client(cloud, SQSClient, { accountId: account, region })
  return {
    sqs,
    async names() {
      const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
      return QueueUrls.map((url) => url.slice(url.lastIndexOf('/') + 1))
    },
  }
}

const namesEverywhere = (world: SetWorld) =>
  Promise.all(places.map(([account, region]) => queuesOf(world, account, region).names()))

const four = (state: string) => [
  `${first} eu-west-1 ${state}`,
  `${first} us-east-1 ${state}`,
  `${second} eu-west-1 ${state}`,
  `${second} us-east-1 ${state}`,
]

test('a stack set makes its stack in every account and region', async () => {
  const world = await setWorld()
  await world.create()
  const operationId = await world.instances()
  expect(await world.status(operationId)).toBe('SUCCEEDED')
  expect(await world.list()).toEqual(four('CURRENT SUCCEEDED'))
  expect(await world.results(operationId)).toEqual(four('SUCCEEDED'))
  expect(await namesEverywhere(world)).toEqual([['jobs'], ['jobs'], ['jobs'], ['jobs']])
})

test('a stack set is described as it was made', async () => {
  const world = await setWorld()
  const { StackSetId } = await world.create({ Description: 'queues' })
  const { StackSet } = await world.cfn.send(new DescribeStackSetCommand({ StackSetName: 'set' }))
  expect(StackSet).toEqual({
    StackSetName: 'set',
    StackSetId,
    StackSetARN: `arn:aws:cloudformation:us-east-1:${accountId}:stackset/${StackSetId}`,
    Status: 'ACTIVE',
    Description: 'queues',
    TemplateBody: JSON.stringify(namedQueue),
    Parameters: [
      { ParameterKey: 'Name', ParameterValue: 'jobs' },
      { ParameterKey: 'Delay', ParameterValue: '0' },
    ],
    Capabilities: [],
    Tags: [],
    AdministrationRoleARN: `arn:aws:iam::${accountId}:role/${administration}`,
    ExecutionRoleName: execution,
    PermissionModel: 'SELF_MANAGED',
    OrganizationalUnitIds: [],
    ManagedExecution: { Active: false },
    Regions: [],
  })
  const { Summaries } = await world.cfn.send(new ListStackSetsCommand({}))
  expect(Summaries).toEqual([
    {
      StackSetName: 'set',
      StackSetId,
      Description: 'queues',
      Status: 'ACTIVE',
      PermissionModel: 'SELF_MANAGED',
      DriftStatus: 'NOT_CHECKED',
      ManagedExecution: { Active: false },
    },
  ])
})

test('an account without its execution role fails with the words that name both roles', async () => {
  const world = await setWorld()
  await world.create()
  const operationId = await world.instances({ Accounts: ['444444444444'], Regions: ['us-east-1'] })
  const reason = `Account 444444444444 should have '${execution}' role with trust relationship to Role '${administration}'.`
  expect(await world.status(operationId)).toBe('FAILED')
  expect(await world.results(operationId)).toEqual([`444444444444 us-east-1 FAILED ${reason}`])
  expect(await world.list()).toEqual(['444444444444 us-east-1 OUTDATED FAILED'])
})

test('without an administration role nothing can be assumed', async () => {
  const world = setClient(createCloud({ deepFreeze: true }))
  await world.create()
  const operationId = await world.instances({ Accounts: [first], Regions: ['us-east-1'] })
  expect(await world.results(operationId)).toEqual([
    `${first} us-east-1 FAILED Account ${accountId} should have '${administration}' role with trust relationship to CloudFormation service.`,
  ])
})

test('an execution role that trusts someone else can not be assumed', async () => {
  const world = await setWorld()
  await executor(world.cloud, '444444444444', ['*'], `arn:aws:iam::${second}:root`)
  await world.create()
  const operationId = await world.instances({ Accounts: ['444444444444'], Regions: ['us-east-1'] })
  expect(await world.status(operationId)).toBe('FAILED')
})

test('failures beyond the tolerance of a region stop the operation there and in the regions after it', async () => {
  const world = await setWorld()
  await world.create()
  const operationId = await world.instances({
    Accounts: ['111111111111', first],
    OperationPreferences: { RegionOrder: ['us-east-1', 'eu-west-1'] },
  })
  const reason = `Account 111111111111 should have '${execution}' role with trust relationship to Role '${administration}'.`
  const cancelled = 'CANCELLED Cancelled since failure tolerance has exceeded'
  expect(await world.status(operationId)).toBe('FAILED')
  expect(await world.results(operationId)).toEqual([
    `111111111111 eu-west-1 ${cancelled}`,
    `111111111111 us-east-1 FAILED ${reason}`,
    `${first} eu-west-1 ${cancelled}`,
    `${first} us-east-1 ${cancelled}`,
  ])
})

test('tolerated failures let an operation succeed', async () => {
  const world = await setWorld()
  await world.create()
  const operationId = await world.instances({
    Accounts: ['111111111111', first],
    OperationPreferences: { FailureToleranceCount: 1, MaxConcurrentCount: 2 },
  })
  expect(await world.status(operationId)).toBe('SUCCEEDED')
  expect(await world.list()).toEqual([
    '111111111111 eu-west-1 OUTDATED FAILED',
    '111111111111 us-east-1 OUTDATED FAILED',
    `${first} eu-west-1 CURRENT SUCCEEDED`,
    `${first} us-east-1 CURRENT SUCCEEDED`,
  ])
})

test('a stack that fails is deleted, and its resource says why', async () => {
  const world = await setWorld()
  await world.create({
    TemplateBody: JSON.stringify(resourcesOf({ Queue: queue('jobs', { DelaySeconds: 9999 }) })),
    Parameters: [],
  })
  const operationId = await world.instances({ Accounts: [first], Regions: ['us-east-1'] })
  const [result = ''] = await world.results(operationId)
  expect(result.replace(/Request ID: \S+/, 'Request ID: *')).toMatch(
    new RegExp(
      `^${first} us-east-1 FAILED ResourceLogicalId:Queue, ResourceType:AWS::SQS::Queue, ResourceStatusReason:`,
    ),
  )
  expect(await queuesOf(world, first, 'us-east-1').names()).toEqual([])
})

test('the execution role is all that a stack may do', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const world = await setWorld(cloud)
  await executor(cloud, '444444444444', ['cloudformation:*'])
  await world.create()
  const operationId = await world.instances({ Accounts: ['444444444444'], Regions: ['us-east-1'] })
  const [result = ''] = await world.results(operationId)
  expect(result).toContain('ResourceLogicalId:Queue, ResourceType:AWS::SQS::Queue')
  expect(result).toContain(`User: arn:aws:sts::444444444444:assumed-role/${execution}/`)
  expect(result).toContain('is not authorized to perform: sqs:createqueue')
})

test('overrides of an instance win over the parameters of its stack set', async () => {
  const world = await setWorld()
  await world.create()
  await world.instances()
  const place = { StackSetName: 'set', Accounts: [first], Regions: ['us-east-1'] }
  await world.rest(
    world.cfn.send(
      new UpdateStackInstancesCommand({
        ...place,
        ParameterOverrides: [{ ParameterKey: 'Delay', ParameterValue: '7' }],
      }),
    ),
  )
  const { sqs } = queuesOf(world, first, 'us-east-1')
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: `https://sqs.us-east-1.amazonaws.com/${first}/jobs`,
      AttributeNames: ['DelaySeconds'],
    }),
  )
  expect(Attributes).toEqual({ DelaySeconds: '7' })
  const { StackInstance } = await world.cfn.send(
    new DescribeStackInstanceCommand({
      StackSetName: 'set',
      StackInstanceAccount: first,
      StackInstanceRegion: 'us-east-1',
    }),
  )
  expect(StackInstance?.ParameterOverrides).toEqual([
    { ParameterKey: 'Delay', ParameterValue: '7' },
  ])
})

test('an update of a stack set updates its stacks, and only some where it says so', async () => {
  const world = await setWorld()
  await world.create()
  await world.instances()
  const update = (more: object) =>
    world.rest(
      world.cfn.send(
        new UpdateStackSetCommand({
          StackSetName: 'set',
          UsePreviousTemplate: true,
          Parameters: [{ ParameterKey: 'Name', ParameterValue: 'tasks' }],
          ...more,
        }),
      ),
    )
  await update({ Accounts: [second], Regions: ['eu-west-1'] })
  expect(await namesEverywhere(world)).toEqual([['jobs'], ['jobs'], ['jobs'], ['tasks']])
  expect(await world.list()).toEqual([
    `${first} eu-west-1 OUTDATED SUCCEEDED`,
    `${first} us-east-1 OUTDATED SUCCEEDED`,
    `${second} eu-west-1 CURRENT SUCCEEDED`,
    `${second} us-east-1 OUTDATED SUCCEEDED`,
  ])
  await update({})
  expect(await namesEverywhere(world)).toEqual([['tasks'], ['tasks'], ['tasks'], ['tasks']])
  expect(await world.list()).toEqual(four('CURRENT SUCCEEDED'))
})

test('a stack set is deleted once it has no instances', async () => {
  const world = await setWorld()
  await world.create()
  await world.instances()
  const remove = () => world.cfn.send(new DeleteStackSetCommand({ StackSetName: 'set' }))
  await expect(remove()).rejects.toThrow('StackSet is not empty')
  await world.rest(
    world.cfn.send(
      new DeleteStackInstancesCommand({
        StackSetName: 'set',
        Accounts: [first, second],
        Regions: ['us-east-1', 'eu-west-1'],
        RetainStacks: false,
      }),
    ),
  )
  expect(await world.list()).toEqual([])
  expect(await namesEverywhere(world)).toEqual([[], [], [], []])
  await remove()
  await expect(world.instances()).rejects.toThrow('StackSet set not found')
  await remove()
})

test('a stack that is retained leaves its stack set and stays', async () => {
  const world = await setWorld()
  await world.create()
  await world.instances({ Accounts: [first], Regions: ['us-east-1'] })
  const operationId = await world.rest(
    world.cfn.send(
      new DeleteStackInstancesCommand({
        StackSetName: 'set',
        Accounts: [first],
        Regions: ['us-east-1'],
        RetainStacks: true,
      }),
    ),
  )
  expect(await world.list()).toEqual([])
  expect(await queuesOf(world, first, 'us-east-1').names()).toEqual(['jobs'])
  const { StackSetOperation } = await world.cfn.send(
    new DescribeStackSetOperationCommand({ StackSetName: 'set', OperationId: operationId }),
  )
  expect(StackSetOperation?.RetainStacks).toBe(true)
})

const start = (world: SetWorld, more: object = {}) =>
  world.cfn.send(
    new CreateStackInstancesCommand({
      StackSetName: 'set',
      Accounts: [first, second],
      Regions: ['us-east-1'],
      OperationId: 'one',
      ...more,
    }),
  )

test('a second operation is refused while the first one runs', async () => {
  const world = await setWorld()
  const { StackSetId } = await world.create()
  await start(world)
  await expect(start(world, { OperationId: 'two' })).rejects.toThrow(
    `Another Operation on StackSet arn:aws:cloudformation:us-east-1:${accountId}:stackset/${StackSetId} is in progress: one`,
  )
})

test('with managed execution a second operation waits', async () => {
  const world = await setWorld()
  await world.create({ ManagedExecution: { Active: true } })
  await start(world)
  await start(world, { OperationId: 'two', Regions: ['eu-west-1'] })
  expect([await world.status('one'), await world.status('two')]).toEqual(['RUNNING', 'QUEUED'])
  await world.cloud.advance({ minutes: 5 })
  expect([await world.status('one'), await world.status('two')]).toEqual(['SUCCEEDED', 'SUCCEEDED'])
  const { Summaries = [] } = await world.cfn.send(
    new ListStackSetOperationsCommand({ StackSetName: 'set' }),
  )
  expect(Summaries.map(({ OperationId }) => OperationId)).toEqual(['two', 'one'])
})

test('an operation that is stopped finishes what it has begun', async () => {
  const world = await setWorld()
  await world.create()
  await start(world)
  await world.cloud.advance({ seconds: 0.1 })
  await world.cfn.send(
    new StopStackSetOperationCommand({ StackSetName: 'set', OperationId: 'one' }),
  )
  expect(await world.status('one')).toBe('STOPPING')
  await world.cloud.advance({ minutes: 5 })
  expect(await world.status('one')).toBe('STOPPED')
  expect(await world.results('one')).toEqual([
    `${first} us-east-1 SUCCEEDED`,
    `${second} us-east-1 CANCELLED Cancelled since the operation was stopped`,
  ])
})

test('regions are worked on one after the other, or side by side where asked', async () => {
  const seconds = async (RegionConcurrencyType: 'SEQUENTIAL' | 'PARALLEL') => {
    const world = await setWorld()
    await world.create()
    const OperationId = await world.instances({ OperationPreferences: { RegionConcurrencyType } })
    const { StackSetOperation } = await world.cfn.send(
      new DescribeStackSetOperationCommand({ StackSetName: 'set', OperationId }),
    )
    const { CreationTimestamp, EndTimestamp } = StackSetOperation ?? {}
    return Number(EndTimestamp) - Number(CreationTimestamp)
  }
  expect(await seconds('SEQUENTIAL')).toBe(2 * (await seconds('PARALLEL')))
})

test('a snapshot taken in the middle of an operation goes on alike', async () => {
  const world = await setWorld()
  await world.create()
  await start(world)
  await world.cloud.advance({ seconds: 0.3 })
  const fork = world.cloud.fork()
  await world.cloud.advance({ minutes: 5 })
  await fork.advance({ minutes: 5 })
  expect(fork.kernel.journal.digest()).toBe(world.cloud.kernel.journal.digest())
  expect(await world.list()).toEqual([
    `${first} us-east-1 CURRENT SUCCEEDED`,
    `${second} us-east-1 CURRENT SUCCEEDED`,
  ])
})

test('the same seed gives the same journal', async () => {
  const digest = async () => {
    const world = await setWorld(createCloud({ seed: 7 }))
    // Clients would draw tokens of their own.
    await world.create({ ClientRequestToken: 'token' })
    await world.instances({ OperationId: 'one' })
    return world.cloud.kernel.journal.digest()
  }
  expect(await digest()).toBe(await digest())
})

test('service-managed stack sets need an organization', async () => {
  const world = await setWorld()
  await expect(
    world.cfn.send(
      new CreateStackSetCommand({
        StackSetName: 'managed',
        TemplateBody: JSON.stringify(namedQueue),
        PermissionModel: 'SERVICE_MANAGED',
      }),
    ),
  ).rejects.toThrow('You must enable organizations access to operate a service managed stack set')
  const { Status } = await world.cfn.send(new DescribeOrganizationsAccessCommand({}))
  expect(Status).toBe('DISABLED')
  await world.create()
  await expect(
    world.instances({
      Accounts: undefined,
      DeploymentTargets: { OrganizationalUnitIds: ['ou-a1b2-c3d4e5f6'] },
    }),
  ).rejects.toThrow('Orrery does not model OrganizationalUnitIds of stack sets')
})

test('names of stack sets are unique while they are active', async () => {
  const world = await setWorld()
  const { StackSetId } = await world.create({ ClientRequestToken: 'token' })
  expect((await world.create({ ClientRequestToken: 'token' })).StackSetId).toBe(StackSetId)
  await expect(world.create()).rejects.toThrow('StackSet already exists')
})

test('templates, parameters and capabilities are judged when a stack set is made', async () => {
  const world = await setWorld()
  await expect(world.create({ Parameters: [] })).rejects.toThrow(
    'Parameters: [Name] must have values',
  )
  await expect(
    world.create({
      Parameters: [],
      TemplateBody: JSON.stringify(
        resourcesOf({ Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'r' } } }),
      ),
    }),
  ).rejects.toThrow('Requires capabilities : [CAPABILITY_NAMED_IAM]')
  await world.create()
  await expect(
    start(world, { ParameterOverrides: [{ ParameterKey: 'Size', ParameterValue: '1' }] }),
  ).rejects.toThrow('Parameters: [Size] do not exist in the template')
})

test("STS that is busy says nothing about the roles: the result has STS's words", async () => {
  const world = await setWorld()
  await world.create()
  world.cloud.armFault('sts.AssumeRole', busy)
  const operationId = await world.instances({ Accounts: [first], Regions: ['us-east-1'] })
  expect(await world.results(operationId)).toEqual([`${first} us-east-1 FAILED Busy.`])
})
