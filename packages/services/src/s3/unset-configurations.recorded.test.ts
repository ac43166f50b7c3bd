import {
  CreateBucketCommand,
  DeleteBucketReplicationCommand,
  DeleteBucketWebsiteCommand,
  GetBucketAnalyticsConfigurationCommand,
  GetBucketCorsCommand,
  GetBucketInventoryConfigurationCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketReplicationCommand,
  GetBucketWebsiteCommand,
  ListBucketInventoryConfigurationsCommand,
  PutBucketAccelerateConfigurationCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { replay } from './recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)

// Of these recordings only what holds before anything is set: setting it is refused by name.

recorded('a bucket has no lifecycle', async () => {
  const it = replay(
    's3/test_s3',
    'TestS3BucketLifecycle::test_delete_bucket_lifecycle_configuration',
  )
  const Bucket = await it.bucket()
  await it.match(
    'get-bucket-lifecycle-exc-1',
    new GetBucketLifecycleConfigurationCommand({ Bucket }),
  )
})

recorded('a bucket has no website', async () => {
  const it = replay('s3/test_s3', 'TestS3StaticWebsiteHosting::test_crud_website_configuration')
  const Bucket = await it.bucket()
  await it.match('get-no-such-website-config', new GetBucketWebsiteCommand({ Bucket }))
  await it.match('del-no-such-website-config', new DeleteBucketWebsiteCommand({ Bucket }))
})

recorded('a bucket has no replication', async () => {
  const it = replay('s3/test_s3', 'TestS3BucketReplication::test_replication_config')
  const Bucket = await it.bucket()
  await it.match('expected_error_no_replication_set', new GetBucketReplicationCommand({ Bucket }))
  await it.match(
    'delete-bucket-replication-idempotent',
    new DeleteBucketReplicationCommand({ Bucket }),
  )
})

recorded('a bucket has no analytics and no inventory', async () => {
  const analytics = replay('s3/test_s3', 'TestS3::test_s3_analytics_configurations')
  const Bucket = await analytics.bucket()
  await analytics.match(
    'get_config_with_storage_analysis_err',
    new GetBucketAnalyticsConfigurationCommand({ Bucket, Id: 'none' }),
  )
  const inventory = replay('s3/test_s3', 'TestS3::test_s3_inventory_report_crud')
  await inventory.bucket(Bucket)
  await inventory.match(
    'list-inventory-config-after-del',
    new ListBucketInventoryConfigurationsCommand({ Bucket }),
  )
  await inventory.match(
    'get-nonexistent-inv-config',
    new GetBucketInventoryConfigurationCommand({ Bucket, Id: 'none' }),
  )
})

test('what nobody can set is refused by name, and truly not there', async () => {
  const s3 = client(createCloud({ deepFreeze: true }), S3Client)
  const Bucket = 'plain-things'
  await s3.send(new CreateBucketCommand({ Bucket }))
  await expect(
    s3.send(
      new PutBucketAccelerateConfigurationCommand({
        Bucket,
        AccelerateConfiguration: { Status: 'Enabled' },
      }),
    ),
  ).rejects.toMatchObject({
    name: 'NotImplemented',
    message:
      'Orrery does not model s3:PutBucketAccelerateConfiguration. The coverage page of s3 lists what it does.',
  })
  await expect(s3.send(new GetBucketCorsCommand({ Bucket }))).rejects.toMatchObject({
    name: 'NoSuchCORSConfiguration',
    message: 'The CORS configuration does not exist',
  })
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '' }))
  await expect(
    s3.send(new PutObjectLegalHoldCommand({ Bucket, Key: 'k', LegalHold: { Status: 'ON' } })),
  ).rejects.toMatchObject({
    name: 'InvalidRequest',
    message: 'Bucket is missing Object Lock Configuration',
  })
})
