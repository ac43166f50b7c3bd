import {
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { refusal, withTable } from './dynamodb.test-support.ts'

const TableName = 'things'
const key = { pk: { S: 'a' }, sk: { S: '1' } }

/** What reads right after each of 60 writes saw, as how many writes they were behind. */
async function lags(seed: number, ConsistentRead: boolean) {
  const { cloud, dynamodb } = await withTable({}, { seed, choices: 'legal' })
  const seen: number[] = []
  for (let n = 1; n <= 60; n += 1) {
    await dynamodb.send(new PutItemCommand({ TableName, Item: { ...key, n: { N: String(n) } } }))
    const { Item } = await dynamodb.send(
      new GetItemCommand({ TableName, Key: key, ConsistentRead }),
    )
    seen.push(n - Number(Item?.['n']?.N ?? 0))
    await cloud.advance({ seconds: 2 })
  }
  return { seen, digest: cloud.kernel.journal.digest() }
}

test('a read that is eventually consistent may be a write behind, a consistent one never', async () => {
  const { seen } = await lags(7, false)
  expect(new Set(seen)).toEqual(new Set([0, 1]))
  expect(new Set((await lags(7, true)).seen)).toEqual(new Set([0]))
})

test('the same seed gives the same run', async () => {
  const [first, again, other] = [await lags(7, false), await lags(7, false), await lags(8, false)]
  expect(again).toEqual(first)
  expect(other.digest).not.toBe(first.digest)
})

test('in the calm case every read sees the last write', async () => {
  const { dynamodb } = await withTable()
  for (let n = 1; n <= 20; n += 1) {
    await dynamodb.send(new PutItemCommand({ TableName, Item: { ...key, n: { N: String(n) } } }))
    const { Items } = await dynamodb.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :p',
        ExpressionAttributeValues: { ':p': { S: 'a' } },
      }),
    )
    expect(Items).toEqual([{ ...key, n: { N: String(n) } }])
  }
})

test('transactions may meet at an item: one of them is cancelled', async () => {
  const { dynamodb } = await withTable({}, { seed: 3, choices: 'legal' })
  const refusals = new Set<string>()
  for (let n = 0; n < 30; n += 1) {
    const Put = { TableName, Item: { ...key, n: { N: String(n) } } }
    const made = dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] }))
    const { code, message } = await refusal(made)
    refusals.add(`${code}: ${message}`)
  }
  expect([...refusals].sort()).toEqual([
    'Error: The call was not refused',
    'TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]',
  ])
})
