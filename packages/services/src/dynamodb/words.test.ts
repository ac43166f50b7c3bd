import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { invalid, parameters, refusal, withTable } from './dynamodb.test-support.ts'

/** Words of refusals. Source: dynalite's tests, which were run against DynamoDB. */

const TableName = 'things'
const key = { pk: { S: 'a' }, sk: { S: '1' } }

test('tables need keys that are defined, named once, and used', async () => {
  const { dynamodb } = await withTable()
  const create = (input: Partial<CreateTableCommandInput>) =>
    refusal(
      dynamodb.send(
        new CreateTableCommand({
          TableName: 'more',
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'a', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }],
          ...input,
        }),
      ),
    )
  const names = (...AttributeNames: string[]) =>
    AttributeNames.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }))
  expect(await create({ TableName: 'ab' })).toEqual(
    invalid('TableName must be at least 3 characters long and at most 255 characters long'),
  )
  expect(await create({ AttributeDefinitions: [] })).toEqual(
    invalid('Invalid KeySchema: Some index key attribute have no definition'),
  )
  expect(await create({ AttributeDefinitions: names('b') })).toEqual(
    parameters(
      'Some index key attributes are not defined in AttributeDefinitions. Keys: [a], AttributeDefinitions: [b]',
    ),
  )
  expect(await create({ AttributeDefinitions: names('a', 'b') })).toEqual(
    parameters(
      'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
    ),
  )
  expect(
    await create({ ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } }),
  ).toEqual(
    parameters(
      'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
    ),
  )
  expect(await create({ BillingMode: 'PROVISIONED' })).toEqual(
    parameters(
      'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
    ),
  )
  expect(
    await create({
      LocalSecondaryIndexes: [
        {
          IndexName: 'local',
          KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  ).toEqual(
    parameters(
      'Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex',
    ),
  )
})

test('the model is judged in the words of every service', async () => {
  const { dynamodb } = await withTable()
  const limit = new ScanCommand({ TableName, Limit: 0 })
  expect(await refusal(dynamodb.send(limit))).toEqual(
    invalid(
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ),
  )
  const unnamed = new DeleteTableCommand({ TableName: undefined })
  expect(await refusal(dynamodb.send(unnamed))).toEqual(
    invalid("The parameter 'TableName' is required but was not present in the request"),
  )
})

test('items and keys fit the table', async () => {
  const { dynamodb } = await withTable()
  const put = (Item: PutItemCommand['input']['Item']) =>
    refusal(dynamodb.send(new PutItemCommand({ TableName, Item })))
  expect(await put({ pk: { S: 'a' } })).toEqual(parameters('Missing the key sk in the item'))
  expect(await put({ ...key, sk: { N: '1' } })).toEqual(
    parameters('Type mismatch for key sk expected: S actual: N'),
  )
  expect(await put({ ...key, pk: { S: '' } })).toEqual(
    invalid(
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk',
    ),
  )
  expect(await put({ ...key, pk: { S: 'x'.repeat(2049) } })).toEqual(
    parameters('Size of hashkey has exceeded the maximum size limit of2048 bytes'),
  )
  expect(await put({ ...key, sk: { S: 'x'.repeat(1025) } })).toEqual(
    parameters('Aggregated size of all range keys has exceeded the size limit of 1024 bytes'),
  )
  expect(await put({ ...key, data: { S: 'x'.repeat(409_600) } })).toEqual(
    invalid('Item size has exceeded the maximum allowed size'),
  )
  const mismatch = invalid('The provided key element does not match the schema')
  const get = (Key: GetItemCommand['input']['Key']) =>
    refusal(dynamodb.send(new GetItemCommand({ TableName, Key })))
  expect(await get({ pk: { S: 'a' } })).toEqual(mismatch)
  expect(await get({ ...key, more: { S: '1' } })).toEqual(mismatch)
  expect(await get({ ...key, sk: { B: new Uint8Array([1]) } })).toEqual(mismatch)
})

test('parameters fit together', async () => {
  const { dynamodb } = await withTable()
  const both = new PutItemCommand({
    TableName,
    Item: key,
    Expected: { pk: { Exists: false } },
    ConditionExpression: 'attribute_not_exists(pk)',
  })
  expect(await refusal(dynamodb.send(both))).toEqual(
    invalid(
      'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}',
    ),
  )
  const returned = new PutItemCommand({ TableName, Item: key, ReturnValues: 'ALL_NEW' })
  expect(await refusal(dynamodb.send(returned))).toEqual(
    invalid('ReturnValues can only be ALL_OLD or NONE'),
  )
  const names = new GetItemCommand({ TableName, Key: key, ExpressionAttributeNames: { '#a': 'a' } })
  expect(await refusal(dynamodb.send(names))).toEqual(
    invalid('ExpressionAttributeNames can only be specified when using expressions'),
  )
  const update = new UpdateItemCommand({
    TableName,
    Key: key,
    UpdateExpression: 'SET sk = :s',
    ExpressionAttributeValues: { ':s': { S: '2' } },
  })
  expect(await refusal(dynamodb.send(update))).toEqual(
    parameters('Cannot update attribute sk. This attribute is part of the key'),
  )
  const unconditional = new QueryCommand({ TableName })
  expect(await refusal(dynamodb.send(unconditional))).toEqual(
    invalid(
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    ),
  )
  const filtered = new QueryCommand({
    TableName,
    KeyConditionExpression: 'pk = :p',
    FilterExpression: 'sk > :p',
    ExpressionAttributeValues: { ':p': { S: 'a' } },
  })
  expect(await refusal(dynamodb.send(filtered))).toEqual(
    invalid(
      'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
    ),
  )
  const projected = new ScanCommand({ TableName, Select: 'COUNT', ProjectionExpression: 'pk' })
  expect(await refusal(dynamodb.send(projected))).toEqual(
    invalid('Cannot specify the ProjectionExpression when choosing to get only the Count'),
  )
})

test('batches have no item twice', async () => {
  const { dynamodb } = await withTable()
  const twice = invalid('Provided list of item keys contains duplicates')
  const get = new BatchGetItemCommand({ RequestItems: { things: { Keys: [key, key] } } })
  expect(await refusal(dynamodb.send(get))).toEqual(twice)
  const write = new BatchWriteItemCommand({
    RequestItems: { things: [{ PutRequest: { Item: key } }, { DeleteRequest: { Key: key } }] },
  })
  expect(await refusal(dynamodb.send(write))).toEqual(twice)
})

test('a transaction says of each action why it was cancelled', async () => {
  const { dynamodb } = await withTable()
  await dynamodb.send(new PutItemCommand({ TableName, Item: { ...key, n: { S: 'text' } } }))
  const transact = new TransactWriteItemsCommand({
    TransactItems: [
      { Put: { TableName, Item: { ...key, sk: { S: '2' } } } },
      {
        Update: {
          TableName,
          Key: { ...key, sk: { S: '3' } },
          UpdateExpression: 'SET n = missing_attribute',
        },
      },
      {
        Delete: {
          TableName,
          Key: key,
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
    ],
  })
  const error = await dynamodb.send(transact).catch((thrown: object) => thrown)
  expect(error).toMatchObject({
    name: 'TransactionCanceledException',
    message:
      'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ValidationError, ConditionalCheckFailed]',
    CancellationReasons: [
      { Code: 'None' },
      {
        Code: 'ValidationError',
        Message: 'The provided expression refers to an attribute that does not exist in the item',
      },
      {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        Item: { ...key, n: { S: 'text' } },
      },
    ],
  })
  const get = new GetItemCommand({ TableName, Key: { ...key, sk: { S: '2' } } })
  expect((await dynamodb.send(get)).Item).toBeUndefined()
})

test('a protected table stays, and one index changes at a time', async () => {
  const { cloud, dynamodb } = await withTable({ DeletionProtectionEnabled: true })
  const remove = new DeleteTableCommand({ TableName })
  expect(await refusal(dynamodb.send(remove))).toEqual(
    invalid(
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    ),
  )
  const index = (IndexName: string) => ({
    Create: {
      IndexName,
      KeySchema: [{ AttributeName: 'sk', KeyType: 'HASH' as const }],
      Projection: { ProjectionType: 'KEYS_ONLY' as const },
    },
  })
  const update = (...GlobalSecondaryIndexUpdates: ReturnType<typeof index>[]) =>
    dynamodb.send(new UpdateTableCommand({ TableName, GlobalSecondaryIndexUpdates }))
  expect(await refusal(update(index('one'), index('two')))).toEqual({
    code: 'LimitExceededException',
    message:
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
  })
  await dynamodb.send(new PutItemCommand({ TableName, Item: key }))
  await update(index('one'))
  const query = new QueryCommand({
    TableName,
    IndexName: 'one',
    KeyConditionExpression: 'sk = :s',
    ExpressionAttributeValues: { ':s': { S: '1' } },
  })
  expect(await refusal(dynamodb.send(query))).toEqual(
    invalid('The table does not have the specified index: one'),
  )
  expect(await refusal(update(index('two')))).toEqual({
    code: 'ResourceInUseException',
    message: 'Attempt to change a resource which is still in use: Table is being updated: things',
  })
  await cloud.advance({ seconds: 10 })
  expect((await dynamodb.send(query)).Items).toEqual([key])
})
