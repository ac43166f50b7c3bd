import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const queue = (name: string, more: object = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: name, ...more },
})

const body = (resources: object) => JSON.stringify({ Resources: resources })

async function stackWith(resources: object) {
  const cloud = createCloud({ deepFreeze: true })
  const cfn = client(cloud, CloudFormationClient)
  await cfn.send(new CreateStackCommand({ StackName: 's', TemplateBody: body(resources) }))
  await cloud.advance({ minutes: 1 })
  return { cloud, cfn, sqs: client(cloud, SQSClient) }
}

async function update({ cloud, cfn }: Awaited<ReturnType<typeof stackWith>>, resources: object) {
  await cfn.send(new UpdateStackCommand({ StackName: 's', TemplateBody: body(resources) }))
  await cloud.advance({ minutes: 1 })
}

async function eventsOf(cfn: CloudFormationClient, since = 'UPDATE_IN_PROGRESS') {
  const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName: 's' }))
  const all = StackEvents.toReversed().map(
    ({ LogicalResourceId = '', ResourceStatus = '', ResourceStatusReason }) =>
      ResourceStatusReason === undefined
        ? `${LogicalResourceId} ${ResourceStatus}`
        : `${LogicalResourceId} ${ResourceStatus} ${ResourceStatusReason}`,
  )
  return all.slice(all.findIndex((each) => each.startsWith(`s ${since}`)))
}

async function queueNames(sqs: SQSClient) {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
  return QueueUrls.map((url) => url.slice(url.lastIndexOf('/') + 1))
}

async function status(cfn: CloudFormationClient) {
  const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName: 's' }))
  return [Stacks?.[0]?.StackStatus, Stacks?.[0]?.StackStatusReason]
}

test('a property that can change in place changes in place', async () => {
  const world = await stackWith({ Q: queue('q', { DelaySeconds: 1 }) })
  await update(world, { Q: queue('q', { DelaySeconds: 2 }) })
  expect(await eventsOf(world.cfn)).toEqual([
    's UPDATE_IN_PROGRESS User Initiated',
    'Q UPDATE_IN_PROGRESS',
    'Q UPDATE_COMPLETE',
    's UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    's UPDATE_COMPLETE',
  ])
})

test('a property that can not change in place makes a new resource before the old one goes', async () => {
  const world = await stackWith({ Q: queue('before') })
  await update(world, { Q: queue('after') })
  expect(await eventsOf(world.cfn)).toEqual([
    's UPDATE_IN_PROGRESS User Initiated',
    'Q UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence creating one.',
    'Q UPDATE_IN_PROGRESS Resource creation Initiated',
    'Q UPDATE_COMPLETE',
    's UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'Q DELETE_IN_PROGRESS',
    'Q DELETE_COMPLETE',
    's UPDATE_COMPLETE',
  ])
  expect(await queueNames(world.sqs)).toEqual(['after'])
})

test('the same template again is no update', async () => {
  const world = await stackWith({ Q: queue('q') })
  await expect(update(world, { Q: queue('q') })).rejects.toThrow('No updates are to be performed.')
})

test('a value that is out of range fails the update and takes back what was done', async () => {
  const world = await stackWith({ A: queue('a'), B: queue('b') })
  await update(world, {
    A: queue('a', { VisibilityTimeout: 43201 }),
    B: queue('b-new'),
    C: { ...queue('c'), DependsOn: 'A' },
  })
  expect(await status(world.cfn)).toEqual(['UPDATE_ROLLBACK_COMPLETE', undefined])
  const events = await eventsOf(world.cfn)
  expect(events.map((each) => each.replace(/RequestToken: [^,]*|Request ID: [^)]*/g, '*'))).toEqual(
    [
      's UPDATE_IN_PROGRESS User Initiated',
      'A UPDATE_IN_PROGRESS',
      'B UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence creating one.',
      expect.stringMatching(
        /^A UPDATE_FAILED Resource handler returned message: .*VisibilityTimeout/,
      ),
      'B UPDATE_FAILED Resource update cancelled',
      's UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [A, B]. ',
      'A UPDATE_IN_PROGRESS',
      'B UPDATE_COMPLETE',
      'A UPDATE_COMPLETE',
      's UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      's UPDATE_ROLLBACK_COMPLETE',
    ],
  )
  expect(await queueNames(world.sqs)).toEqual(['a', 'b'])
})

test('one resource that fails cancels its siblings, and the stack is rolled back', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const [cfn, sqs] = [client(cloud, CloudFormationClient), client(cloud, SQSClient)]
  await sqs.send(new CreateQueueCommand({ QueueName: 'taken', Attributes: { DelaySeconds: '9' } }))
  await cfn.send(
    new CreateStackCommand({
      StackName: 's',
      ClientRequestToken: 'token',
      TemplateBody: body({ A: queue('a'), B: queue('taken', { DelaySeconds: 5 }), C: queue('c') }),
    }),
  )
  await cloud.advance({ minutes: 1 })
  const events = await eventsOf(cfn, 'CREATE_IN_PROGRESS')
  expect(events.map((each) => each.replace(/RequestToken: [^,]*|Request ID: [^)]*/g, '*'))).toEqual(
    [
      's CREATE_IN_PROGRESS User Initiated',
      'A CREATE_IN_PROGRESS',
      'B CREATE_IN_PROGRESS',
      'C CREATE_IN_PROGRESS',
      'A CREATE_IN_PROGRESS Resource creation Initiated',
      expect.stringMatching(
        /^B CREATE_FAILED Resource handler returned message: .*HandlerErrorCode: AlreadyExists\)$/,
      ),
      'A CREATE_FAILED Resource creation cancelled',
      'C CREATE_FAILED Resource creation cancelled',
      's ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [A, B, C]. Rollback requested by user.',
      'A DELETE_IN_PROGRESS',
      'B DELETE_COMPLETE',
      'C DELETE_COMPLETE',
      'A DELETE_COMPLETE',
      's ROLLBACK_COMPLETE',
    ],
  )
  expect(await queueNames(sqs)).toEqual(['taken'])
  const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName: 's' }))
  expect(new Set(StackEvents.map(({ ClientRequestToken }) => ClientRequestToken))).toEqual(
    new Set(['token']),
  )
})

test('a change set shows what would change, and does it when it is executed', async () => {
  const { cloud, cfn, sqs } = await stackWith({ Q: queue('before'), R: queue('r') })
  await cfn.send(
    new CreateChangeSetCommand({
      StackName: 's',
      ChangeSetName: 'c',
      TemplateBody: body({ Q: queue('after'), S: queue('s') }),
    }),
  )
  await cloud.advance({ minutes: 1 })
  const { Changes = [], ExecutionStatus } = await cfn.send(
    new DescribeChangeSetCommand({ StackName: 's', ChangeSetName: 'c' }),
  )
  expect(ExecutionStatus).toBe('AVAILABLE')
  expect(
    Changes.map(({ ResourceChange: each }) => [
      each?.Action,
      each?.LogicalResourceId,
      each?.Replacement,
    ]),
  ).toEqual([
    ['Modify', 'Q', 'True'],
    ['Remove', 'R', undefined],
    ['Add', 'S', undefined],
  ])
  await cfn.send(new ExecuteChangeSetCommand({ StackName: 's', ChangeSetName: 'c' }))
  await cloud.advance({ minutes: 1 })
  expect(await status(cfn)).toEqual(['UPDATE_COMPLETE', undefined])
  expect(await queueNames(sqs)).toEqual(['after', 's'])
  await cfn.send(new DeleteStackCommand({ StackName: 's' }))
  await cloud.advance({ minutes: 1 })
  expect(await queueNames(sqs)).toEqual([])
})

test('a fork made while a stack is created goes on like its original', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const cfn = client(cloud, CloudFormationClient)
  await cfn.send(
    new CreateStackCommand({
      StackName: 's',
      TemplateBody: body({ A: queue('a'), B: { ...queue('b'), DependsOn: 'A' } }),
    }),
  )
  await cloud.advance({ seconds: 1 })
  const fork = cloud.fork()
  await cloud.advance({ minutes: 1 })
  await fork.advance({ minutes: 1 })
  expect(await eventsOf(client(fork, CloudFormationClient))).toEqual(await eventsOf(cfn))
  expect(await status(client(fork, CloudFormationClient))).toEqual(['CREATE_COMPLETE', undefined])
})
