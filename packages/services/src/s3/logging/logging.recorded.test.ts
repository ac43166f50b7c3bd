import {
  CreateBucketCommand,
  GetBucketAclCommand,
  GetBucketLoggingCommand,
  PutBucketLoggingCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { client } from '@cloud-orrery/cloud'
import { test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { replay } from '../recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const of = (name: string) => replay('s3/test_s3', `TestS3BucketLogging::${name}`)

recorded('a log is asked for, and no more', async () => {
  const it = of('test_put_bucket_logging')
  const Bucket = await it.bucket()
  const target = await it.bucket('target-bucket')
  await it.match('get-bucket-logging-default', new GetBucketLoggingCommand({ Bucket }))
  await it.match('get-bucket-default-acl', new GetBucketAclCommand({ Bucket: target }))
  const LoggingEnabled = { TargetBucket: target, TargetPrefix: 'log' }
  await it.match(
    'put-bucket-logging',
    new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: { LoggingEnabled } }),
  )
  await it.match('get-bucket-logging', new GetBucketLoggingCommand({ Bucket }))
  await it.match(
    'put-bucket-logging-delete',
    new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: {} }),
  )
})

recorded('grants are kept as they come', async () => {
  const it = of('test_put_bucket_logging_accept_wrong_grants')
  const Bucket = await it.bucket()
  const target = await it.bucket('target-bucket')
  const Grantee = {
    Type: 'Group',
    URI: 'http://acs.amazonaws.com/groups/s3/LogDelivery',
  } as const
  const TargetGrants = (['WRITE', 'READ_ACP'] as const).map((Permission) => ({
    Grantee,
    // The API takes any text.
    Permission: Permission as 'WRITE',
  }))
  const LoggingEnabled = { TargetBucket: target, TargetPrefix: 'log', TargetGrants }
  await it.match(
    'put-bucket-logging',
    new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: { LoggingEnabled } }),
  )
  await it.match('get-bucket-logging', new GetBucketLoggingCommand({ Bucket }))
})

recorded('a target in another region, and one that is not there', async () => {
  const it = of('test_put_bucket_logging_wrong_target')
  const Bucket = await it.bucket()
  const west = client(it.cloud, S3Client, { region: 'us-west-2' })
  await west.send(
    new CreateBucketCommand({
      Bucket: 'target-bucket',
      CreateBucketConfiguration: { LocationConstraint: 'us-west-2' },
    }),
  )
  const put = (TargetBucket: string) =>
    new PutBucketLoggingCommand({
      Bucket,
      BucketLoggingStatus: { LoggingEnabled: { TargetBucket, TargetPrefix: 'log' } },
    })
  await it.match('put-bucket-logging-different-regions', put('target-bucket'))
  await it.match('put-bucket-logging-non-existent-bucket', put('no-such-bucket'))
})
