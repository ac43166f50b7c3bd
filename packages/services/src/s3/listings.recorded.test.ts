import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { type Replay, replay } from './recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const file = 's3/test_s3_list_operations'
const url = { EncodingType: 'url' } as const

async function filled(it: Replay, keys: readonly string[], Body = 'content 123'): Promise<string> {
  const Bucket = await it.bucket()
  for (const Key of keys) await it.run(new PutObjectCommand({ Bucket, Key, Body }))
  return Bucket
}

const folderKeys = [
  'folder/aSubfolder/subFile1',
  'folder/aSubfolder/subFile2',
  'folder/file1',
  'folder/file2',
]

recorded('objects under a prefix', async () => {
  const it = replay(file, 'TestS3ListObjects::test_list_objects_with_prefix[]')
  const Bucket = await filled(it, ['test/foo/bar/123'])
  await it.match(
    'list-objects',
    new ListObjectsCommand({ Bucket, Prefix: 'test/', Delimiter: '', MaxKeys: 1, ...url }),
    ['Contents[0].ETag'], // What the object held is not told.
  )
})

const unlikeTags = (count: number, list = 'Contents') =>
  Array.from({ length: count }, (_, i) => `${list}[${i}].ETag`)

recorded('pages by marker', async () => {
  const it = replay(file, 'TestS3ListObjects::test_list_objects_next_marker')
  const Bucket = await filled(it, ['test_1', 'test_2', 'test_3'])
  const tags = unlikeTags(3) // What the objects held is not told.
  await it.match('list-objects-all', new ListObjectsCommand({ Bucket, ...url }), tags)
  const first = await it.match(
    'list-objects-max-1',
    new ListObjectsCommand({ Bucket, MaxKeys: 1, Delimiter: '/', ...url }),
    tags,
  )
  const Marker = String(first['NextMarker'])
  await it.match(
    'list-objects-rest',
    new ListObjectsCommand({ Bucket, MaxKeys: 1, Marker, ...url }),
    tags,
  )
  await it.match(
    'list-objects-marker-empty',
    new ListObjectsCommand({ Bucket, MaxKeys: 1, Marker: '', ...url }),
    tags,
  )
})

recorded('an empty marker is none', async () => {
  const it = replay(file, 'TestS3ListObjects::test_s3_list_objects_empty_marker')
  const Bucket = await it.bucket()
  await it.match('list-objects', new ListObjectsCommand({ Bucket, Marker: '', ...url }))
})

recorded('a marker inside a common prefix passes it over', async () => {
  const it = replay(file, 'TestS3ListObjects::test_list_objects_marker_common_prefixes')
  const Bucket = await filled(it, folderKeys)
  const tags = unlikeTags(4)
  const page = { Bucket, Prefix: 'folder/', Delimiter: '/', MaxKeys: 1, ...url }
  await it.match('list-objects-all-keys', new ListObjectsCommand({ Bucket, ...url }), tags)
  const first = await it.match('list-objects-start', new ListObjectsCommand(page))
  let Marker = String(first['NextMarker'])
  const second = await it.match(
    'list-objects-next-1',
    new ListObjectsCommand({ ...page, Marker }),
    tags,
  )
  Marker = String(second['NextMarker'])
  await it.match('list-objects-end', new ListObjectsCommand({ ...page, Marker }), tags)
  Marker = 'folder/aSubfolder/subFile1'
  await it.match(
    'list-objects-manual-first-file',
    new ListObjectsCommand({ ...page, Marker }),
    tags,
  )
})

const testKeys = ['test/foo/bar/123', 'test/foo/bar/456', 'test/bar/foo/123']

recorded('prefixes, version 2', async () => {
  const it = replay(file, 'TestS3ListObjectsV2::test_list_objects_v2_with_prefix')
  const Bucket = await filled(it, testKeys)
  for (const [step, Prefix] of [
    ['list-objects-v2-1', 'test/'],
    ['list-objects-v2-2', 'test/foo'],
    ['list-objects-v2-3', 'test/foo/bar'],
  ] as const) {
    await it.match(step, new ListObjectsV2Command({ Bucket, Prefix, ...url }), unlikeTags(3))
  }
})

recorded('prefixes and delimiters, version 2', async () => {
  const it = replay(file, 'TestS3ListObjectsV2::test_list_objects_v2_with_prefix_and_delimiter')
  const Bucket = await filled(it, testKeys)
  const list = { Bucket, Delimiter: '/', ...url }
  await it.match('list-objects-v2-1', new ListObjectsV2Command({ ...list, Prefix: 'test/' }))
  await it.match(
    'list-objects-v2-1-with-max-keys',
    new ListObjectsV2Command({ ...list, Prefix: 'test/', MaxKeys: 1 }),
  )
  await it.match('list-objects-v2-2', new ListObjectsV2Command({ ...list, Prefix: 'test/foo' }))
  await it.match('list-objects-v2-3', new ListObjectsV2Command({ ...list, Prefix: 'test/foo/bar' }))
})

recorded('tokens and starts of listings', async () => {
  const it = replay(file, 'TestS3ListObjectsV2::test_list_objects_v2_continuation_token_safe_chars')
  const keys = [
    'a/%F0%9F%98%80/',
    'date=2026-01-01/',
    'date=2026-02-01/',
    'date=2026-03-01/',
    'date=2026-05-01/',
    'file%2Fname',
    'test key/',
    'test key//',
    'test%123',
    'test%123/',
    'test%percent',
    'test@key/',
  ]
  const Bucket = await filled(it, keys, '')
  const first = await it.match(
    'list-objects-v2-max-5',
    new ListObjectsV2Command({ Bucket, MaxKeys: 5, ...url }),
  )
  const ContinuationToken = String(first['NextContinuationToken'])
  await it.match(
    'list-objects-v2-rest',
    new ListObjectsV2Command({ Bucket, ContinuationToken, ...url }),
  )
  const two = { Bucket, MaxKeys: 2 }
  const StartAfter = 'date=2026-02-01/'
  await it.match('list-objects-start-after', new ListObjectsV2Command({ ...two, StartAfter }))
  const encoded = new ListObjectsV2Command({ ...two, StartAfter: 'date%3D2026-02-01/', ...url })
  await it.match('list-objects-start-after-encoded', encoded)
})

interface Listing {
  readonly Bucket: string
  readonly EncodingType: 'url'
}

for (const [operation, list] of [
  ['list_objects_v2', (input: Listing) => new ListObjectsV2Command(input)],
  ['list_objects', (input: Listing) => new ListObjectsCommand(input)],
  ['list_object_versions', (input: Listing) => new ListObjectVersionsCommand(input)],
] as const) {
  recorded(`${operation} knows one encoding`, async () => {
    const it = replay(
      file,
      `TestS3ListObjectsV2::test_list_ops_encoding_type_validation[${operation}]`,
    )
    const Bucket = await it.bucket()
    for (const [step, value] of [
      ['wrong', 'value'],
      ['empty', ''],
    ] as const) {
      // The SDK's types know the one value too.
      const command = list({ Bucket, EncodingType: value as 'url' })
      await it.match(`${operation}-error-${step}-value`, command)
    }
  })
}

recorded('pages of versions pass common prefixes over', async () => {
  const it = replay(
    file,
    'TestS3ListObjectVersions::test_list_object_versions_pagination_common_prefixes',
  )
  const Bucket = await it.bucket()
  await it.run(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  )
  for (const Key of folderKeys) {
    await it.run(new PutObjectCommand({ Bucket, Key, Body: 'content 123' }))
  }
  const tags = unlikeTags(4, 'Versions')
  const page = { Bucket, Prefix: 'folder/', Delimiter: '/', MaxKeys: 1, ...url }
  await it.match(
    'list-object-versions-all-keys',
    new ListObjectVersionsCommand({ Bucket, ...url }),
    tags,
  )
  await it.match('list-object-versions-start', new ListObjectVersionsCommand(page), tags)
  for (const [step, KeyMarker] of [
    ['next-1', 'folder/aSubfolder/'],
    ['end', 'folder/file1'],
    ['manual-first-file', 'folder/aSubfolder/subFile1'],
  ] as const) {
    const command = new ListObjectVersionsCommand({ ...page, KeyMarker })
    await it.match(`list-object-versions-${step}`, command, tags)
  }
})

recorded('versions under prefixes', async () => {
  const it = replay(file, 'TestS3ListObjectVersions::test_list_objects_versions_with_prefix')
  const Bucket = await it.bucket()
  await it.run(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  )
  for (const [Key, bodies] of [
    ['dir/test', ['content key1-v1', 'content key1-v2']],
    ['dir/subdir/test2', ['content key2-v1', 'content key2-v2']],
  ] as const) {
    for (const Body of bodies) await it.run(new PutObjectCommand({ Bucket, Key, Body }))
  }
  const prefixes = ['dir/', 'dir/s', 'dir/test', 'dir/subdir', 'dir/subdir/', 'dir/subdir/test2']
  for (const [index, Prefix] of prefixes.entries()) {
    await it.match(
      `list-object-version-${index + 1}`,
      new ListObjectVersionsCommand({ Bucket, Prefix, Delimiter: '/', ...url }),
      unlikeTags(2, 'Versions'),
    )
  }
})

recorded('pages end within the versions of a key', async () => {
  const it = replay(
    file,
    'TestS3ListObjectVersions::test_list_objects_versions_with_prefix_only_and_pagination',
  )
  const Bucket = await it.bucket()
  await it.run(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  )
  for (let i = 0; i < 5; i += 1) await it.run(new PutObjectCommand({ Bucket, Key: 'prefixed_key' }))
  const list = { Bucket, Prefix: 'prefix', ...url }
  const all = await it.match('list-object-version-prefix-full', new ListObjectVersionsCommand(list))
  const first = await it.match(
    'list-object-version-prefix-page-1',
    new ListObjectVersionsCommand({ ...list, MaxKeys: 3 }),
  )
  const KeyMarker = String(first['NextKeyMarker'])
  const VersionIdMarker = String(first['NextVersionIdMarker'])
  await it.match(
    'list-object-version-prefix-key-marker-only',
    new ListObjectVersionsCommand({ ...list, KeyMarker, MaxKeys: 4 }),
  )
  const second = { ...list, KeyMarker, VersionIdMarker, MaxKeys: 5 }
  await it.match('list-object-version-prefix-page-2', new ListObjectVersionsCommand(second))
  for (const { VersionId } of (all['Versions'] as { VersionId: string }[]).slice(0, 3)) {
    await it.run(new DeleteObjectCommand({ Bucket, Key: 'prefixed_key', VersionId }))
  }
  await it.match(
    'list-object-version-prefix-page-2-after-delete',
    new ListObjectVersionsCommand(second),
  )
})

async function begin(it: Replay, Bucket: string, Key: string): Promise<string> {
  const { UploadId } = await it.run(new CreateMultipartUploadCommand({ Bucket, Key }))
  return String(UploadId)
}

recorded('pages of uploads', async () => {
  const it = replay(file, 'TestS3ListMultipartUploads::test_list_multiparts_next_marker')
  const Bucket = await it.bucket('bucket')
  const list = (more: object = {}) => new ListMultipartUploadsCommand({ Bucket, ...more })
  await it.match('list-multiparts-empty', list())
  const [a, b, c] = ['test_multipart_1', 'test_multipart_2', 'test_multipart_3'] as const
  await begin(it, Bucket, c)
  const second = await begin(it, Bucket, b)
  const first: string[] = []
  for (let i = 0; i < 3; i += 1) first.push(await begin(it, Bucket, a))
  await it.match('list-multiparts-all', list())
  const one = { MaxUploads: 1 }
  await it.match('list-multiparts-max-1', list(one))
  await it.match('list-multiparts-next-key-only', list({ ...one, KeyMarker: a }))
  await it.match('list-multiparts-next-key-last', list({ ...one, KeyMarker: c }))
  await it.match('list-multiparts-next-upload-only', list({ ...one, UploadIdMarker: second }))
  await it.match(
    'list-multiparts-both-markers',
    list({ ...one, KeyMarker: a, UploadIdMarker: first[0] }),
  )
  await it.match(
    'list-multiparts-both-markers-2',
    list({ ...one, KeyMarker: a, UploadIdMarker: first[2] }),
  )
  await it.match(
    'list-multiparts-get-last-upload-no-truncate',
    list({ ...one, KeyMarker: b, UploadIdMarker: second }),
  )
  await it.match(
    'list-multiparts-wrong-id-for-key',
    list({ ...one, KeyMarker: a, UploadIdMarker: second }),
  )
  await it.match('list-multiparts-next-key-empty', list({ ...one, KeyMarker: '' }))
})

recorded('uploads under prefixes', async () => {
  const it = replay(
    file,
    'TestS3ListMultipartUploads::test_list_multiparts_with_prefix_and_delimiter',
  )
  const Bucket = await it.bucket('bucket')
  for (const Key of ['test/foo/bar/123', 'test/foo/bar/456', 'test/bar/foo/123']) {
    await begin(it, Bucket, Key)
  }
  for (const [step, Prefix] of [
    ['list-multiparts-1', 'test/'],
    ['list-multiparts-2', 'test/foo/'],
    ['list-multiparts-3', 'test/foo/bar'],
  ] as const) {
    await it.match(
      step,
      new ListMultipartUploadsCommand({ Bucket, Prefix, Delimiter: '/', ...url }),
    )
  }
})

recorded('a marker inside a common prefix of uploads passes it over', async () => {
  const it = replay(
    file,
    'TestS3ListMultipartUploads::test_list_multipart_uploads_marker_common_prefixes',
  )
  const Bucket = await it.bucket('bucket')
  for (const Key of folderKeys) await begin(it, Bucket, Key)
  const page = { Bucket, Prefix: 'folder/', Delimiter: '/', MaxUploads: 1 }
  await it.match('list-multiparts-start', new ListMultipartUploadsCommand(page))
  for (const [step, KeyMarker] of [
    ['manual-prefix', 'folder/aSubfolder/'],
    ['manual-first-file', 'folder/aSubfolder/subFile1'],
  ] as const) {
    await it.match(
      `list-multiparts-${step}`,
      new ListMultipartUploadsCommand({ ...page, KeyMarker }),
    )
  }
})

recorded('parts, an empty marker being none', async () => {
  const it = replay(file, 'TestS3ListParts::test_list_parts_empty_part_number_marker')
  const at = { Bucket: await it.bucket('bucket'), Key: 'test-list-part-empty-marker' }
  const UploadId = await begin(it, at.Bucket, at.Key)
  const { ETag } = await it.run(
    new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: 'data' }),
  )
  // boto3 reads part numbers as numbers.
  const asText = { PartNumberMarker: '0', NextPartNumberMarker: '1' }
  const { PartNumberMarker, NextPartNumberMarker, ...rest } = await it.run(
    new ListPartsCommand({ ...at, UploadId }),
  )
  expect({ PartNumberMarker, NextPartNumberMarker }).toEqual(asText)
  const asNumbers = { ...rest, PartNumberMarker: 0, NextPartNumberMarker: 1 }
  it.matchValue('list-parts-empty-marker', asNumbers)
  it.matchValue('list-parts-empty-max-parts', asNumbers)
  const Parts = [{ ETag: String(ETag), PartNumber: 1 }]
  await it.run(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }))
})

recorded('buckets of one region', async () => {
  const it = replay(file, 'TestS3ListBuckets::test_list_buckets_by_bucket_region')
  const bucket = 'buckets-by-region'
  await it.s3.send(
    new CreateBucketCommand({
      Bucket: bucket,
      CreateBucketConfiguration: { LocationConstraint: 'us-west-2' },
    }),
  )
  const list = (BucketRegion: string) => new ListBucketsCommand({ BucketRegion, Prefix: bucket })
  await it.match('list-objects-by-bucket-region-empty', list('us-east-1'))
  await it.match('list-objects-by-bucket-region-not-empty', list('us-west-2'))
  const wrong = replay(file, 'TestS3ListBuckets::test_list_buckets_region_validation')
  await wrong.match('bad-region', new ListBucketsCommand({ BucketRegion: 'eu-east-1' }))
})
