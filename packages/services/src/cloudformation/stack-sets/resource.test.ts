import { DescribeStackSetCommand, ListStackSetsCommand } from '@aws-sdk/client-cloudformation'
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { resourcesOf, stackWorld } from '../stacks.test-support.ts'
import { administrator, executor, first, namedQueue, second } from './stack-sets.test-support.ts'

/** An account whose execution role may make stacks, but no queues. */
const powerless = '444444444444'

interface Group {
  readonly accounts: readonly string[]
  readonly regions: readonly string[]
  readonly delay?: string
}

/** A template with one stack set. */
const template = (groups: readonly Group[], name = 'jobs', more: object = {}) =>
  resourcesOf(
    {
      Set: {
        Type: 'AWS::CloudFormation::StackSet',
        Properties: {
          StackSetName: 'set',
          PermissionModel: 'SELF_MANAGED',
          TemplateBody: JSON.stringify(namedQueue),
          Parameters: [{ ParameterKey: 'Name', ParameterValue: name }],
          StackInstancesGroup: groups.map(({ accounts, regions, delay }) => ({
            DeploymentTargets: { Accounts: accounts },
            Regions: regions,
            ...(delay === undefined
              ? {}
              : { ParameterOverrides: [{ ParameterKey: 'Delay', ParameterValue: delay }] }),
          })),
          ...more,
        },
      },
    },
    { Outputs: { Id: { Value: { 'Fn::GetAtt': ['Set', 'StackSetId'] } } } },
  )

async function world() {
  const cloud = createCloud({ deepFreeze: true })
  await administrator(cloud)
  await executor(cloud, first)
  await executor(cloud, second)
  await executor(cloud, powerless, ['cloudformation:*'])
  const stack = stackWorld(cloud)
  return {
    ...stack,
    async queues(account: string, region: string) {
      const sqs = client(cloud, SQSClient, { accountId: account, region })
      const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
      return QueueUrls.map((url) => url.slice(url.lastIndexOf('/') + 1))
    },
  }
}

test('a stack waits for the instances of its stack set', async () => {
  const { create, stack, queues, cfn } = await world()
  await create(template([{ accounts: [first, second], regions: ['us-east-1', 'eu-west-1'] }]))
  const { StackStatus, Outputs } = await stack()
  expect(StackStatus).toBe('CREATE_COMPLETE')
  expect(await queues(second, 'eu-west-1')).toEqual(['jobs'])
  const { StackSet } = await cfn.send(new DescribeStackSetCommand({ StackSetName: 'set' }))
  expect(Outputs).toEqual([{ OutputKey: 'Id', OutputValue: StackSet?.StackSetId }])
})

test('an update changes the stack set, takes instances away and adds others', async () => {
  const { create, update, stack, queues } = await world()
  await create(template([{ accounts: [first], regions: ['us-east-1'] }]))
  await update(template([{ accounts: [second], regions: ['us-east-1'] }], 'tasks'))
  expect((await stack()).StackStatus).toBe('UPDATE_COMPLETE')
  expect([await queues(first, 'us-east-1'), await queues(second, 'us-east-1')]).toEqual([
    [],
    ['tasks'],
  ])
})

test('a stack that is deleted takes the instances along', async () => {
  const { create, remove, queues, cfn } = await world()
  await create(template([{ accounts: [first, second], regions: ['us-east-1'] }]))
  await remove()
  expect([await queues(first, 'us-east-1'), await queues(second, 'us-east-1')]).toEqual([[], []])
  const { Summaries } = await cfn.send(new ListStackSetsCommand({ Status: 'ACTIVE' }))
  expect(Summaries).toEqual([])
})

test('a failed operation fails the stack, which takes everything back', async () => {
  const { create, stack, events, queues, cfn } = await world()
  await create(
    template([
      { accounts: [first], regions: ['us-east-1'] },
      { accounts: [powerless], regions: ['us-east-1'] },
    ]),
  )
  expect((await stack()).StackStatus).toBe('ROLLBACK_COMPLETE')
  const failure = (await events()).find((line) => line.startsWith('Set CREATE_FAILED'))
  expect(failure).toContain(
    'was unexpectedly stopped or failed. status reason(s): [ResourceLogicalId:Queue, ResourceType:AWS::SQS::Queue, ResourceStatusReason:',
  )
  expect(failure).toMatch(/\(RequestToken: \*, HandlerErrorCode: InternalFailure\)$/)
  expect(await queues(first, 'us-east-1')).toEqual([])
  const { Summaries } = await cfn.send(new ListStackSetsCommand({ Status: 'ACTIVE' }))
  expect(Summaries).toEqual([])
})

test('an update that fails goes back to the instances that were there', async () => {
  const { create, update, stack, queues } = await world()
  await create(template([{ accounts: [first], regions: ['us-east-1'] }]))
  await update(template([{ accounts: [first, powerless], regions: ['us-east-1'] }]))
  expect((await stack()).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE')
  expect(await queues(first, 'us-east-1')).toEqual(['jobs'])
})
