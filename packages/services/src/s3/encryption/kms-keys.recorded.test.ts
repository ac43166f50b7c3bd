import {
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms'
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetBucketEncryptionCommand,
  GetObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type ServerSideEncryptionByDefault,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { client } from '@cloud-orrery/cloud'
import { test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { type Replay, recordedAccount, replay } from '../recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
/** The entity tag of an object under a key of KMS is no digest: every run has another. */
const tag = ['ETag']
const absentKey = '134f2428-cec1-4b25-a1ae-9048164dba47'
const Body = 'test-sse'

const of = (name: string) => replay('s3/test_s3', name, { accountId: recordedAccount })

async function newKey(
  { cloud }: Replay,
  region = 'us-east-1',
): Promise<{ id: string; arn: string }> {
  const { KeyMetadata } = await client(cloud, KMSClient, { region }).send(new CreateKeyCommand({}))
  return { id: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' }
}

function put(Bucket: string, Key: string, more: Partial<PutObjectCommandInput> = {}) {
  return new PutObjectCommand({ Bucket, Key, Body, ChecksumAlgorithm: 'CRC32', ...more })
}

const get = (Bucket: string, Key: string) =>
  new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' })

const kms = (SSEKMSKeyId?: string) =>
  ({ ServerSideEncryption: 'aws:kms', ...(SSEKMSKeyId && { SSEKMSKeyId }) }) as const

function encrypted(Bucket: string, standard: ServerSideEncryptionByDefault) {
  return new PutBucketEncryptionCommand({
    Bucket,
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: standard, BucketKeyEnabled: true }],
    },
  })
}

recorded('keys that are not there, or elsewhere', async () => {
  const it = of('TestS3::test_s3_sse_validate_kms_key')
  const Bucket = await it.bucket()
  it.bindings.set('<region_1>', 'us-east-1').set('<region_2>', 'us-west-2')
  it.bindings.set('<partition>', 'aws')
  const elsewhere = await newKey(it, 'us-west-2')
  it.bindings.set('<uuid:1>', elsewhere.id)
  const arn = `arn:aws:kms:us-east-1:${recordedAccount}:key/${absentKey}`
  const steps: [string, string][] = [
    ['put-obj-wrong-kms-key', 'fake-key-id'],
    ['put-obj-wrong-kms-key-real-uuid', absentKey],
    ['put-obj-wrong-kms-key-real-uuid-arn', arn],
    ['put-obj-different-region-kms-key', elsewhere.arn],
    ['put-obj-different-region-kms-key-no-arn', elsewhere.id],
  ]
  for (const [step, key] of steps) await it.match(step, put(Bucket, 'k', kms(key)))
  await it.match(
    'create-multipart-wrong-kms-key',
    new CreateMultipartUploadCommand({ Bucket, Key: 'k', ...kms('fake-key-id') }),
  )
  await it.run(put(Bucket, 'source'))
  await it.match(
    'copy-obj-wrong-kms-key',
    new CopyObjectCommand({
      Bucket,
      Key: 'k',
      CopySource: `${Bucket}/source`,
      ...kms('fake-key-id'),
    }),
  )
})

recorded('keys that are disabled, or wait for their deletion', async () => {
  const it = of('TestS3::test_s3_sse_validate_kms_key_state')
  const Bucket = await it.bucket()
  const { arn, id: KeyId } = await newKey(it)
  const keys = client(it.cloud, KMSClient)
  const under = kms(arn)
  await it.match('success-put-object-sse', put(Bucket, 'k', under), tag)
  await it.match('success-get-object-sse', get(Bucket, 'k'), tag)
  await keys.send(new DisableKeyCommand({ KeyId }))
  await it.match('get-obj-disabled-key', get(Bucket, 'k'))
  await it.match('put-obj-disabled-key', put(Bucket, 'k', under))
  await keys.send(new EnableKeyCommand({ KeyId }))
  await keys.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))
  await it.match('get-obj-pending-deletion-key', get(Bucket, 'k'))
})

recorded('an upload in parts under a bucket key', async () => {
  const it = of('TestS3::test_s3_multipart_upload_sse')
  const Bucket = await it.bucket()
  it.bindings.set('<bucket>', Bucket)
  const { arn } = await newKey(it)
  const Key = 'test-sse-field-multipart'
  const upload = await it.match(
    'multi-sse-create-multipart',
    new CreateMultipartUploadCommand({ Bucket, Key, BucketKeyEnabled: true, ...kms(arn) }),
  )
  const UploadId = String(upload['UploadId'])
  const part = await it.match(
    'multi-sse-upload-part',
    new UploadPartCommand({
      Bucket,
      Key,
      Body,
      PartNumber: 1,
      UploadId,
      ChecksumAlgorithm: 'CRC32',
    }),
    tag,
  )
  const Parts = [{ ETag: String(part['ETag']), PartNumber: 1 }]
  await it.match(
    'multi-sse-compete-multipart',
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
    // S3 tells its checksum now; then it did not.
    [...tag, 'ChecksumCRC64NVME', 'ChecksumType'],
  )
  await it.match('get-obj', get(Bucket, Key), tag)
})

recorded("a bucket's key encrypts what is put later", async () => {
  const it = of('TestS3::test_s3_sse_bucket_key_default')
  const Bucket = await it.bucket()
  const { id } = await newKey(it)
  it.bindings.set('<SSEKMSKeyId:1>', id)
  await it.match('put-obj-default-before-setting', put(Bucket, 'before'), tag)
  await it.match('get-obj-default-before-setting', get(Bucket, 'before'), tag)
  await it.match(
    'put-bucket-encryption',
    encrypted(Bucket, { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: id }),
  )
  await it.match('get-bucket-encryption', new GetBucketEncryptionCommand({ Bucket }))
  await it.match('get-obj-default-after-setting', get(Bucket, 'before'), tag)
  await it.match('put-obj-after-setting', put(Bucket, 'after'), tag)
  await it.match('get-obj-after-setting', get(Bucket, 'after'), tag)
})

recorded("the AWS managed key is the account's, for all its buckets", async () => {
  const it = of('TestS3::test_s3_sse_default_kms_key')
  const first = await it.bucket()
  const second = await it.bucket('second-bucket')
  await it.match('put-obj-default-kms-s3-key', put(first, 'k', kms()), tag)
  await it.match('get-obj-default-kms-s3-key', get(first, 'k'), tag)
  await it.match('put-obj-default-kms-s3-key-bucket-2', put(second, 'k', kms()), tag)
  await it.match('get-obj-default-kms-s3-key-bucket-2', get(second, 'k'), tag)
  await it.match(
    'put-bucket-encryption-default-kms-s3-key',
    encrypted(second, { SSEAlgorithm: 'aws:kms' }),
  )
  await it.match(
    'get-bucket-encryption-default-kms-s3-key',
    new GetBucketEncryptionCommand({ Bucket: second }),
  )
  await it.match('put-obj-default-kms-s3-key-from-bucket', put(second, 'from-bucket'), tag)
  await it.match('get-obj-default-kms-s3-key-from-bucket', get(second, 'from-bucket'), tag)
})
