import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { refusal, withTable } from './dynamodb.test-support.ts'

const TableName = 'things'
const Item = { pk: { S: 'a' }, sk: { S: '1' } }

test('requests leave metrics, those that are refused too', async () => {
  const { cloud, dynamodb } = await withTable()
  await dynamodb.send(new PutItemCommand({ TableName, Item }))
  await dynamodb.send(new GetItemCommand({ TableName, Key: Item, ConsistentRead: true }))
  const once = new PutItemCommand({
    TableName,
    Item,
    ConditionExpression: 'attribute_not_exists(pk)',
  })
  expect(await refusal(dynamodb.send(once))).toMatchObject({
    code: 'ConditionalCheckFailedException',
  })
  await refusal(dynamodb.send(new GetItemCommand({ TableName, Key: { pk: { S: 'a' } } })))
  await cloud.advance({ minutes: 2 })
  const cloudwatch = client(cloud, CloudWatchClient)
  const sum = async (MetricName: string, dimensions: Readonly<Record<string, string>>) => {
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/DynamoDB',
        MetricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        StartTime: new Date('2026-01-01T00:00:00Z'),
        EndTime: new Date('2026-01-01T01:00:00Z'),
        Period: 3600,
        Statistics: ['Sum'],
      }),
    )
    return Datapoints[0]?.Sum
  }
  expect({
    read: await sum('ConsumedReadCapacityUnits', { TableName }),
    written: await sum('ConsumedWriteCapacityUnits', { TableName }),
    conditions: await sum('ConditionalCheckFailedRequests', { TableName }),
    user: await sum('UserErrors', {}),
    latency: await sum('SuccessfulRequestLatency', { TableName, Operation: 'PutItem' }),
  }).toEqual({ read: 1, written: 1, conditions: 1, user: 1, latency: 4 })
})
