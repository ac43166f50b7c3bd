import { gunzipSync } from 'node:zlib'
import {
  CreateBucketCommand,
  DeleteBucketInventoryConfigurationCommand,
  DeleteObjectCommand,
  GetBucketInventoryConfigurationCommand,
  GetObjectCommand,
  type InventoryConfiguration,
  ListBucketInventoryConfigurationsCommand,
  ListObjectsV2Command,
  PutBucketInventoryConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { replay } from '../recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const Bucket = 'counted-things'
const target = 'lists-of-things'
const Id = 'all'

const configuration: InventoryConfiguration = {
  Id,
  IsEnabled: true,
  IncludedObjectVersions: 'All',
  OptionalFields: ['Size', 'ETag', 'EncryptionStatus'],
  Schedule: { Frequency: 'Daily' },
  Destination: {
    S3BucketDestination: { Bucket: `arn:aws:s3:::${target}`, Format: 'CSV', Prefix: 'lists' },
  },
}

async function counted(more: Partial<InventoryConfiguration> = {}, permitted = true) {
  const cloud = createCloud({ deepFreeze: true })
  const s3 = client(cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(new CreateBucketCommand({ Bucket: target }))
  await s3.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  )
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: `arn:aws:s3:::${target}/*`,
    Condition: {
      ArnLike: { 'aws:SourceArn': `arn:aws:s3:::${Bucket}` },
      StringEquals: {
        'aws:SourceAccount': '123456789012',
        's3:x-amz-acl': 'bucket-owner-full-control',
      },
    },
  }
  if (permitted) {
    await s3.send(
      new PutBucketPolicyCommand({
        Bucket: target,
        Policy: JSON.stringify({ Version: '2012-10-17', Statement }),
      }),
    )
  }
  await s3.send(
    new PutBucketInventoryConfigurationCommand({
      Bucket,
      Id,
      InventoryConfiguration: { ...configuration, ...more },
    }),
  )
  return {
    cloud,
    s3,
    async keys() {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: target }))
      return Contents.map(({ Key = '' }) => Key)
    },
    async read(Key: string) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: target, Key }))
      return Buffer.from((await Body?.transformToString('base64')) ?? '', 'base64')
    },
  }
}

recorded('configurations are put, listed, read and deleted', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_s3_inventory_report_crud')
  const bucket = await it.bucket()
  const destination = await it.bucket('inventory-target')
  const id = 'test-inventory'
  const InventoryConfiguration: InventoryConfiguration = {
    Id: id,
    IsEnabled: true,
    IncludedObjectVersions: 'All',
    OptionalFields: ['Size', 'ETag'],
    Schedule: { Frequency: 'Daily' },
    Destination: {
      S3BucketDestination: { Bucket: `arn:aws:s3:::${destination}`, Format: 'CSV' },
    },
  }
  const at = { Bucket: bucket, Id: id }
  await it.match(
    'put-inventory-config',
    new PutBucketInventoryConfigurationCommand({ ...at, InventoryConfiguration }),
    ['ResponseMetadata.HTTPStatusCode'], // The model says 200.
  )
  const list = new ListBucketInventoryConfigurationsCommand({ Bucket: bucket })
  await it.match('list-inventory-config', list)
  await it.match('get-inventory-config', new GetBucketInventoryConfigurationCommand(at))
  await it.match('del-inventory-config', new DeleteBucketInventoryConfigurationCommand(at))
  await it.match('list-inventory-config-after-del', list)
  await it.match('get-nonexistent-inv-config', new GetBucketInventoryConfigurationCommand(at))
})

test('every midnight a list of all versions is written, with a manifest', async () => {
  const { cloud, s3, keys, read } = await counted()
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key: 'a b', Body: 'hello' }))
  const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }))
  await cloud.advance({ days: 1 })
  const written = await keys()
  expect(written).toEqual([
    `lists/${Bucket}/${Id}/2026-01-02T00-00Z/manifest.checksum`,
    `lists/${Bucket}/${Id}/2026-01-02T00-00Z/manifest.json`,
    expect.stringMatching(/^lists\/counted-things\/all\/data\/[0-9a-f-]{36}\.csv\.gz$/),
  ])
  const [, , data = ''] = written
  const manifest = JSON.parse(String(await read(written[1] ?? ''))) as { files: unknown[] }
  expect(manifest).toEqual({
    sourceBucket: Bucket,
    destinationBucket: `arn:aws:s3:::${target}`,
    version: '2016-11-30',
    creationTimestamp: String(Date.parse('2026-01-02')),
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, ETag, EncryptionStatus',
    files: [{ key: data, size: expect.any(Number), MD5checksum: expect.any(String) }],
  })
  expect(String(gunzipSync(await read(data)))).toBe(
    `"${Bucket}","a%20b","${VersionId}","true","false","5","5d41402abc4b2a76b9719d911017c592","SSE-S3"\n` +
      `"${Bucket}","gone","${marker.VersionId}","true","true","","",""\n`,
  )
  await cloud.advance({ days: 2 })
  expect((await keys()).length).toBe(9)
})

test('weekly lists come on Sundays, of what the filter lets through', async () => {
  const { cloud, s3, keys, read } = await counted({
    Schedule: { Frequency: 'Weekly' },
    IncludedObjectVersions: 'Current',
    Filter: { Prefix: 'in/' },
  })
  await s3.send(new PutObjectCommand({ Bucket, Key: 'in/k', Body: 'x' }))
  await s3.send(new PutObjectCommand({ Bucket, Key: 'out', Body: 'x' }))
  await cloud.advance({ days: 2 }) // 1 January 2026 is a Thursday.
  expect(await keys()).toEqual([])
  await cloud.advance({ days: 1 })
  const data = (await keys()).find((key) => key.endsWith('.gz')) ?? ''
  expect(String(gunzipSync(await read(data)))).toMatch(/^"counted-things","in\/k","1",[^\n]*\n$/)
})

test('a destination that does not let S3 in gets nothing; a bucket that is gone ends its lists', async () => {
  const { cloud, s3, keys } = await counted({}, false)
  await cloud.advance({ days: 1 })
  expect(await keys()).toEqual([])
  const left = () =>
    [...cloud.kernel.tasks.list()].filter(({ name }) => name === 's3.writeInventory')
  expect(left().length).toBe(1)
  await s3.send(new DeleteBucketInventoryConfigurationCommand({ Bucket, Id }))
  expect(left()).toEqual([])
})
