import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  type LifecycleRule,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const Bucket = 'aging-things'

async function aging(rules: Partial<LifecycleRule>[], versioned = false) {
  const cloud = createCloud({ deepFreeze: true })
  const s3 = client(cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket }))
  if (versioned) {
    await s3.send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    )
  }
  const Rules = rules.map((rule, i) => ({
    ID: `rule-${i}`,
    Status: 'Enabled' as const,
    Filter: { Prefix: '' },
    ...rule,
  }))
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }),
  )
  return {
    cloud,
    s3,
    put: (Key: string, sizeBytes = 1, Tagging?: string) =>
      s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x'.repeat(sizeBytes), Tagging })),
    remove: (Key: string) => s3.send(new DeleteObjectCommand({ Bucket, Key })),
    async seen(): Promise<string[]> {
      const { Versions = [], DeleteMarkers = [] } = await s3.send(
        new ListObjectVersionsCommand({ Bucket }),
      )
      const markers = DeleteMarkers.map(({ Key }) => `${Key} marker`)
      const objects = Versions.map(
        ({ Key, IsLatest, StorageClass }) =>
          `${Key}${IsLatest === true ? '' : ' noncurrent'} ${StorageClass}`,
      )
      return [...markers, ...objects]
    },
  }
}

test('objects expire at the midnight after their days are over', async () => {
  const { cloud, put, seen } = await aging([{ Expiration: { Days: 3 } }])
  await cloud.advance({ hours: 10 })
  await put('made-at-ten')
  await cloud.advance({ days: 3, hours: 13 }) // 23:00 of 4 January
  expect(await seen()).toEqual(['made-at-ten STANDARD'])
  await cloud.advance({ hours: 1 })
  expect(await seen()).toEqual([])
})

test('a date comes for all objects, and for those that are put later', async () => {
  const { cloud, put, seen } = await aging([{ Expiration: { Date: new Date('2026-01-03') } }])
  await put('early')
  await cloud.advance({ days: 2 })
  expect(await seen()).toEqual([])
  await put('late')
  await cloud.advance({ days: 1 })
  expect(await seen()).toEqual([])
})

test('prefix, tags and size must all fit', async () => {
  const And = {
    Prefix: 'logs/',
    Tags: [{ Key: 'keep', Value: 'no' }],
    ObjectSizeGreaterThan: 10,
    ObjectSizeLessThan: 20,
  }
  const { cloud, s3, put, seen } = await aging([{ Filter: { And }, Expiration: { Days: 1 } }])
  await put('logs/fits', 15, 'keep=no')
  await put('logs/small', 10, 'keep=no')
  await put('logs/large', 20, 'keep=no')
  await put('logs/tagged-otherwise', 15, 'keep=yes')
  await put('logs/tagged-later', 15)
  await put('other', 15, 'keep=no')
  const TagSet = [{ Key: 'keep', Value: 'no' }]
  await s3.send(
    new PutObjectTaggingCommand({ Bucket, Key: 'logs/tagged-later', Tagging: { TagSet } }),
  )
  await cloud.advance({ days: 2 })
  expect(await seen()).toEqual([
    'logs/large STANDARD',
    'logs/small STANDARD',
    'logs/tagged-otherwise STANDARD',
    'other STANDARD',
  ])
})

test('a version in a versioned bucket expires behind a delete marker, and goes when it is old', async () => {
  const { cloud, put, seen } = await aging(
    [{ Expiration: { Days: 1 }, NoncurrentVersionExpiration: { NoncurrentDays: 10 } }],
    true,
  )
  await put('k')
  await cloud.advance({ days: 1 })
  expect(await seen()).toEqual(['k marker', 'k noncurrent STANDARD'])
  await cloud.advance({ days: 9 })
  expect(await seen()).toEqual(['k marker', 'k noncurrent STANDARD'])
  await cloud.advance({ days: 1 })
  expect(await seen()).toEqual([])
})

test('an orphaned delete marker goes, one above versions stays', async () => {
  const { cloud, put, remove, seen } = await aging(
    [{ Expiration: { ExpiredObjectDeleteMarker: true } }],
    true,
  )
  await remove('orphan')
  await put('kept')
  await remove('kept')
  await cloud.advance({ days: 1 })
  expect(await seen()).toEqual(['kept marker', 'kept noncurrent STANDARD'])
})

test('the newest noncurrent versions are kept, as many as asked', async () => {
  const { cloud, put, seen } = await aging(
    [{ NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 2 } }],
    true,
  )
  for (let i = 0; i < 5; i += 1) await put('k')
  await cloud.advance({ days: 2 })
  expect(await seen()).toEqual(['k STANDARD', 'k noncurrent STANDARD', 'k noncurrent STANDARD'])
})

test('large objects move down, class by class; small ones only where a filter names sizes', async () => {
  const kilobyte = 1024
  const { cloud, put, seen } = await aging([
    {
      Filter: { Prefix: 'large' },
      Transitions: [
        { Days: 30, StorageClass: 'STANDARD_IA' },
        { Days: 90, StorageClass: 'GLACIER' },
      ],
    },
    {
      Filter: { And: { Prefix: 'small', ObjectSizeGreaterThan: 0 } },
      Transitions: [{ Days: 30, StorageClass: 'STANDARD_IA' }],
    },
    {
      Filter: { Prefix: 'default' },
      Transitions: [{ Days: 30, StorageClass: 'STANDARD_IA' }],
    },
  ])
  await put('large', 128 * kilobyte)
  await put('small')
  await put('default', 128 * kilobyte - 1)
  await cloud.advance({ days: 31 })
  expect(await seen()).toEqual(['default STANDARD', 'large STANDARD_IA', 'small STANDARD_IA'])
  await cloud.advance({ days: 60 })
  expect(await seen()).toEqual(['default STANDARD', 'large GLACIER', 'small STANDARD_IA'])
})

test('uploads that nobody completes are given up, and say so before', async () => {
  const { cloud, s3 } = await aging([
    { Filter: { Prefix: 'up' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
  ])
  const { UploadId, AbortDate, AbortRuleId } = await s3.send(
    new CreateMultipartUploadCommand({ Bucket, Key: 'up' }),
  )
  expect([AbortDate, AbortRuleId]).toEqual([new Date('2026-01-02T00:00:00Z'), 'rule-0'])
  const parts = await s3.send(new ListPartsCommand({ Bucket, Key: 'up', UploadId }))
  expect(parts.AbortRuleId).toBe('rule-0')
  await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'other' }))
  await cloud.advance({ days: 1 })
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }))
  expect(Uploads.map(({ Key }) => Key)).toEqual(['other'])
})

test('rules that are disabled or gone do nothing; a bucket has one run a day', async () => {
  const { cloud, s3, put, seen } = await aging([{ Status: 'Disabled', Expiration: { Days: 1 } }])
  await put('k')
  await cloud.advance({ days: 3 })
  expect(await seen()).toEqual(['k STANDARD'])
  const Rules = [{ Status: 'Enabled' as const, Filter: { Prefix: '' }, Expiration: { Days: 365 } }]
  for (let i = 0; i < 3; i += 1) {
    await s3.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }),
    )
  }
  const runs = [...cloud.kernel.tasks.list()].filter(({ name }) => name === 's3.applyLifecycle')
  expect(runs.length).toBe(1)
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))
  expect(head.Expiration).toMatch(/^expiry-date="Fri, 01 Jan 2027 00:00:00 GMT", rule-id="\S+"$/)
})

test('EventBridge hears of what a rule does', async () => {
  const { cloud, s3, put } = await aging([{ Expiration: { Days: 1 } }])
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    }),
  )
  await put('k')
  await cloud.advance({ days: 1 })
  const events = cloud.kernel.journal.entries.filter(({ kind }) => kind === 'event')
  expect(events.at(-1)?.data['detail']).toEqual({
    version: '0',
    bucket: { name: Bucket },
    object: { key: 'k', sequencer: expect.any(String) },
    'request-id': expect.any(String),
    requester: 's3.amazonaws.com',
    reason: 'Lifecycle Expiration',
    'deletion-type': 'Permanently Deleted',
  })
})

test.each<[string, Partial<LifecycleRule>, object]>([
  [
    'no action',
    {},
    { name: 'InvalidRequest', message: 'At least one action needs to be specified in a rule' },
  ],
  [
    'no days',
    { Expiration: { Days: 0 } },
    {
      name: 'InvalidArgument',
      message: "'Days' for Expiration action must be a positive integer",
    },
  ],
  [
    'a date at noon',
    { Expiration: { Date: new Date('2026-02-01T12:00:00Z') } },
    { name: 'InvalidArgument', message: "'Date' must be at midnight GMT" },
  ],
  [
    'too early a move',
    { Transitions: [{ Days: 29, StorageClass: 'STANDARD_IA' }] },
    {
      name: 'InvalidArgument',
      message:
        "'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'",
    },
  ],
  [
    'an end before a move',
    {
      Filter: { Prefix: 'a/' },
      Expiration: { Days: 30 },
      Transitions: [{ Days: 30, StorageClass: 'GLACIER' }],
    },
    {
      name: 'InvalidArgument',
      message:
        "'Days' in the Expiration action for filter '(prefix=a/)' must be greater than 'Days' in the Transition action",
    },
  ],
  [
    'uploads by tag',
    {
      Filter: { Tag: { Key: 'a', Value: 'b' } },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    },
    {
      name: 'InvalidRequest',
      message: 'AbortIncompleteMultipartUpload cannot be specified with Tags.',
    },
  ],
  ['a filter and a prefix', { Prefix: '', Expiration: { Days: 1 } }, { name: 'MalformedXML' }],
  [
    'two ends',
    { Expiration: { Days: 1, ExpiredObjectDeleteMarker: true } },
    { name: 'MalformedXML' },
  ],
])('%s is refused', async (_what, rule, error) => {
  await expect(aging([rule])).rejects.toMatchObject(error)
})
