import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams'
import { client, createCloud } from '@cloud-orrery/cloud'
import { describe, test } from 'vitest'
import {
  asRecorded,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'

const accountId = '111111111111'

/** Tables as the recorded tests make them, with key `id`. */
async function replay(name: string) {
  const cloud = createCloud({ deepFreeze: true, accountId })
  const dynamodb = client(cloud, DynamoDBClient)
  const streams = client(cloud, DynamoDBStreamsClient)
  const recorded = recording('dynamodb/test_dynamodb', `TestDynamoDB::${name}`)
  const bindings = new Map([
    ['<partition>', 'aws'],
    ['<region>', 'us-east-1'],
  ])
  const compare = async (
    key: string,
    call: Promise<object>,
    ignore: readonly string[] = [],
  ): Promise<void> =>
    expectRecorded(await asRecorded(call), recorded[key], bindings, [
      // Where it is recorded is the SDK's matter.
      'ResponseMetadata',
      ...ignore,
    ])
  const create = async (TableName: string, streamed = true) => {
    const made = dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
        ...(streamed
          ? {
              StreamSpecification: {
                StreamEnabled: true,
                StreamViewType: 'NEW_AND_OLD_IMAGES' as const,
              },
            }
          : {}),
      }),
    )
    const { TableDescription } = await made
    await cloud.advance({ seconds: 10 })
    return { made, streamArn: TableDescription?.LatestStreamArn ?? '' }
  }
  const describeStream = (StreamArn: string) =>
    streams.send(new DescribeStreamCommand({ StreamArn }))
  const iterator = async (StreamArn: string) => {
    const { StreamDescription } = await describeStream(StreamArn)
    const ShardId = StreamDescription?.Shards?.[0]?.ShardId
    return streams.send(
      new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    )
  }
  const records = async (arn: string) => {
    const { ShardIterator } = await iterator(arn)
    return streams.send(new GetRecordsCommand({ ShardIterator }))
  }
  const transact = (...TransactItems: TransactWriteItem[]) =>
    dynamodb.send(new TransactWriteItemsCommand({ TransactItems }))
  return { cloud, dynamodb, compare, create, describeStream, iterator, records, transact }
}

/** The recording leaves the iterator of what comes next out. */
const noIterator = ['NextShardIterator']

/** Shards begin with a number that the recording keeps as a word of its own. */
const noStart = ['StreamDescription.Shards[0].SequenceNumberRange.StartingSequenceNumber']

const table = 'table'

describe.skipIf(!recordingsPresent)('streams as recorded', () => {
  test('records of transactions', async () => {
    const world = await replay('test_transact_write_items_streaming')
    const { made, streamArn } = await world.create(table)
    await world.compare('create-table', made)
    await world.compare('describe-stream', world.describeStream(streamArn), noStart)
    const Fred = { id: { S: 'Fred' } }
    const NewKey = { id: { S: 'NewKey' } }
    const put = (Item: object) => ({ Put: { TableName: table, Item: Item as never } })
    const update = (Key: typeof NewKey, values: Record<string, string>) => ({
      Update: {
        TableName: table,
        Key,
        UpdateExpression: `SET ${Object.keys(values)
          .map((name) => `${name} = :${name}`)
          .join(', ')}`,
        ExpressionAttributeValues: Object.fromEntries(
          Object.entries(values).map(([name, S]) => [`:${name}`, { S }]),
        ),
      },
    })
    const first = new PutItemCommand({ TableName: table, Item: Fred })
    await world.compare('put-item-1', world.dynamodb.send(first))
    await world.compare('transact-write-response-overwrite', world.transact(put(Fred), put(NewKey)))
    await world.compare(
      'transact-write-response-update',
      world.transact(put(Fred), update(NewKey, { attr1: 'value1', attr2: 'value2' })),
    )
    await world.compare(
      'transact-write-update-insert',
      world.transact(update({ id: { S: 'NonExistentKey' } }, { attr1: 'value1' })),
    )
    await world.compare(
      'transact-write-response-delete',
      world.transact(
        { Delete: { TableName: table, Key: NewKey } },
        put({ ...Fred, name: { S: 'Fred' } }),
      ),
    )
    await world.compare('get-records', world.records(streamArn), noIterator)
  })

  test('a transaction over a table with a stream and one without', async () => {
    const world = await replay('test_transact_write_items_streaming_for_different_tables')
    const { made, streamArn } = await world.create(table)
    await world.compare('create-table-stream', made)
    const without = await world.create('other', false)
    await world.compare('create-table-no-stream', without.made)
    await world.compare('describe-stream', world.describeStream(streamArn), noStart)
    const Item = { id: { S: 'Fred' } }
    await world.compare(
      'transact-write-two-tables',
      world.transact({ Put: { TableName: table, Item } }, { Put: { TableName: 'other', Item } }),
    )
    await world.compare('get-records', world.records(streamArn), noIterator)
  })

  test('records of updates', async () => {
    const world = await replay('test_dynamodb_stream_records_with_update_item')
    const { made, streamArn } = await world.create(table)
    await world.compare('create-table', made)
    await world.compare('describe-stream', world.describeStream(streamArn), noStart)
    await world.compare('get-shard-iterator', world.iterator(streamArn))
    const update = (one: string, two: string) =>
      world.dynamodb.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { id: { S: 'my-item-id' } },
          UpdateExpression: 'SET attr1 = :v1, attr2 = :v2',
          ExpressionAttributeValues: { ':v1': { S: one }, ':v2': { S: two } },
        }),
      )
    await update('value1', 'value2')
    await update('value2', 'value3')
    await world.compare('get-records', world.records(streamArn), noIterator)
  })

  test('streams of a global table', async () => {
    const world = await replay('test_streams_on_global_tables')
    await world.create(table)
    const BillingMode = 'PAY_PER_REQUEST'
    await world.dynamodb.send(new UpdateTableCommand({ TableName: table, BillingMode }))
    await world.cloud.advance({ minutes: 1 })
    const ReplicaUpdates = [{ Create: { RegionName: 'eu-west-1' } }]
    await world.dynamodb.send(new UpdateTableCommand({ TableName: table, ReplicaUpdates }))
    await world.cloud.advance({ minutes: 1 })
    for (const [key, region] of [
      ['region-streams', 'us-east-1'],
      ['secondary-region-streams', 'eu-west-1'],
    ] as const) {
      const there = client(world.cloud, DynamoDBStreamsClient, { region })
      await world.compare(key, there.send(new ListStreamsCommand({ TableName: table })))
    }
  })
})
