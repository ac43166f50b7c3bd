import * as sdk from '@aws-sdk/client-dynamodb-streams'
import { arrangeDynamoDbStreams } from './arrangements/dynamodbstreams.ts'
import { ring } from './ring.test-support.ts'

await ring('dynamodbstreams', {
  sdk,
  client: 'DynamoDBStreamsClient',
  arrange: arrangeDynamoDbStreams,
  unsent: ['GetShardIterator.Timestamp'],
})
