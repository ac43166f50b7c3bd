import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { type Cloud, type CloudOptions, client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const Bucket = 'things'
const queueArn = 'arn:aws:sqs:us-east-1:123456789012:heard'

async function bucketAndQueue(options: CloudOptions = {}) {
  const cloud = createCloud({ deepFreeze: true, ...options })
  const s3 = client(cloud, S3Client)
  const sqs = client(cloud, SQSClient)
  await s3.send(new CreateBucketCommand({ Bucket }))
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'heard' }))
  const allow = async (condition: object) => {
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: condition,
      },
    })
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }))
  }
  const heard = async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    )
    return Messages.map(({ Body = '' }) => JSON.parse(Body) as Message).flatMap(
      ({ Records = [], Event }) => [
        ...Records.map(({ eventName, s3: { object } }) => `${eventName} ${object.key}`),
        ...(Event === undefined ? [] : [Event]),
      ],
    )
  }
  const configure = () =>
    s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: {
          QueueConfigurations: [{ QueueArn: queueArn, Events: ['s3:ObjectCreated:*'] }],
        },
      }),
    )
  const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
  return { cloud, s3, allow, heard, configure, put }
}

interface Message {
  readonly Event?: string
  readonly Records?: { eventName: string; s3: { object: { key: string } } }[]
}

const own = { ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::things' } }

test('a queue that lets nobody in is refused as a destination', async () => {
  const { configure, allow } = await bucketAndQueue()
  const refused = {
    name: 'InvalidArgument',
    message: 'Unable to validate the following destination configurations',
    ArgumentName1: queueArn,
    ArgumentValue1:
      'Permissions on the destination queue do not allow S3 to publish notifications from this bucket',
  }
  await expect(configure()).rejects.toMatchObject(refused)
  await allow({ ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::other' } })
  await expect(configure()).rejects.toMatchObject(refused)
  await allow({ StringEquals: { 'aws:SourceAccount': '222222222222' } })
  await expect(configure()).rejects.toMatchObject(refused)
  await allow(own)
  await configure()
})

test('an outage of the queue delays a notification, it does not lose it', async () => {
  const { cloud, allow, heard, configure, put } = await bucketAndQueue()
  await allow(own)
  await configure()
  const outage = cloud.armFault('sqs.SendMessage', { kind: 'error', code: 'ServiceUnavailable' })
  await put('late')
  await cloud.settle()
  expect(await heard()).toEqual(['s3:TestEvent'])
  cloud.endFault(outage)
  await cloud.advance({ seconds: 10 })
  expect(await heard()).toEqual(['s3:TestEvent', 'ObjectCreated:Put late'])
})

test('a queue that shuts its door hears no more', async () => {
  const { cloud, allow, heard, configure, put } = await bucketAndQueue()
  await allow(own)
  await configure()
  await allow({ ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::other' } })
  await put('unheard')
  await cloud.advance({ hours: 1 })
  expect(await heard()).toEqual(['s3:TestEvent'])
})

test('what has happened is told, also when the bucket is gone', async () => {
  const { cloud, s3, allow, heard, configure, put } = await bucketAndQueue()
  await allow(own)
  await configure()
  await put('last')
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'last' }))
  await s3.send(new DeleteBucketCommand({ Bucket }))
  await cloud.settle()
  expect(await heard()).toEqual(['s3:TestEvent', 'ObjectCreated:Put last'])
})

test('of two rules that could hear of one event, neither is taken', async () => {
  const { s3, allow } = await bucketAndQueue()
  await allow(own)
  const rule = (prefix: string) => ({
    QueueArn: queueArn,
    Events: ['s3:ObjectCreated:Put' as const],
    Filter: { Key: { FilterRules: [{ Name: 'prefix' as const, Value: prefix }] } },
  })
  const configure = (a: string, b: string) =>
    s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: { QueueConfigurations: [rule(a), rule(b)] },
      }),
    )
  await expect(configure('in/', 'in/new/')).rejects.toMatchObject({
    name: 'InvalidArgument',
    message:
      'Configurations overlap. Configurations on the same bucket cannot share a common event type.',
  })
  await configure('in/', 'out/')
})

interface BusEvent {
  readonly detailType: string
  readonly resources: readonly string[]
  readonly detail: { readonly object: Record<string, unknown> } & Record<string, unknown>
}

function busEvents(cloud: Cloud): BusEvent[] {
  return cloud.kernel.journal.entries
    .filter(({ kind }) => kind === 'event')
    .map(({ data }) => data as unknown as BusEvent)
}

test('EventBridge hears of everything, if it is asked to', async () => {
  const { cloud, s3, put } = await bucketAndQueue()
  await put('before')
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    }),
  )
  await put('a b')
  await s3.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  )
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a b' }))
  const events = busEvents(cloud)
  const common = {
    version: '0',
    bucket: { name: 'things' },
    'request-id': expect.any(String),
    requester: '123456789012',
    'source-ip-address': '127.0.0.1',
  }
  const sequencer = expect.stringMatching(/^[0-9A-F]{18}$/)
  expect(
    events.map(({ detailType, resources, detail }) => ({ detailType, resources, detail })),
  ).toEqual([
    {
      detailType: 'Object Created',
      resources: ['arn:aws:s3:::things'],
      detail: {
        ...common,
        object: { key: 'a b', size: 1, etag: '9dd4e461268c8034f5c8564e155c67a6', sequencer },
        reason: 'PutObject',
      },
    },
    {
      detailType: 'Object Deleted',
      resources: ['arn:aws:s3:::things'],
      detail: {
        ...common,
        object: {
          key: 'a b',
          etag: 'd41d8cd98f00b204e9800998ecf8427e',
          'version-id': expect.any(String),
          sequencer,
        },
        reason: 'DeleteObject',
        'deletion-type': 'Delete Marker Created',
      },
    },
  ])
})

async function busyDay(options: CloudOptions): Promise<string> {
  const { cloud, allow, configure, put } = await bucketAndQueue(options)
  await allow(own)
  await configure()
  for (let i = 0; i < 5; i += 1) await put(`key-${i}`)
  await cloud.advance({ minutes: 1 })
  return cloud.kernel.journal.digest()
}

test('the same seed gives the same journal, another seed another', async () => {
  const legal = { seed: 7, choices: 'legal' } as const
  const first = await busyDay(legal)
  expect(await busyDay(legal)).toBe(first)
  expect(await busyDay({ ...legal, seed: 8 })).not.toBe(first)
})

test('among what AWS allows is that a notification comes twice', async () => {
  const seen = new Set<number>()
  for (let seed = 1; seed <= 12; seed += 1) {
    const { cloud, allow, heard, configure, put } = await bucketAndQueue({ seed, choices: 'legal' })
    await allow(own)
    await configure()
    await put('k')
    await cloud.advance({ minutes: 1 })
    // A queue may hide some of what it has from a short poll: the fullest answer counts.
    let most = 0
    for (let poll = 0; poll < 8; poll += 1) {
      const events = await heard()
      most = Math.max(most, events.filter((event) => event.startsWith('ObjectCreated')).length)
    }
    seen.add(most)
  }
  expect(seen.has(2)).toBe(true)
  expect(seen.has(0)).toBe(false)
})
