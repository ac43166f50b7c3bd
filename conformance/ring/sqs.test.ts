import * as sdk from '@aws-sdk/client-sqs'
import { arrangeSqs } from './arrangements/sqs.ts'
import { ring } from './ring.test-support.ts'

await ring('sqs', {
  sdk,
  client: 'SQSClient',
  arrange: arrangeSqs,
  // Recorded: sqs, batches in which nothing failed.
  leftOut: ['Failed'],
})
