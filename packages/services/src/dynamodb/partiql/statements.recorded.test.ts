import {
  CreateTableCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  ExecuteTransactionCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { asRecorded, recording, recordingsPresent } from '../../shared/recorded.test-support.ts'

const recorded = (name: string) => recording('dynamodb/test_dynamodb', `TestDynamoDB::${name}`)
const fact = test.skipIf(!recordingsPresent)

const TableName = 'table_of_users'

async function users() {
  const cloud = createCloud({ deepFreeze: true })
  const dynamodb = client(cloud, DynamoDBClient)
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'Username', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'Username', AttributeType: 'S' }],
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
    }),
  )
  await cloud.advance({ seconds: 10 })
  return dynamodb
}

fact('a transaction of inserts answers nothing and makes the items', async () => {
  const dynamodb = await users()
  const { ExecutedTransaction, TableScan } = recorded('test_dynamodb_execute_transaction')
  const done = dynamodb.send(
    new ExecuteTransactionCommand({
      TransactStatements: ['user01', 'user02'].map((name) => ({
        Statement: `INSERT INTO ${TableName} VALUE {'Username': '${name}'}`,
      })),
    }),
  )
  expect(await asRecorded(done)).toEqual(ExecutedTransaction)
  const scan = await asRecorded(dynamodb.send(new ScanCommand({ TableName })))
  const name = (item: { Username: { S: string } }) => item.Username.S
  // The recorded test sorted the items by their names; here they are of one table of strings.
  const items = scan['Items'] as { Username: { S: string } }[]
  items.sort((a, b) => (name(a) < name(b) ? -1 : 1))
  expect(scan).toEqual(TableScan)
})

fact('IS NOT MISSING finds the items that have the attribute', async () => {
  const dynamodb = await users()
  const { FirstNameNotMissing } = recorded('test_dynamodb_partiql_missing')
  const run = async (Statement: string) =>
    (await dynamodb.send(new ExecuteStatementCommand({ Statement }))).Items
  await run(`INSERT INTO ${TableName} VALUE {'Username': 'Alice123', 'FirstName':'Alice'}`)
  expect(await run(`SELECT * FROM ${TableName} WHERE FirstName IS NOT MISSING`)).toEqual(
    FirstNameNotMissing,
  )
  expect(await run(`SELECT * FROM ${TableName} WHERE FirstName IS MISSING`)).toEqual([])
})

fact('a list of parameters has one at least', async () => {
  const dynamodb = await users()
  const facts = recorded('test_dynamodb_execute_statement_empy_parameter')
  const Statement = `SELECT * FROM ${TableName}`
  const refused = asRecorded(
    dynamodb.send(new ExecuteStatementCommand({ Statement, Parameters: [] })),
  )
  expect(await refused).toEqual(facts['invalid-param-error'])
})
