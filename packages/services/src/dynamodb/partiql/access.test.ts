import {
  BatchExecuteStatementCommand,
  ExecuteStatementCommand,
  ExecuteTransactionCommand,
} from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { accountId, arn, refusal, userOf, withTable } from '../dynamodb.test-support.ts'

const denied = (action: string, resource = arn('things')) => ({
  code: 'AccessDeniedException',
  message: `User: arn:aws:iam::${accountId}:user/ana is not authorized to perform: dynamodb:${action} on resource: ${resource} because no identity-based policy allows the dynamodb:${action} action`,
})

const statement = (Statement: string) => new ExecuteStatementCommand({ Statement })

test('each kind of statement needs its own permission, whatever the operation', async () => {
  const { cloud } = await withTable()
  const ana = userOf(cloud, [
    { Effect: 'Allow', Action: 'dynamodb:PartiQLSelect', Resource: arn('things') },
    { Effect: 'Allow', Action: 'dynamodb:ExecuteStatement', Resource: '*' },
  ])
  const insert = `INSERT INTO things VALUE {'pk': 'a', 'sk': '1'}`
  const update = `UPDATE things SET a = 1 WHERE pk = 'a' AND sk = '1'`
  expect((await ana.send(statement('SELECT * FROM things'))).Items).toEqual([])
  expect([
    await refusal(ana.send(statement(insert))),
    await refusal(ana.send(statement(update))),
    await refusal(ana.send(statement(`DELETE FROM things WHERE pk = 'a' AND sk = '1'`))),
    await refusal(ana.send(statement(`SELECT * FROM "things"."by-x" WHERE x = 1`))),
    await refusal(
      ana.send(new BatchExecuteStatementCommand({ Statements: [{ Statement: insert }] })),
    ),
    await refusal(
      ana.send(new ExecuteTransactionCommand({ TransactStatements: [{ Statement: update }] })),
    ),
  ]).toEqual([
    denied('PartiQLInsert'),
    denied('PartiQLUpdate'),
    denied('PartiQLDelete'),
    denied('PartiQLSelect', `${arn('things')}/index/by-x`),
    denied('PartiQLInsert'),
    denied('PartiQLUpdate'),
  ])
})

test('statements can be kept to partitions and attributes, and from reading the whole table', async () => {
  const { cloud } = await withTable()
  const ana = userOf(cloud, [
    {
      Effect: 'Allow',
      Action: 'dynamodb:PartiQL*',
      Resource: arn('things'),
      Condition: {
        'ForAllValues:StringEquals': {
          'dynamodb:LeadingKeys': ['${aws:username}'],
          'dynamodb:Attributes': ['pk', 'sk', 'name'],
        },
        BoolIfExists: { 'dynamodb:FullTableScan': 'false' },
      },
    },
  ])
  const answers = [
    `INSERT INTO things VALUE {'pk': 'ana', 'sk': '1', 'name': 'x'}`,
    `SELECT name FROM things WHERE pk = 'ana'`,
    `INSERT INTO things VALUE {'pk': 'bob', 'sk': '1'}`,
    `INSERT INTO things VALUE {'pk': 'ana', 'sk': '2', 'salary': 1}`,
    `SELECT name FROM things WHERE pk IN ['ana', 'bob']`,
    `SELECT name FROM things WHERE pk = 'ana' AND salary > 1`,
    `SELECT name FROM things`,
    `UPDATE things SET salary = 1 WHERE pk = 'ana' AND sk = '1'`,
    `DELETE FROM things WHERE pk = 'bob' AND sk = '1'`,
  ].map(async (text) => ana.send(statement(text)).then(({ Items }) => Items, named))
  expect(await Promise.all(answers)).toEqual([
    [],
    [{ name: { S: 'x' } }],
    ...Array.from({ length: 7 }, () => 'AccessDeniedException'),
  ])
})

function named(error: Error): string {
  return error.name
}
