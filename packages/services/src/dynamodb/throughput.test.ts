import {
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { arn, refusal, withTable } from './dynamodb.test-support.ts'

const provisioned = (units: number) => ({
  BillingMode: 'PROVISIONED' as const,
  ProvisionedThroughput: { ReadCapacityUnits: units, WriteCapacityUnits: units },
})
const TableName = 'things'
const item = (pk: string, kilobytes = 0) => ({
  pk: { S: pk },
  sk: { S: '1' },
  ...(kilobytes === 0 ? {} : { data: { S: 'x'.repeat(kilobytes * 1024) } }),
})

test('a table takes its throughput, and what was not used for five minutes, no more', async () => {
  const { cloud, dynamodb } = await withTable(provisioned(1))
  const put = () => dynamodb.send(new PutItemCommand({ TableName, Item: item('a', 99) }))
  for (let i = 0; i < 3; i += 1) await put() // 100 units each.
  expect(await refusal(put())).toEqual({
    code: 'ProvisionedThroughputExceededException',
    message:
      'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
  })
  const error = await put().catch((thrown: { ThrottlingReasons?: unknown }) => thrown)
  expect(error).toMatchObject({
    ThrottlingReasons: [
      { reason: 'TableWriteProvisionedThroughputExceeded', resource: arn('things') },
    ],
  })
  await cloud.advance({ seconds: 1 })
  await put()
  await cloud.advance({ seconds: 98 })
  expect(await refusal(put())).toMatchObject({ code: 'ProvisionedThroughputExceededException' })
})

test('a request that is throttled leaves nothing', async () => {
  const { dynamodb } = await withTable(provisioned(1))
  for (const pk of ['a', 'b', 'c']) {
    await dynamodb.send(new PutItemCommand({ TableName, Item: item(pk, 99) }))
  }
  await refusal(dynamodb.send(new PutItemCommand({ TableName, Item: item('d') })))
  const get = new GetItemCommand({ TableName, Key: item('d'), ConsistentRead: true })
  expect((await dynamodb.send(get)).Item).toBeUndefined()
})

test('capacity is counted in 4 KB of reads and 1 KB of writes, by index and by promise', async () => {
  const { dynamodb } = await withTable({
    AttributeDefinitions: ['pk', 'sk', 'gk'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S' as const,
    })),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-gk',
        KeySchema: [{ AttributeName: 'gk', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  })
  const put = (gk: string, kilobytes: number) =>
    dynamodb.send(
      new PutItemCommand({
        TableName,
        Item: { ...item('a', kilobytes), gk: { S: gk } },
        ReturnConsumedCapacity: 'INDEXES',
      }),
    )
  const units = (table: number, index: number) => ({
    TableName,
    CapacityUnits: table + index,
    Table: { CapacityUnits: table },
    ...(index === 0 ? {} : { GlobalSecondaryIndexes: { 'by-gk': { CapacityUnits: index } } }),
  })
  expect((await put('x', 4)).ConsumedCapacity).toEqual(units(5, 1))
  expect((await put('x', 2)).ConsumedCapacity).toEqual(units(5, 0)) // The index has nothing new.
  expect((await put('y', 2)).ConsumedCapacity).toEqual(units(3, 2)) // The entry moves.
  const read = (ConsistentRead: boolean) =>
    dynamodb.send(
      new GetItemCommand({
        TableName,
        Key: item('a'),
        ConsistentRead,
        ReturnConsumedCapacity: 'TOTAL',
      }),
    )
  expect((await read(false)).ConsumedCapacity?.CapacityUnits).toBe(0.5)
  expect((await read(true)).ConsumedCapacity?.CapacityUnits).toBe(1)
  const nothing = new QueryCommand({
    TableName,
    KeyConditionExpression: 'pk = :p',
    ExpressionAttributeValues: { ':p': { S: 'nobody' } },
    ReturnConsumedCapacity: 'TOTAL',
  })
  expect((await dynamodb.send(nothing)).ConsumedCapacity?.CapacityUnits).toBe(0.5)
  const transact = new TransactWriteItemsCommand({
    TransactItems: [{ Put: { TableName, Item: item('b', 1) } }],
    ReturnConsumedCapacity: 'TOTAL',
  })
  expect((await dynamodb.send(transact)).ConsumedCapacity).toEqual([
    { TableName, CapacityUnits: 4, WriteCapacityUnits: 4 },
  ])
})

test('throughput may be decreased four times a day at once, then once an hour', async () => {
  const { cloud, dynamodb } = await withTable(provisioned(100))
  const decrease = async (units: number) => {
    const { ProvisionedThroughput } = provisioned(units)
    await dynamodb.send(new UpdateTableCommand({ TableName, ProvisionedThroughput }))
    await cloud.advance({ seconds: 10 })
  }
  for (const units of [90, 80, 70, 60]) await decrease(units)
  expect(await refusal(decrease(50))).toEqual({
    code: 'LimitExceededException',
    message: expect.stringContaining('Number of decreases today: 4.'),
  })
  await cloud.advance({ hours: 1 })
  await decrease(50)
  expect(await refusal(decrease(50))).toMatchObject({
    code: 'ValidationException',
    message: expect.stringContaining('The requested value equals the current value.'),
  })
})
