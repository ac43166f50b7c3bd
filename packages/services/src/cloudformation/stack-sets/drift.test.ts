import {
  DescribeStackSetCommand,
  DetectStackSetDriftCommand,
  ListStackInstanceResourceDriftsCommand,
  ListStackInstancesCommand,
} from '@aws-sdk/client-cloudformation'
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { first, second, setWorld } from './stack-sets.test-support.ts'

test('drift of a stack set is that of its stacks', async () => {
  const world = await setWorld()
  await world.create()
  await world.instances({ Regions: ['us-east-1'] })
  const sqs = client(world.cloud, SQSClient, { accountId: second })
  const QueueUrl = `https://sqs.us-east-1.amazonaws.com/${second}/jobs`
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { DelaySeconds: '9' } }))
  const OperationId = await world.rest(
    world.cfn.send(new DetectStackSetDriftCommand({ StackSetName: 'set' })),
  )
  expect(await world.results(OperationId)).toEqual([
    `${first} us-east-1 SUCCEEDED`,
    `${second} us-east-1 SUCCEEDED`,
  ])
  const { StackSet } = await world.cfn.send(new DescribeStackSetCommand({ StackSetName: 'set' }))
  const { LastDriftCheckTimestamp, ...details } = StackSet?.StackSetDriftDetectionDetails ?? {}
  expect(LastDriftCheckTimestamp).toBeInstanceOf(Date)
  expect(details).toEqual({
    DriftStatus: 'DRIFTED',
    DriftDetectionStatus: 'COMPLETED',
    TotalStackInstancesCount: 2,
    DriftedStackInstancesCount: 1,
    InSyncStackInstancesCount: 1,
    InProgressStackInstancesCount: 0,
    FailedStackInstancesCount: 0,
  })
  const { Summaries = [] } = await world.cfn.send(
    new ListStackInstancesCommand({ StackSetName: 'set' }),
  )
  expect(Summaries.map(({ Account, DriftStatus }) => [Account, DriftStatus])).toEqual([
    [first, 'IN_SYNC'],
    [second, 'DRIFTED'],
  ])
  const drifts = await world.cfn.send(
    new ListStackInstanceResourceDriftsCommand({
      StackSetName: 'set',
      StackInstanceAccount: second,
      StackInstanceRegion: 'us-east-1',
      OperationId,
    }),
  )
  expect(
    drifts.Summaries?.map(
      ({ LogicalResourceId, StackResourceDriftStatus, PropertyDifferences }) => [
        LogicalResourceId,
        StackResourceDriftStatus,
        PropertyDifferences,
      ],
    ),
  ).toEqual([
    [
      'Queue',
      'MODIFIED',
      [
        {
          PropertyPath: '/DelaySeconds',
          ExpectedValue: '0',
          ActualValue: '9',
          DifferenceType: 'NOT_EQUAL',
        },
      ],
    ],
  ])
})
