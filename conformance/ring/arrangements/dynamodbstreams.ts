import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

/** A table whose stream has a record, and an iterator before it. */
export async function arrangeDynamoDbStreams(cloud: Cloud): Promise<KnownValues> {
  const dynamodb = client(cloud, DynamoDBClient)
  const streams = client(cloud, DynamoDBStreamsClient)
  const TableName = 'ring'
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  )
  const StreamArn = TableDescription?.LatestStreamArn
  await cloud.advance({ minutes: 1 })
  await dynamodb.send(new PutItemCommand({ TableName, Item: { pk: { S: 'one' } } }))
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }))
  const [shard] = StreamDescription?.Shards ?? []
  const ShardId = shard?.ShardId
  const at = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const
  const { ShardIterator } = await streams.send(new GetShardIteratorCommand(at))
  return {
    TableName,
    StreamArn,
    ExclusiveStartStreamArn: StreamArn,
    ShardId,
    ExclusiveStartShardId: ShardId,
    'ShardFilter.': { Type: 'CHILD_SHARDS', ShardId },
    'ShardFilter.ShardId': ShardId,
    ShardIteratorType: 'TRIM_HORIZON',
    ShardIterator,
    SequenceNumber: shard?.SequenceNumberRange?.StartingSequenceNumber,
  }
}
