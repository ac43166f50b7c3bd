import {
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  PutItemCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { writeMany } from '../dynamodb/streams/written.test-support.ts'
import { accessKeys, users } from '../shared/identity/state.ts'
import { recordsOf, streamed } from './streams.test-support.ts'

type World = Awaited<ReturnType<typeof streamed>>

function put({ dynamodb }: World, id: string, more: object = {}) {
  return dynamodb.send(
    new PutItemCommand({ TableName: 'orders', Item: { id: { S: id }, ...more } }),
  )
}

async function shardsOf({ streams, streamArn: StreamArn }: World) {
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }))
  return StreamDescription?.Shards ?? []
}

async function iterator({ streams, streamArn: StreamArn }: World, input: object) {
  const found = await streams.send(
    new GetShardIteratorCommand({
      StreamArn,
      ShardIteratorType: 'TRIM_HORIZON',
      ShardId: '',
      ...input,
    }),
  )
  return found.ShardIterator ?? ''
}

test('a change is told with what the view type shows', async () => {
  const change = async (StreamViewType: 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE') => {
    const world = await streamed({ StreamSpecification: { StreamEnabled: true, StreamViewType } })
    await put(world, 'a', { n: { N: '1' } })
    await put(world, 'a', { n: { N: '2' } })
    const [, second] = await recordsOf(world.streams, world.streamArn)
    const { Keys, NewImage, OldImage, SizeBytes } = second?.dynamodb ?? {}
    return { name: second?.eventName, Keys, NewImage, OldImage, SizeBytes }
  }
  const Keys = { id: { S: 'a' } }
  const shown = { name: 'MODIFY', Keys, NewImage: undefined, OldImage: undefined }
  expect(await change('KEYS_ONLY')).toEqual({ ...shown, SizeBytes: 3 })
  const NewImage = { ...Keys, n: { N: '2' } }
  expect(await change('NEW_IMAGE')).toEqual({ ...shown, NewImage, SizeBytes: 9 })
  const OldImage = { ...Keys, n: { N: '1' } }
  expect(await change('OLD_IMAGE')).toEqual({ ...shown, OldImage, SizeBytes: 9 })
})

test('a record has a version, a whole second, and sequence numbers that grow', async () => {
  const world = await streamed()
  await put(world, 'a', { bytes: { B: Buffer.from('raw') } })
  await world.dynamodb.send(new DeleteItemCommand({ TableName: 'orders', Key: { id: { S: 'a' } } }))
  const [first, second] = await recordsOf(world.streams, world.streamArn)
  expect(first).toEqual({
    awsRegion: 'us-east-1',
    dynamodb: {
      ApproximateCreationDateTime: new Date('2026-01-01T00:00:10Z'),
      Keys: { id: { S: 'a' } },
      NewImage: { id: { S: 'a' }, bytes: { B: new Uint8Array(Buffer.from('raw')) } },
      SequenceNumber: expect.stringMatching(/^\d{21,}$/),
      SizeBytes: 14,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    eventVersion: '1.1',
  })
  expect(second?.eventName).toBe('REMOVE')
  expect(BigInt(second?.dynamodb?.SequenceNumber ?? 0)).toBeGreaterThan(
    BigInt(first?.dynamodb?.SequenceNumber ?? 0),
  )
})

test('a write that changes nothing has no record', async () => {
  const world = await streamed()
  await put(world, 'a', { n: { N: '1' } })
  await put(world, 'a', { n: { N: '1.0' } })
  await world.dynamodb.send(
    new UpdateItemCommand({
      TableName: 'orders',
      Key: { id: { S: 'a' } },
      UpdateExpression: 'SET n = :n',
      ExpressionAttributeValues: { ':n': { N: '1' } },
    }),
  )
  await world.dynamodb.send(
    new DeleteItemCommand({ TableName: 'orders', Key: { id: { S: 'nobody' } } }),
  )
  expect(await recordsOf(world.streams, world.streamArn)).toHaveLength(1)
})

test('a shard closes after four hours, and its child goes on', async () => {
  const world = await streamed()
  await put(world, 'before')
  await world.cloud.advance({ hours: 5 })
  await put(world, 'after')
  const [parent, child, ...others] = await shardsOf(world)
  expect(others).toEqual([])
  expect(child?.ParentShardId).toBe(parent?.ShardId)
  expect(child?.SequenceNumberRange?.EndingSequenceNumber).toBeUndefined()
  const ofParent = await world.streams.send(
    new GetRecordsCommand({ ShardIterator: await iterator(world, { ShardId: parent?.ShardId }) }),
  )
  expect(ofParent.Records?.map((it) => it.dynamodb?.Keys)).toEqual([{ id: { S: 'before' } }])
  expect(parent?.SequenceNumberRange?.EndingSequenceNumber).toBe(
    ofParent.Records?.at(-1)?.dynamodb?.SequenceNumber,
  )
  expect(ofParent.NextShardIterator).toBeUndefined()
  expect(await recordsOf(world.streams, world.streamArn)).toHaveLength(2)
})

test('a record is there for a day', async () => {
  const world = await streamed()
  await put(world, 'a')
  await world.cloud.advance({ hours: 23 })
  expect(await recordsOf(world.streams, world.streamArn)).toHaveLength(1)
  await world.cloud.advance({ hours: 2 })
  expect(await recordsOf(world.streams, world.streamArn)).toEqual([])
})

test('an iterator begins where its type says', async () => {
  const world = await streamed()
  await put(world, 'a')
  await put(world, 'b')
  const [first, second] = await recordsOf(world.streams, world.streamArn)
  const [shard] = await shardsOf(world)
  const from = async (input: object) => {
    const ShardIterator = await iterator(world, { ShardId: shard?.ShardId, ...input })
    await put(world, 'later')
    const page = await world.streams.send(new GetRecordsCommand({ ShardIterator, Limit: 1 }))
    await world.dynamodb.send(
      new DeleteItemCommand({ TableName: 'orders', Key: { id: { S: 'later' } } }),
    )
    return page.Records?.[0]?.dynamodb?.Keys?.['id']?.S
  }
  const SequenceNumber = second?.dynamodb?.SequenceNumber
  expect(await from({})).toBe('a')
  expect(await from({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber })).toBe('b')
  expect(await from({ ShardIteratorType: 'LATEST' })).toBe('later')
  const after = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' }
  expect(await from({ ...after, SequenceNumber: first?.dynamodb?.SequenceNumber })).toBe('b')
})

test('an iterator ends after 15 minutes', async () => {
  const world = await streamed()
  const [shard] = await shardsOf(world)
  const ShardIterator = await iterator(world, { ShardId: shard?.ShardId })
  await world.cloud.advance({ minutes: 16 })
  await expect(world.streams.send(new GetRecordsCommand({ ShardIterator }))).rejects.toMatchObject({
    name: 'ExpiredIteratorException',
  })
})

test('a stream that was disabled, or whose table is gone, can be read for a day', async () => {
  const world = await streamed()
  await put(world, 'a')
  await world.dynamodb.send(new DeleteTableCommand({ TableName: 'orders' }))
  await world.cloud.advance({ hours: 1 })
  expect(await recordsOf(world.streams, world.streamArn)).toHaveLength(1)
  const listed = () => world.streams.send(new ListStreamsCommand({ TableName: 'orders' }))
  expect((await listed()).Streams).toHaveLength(1)
  await world.cloud.advance({ hours: 24 })
  expect((await listed()).Streams).toEqual([])
  await expect(recordsOf(world.streams, world.streamArn)).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: `Requested resource not found: Stream: ${world.streamArn} not found`,
  })
})

test('a stream that is enabled again is another one', async () => {
  const world = await streamed()
  const change = (StreamSpecification: object) =>
    world.dynamodb.send(
      new UpdateTableCommand({
        TableName: 'orders',
        StreamSpecification: StreamSpecification as { StreamEnabled: boolean },
      }),
    )
  const enabled = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' }
  await expect(change(enabled)).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'Table already has an enabled stream: TableName: orders',
  })
  await change({ StreamEnabled: false })
  await world.cloud.advance({ seconds: 10 })
  await expect(change({ StreamEnabled: false })).rejects.toMatchObject({
    message: 'Table has no stream to disable: TableName: orders',
  })
  await change(enabled)
  await world.cloud.advance({ seconds: 10 })
  const { Table } = await world.dynamodb.send(new DescribeTableCommand({ TableName: 'orders' }))
  expect(Table?.LatestStreamArn).not.toBe(world.streamArn)
  expect(Table?.StreamSpecification).toEqual(enabled)
  const { Streams } = await world.streams.send(new ListStreamsCommand({}))
  expect(Streams?.map(({ StreamArn }) => StreamArn)).toEqual([
    world.streamArn,
    Table?.LatestStreamArn,
  ])
})

test('who may not read a stream is told so', async () => {
  const world = await streamed()
  const { accountId, region } = { accountId: '123456789012', region: 'us-east-1' }
  const scope = world.cloud.scope(accountId, region)
  const userArn = `arn:aws:iam::${accountId}:user/reader`
  users.put(scope, {
    userName: 'reader',
    userId: 'AIDAREADERREADERREADE',
    path: '/',
    arn: userArn,
    createdAtMs: 0,
    inlinePolicies: {},
    attachedPolicies: [],
    tags: {},
  })
  const credentials = { accessKeyId: 'AKIAREADERREADERREAD', secretAccessKey: 'reads' }
  accessKeys.put(scope, {
    ...credentials,
    accountId,
    userName: 'reader',
    status: 'Active',
    createdAtMs: 0,
  })
  const reader = client(world.cloud, DynamoDBStreamsClient, { credentials })
  await expect(
    reader.send(new DescribeStreamCommand({ StreamArn: world.streamArn })),
  ).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `User: ${userArn} is not authorized to perform: dynamodb:DescribeStream on resource: ${world.streamArn} because no identity-based policy allows the dynamodb:DescribeStream action`,
  })
})

test('another account may not read a stream', async () => {
  const world = await streamed()
  const other = client(world.cloud, DynamoDBStreamsClient, { accountId: '222222222222' })
  await expect(
    other.send(new DescribeStreamCommand({ StreamArn: world.streamArn })),
  ).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `User: arn:aws:iam::222222222222:user/admin is not authorized to perform: dynamodb:DescribeStream on resource: ${world.streamArn} because no resource-based policy allows the dynamodb:DescribeStream action`,
  })
})

test('a stream of several lines of shards keeps the order of each key', async () => {
  const world = await streamed({}, createCloud({ deepFreeze: true, choices: 'legal', seed: 2 }))
  expect((await shardsOf(world)).length).toBeGreaterThan(1)
  for (let i = 0; i < 50; i += 1) await put(world, `k${i % 5}`, { n: { N: String(i) } })
  const records = await recordsOf(world.streams, world.streamArn)
  expect(records).toHaveLength(50)
  for (let key = 0; key < 5; key += 1) {
    const mine = records
      .map((record) => record.dynamodb?.NewImage)
      .filter((image) => image?.['id']?.S === `k${key}`)
      .map((image) => Number(image?.['n']?.N))
    expect(mine).toEqual([...mine].sort((a, b) => a - b))
  }
})

test('GetRecords answers 1,000 records at most', async () => {
  const world = await streamed()
  writeMany(
    world.cloud,
    'orders',
    Array.from({ length: 1001 }, (_, i) => ({ id: { S: `k${i}` } })),
  )
  const [shard] = await shardsOf(world)
  const ShardIterator = await iterator(world, { ShardId: shard?.ShardId })
  const page = await world.streams.send(new GetRecordsCommand({ ShardIterator }))
  expect(page.Records).toHaveLength(1000)
  const next = await world.streams.send(
    new GetRecordsCommand({ ShardIterator: page.NextShardIterator }),
  )
  expect(next.Records).toHaveLength(1)
})
