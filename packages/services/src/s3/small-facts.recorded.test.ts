import {
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { replay } from './recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const Key = 'my-key'
const checked = { ChecksumMode: 'ENABLED' } as const

recorded('tags are put, changed and taken away', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_put_object_tagging_empty_list')
  const Bucket = await it.bucket()
  await it.run(new PutObjectCommand({ Bucket, Key, Body: 'test-tagging' }))
  const get = new GetObjectTaggingCommand({ Bucket, Key })
  await it.match('created-object-tags', get)
  const put = (...TagSet: { Key: string; Value: string }[]) =>
    it.run(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet } }))
  await put({ Key: 'tag1', Value: 'tag1' }, { Key: 'tag2', Value: '' })
  await it.match('updated-object-tags', get)
  await put()
  await it.match('deleted-object-tags', get)
})

recorded('an object is there when its tags are gone', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_delete_object_tagging')
  const Bucket = await it.bucket()
  await it.run(new PutObjectCommand({ Bucket, Key, Body: 'something', ChecksumAlgorithm: 'CRC32' }))
  const get = new GetObjectCommand({ Bucket, Key, ...checked })
  await it.match('get-obj', get)
  await it.run(new DeleteObjectTaggingCommand({ Bucket, Key }))
  await it.match('get-obj-after-tag-deletion', get)
})

recorded('version ids have 32 signs', async () => {
  const it = replay('s3/test_s3_api', 'TestS3BucketVersioning::test_object_version_id_format')
  const Bucket = await it.bucket()
  const VersioningConfiguration = { Status: 'Enabled' } as const
  await it.run(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }))
  const put = new PutObjectCommand({ Bucket, Key, Body: '', ChecksumAlgorithm: 'CRC32' })
  const { VersionId } = await it.match('put-object', put)
  expect(VersionId).toMatch(/^[\w.]{32}$/)
})

recorded('metadata that is not ASCII comes back encoded', async () => {
  const it = replay('s3/test_s3', 'TestS3PresignedUrl::test_put_unicode_metadata_with_sig_s3')
  const Bucket = await it.bucket()
  const foo = 'non-ascii-%E2%80%94_\u2014_\u00e9_'
  await it.run(new PutObjectCommand({ Bucket, Key, Body: '', Metadata: { foo } }))
  await it.match('head_object', new HeadObjectCommand({ Bucket, Key }))
})

recorded('a header that ISO-8859-1 does not have is no answer', async () => {
  const it = replay(
    's3/test_s3',
    'TestS3PresignedUrl::test_get_response_overrides_unicode_metadata_with_sig_s3',
  )
  const Bucket = await it.bucket()
  await it.run(new PutObjectCommand({ Bucket, Key, Body: '' }))
  const ResponseCacheControl = 'non-ascii-%E2%80%94_\u2014_\u00e9_'
  await it.match(
    'unicode-error',
    new GetObjectCommand({ Bucket, Key, ResponseCacheControl }),
    // The recording has the error of plain HTTP, with its ids.
    ['ResponseMetadata', 'Error.HostId', 'Error.RequestId'],
  )
})

test('what ISO-8859-1 has is sent as it is', async () => {
  const { bucket, s3 } = replay('s3/test_s3', 'TestS3::test_bucket_name_with_dots')
  const Bucket = await bucket()
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: '' }))
  const ResponseContentDisposition = 'filename="\u00e9t\u00e9.txt"'
  const { ContentDisposition } = await s3.send(
    new GetObjectCommand({ Bucket, Key, ResponseContentDisposition }),
  )
  expect(ContentDisposition).toBe(ResponseContentDisposition)
})

recorded('a bucket whose name has dots', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_bucket_name_with_dots')
  const Bucket = await it.bucket('my.bucket.name')
  await it.run(
    new PutObjectCommand({
      Bucket,
      Key: 'my-content',
      Body: 'something',
      ChecksumAlgorithm: 'CRC32',
    }),
  )
  await it.match('list-objects', new ListObjectsCommand({ Bucket, EncodingType: 'url' }))
})
