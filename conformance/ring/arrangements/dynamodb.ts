import {
  CreateBackupCommand,
  CreateTableCommand,
  DynamoDBClient,
  ExportTableToPointInTimeCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

const TableName = 'ring'
const tableArn = 'arn:aws:dynamodb:us-east-1:123456789012:table/ring'
const Key = { pk: { S: 'one' }, sk: { S: 'two' } }
const Item = { ...Key, n: { N: '1' }, gsi: { S: 'three' } }

const Policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::123456789012:root' },
    Action: 'dynamodb:GetItem',
    Resource: tableArn,
  },
})

const keySchema = (hash: string, range?: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' as const }]),
]

/** The key alone, as a new table has it. */
const plainTable = {
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' as const }],
  KeySchema: keySchema('pk'),
  BillingMode: 'PAY_PER_REQUEST' as const,
}

async function table(cloud: Cloud): Promise<{ StreamArn: string | undefined }> {
  const dynamodb = client(cloud, DynamoDBClient)
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'gsi'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: keySchema('pk', 'sk'),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'gsi',
          KeySchema: keySchema('gsi'),
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: 'lsi',
          KeySchema: keySchema('pk', 'gsi'),
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  )
  return { StreamArn: TableDescription?.LatestStreamArn }
}

/** A table with both kinds of index, a stream, an item, expiry, a tag, a policy, a backup and an export. */
export async function arrangeDynamoDb(cloud: Cloud): Promise<KnownValues> {
  const dynamodb = client(cloud, DynamoDBClient)
  const { StreamArn } = await table(cloud)
  await cloud.advance({ minutes: 1 })
  await dynamodb.send(new PutItemCommand({ TableName, Item }))
  const ttl = { Enabled: true, AttributeName: 'until' }
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: ttl }))
  const Tags = [{ Key: 'ring', Value: 'one' }]
  await dynamodb.send(new TagResourceCommand({ ResourceArn: tableArn, Tags }))
  const policy = new PutResourcePolicyCommand({ ResourceArn: tableArn, Policy })
  const { RevisionId } = await dynamodb.send(policy)
  const { BackupDetails } = await dynamodb.send(
    new CreateBackupCommand({ TableName, BackupName: 'ring' }),
  )
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true }
  await dynamodb.send(
    new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }),
  )
  await client(cloud, S3Client).send(new CreateBucketCommand({ Bucket: 'ring-exports' }))
  await cloud.advance({ hours: 2 })
  const exported = await dynamodb.send(
    new ExportTableToPointInTimeCommand({ TableArn: tableArn, S3Bucket: 'ring-exports' }),
  )
  await cloud.advance({ minutes: 30 })
  return {
    TableName,
    'CreateTable.TableName': 'ring-new',
    ...keyed('CreateTable', plainTable),
    'CreateTable.': { TableName: 'ring-new', ...plainTable },
    'CreateTable.ResourcePolicy': Policy,
    IndexName: 'gsi',
    Key,
    Item,
    ...expressions,
    ...batches,
    ...statements,
    ResourceArn: tableArn,
    TableArn: tableArn,
    'TagKeys[]': 'ring',
    Policy,
    ExpectedRevisionId: RevisionId,
    BackupArn: BackupDetails?.BackupArn,
    'CreateBackup.BackupName': 'ring-new',
    'RestoreTableFromBackup.TargetTableName': 'ring-restored',
    'RestoreTableToPointInTime.': {
      SourceTableName: TableName,
      TargetTableName: 'ring-restored',
      UseLatestRestorableTime: true,
    },
    SourceTableName: TableName,
    SourceTableArn: tableArn,
    'TimeToLiveSpecification.AttributeName': 'until',
    S3Bucket: 'ring-exports',
    ExportArn: exported.ExportDescription?.ExportArn,
    StreamArn,
  }
}

function keyed(prefix: string, values: object): KnownValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]),
  )
}

const expressions: KnownValues = {
  ExclusiveStartKey: Key,
  'Query.': {
    TableName,
    KeyConditionExpression: 'pk = :p',
    ExpressionAttributeValues: { ':p': Key.pk },
  },
}

const batches: KnownValues = {
  'BatchGetItem.RequestItems': { [TableName]: { Keys: [Key] } },
  'BatchWriteItem.RequestItems': { [TableName]: [{ PutRequest: { Item } }] },
  'TransactItems[]': { Get: { TableName, Key } },
  'TransactWriteItems.TransactItems[]': { Put: { TableName, Item } },
}

const statement = { Statement: `SELECT * FROM ring WHERE pk = 'one' AND sk = 'two'` }

const statements: KnownValues = {
  Statement: statement.Statement,
  'Statements[]': statement,
  'TransactStatements[]': statement,
}
