import {
  CreateEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import { call, client } from '@cloud-orrery/cloud'
import { CreateEventSourceMapping } from '@cloud-orrery/models/lambda'
import { expect, test } from 'vitest'
import { refusalsDuring } from '../../../shared/outages.test-support.ts'
import { giveRole, makeFunction, start } from '../../functions.test-support.ts'
import { failedQueueArn, ids, type StreamEvent, streamMapped } from './streams.test-support.ts'

const toQueue = { OnFailure: { Destination: failedQueueArn } }

test('a batch that fails is tried again until its attempts are over, then told to the destination', async () => {
  const seen: string[][] = []
  const world = await streamMapped(
    (event: StreamEvent) => {
      seen.push(ids(event))
      if (ids(event).includes('poison')) throw new Error('no')
    },
    {
      MaximumRetryAttempts: 2,
      DestinationConfig: toQueue,
      MaximumBatchingWindowInSeconds: 1,
    },
  )
  await world.put('poison')
  await world.put('with')
  await world.cloud.advance({ seconds: 1 })
  expect(await world.result()).toBe('PROBLEM: Function call failed')
  await world.put('after')
  await world.cloud.advance({ minutes: 5 })
  expect(seen).toEqual([['poison', 'with'], ['poison', 'with'], ['poison', 'with'], ['after']])
  const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:work'
  expect(await world.failed()).toEqual([
    {
      requestContext: {
        requestId: expect.any(String),
        functionArn,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 3,
      },
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: 'Unhandled',
      },
      version: '1.0',
      timestamp: '2026-01-01T00:00:15.500Z',
      DDBStreamBatchInfo: {
        shardId: expect.stringMatching(/^shardId-\d{20}-[0-9a-f]{8}$/),
        startSequenceNumber: expect.any(String),
        endSequenceNumber: expect.any(String),
        approximateArrivalOfFirstRecord: '2026-01-01T00:00:13Z',
        approximateArrivalOfLastRecord: '2026-01-01T00:00:13Z',
        batchSize: 2,
        streamArn: world.streamArn,
      },
    },
  ])
  expect(await world.result()).toBe('OK')
})

test('bisection isolates one bad record of a batch', async () => {
  const done: string[] = []
  const world = await streamMapped(
    (event: StreamEvent) => {
      if (ids(event).includes('k5')) throw new Error('no')
      done.push(...ids(event))
    },
    {
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 0,
      DestinationConfig: toQueue,
      MaximumBatchingWindowInSeconds: 1,
    },
  )
  for (let i = 0; i < 8; i += 1) await world.put(`k${i}`)
  await world.cloud.advance({ minutes: 5 })
  expect(done).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'k6', 'k7'])
  const [discarded, ...others] = await world.failed()
  expect(discarded?.['DDBStreamBatchInfo']).toMatchObject({ batchSize: 1 })
  expect(others).toEqual([])
})

test('a report of failed items has the batch tried again from the lowest of them', async () => {
  const seen: string[][] = []
  const world = await streamMapped(
    (event: StreamEvent) => {
      seen.push(ids(event))
      if (seen.length > 1) return
      const [, , third, fourth] = event.Records
      const failed = [fourth, third].map((it) => it?.dynamodb.SequenceNumber)
      return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) }
    },
    { FunctionResponseTypes: ['ReportBatchItemFailures'], MaximumBatchingWindowInSeconds: 1 },
  )
  for (let i = 0; i < 5; i += 1) await world.put(`k${i}`)
  await world.cloud.advance({ minutes: 1 })
  expect(seen).toEqual([
    ['k0', 'k1', 'k2', 'k3', 'k4'],
    ['k2', 'k3', 'k4'],
  ])
})

test('records that are too old are given up', async () => {
  let runs = 0
  const world = await streamMapped(
    () => {
      runs += 1
      throw new Error('no')
    },
    { MaximumRecordAgeInSeconds: 60, DestinationConfig: toQueue },
  )
  await world.put('a')
  await world.cloud.advance({ minutes: 10 })
  expect(runs).toBe(7)
  const [discarded] = await world.failed()
  expect(discarded?.['requestContext']).toMatchObject({
    condition: 'RecordAgeExceeded',
    approximateInvokeCount: 8,
  })
  expect(discarded).not.toHaveProperty('responseContext')
})

test('without limits a poison record holds its shard until the stream has it no more', async () => {
  const seen: string[] = []
  const world = await streamMapped((event: StreamEvent) => {
    if (ids(event).includes('poison')) throw new Error('no')
    seen.push(...ids(event))
  })
  await world.put('poison')
  await world.cloud.settle()
  await world.cloud.advance({ hours: 12 })
  await world.put('after')
  await world.cloud.advance({ hours: 11 })
  expect(seen).toEqual([])
  await world.cloud.advance({ hours: 2 })
  expect(seen).toEqual(['after'])
})

test('a bucket as destination gets the records too', async () => {
  const world = await streamMapped(() => {
    throw new Error('no')
  })
  const s3 = client(world.cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket: 'discarded' }))
  const { UUID } = world.mapping
  const DestinationConfig = { OnFailure: { Destination: 'arn:aws:s3:::discarded' } }
  await world.lambda.send(
    new UpdateEventSourceMappingCommand({ UUID, MaximumRetryAttempts: 0, DestinationConfig }),
  )
  await world.cloud.advance({ seconds: 2 })
  await world.put('a')
  await world.cloud.advance({ minutes: 1 })
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'discarded' }))
  const [Key = ''] = Contents.map((it) => it.Key ?? '')
  expect(Key).toMatch(
    new RegExp(
      `^aws/lambda/${UUID}/shardId-[0-9a-f-]+/2026/01/01/2026-01-01T00\\.00\\.1\\d-[0-9a-f-]{36}$`,
    ),
  )
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'discarded', Key }))
  const told = JSON.parse((await Body?.transformToString()) ?? '') as { payload: string }
  expect(ids(JSON.parse(told.payload) as StreamEvent)).toEqual(['a'])
})

test('an outage of the stream delays records', async () => {
  const seen: string[] = []
  const world = await streamMapped((event: StreamEvent) => void seen.push(...ids(event)))
  const effect = { kind: 'error', code: 'InternalServerError', status: 500 } as const
  const outage = world.cloud.armFault('dynamodbstreams.GetRecords', effect)
  await world.put('a')
  await world.cloud.advance({ minutes: 5 })
  expect(seen).toEqual([])
  world.cloud.endFault(outage)
  await world.cloud.advance({ minutes: 10 })
  expect(seen).toEqual(['a'])
  expect(await world.result()).toBe('OK')
})

test('a function that crashes when its work is done has it done again', async () => {
  const seen: string[] = []
  const world = await streamMapped((event: StreamEvent) => void seen.push(...ids(event)))
  const crash = world.cloud.armFault('lambda.crash', { kind: 'drop' })
  await world.put('a')
  await world.cloud.settle()
  world.cloud.endFault(crash)
  await world.cloud.advance({ minutes: 1 })
  expect(seen).toEqual(['a', 'a'])
})

test('a fork that is made while the function works does the batch anew', async () => {
  const seen: string[] = []
  const world = await streamMapped(async (event: StreamEvent, { sleep }) => {
    await sleep(2000)
    seen.push(...ids(event))
  })
  await world.put('a')
  await world.cloud.advance({ seconds: 1 })
  const fork = world.cloud.fork()
  await fork.advance({ minutes: 10 })
  expect(seen).toEqual(['a'])
  await world.cloud.advance({ minutes: 10 })
  expect(seen).toEqual(['a', 'a'])
})

test('a role that may not read the stream is refused in words of AWS', async () => {
  const { streamArn } = await streamMapped(() => undefined)
  const made = start({ work: () => undefined })
  giveRole(made.cloud, ['logs:*'])
  await makeFunction(made, 'work')
  const create = (more: object) =>
    made.lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'work',
        EventSourceArn: streamArn,
        StartingPosition: 'LATEST',
        ...more,
      }),
    )
  await expect(create({})).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: `Cannot access stream ${streamArn}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.`,
  })
  giveRole(made.cloud, ['logs:*', 'dynamodb:*'])
  await expect(create({})).rejects.toMatchObject({ message: `Stream not found: ${streamArn}` })
  await expect(create({ ScalingConfig: { MaximumConcurrency: 2 } })).rejects.toMatchObject({
    message: 'Unsupported ScalingConfig parameter for given event source mapping type.',
  })
})

test('a role that loses its permission stops the mapping, which says why', async () => {
  const seen: string[] = []
  const world = await streamMapped((event: StreamEvent) => void seen.push(...ids(event)))
  giveRole(world.cloud, ['logs:*'])
  await world.put('a')
  await world.cloud.advance({ minutes: 1 })
  expect(await world.result()).toMatch(
    /^PROBLEM: User: .* is not authorized to perform: dynamodb:Get/,
  )
  giveRole(world.cloud, ['logs:*', 'dynamodb:*'])
  await world.cloud.advance({ hours: 1 })
  expect(seen).toEqual(['a'])
})

test('DynamoDB Streams that are busy or fail say nothing about the role', async () => {
  const { cloud, lambda, streamArn } = await streamMapped(() => undefined)
  await makeFunction({ cloud, lambda }, 'second')
  const create = () =>
    call(cloud, CreateEventSourceMapping, {
      FunctionName: 'second',
      EventSourceArn: streamArn,
      StartingPosition: 'LATEST',
    })
  expect(await refusalsDuring(cloud, 'dynamodbstreams.DescribeStream', create)).toEqual([
    'ServiceException: DescribeStream: Busy.',
    'ServiceException: DescribeStream: Out.',
  ])
})
