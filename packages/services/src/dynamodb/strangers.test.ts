import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { client, createCloud } from '@cloud-orrery/cloud'
import { Entity, Service } from 'electrodb'
import { expect, test } from 'vitest'
import { withTable } from './dynamodb.test-support.ts'

test('the document client writes, updates, pages and transacts', async () => {
  const { dynamodb, TableName } = await withTable()
  const documents = DynamoDBDocumentClient.from(dynamodb)
  const Item = { pk: 'a', sk: '1', tags: new Set(['x', 'y']), nested: { list: [1, null, true] } }
  await documents.send(new PutCommand({ TableName, Item }))
  const Key = { pk: 'a', sk: '1' }
  expect((await documents.send(new GetCommand({ TableName, Key }))).Item).toEqual(Item)
  const updated = await documents.send(
    new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: 'SET nested.#l[0] = nested.#l[0] + :one ADD tags :z',
      ExpressionAttributeNames: { '#l': 'list' },
      ExpressionAttributeValues: { ':one': 1, ':z': new Set(['z']) },
      ReturnValues: 'ALL_NEW',
    }),
  )
  expect(updated.Attributes).toEqual({
    ...Item,
    tags: new Set(['x', 'y', 'z']),
    nested: { list: [2, null, true] },
  })
  const puts = Array.from({ length: 24 }, (_, n) => ({
    PutRequest: { Item: { pk: 'b', sk: String(n).padStart(2, '0') } },
  }))
  await documents.send(new BatchWriteCommand({ RequestItems: { [TableName]: puts } }))
  const found: string[] = []
  const query = {
    TableName,
    KeyConditionExpression: 'pk = :p',
    ExpressionAttributeValues: { ':p': 'b' },
  }
  for await (const page of paginateQuery({ client: documents, pageSize: 5 }, query)) {
    for (const { sk } of page.Items ?? []) found.push(sk)
  }
  expect(found).toEqual(puts.map(({ PutRequest }) => PutRequest.Item.sk))
  const twice = documents.send(
    new TransactWriteCommand({
      TransactItems: [
        { Put: { TableName, Item: { pk: 'c', sk: '1' } } },
        { Delete: { TableName, Key: { pk: 'c', sk: '1' } } },
      ],
    }),
  )
  await expect(twice).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'Transaction request cannot include multiple operations on one item',
  })
})

test('a single-table design by ElectroDB works as it is', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const dynamodb = client(cloud, DynamoDBClient)
  const names = ['pk', 'sk', 'gsi1pk', 'gsi1sk']
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'app',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'gsi1',
          KeySchema: [
            { AttributeName: 'gsi1pk', KeyType: 'HASH' },
            { AttributeName: 'gsi1sk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  )
  await cloud.advance({ seconds: 10 })
  const options = { client: dynamodb, table: 'app' }
  const tasks = new Entity(
    {
      model: { entity: 'task', version: '1', service: 'app' },
      attributes: {
        team: { type: 'string', required: true },
        taskId: { type: 'string', required: true },
        owner: { type: 'string', required: true },
        points: { type: 'number', default: 1 },
        done: { type: 'boolean', default: false },
      },
      indexes: {
        byTeam: {
          pk: { field: 'pk', composite: ['team'] },
          sk: { field: 'sk', composite: ['taskId'] },
        },
        byOwner: {
          index: 'gsi1',
          pk: { field: 'gsi1pk', composite: ['owner'] },
          sk: { field: 'gsi1sk', composite: ['taskId'] },
        },
      },
    },
    options,
  )
  const app = new Service({ tasks })
  for (const [taskId, owner] of [
    ['1', 'ann'],
    ['2', 'bob'],
    ['3', 'ann'],
  ] as const) {
    await tasks.create({ team: 'red', taskId, owner }).go()
  }
  await expect(tasks.create({ team: 'red', taskId: '1', owner: 'ann' }).go()).rejects.toMatchObject(
    { message: expect.stringContaining('The conditional request failed') },
  )
  await tasks.patch({ team: 'red', taskId: '3' }).set({ done: true }).add({ points: 4 }).go()
  const ofAnn = await app.entities.tasks.query.byOwner({ owner: 'ann' }).go()
  expect(ofAnn.data).toEqual([
    { team: 'red', taskId: '1', owner: 'ann', points: 1, done: false },
    { team: 'red', taskId: '3', owner: 'ann', points: 5, done: true },
  ])
  const open = await tasks.query
    .byTeam({ team: 'red' })
    .where(({ done }, { eq }) => eq(done, false))
    .go()
  expect(open.data.map(({ taskId }) => taskId)).toEqual(['1', '2'])
})
