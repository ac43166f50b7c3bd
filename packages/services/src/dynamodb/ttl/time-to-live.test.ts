import {
  DescribeTimeToLiveCommand,
  PutItemCommand,
  ScanCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { recordsOf, streamed } from '../../dynamodbstreams/streams.test-support.ts'
import { dynamodb } from '../service.ts'
import { items } from '../state.ts'
import { writeMany } from '../streams/written.test-support.ts'

const startSeconds = Date.parse('2026-01-01T00:00:00Z') / 1000

async function expiring() {
  const world = await streamed()
  const change = (Enabled: boolean, AttributeName = 'until') =>
    world.dynamodb.send(
      new UpdateTimeToLiveCommand({
        TableName: 'orders',
        TimeToLiveSpecification: { Enabled, AttributeName },
      }),
    )
  const put = (id: string, until: object) =>
    world.dynamodb.send(
      new PutItemCommand({ TableName: 'orders', Item: { id: { S: id }, until: until as never } }),
    )
  const left = async () => {
    const { Items = [] } = await world.dynamodb.send(new ScanCommand({ TableName: 'orders' }))
    return Items.map(({ id }) => id?.S).sort()
  }
  const status = async () => {
    const described = new DescribeTimeToLiveCommand({ TableName: 'orders' })
    return (await world.dynamodb.send(described)).TimeToLiveDescription
  }
  return { ...world, change, put, left, status }
}

test('an item goes within the minute after it expires, and its record names DynamoDB', async () => {
  const { cloud, put, change, left, streams, streamArn } = await expiring()
  await put('before', { N: String(startSeconds + 3600) })
  await change(true)
  await put('soon', { N: String(startSeconds + 3600) })
  await put('text', { S: String(startSeconds) })
  await put('ancient', { N: String(startSeconds - 6 * 365 * 86_400) })
  await put('never', { NULL: true })
  await cloud.advance({ minutes: 59 })
  expect(await left()).toEqual(['ancient', 'before', 'never', 'soon', 'text'])
  await cloud.advance({ minutes: 2 })
  expect(await left()).toEqual(['ancient', 'never', 'text'])
  const removed = (await recordsOf(streams, streamArn)).filter((it) => it.eventName === 'REMOVE')
  expect(removed.map((it) => it.dynamodb?.Keys?.['id']?.S).sort()).toEqual(['before', 'soon'])
  expect(removed.map((it) => it.userIdentity)).toEqual([
    { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
    { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
  ])
})

test('an item whose expiry was put off stays', async () => {
  const { cloud, put, change, left } = await expiring()
  await change(true)
  await put('a', { N: String(startSeconds + 3600) })
  await put('a', { N: String(startSeconds + 7200) })
  await cloud.advance({ minutes: 90 })
  expect(await left()).toEqual(['a'])
  await cloud.advance({ minutes: 31 })
  expect(await left()).toEqual([])
})

test('a setting is changed once an hour at the most', async () => {
  const { cloud, change, status } = await expiring()
  const refused = (message: string) => ({ name: 'ValidationException', message })
  expect(await status()).toEqual({ TimeToLiveStatus: 'DISABLED' })
  await expect(change(false)).rejects.toMatchObject(refused('TimeToLive is already disabled'))
  await change(true)
  expect(await status()).toEqual({ TimeToLiveStatus: 'ENABLING', AttributeName: 'until' })
  await cloud.advance({ minutes: 1 })
  expect(await status()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'until' })
  await expect(change(true)).rejects.toMatchObject(refused('TimeToLive is already enabled'))
  await expect(change(false)).rejects.toMatchObject(
    refused('Time to live has been modified multiple times within a fixed interval'),
  )
  await cloud.advance({ hours: 1 })
  await expect(change(false, 'other')).rejects.toMatchObject(
    refused('TimeToLive is active on a different AttributeName: current AttributeName is until'),
  )
  await change(false)
  await cloud.advance({ minutes: 1 })
  expect(await status()).toEqual({ TimeToLiveStatus: 'DISABLED' })
})

test('50,000 items that expire need no task each', async () => {
  const cloud = createCloud()
  const world = await streamed({ StreamSpecification: undefined }, cloud)
  await world.dynamodb.send(
    new UpdateTimeToLiveCommand({
      TableName: 'orders',
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'until' },
    }),
  )
  await cloud.settle()
  const scope = cloud.scope('123456789012', 'us-east-1')
  writeMany(
    cloud,
    'orders',
    Array.from({ length: 50_000 }, (_, i) => ({
      id: { S: `k${i}` },
      until: { N: String(startSeconds + 3600 + (i % 600)) },
    })),
  )
  const tasks = [...cloud.contextOf(dynamodb, scope).pendingTasks()].length
  expect(tasks).toBeLessThan(5)
  await cloud.advance({ hours: 2 })
  expect(items.count(scope)).toBe(0)
})
