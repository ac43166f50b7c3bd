import {
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
  DetectStackResourceDriftCommand,
} from '@aws-sdk/client-cloudformation'
import {
  DeleteQueueCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
} from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import {
  accountId,
  queue,
  refusal,
  resourcesOf,
  type StackWorld,
  stackWorld,
} from './stacks.test-support.ts'

async function urlOf({ sqs }: StackWorld, QueueName: string) {
  return (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl
}

async function detect(world: StackWorld) {
  const { StackDriftDetectionId } = await world.cfn.send(
    new DetectStackDriftCommand({ StackName: 's' }),
  )
  const look = () =>
    world.cfn.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }))
  const before = await look()
  await world.cloud.advance({ minutes: 1 })
  const after = await look()
  const { StackResourceDrifts = [] } = await world.cfn.send(
    new DescribeStackResourceDriftsCommand({ StackName: 's' }),
  )
  return { before, after, drifts: StackResourceDrifts }
}

test('what is as the template wants it is in sync', async () => {
  const world = stackWorld()
  await world.create(resourcesOf({ A: queue('a', { DelaySeconds: 3 }) }))
  const { before, after, drifts } = await detect(world)
  expect([before.DetectionStatus, before.StackDriftStatus]).toEqual([
    'DETECTION_IN_PROGRESS',
    undefined,
  ])
  expect([after.DetectionStatus, after.StackDriftStatus, after.DriftedStackResourceCount]).toEqual([
    'DETECTION_COMPLETE',
    'IN_SYNC',
    0,
  ])
  expect(drifts.map((each) => each.StackResourceDriftStatus)).toEqual(['IN_SYNC'])
  expect((await world.stack()).DriftInformation?.StackDriftStatus).toBe('IN_SYNC')
})

test('what was changed past the stack shows with both values', async () => {
  const world = stackWorld()
  await world.create(
    resourcesOf({
      A: queue('a', { DelaySeconds: 3, Tags: [{ Key: 'k', Value: 'v' }] }),
      B: queue('b', { DelaySeconds: 1 }),
      C: queue('c'),
    }),
  )
  const QueueUrl = await urlOf(world, 'a')
  await world.sqs.send(
    new SetQueueAttributesCommand({ QueueUrl, Attributes: { DelaySeconds: '9' } }),
  )
  await world.sqs.send(new TagQueueCommand({ QueueUrl, Tags: { k: 'w' } }))
  await world.sqs.send(new DeleteQueueCommand({ QueueUrl: await urlOf(world, 'b') }))
  const { after, drifts } = await detect(world)
  expect([after.StackDriftStatus, after.DriftedStackResourceCount]).toEqual(['DRIFTED', 2])
  expect(
    drifts.map((each) => [
      each.LogicalResourceId,
      each.StackResourceDriftStatus,
      each.PropertyDifferences,
    ]),
  ).toEqual([
    [
      'A',
      'MODIFIED',
      [
        {
          PropertyPath: '/DelaySeconds',
          ExpectedValue: '3',
          ActualValue: '9',
          DifferenceType: 'NOT_EQUAL',
        },
        {
          PropertyPath: '/Tags/0/Value',
          ExpectedValue: 'v',
          ActualValue: 'w',
          DifferenceType: 'NOT_EQUAL',
        },
      ],
    ],
    ['B', 'DELETED', []],
    ['C', 'IN_SYNC', []],
  ])
})

test('one resource is looked at at once', async () => {
  const world = stackWorld()
  await world.create(resourcesOf({ A: queue('a', { DelaySeconds: 3 }) }))
  const QueueUrl = await urlOf(world, 'a')
  await world.sqs.send(
    new SetQueueAttributesCommand({ QueueUrl, Attributes: { DelaySeconds: '9' } }),
  )
  const look = (LogicalResourceId: string) =>
    world.cfn.send(new DetectStackResourceDriftCommand({ StackName: 's', LogicalResourceId }))
  const { StackResourceDrift } = await look('A')
  expect(StackResourceDrift).toMatchObject({
    StackResourceDriftStatus: 'MODIFIED',
    PhysicalResourceId: `https://sqs.us-east-1.amazonaws.com/${accountId}/a`,
    ResourceType: 'AWS::SQS::Queue',
  })
  expect(await refusal(look('B'))).toMatch(/^ValidationError: /)
})

test('a stack that is at work is not looked at', async () => {
  const world = stackWorld()
  await world.create(resourcesOf({ A: queue('a', { VisibilityTimeout: 43201 }) }), {
    DisableRollback: true,
  })
  const { StackId } = await world.stack()
  expect(await refusal(world.cfn.send(new DetectStackDriftCommand({ StackName: 's' })))).toBe(
    `ValidationError: Drift detection cannot be performed on stack [${StackId}] in its current state [CREATE_FAILED]`,
  )
})
