import {
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { type Replay, replay } from './recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const body = '{"key": "value"}'
const checked = { ChecksumMode: 'ENABLED' } as const

function copy(
  Bucket: string,
  from: string,
  Key: string,
  more: Partial<CopyObjectCommandInput> = {},
) {
  return new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${from}`, ...more })
}

async function versioned(it: Replay, Bucket: string, Status: 'Enabled' | 'Suspended' = 'Enabled') {
  await it.run(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }))
}

recorded('metadata is replaced', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_s3_copy_metadata_replace')
  const Bucket = await it.bucket()
  await it.match(
    'put_object',
    new PutObjectCommand({
      Bucket,
      Key: 'source-object',
      Body: body,
      ContentType: 'application/json',
      Metadata: { key: 'value' },
      ContentLanguage: 'en-US',
    }),
  )
  await it.match('head_object', new HeadObjectCommand({ Bucket, Key: 'source-object' }))
  await it.match(
    'copy_object',
    copy(Bucket, 'source-object', 'copy', {
      Metadata: { 'another-key': 'value' },
      ContentType: 'image/jpg',
      MetadataDirective: 'REPLACE',
    }),
  )
  await it.match('head_object_copy', new HeadObjectCommand({ Bucket, Key: 'copy' }))
})

recorded('metadata goes along', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_s3_copy_content_type_and_metadata')
  const Bucket = await it.bucket()
  const head = (Key: string) => new HeadObjectCommand({ Bucket, Key })
  await it.match(
    'put_object',
    new PutObjectCommand({
      Bucket,
      Key: 'source',
      Body: body,
      ContentType: 'application/json',
      Metadata: { key: 'value' },
    }),
  )
  await it.match('head_object', head('source'))
  await it.match('copy_object', copy(Bucket, 'source', 'first'))
  await it.match('head_object_copy', head('first'))
  await it.match(
    'copy_object_second',
    copy(Bucket, 'first', 'second', { MetadataDirective: 'COPY' }),
  )
  await it.match('head_object_second_copy', head('second'))
})

recorded('a copy onto itself must change something', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_s3_copy_object_in_place_metadata_directive')
  const Bucket = await it.bucket()
  const at = { Bucket, Key: 'source-object' }
  const again = (more: Partial<CopyObjectCommandInput>) => copy(Bucket, at.Key, at.Key, more)
  const head = new HeadObjectCommand(at)
  await it.match(
    'put_object',
    new PutObjectCommand({
      ...at,
      Body: body,
      ContentType: 'application/json',
      Metadata: { key: 'value' },
    }),
  )
  await it.match('head_object', head)
  await it.match('no-metadata-directive-fail', again({}))
  await it.match(
    'copy-replace-directive',
    again({ Metadata: { key2: 'value2' }, MetadataDirective: 'REPLACE' }),
  )
  await it.match('head-replace-directive', head)
  await it.match(
    'copy-copy-directive',
    again({ MetadataDirective: 'COPY', StorageClass: 'STANDARD' }),
  )
  await it.match('head-copy-directive', head)
  await it.match(
    'copy-copy-directive-ignore',
    again({ MetadataDirective: 'COPY', Metadata: { key3: 'value3' }, StorageClass: 'STANDARD' }),
  )
  await it.match('head-copy-directive-ignore', head)
  await it.match('copy-replace-directive-empty', again({ MetadataDirective: 'REPLACE' }))
  await it.match('head-replace-directive-empty', head)
})

recorded('another storage class is a change', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_s3_copy_object_storage_class')
  const Bucket = await it.bucket()
  const at = { Bucket, Key: 'source-object' }
  const attributes = new GetObjectAttributesCommand({ ...at, ObjectAttributes: ['StorageClass'] })
  await it.match(
    'put-object',
    new PutObjectCommand({ ...at, Body: 'test', StorageClass: 'STANDARD_IA' }),
  )
  await it.match('head-object', new HeadObjectCommand(at))
  await it.match('object-attrs', attributes)
  await it.match(
    'copy-object-in-place-with-storage-class',
    copy(Bucket, at.Key, at.Key, { StorageClass: 'STANDARD' }),
  )
  await it.match('object-attrs-after-copy', attributes)
  await it.match('exc-invalid-request-storage-class', copy(Bucket, at.Key, at.Key))
})

recorded('so is a redirect, and an encryption of the bucket', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_s3_copy_object_in_place_website_redirect_location')
  const Bucket = await it.bucket()
  const at = { Bucket, Key: 'source-object' }
  const WebsiteRedirectLocation = '/test/direct'
  await it.match(
    'put-object',
    new PutObjectCommand({ ...at, Body: 'test', WebsiteRedirectLocation }),
  )
  await it.match('head-object', new HeadObjectCommand(at))
  await it.match(
    'copy-object-in-place-with-website-redirection',
    copy(Bucket, at.Key, at.Key, { WebsiteRedirectLocation }),
  )
  await it.match('head-object-after-copy', new HeadObjectCommand(at))

  const encrypted = replay('s3/test_s3', 'TestS3::test_copy_in_place_with_bucket_encryption')
  await encrypted.bucket(Bucket)
  const Rules = [
    {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const },
      BucketKeyEnabled: false,
    },
  ]
  await encrypted.match(
    'put-bucket-encryption',
    new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }),
  )
  await encrypted.match('put-obj', new PutObjectCommand({ ...at, Body: '' }))
  await encrypted.match('copy-obj', copy(Bucket, at.Key, at.Key))
})

recorded('copies onto itself with versions', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_s3_copy_object_in_place_versioned')
  const Bucket = await it.bucket()
  const at = { Bucket, Key: 'source-object' }
  const again = copy(Bucket, at.Key, at.Key, { MetadataDirective: 'REPLACE' })
  await versioned(it, Bucket)
  await it.match(
    'put_object',
    new PutObjectCommand({
      ...at,
      Body: body,
      ContentType: 'application/json',
      Metadata: { key: 'value' },
    }),
  )
  await it.match('head_object', new HeadObjectCommand(at))
  await it.match(
    'object-attrs',
    new GetObjectAttributesCommand({ ...at, ObjectAttributes: ['StorageClass'] }),
  )
  await it.match('copy-object-in-place-no-change', copy(Bucket, at.Key, at.Key))
  await it.match('copy-in-place-versioned', again)
  const second = await it.match('head-object-copied', new HeadObjectCommand(at))
  await it.match('get-object-copied', new GetObjectCommand({ ...at, ...checked }))
  await versioned(it, Bucket, 'Suspended')
  await it.match('copy-in-place-versioned-suspended', again)
  await it.match('head-object-copied-suspended', new HeadObjectCommand(at))
  await it.match('get-object-copied-suspended', new GetObjectCommand({ ...at, ...checked }))
  await it.match(
    'head-object-previous-version-suspended',
    new HeadObjectCommand({ ...at, VersionId: String(second['VersionId']) }),
  )
  await versioned(it, Bucket)
  await it.match('copy-in-place-versioned-re-enabled', again)
})

for (const algorithm of ['CRC32', 'CRC32C', 'SHA1', 'CRC64NVME'] as const) {
  recorded(`a copy gets a checksum of another kind: ${algorithm}`, async () => {
    const it = replay('s3/test_s3', `TestS3::test_s3_copy_object_with_checksum[${algorithm}]`)
    const Bucket = await it.bucket()
    const at = { Bucket, Key: 'source-object' }
    const attributes = new GetObjectAttributesCommand({ ...at, ObjectAttributes: ['Checksum'] })
    await it.match(
      'put-object-no-checksum',
      new PutObjectCommand({
        ...at,
        Body: body,
        ContentType: 'application/json',
        Metadata: { key: 'value' },
      }),
    )
    await it.match('object-attrs', attributes)
    const ChecksumAlgorithm: ChecksumAlgorithm = algorithm
    await it.match(
      'copy-object-in-place-with-checksum',
      copy(Bucket, at.Key, at.Key, {
        ChecksumAlgorithm,
        Metadata: { key1: 'value1' },
        MetadataDirective: 'REPLACE',
      }),
    )
    await it.match('object-attrs-after-copy', attributes)
    await it.match('copy-object-to-dest-keep-checksum', copy(Bucket, at.Key, 'dest-object'))
  })
}

for (const algorithm of ['SHA1', 'CRC64NVME'] as const) {
  recorded(`a copy keeps its checksum of ${algorithm}`, async () => {
    const it = replay(
      's3/test_s3',
      `TestS3::test_s3_copy_object_with_default_checksum[${algorithm}]`,
    )
    const Bucket = await it.bucket()
    const at = { Bucket, Key: 'source-object' }
    const attributes = (Key: string) =>
      new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['Checksum'] })
    await it.match(
      'put-object-no-checksum',
      new PutObjectCommand({ ...at, Body: body, ChecksumAlgorithm: algorithm }),
    )
    await it.match('object-attrs', attributes(at.Key))
    await it.match(
      'copy-object-in-place-with-no-checksum',
      copy(Bucket, at.Key, at.Key, { MetadataDirective: 'REPLACE' }),
    )
    await it.match('object-attrs-after-copy', attributes(at.Key))
    await it.match('copy-object-to-dest-keep-checksum', copy(Bucket, at.Key, 'dest-object'))
    await it.match('dest-object-attrs-after-copy', attributes('dest-object'))
  })
}

for (const directive of ['COPY', 'None'] as const) {
  const TaggingDirective = directive === 'None' ? {} : ({ TaggingDirective: directive } as const)
  recorded(`tags go along: ${directive}`, async () => {
    const it = replay('s3/test_s3', `TestS3::test_s3_copy_tagging_directive[${directive}]`)
    const Bucket = await it.bucket()
    const tags = (Key: string) => new GetObjectTaggingCommand({ Bucket, Key })
    await it.match(
      'put-object',
      new PutObjectCommand({ Bucket, Key: 'a', Body: 'test', Tagging: 'key1=value1' }),
    )
    await it.match('get-object-tag', tags('a'))
    await it.match(
      'copy-object',
      copy(Bucket, 'a', 'b', { ...TaggingDirective, Tagging: 'key2=value2' }),
    )
    await it.match('get-copy-object-tag', tags('b'))
    await it.match('copy-object-tag-empty', copy(Bucket, 'a', 'c', TaggingDirective))
    await it.match('get-copy-object-tag-empty', tags('c'))
  })
}

recorded('tags of versions go along', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_s3_copy_tagging_directive_versioned[COPY]')
  const Bucket = await it.bucket()
  await versioned(it, Bucket)
  const TaggingDirective = 'COPY' as const
  const tags = (Key: string, VersionId?: string) =>
    new GetObjectTaggingCommand({ Bucket, Key, VersionId })
  const first = await it.match(
    'put-object',
    new PutObjectCommand({ Bucket, Key: 'a', Body: 'test', Tagging: 'key1=value1' }),
  )
  await it.match(
    'put-object-v2',
    new PutObjectCommand({ Bucket, Key: 'a', Body: 'test-v2', Tagging: 'key1=value1-v2' }),
  )
  const v1 = String(first['VersionId'])
  await it.match('get-object-tag', tags('a'))
  await it.match('get-object-tag-v1', tags('a', v1))
  const Tagging = 'key2=value2'
  await it.match('copy-object', copy(Bucket, 'a', 'b', { TaggingDirective, Tagging }))
  await it.match('get-copy-object-tag', tags('b'))
  await it.match('copy-object-tag-empty', copy(Bucket, 'a', 'b', { TaggingDirective }))
  await it.match('get-copy-object-tag-empty', tags('b'))
  const old = `a?versionId=${v1}`
  await it.match('copy-object-v1', copy(Bucket, old, 'b', { TaggingDirective, Tagging }))
  await it.match('get-copy-object-tag-v1', tags('b'))
  await it.match('copy-object-tag-empty-v1', copy(Bucket, old, 'b', { TaggingDirective }))
  await it.match('get-copy-object-tag-empty-v1', tags('b'))
})

recorded('keys with signs that URLs know', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_copy_object_special_character')
  const Bucket = await it.bucket('source-bucket')
  const to = await it.bucket('target-bucket')
  for (const Key of [
    'file%2Fname',
    'test@key/',
    'test key/',
    'test key//',
    'a/%F0%9F%98%80/',
    'test+key',
  ]) {
    await it.match(
      `put-object-src-special-char-${Key}`,
      new PutObjectCommand({ Bucket, Key, Body: 'test' }),
    )
    const CopySource = encodeURIComponent(`${Bucket}/${Key}`)
    await it.match(
      `copy-object-special-char-${Key}`,
      new CopyObjectCommand({ Bucket: to, Key, CopySource }),
    )
  }
  await it.match(
    'list-object-copy-dest-special-char',
    new ListObjectsV2Command({ Bucket: to, EncodingType: 'url' }),
  )
})

recorded('a copy of an upload in parts is one piece', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_multipart_copy_object_etag')
  const Bucket = await it.bucket('bucket')
  const at = { Bucket, Key: 'test.file' }
  const { UploadId } = await it.run(new CreateMultipartUploadCommand(at))
  const upload = { ...at, UploadId: String(UploadId) }
  const part = await it.run(
    new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'test content 123' }),
  )
  const Parts = [{ ETag: String(part['ETag']), PartNumber: 1 }]
  await it.match(
    'multipart-upload',
    new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }),
  )
  await it.match('copy-object', copy(Bucket, at.Key, 'test.file-copy'))
  await it.match(
    'copy-object-in-place',
    copy(Bucket, at.Key, at.Key, { MetadataDirective: 'REPLACE' }),
  )
  await it.match('head-obj', new HeadObjectCommand({ ...at, ...checked }))
})

recorded('sources that are not there', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_s3_copy_object_src_not_exists')
  // The recording is of 2023: puts and copies did not tell their checksums yet.
  const later = [
    'ChecksumCRC32',
    'ChecksumType',
    'CopyObjectResult.ChecksumCRC32',
    'CopyObjectResult.ChecksumType',
  ]
  const Bucket = await it.bucket('bucket')
  const target = { Bucket, Key: 'dest-key' }
  const from = (CopySource: string) => new CopyObjectCommand({ ...target, CopySource })
  await it.match('copy-object-src-bucket-not-exists', from('not-there/random-src-key'))
  await it.match('copy-object-src-object-not-exists', from(`${Bucket}/random-src-key`))
  await versioned(it, Bucket)
  const at = { Bucket, Key: 'random-src-key' }
  const put = await it.match('put-obj-versioned', new PutObjectCommand({ ...at, Body: '' }), later)
  const marker = await it.match('del-obj-versioned', new DeleteObjectCommand(at))
  const named = (VersionId: unknown) => from(`${Bucket}/${at.Key}?versionId=${VersionId}`)
  await it.match('copy-object-src-delete-marker-current-version', from(`${Bucket}/${at.Key}`))
  await it.match('copy-object-src-target-delete-marker', named(marker['VersionId']))
  await it.match('copy-object-src-target-object-version', named(put['VersionId']), later)
})

recorded('conditions on the target', async () => {
  const one = replay(
    's3/test_s3_api',
    'TestS3ObjectWritePrecondition::test_copy_object_if_none_match',
  )
  const Bucket = await one.bucket()
  const source = new PutObjectCommand({ Bucket, Key: 'source-object', Body: 'source-content' })
  const to = (more: Partial<CopyObjectCommandInput>, Key = 'dest-object') =>
    copy(Bucket, 'source-object', Key, more)
  await one.run(source)
  await one.match('copy-obj', to({ IfNoneMatch: '*' }), [
    'CopyObjectResult.ETag',
    'CopyObjectResult.ChecksumCRC32',
  ])
  await one.match('copy-obj-if-none-match-fail', to({ IfNoneMatch: '*' }))

  const it = replay('s3/test_s3_api', 'TestS3ObjectWritePrecondition::test_copy_object_if_match')
  await it.bucket(Bucket)
  await it.run(source)
  const { ETag } = await it.run(new PutObjectCommand({ Bucket, Key: 'dest-object', Body: 'dest' }))
  await it.match('copy-obj-if-match', to({ IfMatch: String(ETag) }), [
    'CopyObjectResult.ETag',
    'CopyObjectResult.ChecksumCRC32',
  ])
  await it.match('copy-obj-if-match-fail-wrong-etag', to({ IfMatch: String(ETag) }))
  await it.match(
    'copy-obj-if-match-fail-no-object',
    to({ IfMatch: String(ETag) }, 'non-existent-key'),
  )

  const wrong = replay(
    's3/test_s3_api',
    'TestS3ObjectWritePrecondition::test_copy_object_precondition_write_validation',
  )
  await wrong.bucket(Bucket)
  await wrong.run(source)
  await wrong.match('copy-obj-none-match-etag', to({ IfNoneMatch: String(ETag) }))
  await wrong.match('copy-obj-if-match-star', to({ IfMatch: '*' }))
  await wrong.match('copy-obj-both', to({ IfMatch: String(ETag), IfNoneMatch: '*' }))
})

recorded('conditions on a versioned target', async () => {
  const like = ['CopyObjectResult.ETag', 'CopyObjectResult.ChecksumCRC32']
  const it = replay(
    's3/test_s3_api',
    'TestS3ObjectWritePrecondition::test_copy_object_if_none_match_versioned_bucket',
  )
  const Bucket = await it.bucket()
  await versioned(it, Bucket)
  const to = (more: Partial<CopyObjectCommandInput>) =>
    copy(Bucket, 'source-object', 'dest-object', more)
  const target = { Bucket, Key: 'dest-object' }
  await it.run(new PutObjectCommand({ Bucket, Key: 'source-object', Body: 'source-content' }))
  await it.match('copy-obj', to({ IfNoneMatch: '*' }), like)
  await it.match('copy-obj-if-none-match-fail', to({ IfNoneMatch: '*' }))
  await it.match('del-obj', new DeleteObjectCommand(target))
  await it.match('copy-obj-after-del', to({ IfNoneMatch: '*' }), like)
  await it.match(
    'list-object-versions',
    new ListObjectVersionsCommand({ Bucket, EncodingType: 'url' }),
    [0, 1, 2].map((n) => `Versions[${n}].ETag`),
  )
})

recorded('a source that changed, in a versioned bucket', async () => {
  const it = replay(
    's3/test_s3_preconditions',
    'TestS3CopySourcePreconditions::test_s3_copy_object_if_source_unmodified_since_versioned',
  )
  const Bucket = await it.bucket()
  await versioned(it, Bucket)
  await it.run(new PutObjectCommand({ Bucket, Key: 'source', Body: 'data' }))
  const head = await it.match('head-object', new HeadObjectCommand({ Bucket, Key: 'source' }))
  const modified = head['LastModified'] as Date
  await it.match(
    'copy-if-unmodified-since',
    copy(Bucket, 'source', 'dest', { CopySourceIfUnmodifiedSince: modified }),
  )
  const past = new Date(modified.getTime() - 60_000)
  await it.match(
    'copy-past-if-unmodified-since',
    copy(Bucket, 'source', 'dest', { CopySourceIfUnmodifiedSince: past }),
  )
})
