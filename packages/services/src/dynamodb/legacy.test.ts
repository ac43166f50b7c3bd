import {
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { refusal, withTable } from './dynamodb.test-support.ts'

const TableName = 'things'
const item = (sk: string, n: number) => ({ pk: { S: 'a' }, sk: { S: sk }, n: { N: String(n) } })

test('the parameters that expressions replaced still do what they did', async () => {
  const { dynamodb } = await withTable()
  for (const [at, sk] of ['a1', 'a2', 'b1'].entries()) {
    const Expected = { pk: { Exists: false } }
    await dynamodb.send(new PutItemCommand({ TableName, Item: item(sk, at), Expected }))
  }
  const again = new PutItemCommand({
    TableName,
    Item: item('a1', 9),
    Expected: { n: { ComparisonOperator: 'GT', AttributeValueList: [{ N: '0' }] } },
  })
  expect(await refusal(dynamodb.send(again))).toEqual({
    code: 'ConditionalCheckFailedException',
    message: 'The conditional request failed',
  })
  const { Attributes } = await dynamodb.send(
    new UpdateItemCommand({
      TableName,
      Key: { pk: { S: 'a' }, sk: { S: 'a1' } },
      AttributeUpdates: {
        n: { Action: 'ADD', Value: { N: '5' } },
        tag: { Action: 'PUT', Value: { S: 'x' } },
      },
      ReturnValues: 'ALL_NEW',
    }),
  )
  expect(Attributes).toEqual({ ...item('a1', 5), tag: { S: 'x' } })
  const { Items } = await dynamodb.send(
    new QueryCommand({
      TableName,
      KeyConditions: {
        pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'a' }] },
        sk: { ComparisonOperator: 'BEGINS_WITH', AttributeValueList: [{ S: 'a' }] },
      },
      QueryFilter: { n: { ComparisonOperator: 'LT', AttributeValueList: [{ N: '5' }] } },
      AttributesToGet: ['sk'],
    }),
  )
  expect(Items).toEqual([{ sk: { S: 'a2' } }])
  const scanned = await dynamodb.send(
    new ScanCommand({
      TableName,
      ScanFilter: {
        n: { ComparisonOperator: 'EQ', AttributeValueList: [{ N: '2' }] },
        tag: { ComparisonOperator: 'NOT_NULL' },
      },
      ConditionalOperator: 'OR',
    }),
  )
  expect(scanned).toMatchObject({ Count: 2, ScannedCount: 3 })
  const get = new GetItemCommand({
    TableName,
    Key: { pk: { S: 'a' }, sk: { S: 'b1' } },
    AttributesToGet: ['n'],
  })
  expect((await dynamodb.send(get)).Item).toEqual({ n: { N: '2' } })
})
