import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb'
import {
  type _Record,
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams'
import { type Cloud, client, createCloud } from '@cloud-orrery/cloud'

/** A table with a stream, and clients of both services. */
export async function streamed(
  input: Partial<CreateTableCommandInput> = {},
  cloud: Cloud = createCloud({ deepFreeze: true }),
) {
  const dynamodb = client(cloud, DynamoDBClient)
  const streams = client(cloud, DynamoDBStreamsClient)
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName: 'orders',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      ...input,
    }),
  )
  await cloud.advance({ seconds: 10 })
  return { cloud, dynamodb, streams, streamArn: TableDescription?.LatestStreamArn ?? '' }
}

/** All that a stream has, shard after shard. */
export async function recordsOf(
  streams: DynamoDBStreamsClient,
  StreamArn: string,
): Promise<_Record[]> {
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }))
  const records: _Record[] = []
  for (const { ShardId } of StreamDescription?.Shards ?? []) {
    let { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    )
    while (ShardIterator !== undefined) {
      const page = await streams.send(new GetRecordsCommand({ ShardIterator }))
      records.push(...(page.Records ?? []))
      if (page.Records?.length === 0) break
      ShardIterator = page.NextShardIterator
    }
  }
  return records
}
