import { type Cloud, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

/** A call as its bytes: the SDK loses attributes named `__proto__` on their way in and out. */
async function said(cloud: Cloud, operation: string, body: string): Promise<string> {
  const [target, host] = operation.startsWith('Streams.')
    ? ['DynamoDBStreams_20120810', 'streams.dynamodb']
    : ['DynamoDB_20120810', 'dynamodb']
  const answer = await fetchFromCloud(cloud, `https://${host}.us-east-1.amazonaws.com/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `${target}.${operation.replace('Streams.', '')}`,
    },
    body,
    credentials: cloud.credentials(),
    service: 'dynamodb',
    region: 'us-east-1',
  })
  return await answer.text()
}

/** A table whose name and key have names that every object of JavaScript has. */
async function withTable() {
  const cloud = createCloud({ deepFreeze: true })
  const call = (operation: string, body: string) => said(cloud, operation, body)
  await call(
    'CreateTable',
    `{"TableName":"constructor","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"constructor","AttributeType":"S"},{"AttributeName":"__proto__","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"constructor","KeyType":"HASH"},{"AttributeName":"__proto__","KeyType":"RANGE"}],
      "LocalSecondaryIndexes":[{"IndexName":"keys","KeySchema":[{"AttributeName":"constructor","KeyType":"HASH"},{"AttributeName":"__proto__","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}],
      "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}}`,
  )
  await cloud.advance({ seconds: 10 })
  await call(
    'PutItem',
    '{"TableName":"constructor","Item":{"constructor":{"S":"a"},"__proto__":{"S":"b"},"n":{"N":"1"}}}',
  )
  return { cloud, call }
}

const key = '{"constructor":{"S":"a"},"__proto__":{"S":"b"}}'
const item = '{"constructor":{"S":"a"},"__proto__":{"S":"b"},"n":{"N":"1"}}'

test('tables and keys may be named as what every object has', async () => {
  const { call } = await withTable()
  expect([
    await call('GetItem', `{"TableName":"constructor","Key":${key}}`),
    await call('BatchGetItem', `{"RequestItems":{"constructor":{"Keys":[${key}]}}}`),
    await call('Scan', '{"TableName":"constructor","Limit":1}'),
    await call('Scan', '{"TableName":"constructor","IndexName":"keys"}'),
    await call(
      'Scan',
      '{"TableName":"constructor","FilterExpression":"attribute_exists(valueOf)"}',
    ),
  ]).toEqual([
    `{"Item":${item}}`,
    `{"Responses":{"constructor":[${item}]},"UnprocessedKeys":{}}`,
    `{"Items":[${item}],"Count":1,"ScannedCount":1,"LastEvaluatedKey":${key}}`,
    `{"Items":[${key}],"Count":1,"ScannedCount":1}`,
    '{"Items":[],"Count":0,"ScannedCount":1}',
  ])
})

test('metrics of batches and transactions are under the table of such a name', async () => {
  const { call } = await withTable()
  const metrics =
    '"ItemCollectionMetrics":{"constructor":[{"ItemCollectionKey":{"constructor":{"S":"a"}},"SizeEstimateRangeGB":[0,1]}]}'
  expect([
    await call(
      'BatchWriteItem',
      `{"ReturnItemCollectionMetrics":"SIZE","RequestItems":{"constructor":[{"PutRequest":{"Item":${item}}}]}}`,
    ),
    await call(
      'TransactWriteItems',
      `{"ReturnItemCollectionMetrics":"SIZE","TransactItems":[{"Put":{"TableName":"constructor","Item":${item}}}]}`,
    ),
  ]).toEqual([`{"UnprocessedItems":{},${metrics}}`, `{${metrics}}`])
})

test('PartiQL finds and changes such an item by its key', async () => {
  const { call } = await withTable()
  const where = `WHERE "constructor"='a' AND "__proto__"='b'`
  const statement = (Statement: string) => call('ExecuteStatement', JSON.stringify({ Statement }))
  expect([
    await statement(`SELECT * FROM "constructor" ${where}`),
    await statement(`UPDATE "constructor" SET n=2 ${where} RETURNING MODIFIED NEW *`),
    await statement(`DELETE FROM "constructor" ${where}`),
    await statement(`SELECT * FROM "constructor"`),
  ]).toEqual([`{"Items":[${item}]}`, '{"Items":[{"n":{"N":"2"}}]}', '{"Items":[]}', '{"Items":[]}'])
})

test('records of a stream have such keys', async () => {
  const { call } = await withTable()
  const { LatestStreamArn } = JSON.parse(
    await call('DescribeTable', '{"TableName":"constructor"}'),
  ).Table
  const { Shards } = JSON.parse(
    await call('Streams.DescribeStream', JSON.stringify({ StreamArn: LatestStreamArn })),
  ).StreamDescription
  const from = {
    StreamArn: LatestStreamArn,
    ShardId: Shards[0].ShardId,
    ShardIteratorType: 'TRIM_HORIZON',
  }
  const iterator = await call('Streams.GetShardIterator', JSON.stringify(from))
  const records = await call('Streams.GetRecords', iterator)
  expect([records.includes(`"Keys":${key}`), records.includes(`"NewImage":${item}`)]).toEqual([
    true,
    true,
  ])
})
