import { createHash } from 'node:crypto'
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { type Replay, replay } from './recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)

async function versioned(it: Replay, Bucket: string, Status: 'Enabled' | 'Suspended' = 'Enabled') {
  await it.run(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }))
}

const checked = { ChecksumMode: 'ENABLED' } as const

recorded('a key in UTF-8', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_put_and_get_object_with_utf8_key')
  const at = { Bucket: await it.bucket(), Key: 'Ā0Ä' }
  await it.match('put-object', new PutObjectCommand({ ...at, Body: 'abc123' }))
  // The recording holds a body that was read already.
  await it.match('get-object', new GetObjectCommand({ ...at, ...checked }), ['Body'])
})

recorded('a key that starts with a hash', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_put_and_get_object_with_hash_prefix')
  const at = { Bucket: await it.bucket(), Key: '#key-with-hash-prefix' }
  await it.match('put-object', new PutObjectCommand({ ...at, Body: 'test 123' }))
  // As above.
  await it.match('get-object', new GetObjectCommand({ ...at, ...checked }), ['Body'])
})

recorded('an object of a bucket that is not there', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_get_object_no_such_bucket')
  await it.match(
    'expected_error',
    new GetObjectCommand({ Bucket: 'does-not-exist', Key: 'foobar' }),
  )
})

recorded('a range of a key that is not there', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_range_key_not_exists')
  const at = { Bucket: await it.bucket(), Key: 'my-key' }
  await it.match('exc', new GetObjectCommand({ ...at, Range: 'bytes=1024-4096' }))
})

recorded(
  'a deleted object of a versioned bucket is gone to those who name no version',
  async () => {
    const it = replay('s3/test_s3', 'TestS3::test_get_object_after_deleted_in_versioned_bucket')
    const at = { Bucket: await it.bucket(), Key: 'my-key' }
    await versioned(it, at.Bucket)
    await it.run(new PutObjectCommand({ ...at, Body: 'abcdefgh' }))
    await it.match('get-object', new GetObjectCommand({ ...at, ...checked }))
    await it.run(new DeleteObjectCommand(at))
    await it.match('get-object-after-delete', new GetObjectCommand({ ...at, ...checked }))
  },
)

recorded('keys that are not there are deleted, in silence if asked', async () => {
  const quiet = replay('s3/test_s3', 'TestS3::test_delete_non_existing_keys_quiet')
  const Objects = [{ Key: 'dummy1' }, { Key: 'dummy2' }]
  const Bucket = await quiet.bucket()
  await quiet.run(new PutObjectCommand({ Bucket, Key: 'test-key-nonexistent', Body: 'test123' }))
  await quiet.match(
    'deleted-resp',
    new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
  )
  const none = replay('s3/test_s3', 'TestS3::test_delete_non_existing_keys_in_non_existing_bucket')
  await none.match(
    'error-non-existent-bucket',
    new DeleteObjectsCommand({ Bucket: 'not-there', Delete: { Objects } }),
  )
})

recorded('versions are deleted one by one, and delete markers too', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_delete_keys_in_versioned_bucket')
  const Bucket = await it.bucket()
  const Key = 'test-key-versioned'
  await versioned(it, Bucket)
  const bodies = ['something', 'something-v2']
  const ids: (string | undefined)[] = []
  for (const Body of bodies) {
    const { VersionId } = await it.run(new PutObjectCommand({ Bucket, Key, Body }))
    ids.push(String(VersionId))
  }
  const list = { Bucket, EncodingType: 'url' } as const
  await it.match('list-objects-v2', new ListObjectsV2Command(list))
  await it.match(
    'delete-object',
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }] } }),
  )
  await it.match('list-object-version', new ListObjectVersionsCommand(list))
  await it.match(
    'delete-object-version',
    new DeleteObjectsCommand({
      Bucket,
      Delete: { Objects: ids.map((VersionId) => ({ Key, VersionId })) },
    }),
  )
  await it.match('list-objects-v2-after-delete', new ListObjectsV2Command(list))
  const left = await it.match(
    'list-object-version-after-delete',
    new ListObjectVersionsCommand(list),
  )
  const [marker] = left['DeleteMarkers'] as { VersionId: string }[]
  await it.match(
    'delete-object-delete-marker',
    new DeleteObjectsCommand({
      Bucket,
      Delete: { Objects: [{ Key, VersionId: marker?.VersionId }] },
    }),
  )
})

recorded('keys that look encoded are deleted as they are', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_delete_objects_encoding')
  const Bucket = await it.bucket()
  const keys = ['a%2Fb', 'a/%F0%9F%98%80']
  for (const Key of keys) {
    await it.run(new PutObjectCommand({ Bucket, Key, Body: `percent encoding` }))
  }
  const list = { Bucket, EncodingType: 'url' } as const
  await it.match('list-objects-before-delete', new ListObjectsV2Command(list), [
    'Contents[1].ETag', // What the second object held is not told.
    'Contents[1].Size',
    'Contents[0].ETag',
  ])
  await it.match(
    'deleted-resp',
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } }),
  )
  await it.match('list-objects', new ListObjectsV2Command(list))
})

recorded('many keys are deleted at once', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_s3_batch_delete_objects')
  const Bucket = await it.bucket()
  const Objects = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ Key: `key-${name}` }))
  for (const { Key } of Objects) await it.run(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
  await it.match('batch-delete', new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
  await it.match('list-remaining-objects', new ListObjectsCommand({ Bucket, EncodingType: 'url' }))
})

recorded('one version is deleted for good', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_s3_delete_object_with_version_id')
  const Bucket = await it.bucket()
  await versioned(it, Bucket)
  const Key = 'aws/s3/testkey1.txt'
  const { VersionId } = await it.run(new PutObjectCommand({ Bucket, Key, Body: 'data' }))
  const Objects = [{ Key, VersionId: String(VersionId) }]
  await it.run(new PutObjectCommand({ Bucket, Key: 'aws/s3/testkey2.txt', Body: 'x'.repeat(960) }))
  await it.match('delete_objects', new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
  await it.match(
    'list_object_versions_after_delete',
    new ListObjectVersionsCommand({ Bucket, EncodingType: 'url' }),
    ['Versions[0].ETag'], // What the object held is not told.
  )
})

recorded('deleting, with and without versions', async () => {
  const it = replay('s3/test_s3_api', 'TestS3ObjectCRUD::test_delete_object')
  const Bucket = await it.bucket()
  await it.match(
    'put-object',
    new PutObjectCommand({ Bucket, Key: 'test-delete', Body: 'test-delete' }),
  )
  await it.match('delete-object', new DeleteObjectCommand({ Bucket, Key: 'test-delete' }))
  await it.match(
    'delete-nonexistent-object',
    new DeleteObjectCommand({ Bucket, Key: 'test-delete' }),
  )
  await it.match(
    'delete-nonexistent-object-versionid',
    new DeleteObjectCommand({
      Bucket,
      Key: 'test-delete',
      VersionId: 'HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD',
    }),
  )
})

recorded('deleting many, a version that is none among them', async () => {
  const it = replay('s3/test_s3_api', 'TestS3ObjectCRUD::test_delete_objects')
  const Bucket = await it.bucket()
  const Key = 'test-delete'
  await it.match('put-object', new PutObjectCommand({ Bucket, Key, Body: 'test-delete' }))
  const wrong = [{ Key, VersionId: 'HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD' }]
  await it.match(
    'delete-object-wrong-version-id',
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: wrong } }),
  )
  const Objects = [{ Key: 'c-wrong-key' }, { Key }, { Key: 'a-wrong-key' }]
  const deleted = await it.run(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
  // The recording sorts them; S3 promises no order.
  const list = (deleted['Deleted'] as { Key: string }[]).toSorted((a, b) =>
    a.Key.localeCompare(b.Key),
  )
  it.matchValue('delete-objects', { ...deleted, Deleted: list })
})

recorded('a versioned object is deleted and its versions stay', async () => {
  const it = replay('s3/test_s3_api', 'TestS3ObjectCRUD::test_delete_object_versioned')
  const Bucket = await it.bucket()
  await versioned(it, Bucket)
  const at = { Bucket, Key: 'test-delete' }
  const put = await it.match('put-object', new PutObjectCommand({ ...at, Body: 'test-delete' }))
  const first = await it.match('delete-object', new DeleteObjectCommand(at))
  await it.match('get-deleted-object', new GetObjectCommand(at))
  const named = { ...at, ...checked, VersionId: String(put['VersionId']) }
  await it.match('get-object-with-version', new GetObjectCommand(named))
  await it.match(
    'get-delete-marker',
    new GetObjectCommand({ ...at, VersionId: String(first['VersionId']) }),
  )
  await it.match('delete-object-2', new DeleteObjectCommand(at))
  await it.match(
    'list-object-versions',
    new ListObjectVersionsCommand({ Bucket, Prefix: 'test-delete', EncodingType: 'url' }),
  )
})

recorded('what ranges give', async () => {
  const it = replay('s3/test_s3_api', 'TestS3ObjectCRUD::test_get_object_range')
  const at = { Bucket: await it.bucket(), Key: 'test-range' }
  await it.run(new PutObjectCommand({ ...at, Body: '0123456789' }))
  const ranges: Record<string, string> = {
    'get-0-8': 'bytes=0-8',
    'get-1-1': 'bytes=1-1',
    'get-1-0': 'bytes=1-0',
    'get-1-': 'bytes=1-',
    'get--1-': 'bytes=-1-',
    'get--2': 'bytes=-2',
    'get--9': 'bytes=-9',
    'get--15': 'bytes=-15',
    'get-0-100': 'bytes=0-100',
    'get-0-0': 'bytes=0-0',
    'get-0--1': 'bytes=0--1',
    'get-multiple-ranges': 'bytes=0-1,3-4,7-9',
    'get-wrong-format': '0-1',
    'get--': 'bytes=-',
    'get--0': 'bytes=-0',
    'get-100-200': 'bytes=100-200',
  }
  for (const [step, Range] of Object.entries(ranges)) {
    await it.match(step, new GetObjectCommand({ ...at, ...checked, Range }))
  }
  const { ETag } = await it.run(new HeadObjectCommand(at))
  expect(ETag).toBe(`"${createHash('md5').update('0123456789').digest('hex')}"`)
})

recorded('versions before, during and after versioning', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_s3_put_object_versioned')
  const Bucket = await it.bucket()
  const old = { Bucket, Key: 'non-version-bucket-key' }
  const list = () => new ListObjectVersionsCommand({ Bucket, EncodingType: 'url' })
  await it.match('put-pre-versioned', new PutObjectCommand({ ...old, Body: 'non-versioned-key' }))
  await it.match('get-pre-versioned', new GetObjectCommand({ ...old, ...checked }))
  await it.match('list-object-pre-versioned', list())
  await versioned(it, Bucket)
  await it.match('get-post-versioned', new GetObjectCommand({ ...old, ...checked }))
  const at = { Bucket, Key: 'versioned-bucket-key' }
  await it.match('put-obj-versioned-1', new PutObjectCommand({ ...at, Body: 'versioned-key' }))
  await it.match(
    'put-obj-versioned-2',
    new PutObjectCommand({ ...at, Body: 'versioned-key-updated' }),
  )
  await it.match('get-obj-versioned', new GetObjectCommand({ ...at, ...checked }))
  await it.match('list-object-versioned', list())
  await versioned(it, Bucket, 'Suspended')
  await it.match('list-bucket-suspended', list())
  await it.match('get-obj-versioned-disabled', new GetObjectCommand({ ...at, ...checked }))
  await it.match('get-obj-non-versioned-disabled', new GetObjectCommand({ ...old, ...checked }))
  await it.match(
    'put-non-versioned-post-disable',
    new PutObjectCommand({ ...old, Body: 'non-versioned-key-post' }),
  )
  await it.match('get-non-versioned-post-disable', new GetObjectCommand({ ...old, ...checked }))
})

recorded('writes to a bucket whose versioning is suspended', async () => {
  const it = replay('s3/test_s3_api', 'TestS3ObjectCRUD::test_put_object_on_suspended_bucket')
  const Bucket = await it.bucket()
  const at = { Bucket, Key: 'test-version' }
  const list = () => new ListObjectVersionsCommand({ Bucket, EncodingType: 'url' })
  await versioned(it, Bucket)
  for (const n of [0, 1, 2]) {
    await it.match(`put-object-${n}`, new PutObjectCommand({ ...at, Body: `test-version-${n}` }))
  }
  await it.match('list-enabled', list())
  await versioned(it, Bucket, 'Suspended')
  await it.match('list-suspended', list())
  const suspended = new PutObjectCommand({ ...at, Body: 'test-version-suspended' })
  await it.match('put-object-suspended', suspended)
  await it.match('list-suspended-after-put', list())
  await it.match('put-object-suspended-overwrite', suspended)
  await it.match('list-suspended-after-overwrite', list())
  await it.match('get-object-current', new GetObjectCommand({ ...at, ...checked }))
})

recorded('deleting many objects of a versioned bucket', async () => {
  const it = replay('s3/test_s3_api', 'TestS3ObjectCRUD::test_delete_objects_versioned')
  const Bucket = await it.bucket()
  const Key = 'test-delete'
  await versioned(it, Bucket)
  const put = await it.match(
    'put-object',
    new PutObjectCommand({ Bucket, Key, Body: 'test-delete' }),
  )
  const remove = (Objects: { Key: string; VersionId?: string | undefined }[]) =>
    new DeleteObjectsCommand({ Bucket, Delete: { Objects } })
  const first = await it.match(
    'delete-objects-no-version-id',
    remove([{ Key }, { Key: 'wrongkey' }, { Key: 'wrongkey-x' }]),
  )
  const [marker] = first['Deleted'] as { DeleteMarkerVersionId: string }[]
  await it.match(
    'delete-objects-marker',
    remove([{ Key, VersionId: marker?.DeleteMarkerVersionId }]),
  )
  const wrong = 'HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD'
  await it.match(
    'delete-objects-wrong-version-id',
    remove([
      { Key, VersionId: wrong },
      { Key: 'wrong-key-2', VersionId: wrong },
    ]),
  )
  await it.match(
    'delete-objects-version-id',
    remove([{ Key, VersionId: String(put['VersionId']) }]),
  )
})
