import {
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

async function orders() {
  const cloud = createCloud({ deepFreeze: true })
  const dynamodb = client(cloud, DynamoDBClient)
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'customer', AttributeType: 'S' },
        { AttributeName: 'at', AttributeType: 'N' },
        { AttributeName: 'state', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'customer', KeyType: 'HASH' },
        { AttributeName: 'at', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-state',
          KeySchema: [
            { AttributeName: 'state', KeyType: 'HASH' },
            { AttributeName: 'at', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  )
  return { cloud, dynamodb }
}

test('a table takes items once it is active, and gives them back by key, query, index and scan', async () => {
  const { cloud, dynamodb } = await orders()
  const item = (at: number, state?: string) => ({
    customer: { S: 'ann' },
    at: { N: String(at) },
    ...(state === undefined ? {} : { state: { S: state } }),
    total: { N: '12.50' },
  })
  await expect(
    dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: item(1) })),
  ).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Requested resource not found',
  })
  await cloud.advance({ seconds: 10 })
  for (const [at, state] of [
    [10, 'open'],
    [9, 'open'],
    [-3, 'paid'],
    [100, undefined],
  ] as const) {
    await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: item(at, state) }))
  }
  const Key = { customer: { S: 'ann' }, at: { N: '9.0' } }
  const got = await dynamodb.send(
    new GetItemCommand({ TableName: 'orders', Key, ReturnConsumedCapacity: 'TOTAL' }),
  )
  expect(got.Item).toEqual({ ...item(9, 'open'), total: { N: '12.5' } })
  expect(got.ConsumedCapacity).toEqual({ TableName: 'orders', CapacityUnits: 0.5 })

  const page = await dynamodb.send(
    new QueryCommand({
      TableName: 'orders',
      KeyConditionExpression: 'customer = :c AND #at BETWEEN :low AND :high',
      ExpressionAttributeNames: { '#at': 'at' },
      ExpressionAttributeValues: { ':c': { S: 'ann' }, ':low': { N: '-5' }, ':high': { N: '10' } },
      Limit: 2,
    }),
  )
  expect(page.Items?.map(({ at }) => at?.N)).toEqual(['-3', '9'])
  expect(page.LastEvaluatedKey).toEqual({ customer: { S: 'ann' }, at: { N: '9' } })

  const open = await dynamodb.send(
    new QueryCommand({
      TableName: 'orders',
      IndexName: 'by-state',
      KeyConditionExpression: '#s = :s',
      ExpressionAttributeNames: { '#s': 'state' },
      ExpressionAttributeValues: { ':s': { S: 'open' } },
      ScanIndexForward: false,
    }),
  )
  expect(open.Items).toEqual([
    { customer: { S: 'ann' }, at: { N: '10' }, state: { S: 'open' } },
    { customer: { S: 'ann' }, at: { N: '9' }, state: { S: 'open' } },
  ])

  const updated = await dynamodb.send(
    new UpdateItemCommand({
      TableName: 'orders',
      Key,
      UpdateExpression: 'SET #s = :paid, visits = if_not_exists(visits, :none) + :one',
      ExpressionAttributeNames: { '#s': 'state' },
      ExpressionAttributeValues: {
        ':paid': { S: 'paid' },
        ':none': { N: '0' },
        ':one': { N: '1' },
      },
      ReturnValues: 'UPDATED_NEW',
    }),
  )
  expect(updated.Attributes).toEqual({ state: { S: 'paid' }, visits: { N: '1' } })
  await dynamodb.send(new DeleteItemCommand({ TableName: 'orders', Key }))
  const all = await dynamodb.send(new ScanCommand({ TableName: 'orders', Select: 'COUNT' }))
  expect(all).toMatchObject({ Count: 3, ScannedCount: 3 })
})

test('a deleted table is gone after some seconds, with all that it held', async () => {
  const { cloud, dynamodb } = await orders()
  await cloud.advance({ seconds: 10 })
  expect(
    (await dynamodb.send(new DeleteTableCommand({ TableName: 'orders' }))).TableDescription,
  ).toMatchObject({ TableStatus: 'DELETING' })
  await cloud.advance({ seconds: 10 })
  expect(await dynamodb.send(new ListTablesCommand({}))).toMatchObject({ TableNames: [] })
  await expect(
    dynamodb.send(new DescribeTableCommand({ TableName: 'orders' })),
  ).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Requested resource not found: Table: orders not found',
  })
})
