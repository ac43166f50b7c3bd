import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { invalid, refusal, withTable } from './dynamodb.test-support.ts'

const TableName = 'things'

async function fill(dynamodb: DynamoDBClient, count: number, data = ''): Promise<void> {
  for (let from = 0; from < count; from += 25) {
    const things = Array.from({ length: Math.min(25, count - from) }, (_, n) => ({
      PutRequest: {
        Item: {
          pk: { S: `p${Math.floor((from + n) / 10)}` },
          sk: { S: String(n).padStart(2, '0') },
          data: { S: data },
        },
      },
    }))
    await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { things } }))
  }
}

async function allOf(dynamodb: DynamoDBClient, input: object) {
  const found: string[] = []
  let pages = 0
  let ExclusiveStartKey: Record<string, { S: string }> | undefined
  do {
    const scan = new ScanCommand({
      TableName,
      ...input,
      ...(ExclusiveStartKey && { ExclusiveStartKey }),
    })
    const { Items = [], LastEvaluatedKey } = await dynamodb.send(scan)
    for (const { pk, sk } of Items) found.push(`${pk?.S}/${sk?.S}`)
    ExclusiveStartKey = LastEvaluatedKey as typeof ExclusiveStartKey // The table's keys are strings.
    pages += 1
  } while (ExclusiveStartKey !== undefined)
  return { found, pages }
}

test('segments of a parallel scan share the items between them', async () => {
  const { dynamodb } = await withTable()
  await fill(dynamodb, 200)
  const whole = await allOf(dynamodb, {})
  expect(new Set(whole.found).size).toBe(200)
  const segments = []
  for (const Segment of [0, 1, 2]) {
    segments.push(await allOf(dynamodb, { Segment, TotalSegments: 3, Limit: 7 }))
  }
  expect(segments.every(({ found }) => found.length > 20)).toBe(true)
  expect(segments.flatMap(({ found }) => found)).toEqual(whole.found)
})

test('a page ends at 1 MB, and where a filter finds nothing it is empty', async () => {
  const { dynamodb } = await withTable()
  await fill(dynamodb, 75, 'x'.repeat(30_000))
  const whole = await allOf(dynamodb, {})
  expect(whole.pages).toBe(3)
  const nothing = await dynamodb.send(
    new ScanCommand({
      TableName,
      FilterExpression: 'attribute_exists(nowhere)',
      ReturnConsumedCapacity: 'TOTAL',
    }),
  )
  expect(nothing).toMatchObject({
    Items: [],
    Count: 0,
    ScannedCount: 35,
    ConsumedCapacity: { CapacityUnits: 128.5 },
  })
  const [pk = '', sk = ''] = whole.found[34]?.split('/') ?? []
  expect(nothing.LastEvaluatedKey).toEqual({ pk: { S: pk }, sk: { S: sk } })
})

test('a batch of reads ends at 16 MB and names the keys that are left', async () => {
  const { dynamodb } = await withTable()
  await fill(dynamodb, 50, 'x'.repeat(380_000))
  const Keys = Array.from({ length: 50 }, (_, n) => ({
    pk: { S: `p${Math.floor(n / 10)}` },
    sk: { S: String(n % 25).padStart(2, '0') },
  }))
  const get = new BatchGetItemCommand({ RequestItems: { things: { Keys } } })
  const { Responses, UnprocessedKeys } = await dynamodb.send(get)
  expect([Responses?.['things']?.length, UnprocessedKeys?.['things']?.Keys?.length]).toEqual([
    44, 6,
  ])
})

test('pages begin where a page of the same request can end', async () => {
  const { dynamodb } = await withTable()
  const query = (ExclusiveStartKey: Record<string, { S: string }>, range = '') =>
    refusal(
      dynamodb.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: `pk = :p${range}`,
          ExpressionAttributeValues: {
            ':p': { S: 'a' },
            ...(range === '' ? {} : { ':s': { S: 'm' } }),
          },
          ExclusiveStartKey,
        }),
      ),
    )
  expect(await query({ pk: { S: 'a' } })).toEqual(invalid('The provided starting key is invalid'))
  expect(await query({ pk: { S: 'b' }, sk: { S: 'x' } })).toEqual(
    invalid('The provided starting key is outside query boundaries based on provided conditions'),
  )
  expect(await query({ pk: { S: 'a' }, sk: { S: 'x' } }, ' AND sk < :s')).toEqual(
    invalid('The provided starting key does not match the range key predicate'),
  )
  const scan = new ScanCommand({ TableName, Segment: 3, TotalSegments: 3 })
  expect(await refusal(dynamodb.send(scan))).toEqual(
    invalid(
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 3 is not less than TotalSegments: 3',
    ),
  )
})
