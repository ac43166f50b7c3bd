import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContributorInsightsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  asRecorded,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'

const recorded = (name: string) => recording('dynamodb/test_dynamodb', `TestDynamoDB::${name}`)

const byId = {
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
  ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
}

function started() {
  const cloud = createCloud({ deepFreeze: true, accountId: '111111111111' })
  return { cloud, dynamodb: client(cloud, DynamoDBClient) }
}

// Python's client shows an error's words a second time.
const ignored = ['message']

test.skipIf(!recordingsPresent)('a table is made, described and deleted', async () => {
  const { cloud, dynamodb } = started()
  const facts = recorded('test_table_crud')
  const bindings = new Map<string, string>()
  const TableName = 'crud'
  const compare = (actual: unknown, step: string) =>
    expectRecorded(actual, facts[step], bindings, ignored)
  compare(
    await asRecorded(dynamodb.send(new CreateTableCommand({ TableName, ...byId }))),
    'create-table',
  )
  await cloud.advance({ seconds: 10 })
  compare(
    await asRecorded(dynamodb.send(new DescribeTableCommand({ TableName }))),
    'describe-table',
  )
  compare(await asRecorded(dynamodb.send(new DeleteTableCommand({ TableName }))), 'delete-table')
  const missing = new DeleteTableCommand({ TableName: 'non-existent' })
  compare(await asRecorded(dynamodb.send(missing)), 'delete-non-existent-table')
})

test.skipIf(!recordingsPresent).each([
  ['PAY_PER_REQUEST', {}, {}],
  [
    'PROVISIONED',
    { ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 } },
    { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
  ],
] as const)('global indexes of tables that are %s', async (BillingMode, ofTable, ofIndex) => {
  const { cloud, dynamodb } = started()
  const facts = recorded(`test_gsi_with_billing_mode[${BillingMode}]`)
  const bindings = new Map<string, string>()
  const create = new CreateTableCommand({
    TableName: 'indexed',
    BillingMode,
    AttributeDefinitions: [
      { AttributeName: 'TID', AttributeType: 'S' },
      { AttributeName: 'TRID', AttributeType: 'S' },
    ],
    KeySchema: [{ AttributeName: 'TID', KeyType: 'HASH' }],
    ...ofTable,
    GlobalSecondaryIndexes: [
      {
        IndexName: 'TransactionRecordID',
        KeySchema: [{ AttributeName: 'TRID', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
        ...ofIndex,
      },
    ],
  })
  // The recording calls all states of the table and the index by one placeholder.
  const states = [
    'TableDescription.TableStatus',
    'TableDescription.GlobalSecondaryIndexes[0].IndexStatus',
  ]
  const made = await asRecorded(dynamodb.send(create))
  expectRecorded(made, facts['create-table-with-gsi'], bindings, states)
  await cloud.advance({ seconds: 10 })
  const found = await asRecorded(dynamodb.send(new DescribeTableCommand({ TableName: 'indexed' })))
  expectRecorded(found, facts['describe-table'], bindings, [
    'Table.TableStatus',
    'Table.GlobalSecondaryIndexes[0].IndexStatus',
  ])
})

test.skipIf(!recordingsPresent)('a name is taken once', async () => {
  const { dynamodb } = started()
  const TableName = 'twice'
  await dynamodb.send(new CreateTableCommand({ TableName, ...byId }))
  const again = dynamodb.send(new CreateTableCommand({ TableName, ...byId }))
  const error = await again.catch((it: Error) => it)
  const shown = `An error occurred (${(error as Error).name}) when calling the CreateTable operation: ${(error as Error).message}`
  const bindings = new Map([['<test-table>', TableName]])
  expectRecorded(shown, recorded('test_create_duplicate_table')['Error'], bindings, [])
})

test.skipIf(!recordingsPresent)("a table without a key's name has the account's own", async () => {
  const { cloud, dynamodb } = started()
  const facts = recorded('test_dynamodb_create_table_with_partial_sse_specification')
  const bindings = new Map<string, string>()
  const TableName = 'encrypted'
  const create = new CreateTableCommand({
    TableName,
    ...byId,
    SSESpecification: { Enabled: true },
  })
  const { TableDescription } = await dynamodb.send(create)
  expectRecorded(TableDescription?.SSEDescription, facts['SSEDescription'], bindings, [])
  const kms = client(cloud, KMSClient)
  const KeyId = TableDescription?.SSEDescription?.KMSMasterKeyArn ?? ''
  const key = await asRecorded(kms.send(new DescribeKeyCommand({ KeyId })))
  expectRecorded(key, facts['KMSDescription'], bindings, [])
  await cloud.advance({ seconds: 10 })
  const disable = new UpdateTableCommand({ TableName, SSESpecification: { Enabled: false } })
  const disabled = await dynamodb.send(disable)
  expectRecorded(
    disabled.TableDescription?.SSEDescription,
    facts['update-table-disable-sse-spec'],
    bindings,
    [],
  )
  await cloud.advance({ seconds: 10 })
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }))
  expect(Table?.SSEDescription).toBeUndefined()
})

test.skipIf(!recordingsPresent)('contributor insights are disabled', async () => {
  const { dynamodb } = started()
  const facts = recorded('test_dynamodb_describe_contributor_insights')
  await dynamodb.send(new CreateTableCommand({ TableName: 'plain', ...byId }))
  const describe = new DescribeContributorInsightsCommand({ TableName: 'plain' })
  const found = await asRecorded(dynamodb.send(describe))
  expectRecorded(found, facts['describe-contributor-insights-disabled'], new Map(), [])
})
