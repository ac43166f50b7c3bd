import * as sdk from '@aws-sdk/client-dynamodb'
import { arrangeDynamoDb } from './arrangements/dynamodb.ts'
import { ring } from './ring.test-support.ts'

await ring('dynamodb', {
  sdk,
  client: 'DynamoDBClient',
  arrange: arrangeDynamoDb,
  unsent: [
    'ExportTableToPointInTime.FilterSpecification',
    'UpdateTable.ReplicaUpdates.0.Disassociate',
    'UpdateTable.DisassociationProtectionEnabled',
  ],
})
