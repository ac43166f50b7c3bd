import {
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type ReplicationGroupUpdate,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { DynamoDBStreamsClient, ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { recordsOf, streamed } from '../../dynamodbstreams/streams.test-support.ts'

const elsewhere = 'eu-west-1'

async function replicated() {
  const world = await streamed({ StreamSpecification: undefined })
  const { cloud, dynamodb } = world
  const there = client(cloud, DynamoDBClient, { region: elsewhere })
  const put = (at: DynamoDBClient, id: string, n: number) =>
    at.send(
      new PutItemCommand({
        TableName: 'orders',
        Item: { id: { S: id }, n: { N: String(n) } },
      }),
    )
  const get = async (at: DynamoDBClient, id: string) => {
    const { Item } = await at.send(
      new GetItemCommand({ TableName: 'orders', Key: { id: { S: id } }, ConsistentRead: true }),
    )
    return Item?.['n']?.N
  }
  const update = async (...ReplicaUpdates: ReplicationGroupUpdate[]) => {
    await dynamodb.send(new UpdateTableCommand({ TableName: 'orders', ReplicaUpdates }))
    await cloud.advance({ seconds: 10 })
  }
  await put(dynamodb, 'before', 1)
  await update({ Create: { RegionName: elsewhere } })
  return { ...world, there, put, get, update }
}

test('a replica has what was there, and gets what is written in either region', async () => {
  const { cloud, dynamodb, there, put, get } = await replicated()
  expect(await get(there, 'before')).toBe('1')
  await put(dynamodb, 'a', 2)
  expect(await get(there, 'a')).toBeUndefined()
  await cloud.advance({ seconds: 1 })
  expect(await get(there, 'a')).toBe('2')
  await put(there, 'a', 3)
  await cloud.advance({ seconds: 1 })
  expect(await get(dynamodb, 'a')).toBe('3')
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: 'orders' }))
  expect(Table?.GlobalTableVersion).toBe('2019.11.21')
  expect(Table?.Replicas).toEqual([{ RegionName: elsewhere, ReplicaStatus: 'ACTIVE' }])
  expect(Table?.StreamSpecification?.StreamViewType).toBe('NEW_AND_OLD_IMAGES')
})

test('while regions are apart, the last writer wins in the end', async () => {
  const { cloud, dynamodb, there, put, get } = await replicated()
  const apart = cloud.armFault('dynamodb.replicate', { kind: 'drop' })
  await put(there, 'a', 1)
  await cloud.advance({ minutes: 1 })
  await put(dynamodb, 'a', 2)
  await cloud.advance({ hours: 1 })
  expect([await get(dynamodb, 'a'), await get(there, 'a')]).toEqual(['2', '1'])
  cloud.endFault(apart)
  await cloud.advance({ minutes: 1 })
  expect([await get(dynamodb, 'a'), await get(there, 'a')]).toEqual(['2', '2'])
})

test('a write comes once into the stream of each region', async () => {
  const { cloud, dynamodb, put } = await replicated()
  await put(dynamodb, 'a', 1)
  await cloud.advance({ seconds: 5 })
  const streams = client(cloud, DynamoDBStreamsClient, { region: elsewhere })
  const { Streams } = await streams.send(new ListStreamsCommand({ TableName: 'orders' }))
  const records = await recordsOf(streams, Streams?.[0]?.StreamArn ?? '')
  expect(records.map((it) => [it.awsRegion, it.eventName, it.dynamodb?.Keys])).toEqual([
    [elsewhere, 'INSERT', { id: { S: 'a' } }],
  ])
})

test('a replica that is taken out is deleted, and gets no more', async () => {
  const { cloud, dynamodb, there, put, update } = await replicated()
  await update({ Delete: { RegionName: elsewhere } })
  await put(dynamodb, 'a', 1)
  await cloud.advance({ minutes: 1 })
  const described = new DescribeTableCommand({ TableName: 'orders' })
  await expect(there.send(described)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  const { Table } = await dynamodb.send(described)
  expect(Table?.Replicas).toBeUndefined()
})

test('a region whose table is deleted leaves the others as they are', async () => {
  const { cloud, dynamodb, there, put, get } = await replicated()
  await dynamodb.send(new DeleteTableCommand({ TableName: 'orders' }))
  await cloud.advance({ minutes: 1 })
  await put(there, 'a', 1)
  expect(await get(there, 'before')).toBe('1')
  const { Table } = await there.send(new DescribeTableCommand({ TableName: 'orders' }))
  expect(Table?.Replicas).toBeUndefined()
})

test('Time to Live is the same in all regions, and what it removes is removed in all', async () => {
  const { cloud, dynamodb, there, get } = await replicated()
  await there.send(
    new UpdateTimeToLiveCommand({
      TableName: 'orders',
      TimeToLiveSpecification: { AttributeName: 'n', Enabled: true },
    }),
  )
  const { TimeToLiveDescription } = await dynamodb.send(
    new DescribeTimeToLiveCommand({ TableName: 'orders' }),
  )
  expect(TimeToLiveDescription?.AttributeName).toBe('n')
  const until = Date.parse('2026-01-01T01:00:00Z') / 1000
  const Item = { id: { S: 'a' }, n: { N: String(until) } }
  await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item }))
  await cloud.advance({ hours: 2 })
  expect([await get(dynamodb, 'a'), await get(there, 'a')]).toEqual([undefined, undefined])
})

test('updates of replicas that may not be are refused', async () => {
  const { update } = await replicated()
  await expect(update({ Create: { RegionName: 'us-east-1' } })).rejects.toMatchObject({
    name: 'ValidationException',
    message:
      'Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as required.',
  })
  await expect(update({ Create: { RegionName: elsewhere } })).rejects.toMatchObject({
    name: 'ValidationException',
  })
})
