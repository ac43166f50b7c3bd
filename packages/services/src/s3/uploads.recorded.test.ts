import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type UploadPartCopyCommandInput,
} from '@aws-sdk/client-s3'
import { test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { type Replay, replay } from './recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const checked = { ChecksumMode: 'ENABLED' } as const
const megabytes = 5 * 1024 * 1024

interface Upload {
  readonly Bucket: string
  readonly Key: string
  readonly UploadId: string
}

async function begin(it: Replay, Bucket: string, Key: string, step?: string): Promise<Upload> {
  const command = new CreateMultipartUploadCommand({ Bucket, Key })
  const created = step === undefined ? await it.run(command) : await it.match(step, command)
  return { Bucket, Key, UploadId: String(created['UploadId']) }
}

async function part(it: Replay, upload: Upload, PartNumber: number, Body: string) {
  const { ETag } = await it.run(new UploadPartCommand({ ...upload, PartNumber, Body }))
  return { ETag: String(ETag), PartNumber }
}

function complete(
  upload: Upload,
  Parts: { ETag: string; PartNumber: number }[],
  more: object = {},
) {
  return new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more })
}

/** boto3 reads part numbers as numbers. */
async function listed(it: Replay, upload: Upload) {
  const { PartNumberMarker, NextPartNumberMarker, ...rest } = await it.run(
    new ListPartsCommand(upload),
  )
  return {
    ...rest,
    PartNumberMarker: Number(PartNumberMarker),
    NextPartNumberMarker: Number(NextPartNumberMarker),
  }
}

recorded('an upload from its beginning to its end', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_multipart_and_list_parts')
  const Bucket = await it.bucket('bucket')
  const uploads = new ListMultipartUploadsCommand({ Bucket })
  const upload = await begin(it, Bucket, 'test-list-parts', 'create-multipart')
  it.matchValue('list-part-after-created', await listed(it, upload))
  await it.match('list-all-uploads', uploads)
  const Body = 'upload-part-1'.repeat(5)
  const put = await it.match(
    'upload-part',
    new UploadPartCommand({ ...upload, PartNumber: 1, Body }),
  )
  it.matchValue('list-part-after-upload', await listed(it, upload))
  await it.match('list-all-uploads-after', uploads)
  const Parts = [{ ETag: String(put['ETag']), PartNumber: 1 }]
  await it.match('complete-multipart', complete(upload, Parts))
  await it.match('list-part-after-complete-exc', new ListPartsCommand(upload))
  await it.match('list-all-uploads-completed', uploads)
  const { Key } = upload
  await it.match('head-multipart-checksum', new HeadObjectCommand({ Bucket, Key, ...checked }))
  await it.match('get-multipart-checksum', new GetObjectCommand({ Bucket, Key, ...checked }))
})

recorded('an upload that is not there', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_multipart_no_such_upload')
  const upload = { Bucket: await it.bucket(), Key: 'test-multipart-exception', UploadId: 'fakeid' }
  await it.match('upload-exc', new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'data' }))
  await it.match('complete-exc', complete(upload, [{ ETag: '', PartNumber: 1 }]))
  await it.match('abort-exc', new AbortMultipartUploadCommand(upload))
})

recorded('parts that are too small', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_multipart_complete_multipart_too_small')
  const upload = await begin(it, await it.bucket(), 'test-upload-part-exc')
  const Parts: { ETag: string; PartNumber: number }[] = []
  for (const PartNumber of [1, 2]) {
    const command = new UploadPartCommand({ ...upload, PartNumber, Body: 'data' })
    const put = await it.match(`upload-part${PartNumber}`, command)
    Parts.push({ ETag: String(put['ETag']), PartNumber })
  }
  await it.match('complete-exc-no-parts', complete(upload, []))
  await it.match('complete-exc-too-small', complete(upload, Parts))
})

recorded('parts in order, with gaps or without', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_complete_multipart_parts_order')
  const Bucket = await it.bucket('bucket')
  const upload = await begin(it, Bucket, 'test-order-parts')
  await it.match(
    'upload-part-negative-part-number',
    new UploadPartCommand({ ...upload, PartNumber: -1, Body: 'data' }),
  )
  const body = 'a'.repeat(megabytes)
  const Parts = [
    await part(it, upload, 1, body),
    await part(it, upload, 2, body),
    await part(it, upload, 3, body),
  ]
  await it.match('complete-multipart-unordered', complete(upload, Parts.toReversed()))
  // What the parts held is not told.
  const unlike = ['ETag', 'ChecksumCRC64NVME']
  await it.match('complete-multipart-ordered', complete(upload, Parts), unlike)
  const steps = await begin(it, Bucket, 'key-sequence-with-step-2')
  const odd = [
    await part(it, steps, 1, body),
    await part(it, steps, 3, body),
    await part(it, steps, 5, body),
  ]
  await it.match('complete-multipart-with-step-2', complete(steps, odd), unlike)
})

recorded('attributes of objects in one piece and in parts', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_get_object_attributes')
  const Bucket = await it.bucket()
  const all = ['StorageClass', 'ETag', 'ObjectSize', 'ObjectParts'] as const
  const attributes = (Key: string) =>
    new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: [...all] })
  await it.run(new PutObjectCommand({ Bucket, Key: 'data.txt', Body: '69\n420\n' }))
  await it.match(
    'object-attrs',
    new GetObjectAttributesCommand({
      Bucket,
      Key: 'data.txt',
      ObjectAttributes: [...all, 'Checksum'],
    }),
  )
  const first = 'upload-part-1'.repeat(5)
  const one = await begin(it, Bucket, 'test-get-obj-attrs-multipart')
  await it.run(complete(one, [await part(it, one, 1, first)]))
  await it.match('object-attrs-multiparts-1-part', attributes(one.Key))
  const two = await begin(it, Bucket, 'test-get-obj-attrs-multipart-2')
  await it.run(
    complete(two, [
      await part(it, two, 1, '1'.repeat(megabytes + 20)),
      await part(it, two, 2, first),
    ]),
  )
  // What the first part held is not told.
  await it.match('object-attrs-multiparts-2-parts', attributes(two.Key), ['ETag', 'ObjectSize'])
})

recorded('parts that are copied, whole', async () => {
  const it = replay('s3/test_s3_api', 'TestS3Multipart::test_upload_part_copy_no_copy_source_range')
  const Bucket = await it.bucket('bucket')
  await it.match('put-src-object', new PutObjectCommand({ Bucket, Key: 'src', Body: '0123456789' }))
  const upload = await begin(it, Bucket, 'test-upload-part-copy', 'create-multipart')
  const copied = { ...upload, PartNumber: 1, CopySource: `${Bucket}/src` }
  await it.match('upload-part-copy', new UploadPartCopyCommand(copied))
  it.matchValue('list-parts', await listed(it, upload))
})

recorded('parts that are copied, by ranges', async () => {
  const it = replay('s3/test_s3_api', 'TestS3Multipart::test_upload_part_copy_range')
  const Bucket = await it.bucket('bucket')
  await it.match('put-src-object', new PutObjectCommand({ Bucket, Key: 'src', Body: '0123456789' }))
  const upload = await begin(it, Bucket, 'test-upload-part-copy', 'create-multipart')
  const copied = (PartNumber: number, CopySourceRange: string) =>
    new UploadPartCopyCommand({
      ...upload,
      PartNumber,
      CopySource: `${Bucket}/src`,
      CopySourceRange,
    })
  for (const [index, range] of ['0-8', '1-1', '0-0'].entries()) {
    await it.match(`upload-part-copy-${index + 1}`, copied(index + 1, `bytes=${range}`))
  }
  it.matchValue('list-parts', await listed(it, upload))
  await it.match('upload-part-copy-wrong-format', copied(1, '0-8'))
  for (const range of [
    '1-0',
    '-1-',
    '0--1',
    '0-1,3-4,7-9',
    '-',
    '-0',
    '0-100',
    '100-200',
    '1-',
    '-2',
    '-15',
  ]) {
    await it.match(`upload-part-copy-range-exc-${range}`, copied(1, `bytes=${range}`))
  }
})

type SourceConditions = Partial<UploadPartCopyCommandInput>

for (const [name, step, conditions] of [
  ['if_match_failed', 'source-if-match', () => ({ CopySourceIfMatch: 'wrong' })],
  ['if_none_match_failed', 'source-if-none-match', ({ etag }) => ({ CopySourceIfNoneMatch: etag })],
  ['if_match_none_success', 'if-none-match', () => ({ CopySourceIfNoneMatch: 'other' })],
  [
    'if_unmodified_since_success',
    'if-unmodified-since',
    ({ later }) => ({ CopySourceIfUnmodifiedSince: later }),
  ],
  [
    'if_modified_since_success',
    'if-modified-since',
    ({ earlier }) => ({ CopySourceIfModifiedSince: earlier }),
  ],
  [
    'if_modified_since_in_future_success',
    'if-modified-since-in-future',
    ({ future }) => ({ CopySourceIfModifiedSince: future }),
  ],
  [
    'if_match_and_if_unmodified_since_match',
    '',
    ({ etag, earlier }) => ({ CopySourceIfMatch: etag, CopySourceIfUnmodifiedSince: earlier }),
  ],
  [
    'if_none_match_and_if_unmodified_since_match_failed',
    'source-unmodified-since-and-if-none-match',
    ({ etag, earlier }) => ({ CopySourceIfNoneMatch: etag, CopySourceIfUnmodifiedSince: earlier }),
  ],
] as [
  string,
  string,
  (facts: { etag: string; earlier: Date; later: Date; future: Date }) => SourceConditions,
][]) {
  recorded(`conditions on the source of a part: ${name}`, async () => {
    const it = replay(
      's3/test_s3_api',
      `TestS3Multipart::test_upload_part_copy_with_copy_source_${name}`,
    )
    const Bucket = await it.bucket('bucket')
    const put = await it.run(
      new PutObjectCommand({ Bucket, Key: 'source_file.txt', Body: '0123456789' }),
    )
    const nowMs = it.cloud.kernel.clock.nowMs
    const facts = {
      etag: String(put['ETag']),
      earlier: new Date(nowMs - 60_000),
      later: new Date(nowMs + 60_000),
      future: new Date(nowMs + 3_600_000),
    }
    const upload = await begin(it, Bucket, 'destination_file.txt')
    const command = new UploadPartCopyCommand({
      ...upload,
      PartNumber: 1,
      CopySource: `${Bucket}/source_file.txt`,
      ...conditions(facts),
    })
    await it.match(step === '' ? 'upload-part-copy' : `upload-part-copy-${step}`, command)
    if (it.recorded('list-parts') !== undefined)
      it.matchValue('list-parts', await listed(it, upload))
  })
}

recorded('conditions on the source of a part: modified since', async () => {
  const it = replay(
    's3/test_s3_api',
    'TestS3Multipart::test_upload_part_copy_with_if_modified_since_failed',
  )
  const Bucket = await it.bucket('bucket')
  await it.run(new PutObjectCommand({ Bucket, Key: 'source', Body: '0123456789' }))
  const upload = await begin(it, Bucket, 'destination_file.txt')
  await it.match(
    'upload-part-copy-source-modified-since-match',
    new UploadPartCopyCommand({
      ...upload,
      PartNumber: 1,
      CopySource: `${Bucket}/source`,
      CopySourceIfModifiedSince: new Date(it.cloud.kernel.clock.nowMs),
    }),
  )
})

const conditional = 'TestS3ObjectWritePrecondition'
const Key = 'test-precondition'

recorded('an upload to a key that was deleted meanwhile', async () => {
  const it = replay('s3/test_s3_api', `${conditional}::test_multipart_if_none_match_with_delete`)
  const Bucket = await it.bucket('bucket')
  await it.match('put-obj', new PutObjectCommand({ Bucket, Key, Body: '' }))
  const upload = await begin(it, Bucket, Key, 'create-multipart')
  const Parts = [await part(it, upload, 1, 'test')]
  const none = { IfNoneMatch: '*' }
  await it.match('complete-multipart-if-none-match', complete(upload, Parts, none))
  await it.match('del-obj', new DeleteObjectCommand({ Bucket, Key }))
  await it.match('complete-multipart-after-del', complete(upload, Parts, none))
  const again = await begin(it, Bucket, Key)
  await it.match(
    'complete-multipart-after-del-restart',
    complete(again, [await part(it, again, 1, 'test')], none),
    ['ETag', 'ChecksumCRC64NVME'], // What the part held is not told.
  )
})

recorded('an upload to a key that was written meanwhile', async () => {
  const it = replay('s3/test_s3_api', `${conditional}::test_multipart_if_none_match_with_put`)
  const Bucket = await it.bucket('bucket')
  const upload = await begin(it, Bucket, Key, 'create-multipart')
  const Parts = [await part(it, upload, 1, 'test')]
  await it.match('put-obj', new PutObjectCommand({ Bucket, Key, Body: '' }))
  await it.match(
    'complete-multipart-if-none-match-put-during',
    complete(upload, Parts, { IfNoneMatch: '*' }),
  )
})

recorded('an upload that must match, over a deletion', async () => {
  const it = replay('s3/test_s3_api', `${conditional}::test_multipart_if_match_with_delete`)
  const Bucket = await it.bucket('bucket')
  const put = await it.match('put-obj', new PutObjectCommand({ Bucket, Key, Body: 'test' }))
  const upload = await begin(it, Bucket, Key, 'create-multipart')
  const Parts = [await part(it, upload, 1, 'test')]
  const IfMatch = String(put['ETag'])
  await it.match('del-obj', new DeleteObjectCommand({ Bucket, Key }))
  await it.match('complete-multipart-after-del', complete(upload, Parts, { IfMatch }))
  await it.match('put-obj-2', new PutObjectCommand({ Bucket, Key, Body: 'test' }))
  await it.match('complete-multipart-if-match-after-put', complete(upload, Parts, { IfMatch }))
})

recorded('an upload that must match', async () => {
  const it = replay('s3/test_s3_api', `${conditional}::test_multipart_if_match_etag`)
  const Bucket = await it.bucket('bucket')
  const put = await it.match('put-obj', new PutObjectCommand({ Bucket, Key, Body: 'test' }))
  const upload = await begin(it, Bucket, Key, 'create-multipart')
  const unlike = ['ETag', 'ChecksumCRC64NVME'] // What the parts held is not told.
  const Parts = [await part(it, upload, 1, 'test')]
  const first = await it.match(
    'complete-multipart-if-match',
    complete(upload, Parts, { IfMatch: String(put['ETag']) }),
    unlike,
  )
  const second = await begin(it, Bucket, Key, 'create-multipart-overwrite')
  const parts = [await part(it, second, 1, 'test')]
  await it.match(
    'complete-multipart-if-match-true-etag',
    complete(second, parts, { IfMatch: String(put['ETag']) }),
  )
  await it.match(
    'complete-multipart-if-match-overwrite-multipart',
    complete(second, parts, { IfMatch: String(first['ETag']) }),
    unlike,
  )
})
