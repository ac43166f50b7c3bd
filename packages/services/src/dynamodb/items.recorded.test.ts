import {
  BatchWriteItemCommand,
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { client, createCloud } from '@cloud-orrery/cloud'
import { test } from 'vitest'
import {
  asRecorded,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'

const recorded = (name: string) => recording('dynamodb/test_dynamodb', `TestDynamoDB::${name}`)
const fact = test.skipIf(!recordingsPresent)

async function tableById(more: Partial<CreateTableCommandInput> = {}) {
  const cloud = createCloud({ deepFreeze: true, accountId: '111111111111' })
  const dynamodb = client(cloud, DynamoDBClient)
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName: 'things',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      ...more,
    }),
  )
  await cloud.advance({ seconds: 10 })
  return { cloud, dynamodb, TableName: 'things', arn: TableDescription?.TableArn ?? '' }
}

// Python's client shows an error's words a second time.
const same = (actual: unknown, expected: unknown) =>
  expectRecorded(actual, expected, new Map(), ['message'])

/** Errors as the recordings of Python's texts keep them. */
async function errorText(operation: string, call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => new Error('no error'),
    (it: Error) => it,
  )
  return `An error occurred (${error.name}) when calling the ${operation} operation: ${error.message}`
}

fact('values may be empty and binary', async () => {
  const { dynamodb, TableName } = await tableById()
  const facts = recorded('test_empty_and_binary_values')
  const put = (id: string, data: object) =>
    asRecorded(
      dynamodb.send(
        new PutItemCommand({ TableName, Item: { id: { S: id }, data: data as { S: string } } }),
      ),
    )
  same(await put('id1', { S: '' }), facts['PutFirstItem'])
  same(await put('id2', { B: new Uint8Array([0, 255]) }), facts['PutSecondItem'])
})

fact('a batch writes binaries', async () => {
  const { dynamodb } = await tableById()
  const batch = new BatchWriteItemCommand({
    RequestItems: {
      things: [{ PutRequest: { Item: { id: { S: '1' }, data: { B: Buffer.from('foobar') } } } }],
    },
  })
  same(await asRecorded(dynamodb.send(batch)), recorded('test_batch_write_binary')['Response'])
})

fact('a transaction writes, by name and by ARN', async () => {
  const { dynamodb, TableName, arn } = await tableById()
  const facts = recorded('test_transaction_write_items')
  const transact = (TableName: string, id: string) =>
    asRecorded(
      dynamodb.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            {
              ConditionCheck: {
                TableName,
                ConditionExpression: 'attribute_not_exists(id)',
                Key: { id: { S: `${id}1` } },
              },
            },
            { Put: { TableName, Item: { id: { S: `${id}2` } } } },
            {
              Update: {
                TableName,
                Key: { id: { S: `${id}3` } },
                UpdateExpression: 'SET attr1 = :v1, attr2 = :v2',
                ExpressionAttributeValues: { ':v1': { S: 'a' }, ':v2': { S: 'b' } },
              },
            },
            { Delete: { TableName, Key: { id: { S: `${id}4` } } } },
          ],
        }),
      ),
    )
  same(await transact(TableName, 'a'), facts['Response'])
  same(await transact(arn, 'b'), facts['Response_using_table_arn'])
})

fact('a transaction is cancelled as a whole', async () => {
  const { dynamodb, TableName } = await tableById()
  const canceled = dynamodb.send(
    new TransactWriteItemsCommand({
      TransactItems: [
        {
          ConditionCheck: {
            TableName,
            ConditionExpression: 'attribute_exists(id)',
            Key: { id: { S: 'nobody' } },
          },
        },
        { Put: { TableName, Item: { id: { S: '1' } } } },
      ],
    }),
  )
  const text = await errorText('TransactWriteItems', canceled)
  same(text, recorded('test_transaction_write_canceled')['Error'])
})

fact('a transaction keeps binaries', async () => {
  const { dynamodb, TableName } = await tableById()
  const facts = recorded('test_transaction_write_binary_data')
  const Item = { id: { S: 'someUser' }, binaryData: { B: Buffer.from('foobar') } }
  const written = new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName, Item } }] })
  same(await asRecorded(dynamodb.send(written)), facts['WriteResponse'])
  const get = new GetItemCommand({ TableName, Key: { id: { S: 'someUser' } } })
  const { Item: found } = await dynamodb.send(get)
  const text = `b'${Buffer.from(found?.['binaryData']?.B ?? []).toString()}'` // Python's way of showing bytes.
  same({ ...found, binaryData: { B: text } }, facts['GetItem'])
})

fact('a transaction reads, by name and by ARN', async () => {
  const { dynamodb, TableName, arn } = await tableById()
  const facts = recorded('test_transact_get_items')
  for (const id of ['John', 'Sarah']) {
    await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: id } } }))
  }
  const get = (TableName: string, id: string) =>
    asRecorded(
      dynamodb.send(
        new TransactGetItemsCommand({
          TransactItems: [{ Get: { TableName, Key: { id: { S: id } } } }],
        }),
      ),
    )
  same(await get(TableName, 'John'), facts['TransactGetItems'])
  same(await get(arn, 'Sarah'), facts['TransactGetItems-with-TableArn'])
})

fact('a transaction with the same token is made once', async () => {
  const { dynamodb, TableName } = await tableById()
  const facts = recorded('test_dynamodb_idempotent_writing')
  const transact = () =>
    asRecorded(
      dynamodb.send(
        new TransactWriteItemsCommand({
          ClientRequestToken: 'dedupe_token',
          TransactItems: [{ Put: { TableName, Item: { id: { S: 'id1' }, name: { S: 'name1' } } } }],
        }),
      ),
    )
  same(await transact(), facts['Response1'])
  same(await transact(), facts['Response2'])
})

fact('items of a batch have the key of the table', async () => {
  const { dynamodb } = await tableById()
  const batch = dynamodb.send(
    new BatchWriteItemCommand({
      RequestItems: { things: [{ PutRequest: { Item: { nonKey: { S: '1' } } } }] },
    }),
  )
  const text = await errorText('BatchWriteItem', batch)
  same(text, recorded('test_batch_write_not_matching_schema')['ValidationException'])
})

fact('a transaction needs its tables', async () => {
  const { dynamodb } = await tableById()
  const put = { TableName: 'nowhere', Item: { id: { S: '1' } } }
  const refused = await asRecorded(
    dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: put }] })),
  )
  same(
    refused,
    recorded('test_batch_write_not_existing_table')['exc-not-found-transact-write-items'],
  )
})

fact('a failed condition shows the item where it is asked to', async () => {
  const { dynamodb, TableName } = await tableById()
  const Item = { id: { S: '456' }, price: { N: '650' }, product: { S: 'sporting goods' } }
  await dynamodb.send(new PutItemCommand({ TableName, Item }))
  const update = new UpdateItemCommand({
    TableName,
    Key: { id: { S: '456' } },
    UpdateExpression: 'SET price = :p',
    ConditionExpression: 'price < :low',
    ExpressionAttributeValues: { ':p': { N: '1' }, ':low': { N: '500' } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  })
  const refused = await asRecorded(dynamodb.send(update))
  same(refused, recorded('test_return_values_on_conditions_check_failure')['items'])
})
