import { service } from '../define.ts'
import { accessDenied } from './errors.ts'
import { getRecords, getShardIterator } from './records.ts'
import { describeStream, listStreams } from './streams.ts'

/** DynamoDB Streams: the changes of a table's items, for a day. DynamoDB writes them; its tables own them. */
export const dynamodbstreams = service('dynamodbstreams', {
  iamPrefix: 'dynamodb',
  operations: [describeStream, getRecords, getShardIterator, listStreams],
  errors: { accessDenied },
})
