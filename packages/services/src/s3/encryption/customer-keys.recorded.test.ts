import { hash } from 'node:crypto'
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { type Replay, replay } from '../recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
/** The entity tag of an object under a customer's key is no digest: every run has another. */
const tag = ['ETag']

/** The recorded tests' own key, whose MD5 the recordings show. */
const testKey = 'test-sse-c-key-that-is-32-bytes!'
const Key = 'test-key'

function keyOf(text: string) {
  return {
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: Buffer.from(text).toString('base64'),
    SSECustomerKeyMD5: hash('md5', text, 'base64'),
  }
}

const one = keyOf(testKey)
const two = keyOf(testKey.toUpperCase())

async function begin(name: string): Promise<{ it: Replay; Bucket: string }> {
  const it = replay('s3/test_s3', `TestS3SSECEncryption::${name}`)
  return { it, Bucket: await it.bucket() }
}

const md5Header = 'x-amz-server-side-encryption-customer-key-md5'

/** The SDK for JavaScript always states the MD5 of a key; boto3 says what it is told to. */
async function withMd5<T>({ s3 }: Replay, md5: string, call: () => Promise<T>): Promise<T> {
  s3.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> }
      headers[md5Header] = md5
      return next(args)
    },
    { step: 'build', name: 'statedMd5' },
  )
  try {
    return await call()
  } finally {
    s3.middlewareStack.remove('statedMd5')
  }
}

function put(Bucket: string, more: Partial<PutObjectCommandInput> = {}) {
  return new PutObjectCommand({
    Bucket,
    Key,
    Body: 'test_data',
    ChecksumAlgorithm: 'CRC32',
    ...more,
  })
}

function get(Bucket: string, more: Partial<GetObjectCommandInput> = {}) {
  return new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED', ...more })
}

recorded('what is wrong with a key is told when an object is put', async () => {
  const { it, Bucket } = await begin('test_put_object_validation_sse_c')
  const { SSECustomerAlgorithm, SSECustomerKey, SSECustomerKeyMD5 } = one
  const steps: [string, Partial<PutObjectCommandInput>][] = [
    ['both-encryption', { ...one, ServerSideEncryption: 'AES256' }],
    ['wrong-algo', { ...one, SSECustomerAlgorithm: 'KMS' }],
    ['no-algo', { SSECustomerKey, SSECustomerKeyMD5 }],
    ['no-key', { SSECustomerAlgorithm, SSECustomerKeyMD5 }],
    ['wrong-key-size', keyOf('too short')],
  ]
  for (const [step, input] of steps) await it.match(`put-obj-sse-c-${step}`, put(Bucket, input))
  await withMd5(it, '', () => it.match('put-obj-sse-c-no-md5', put(Bucket, one)))
  await withMd5(it, two.SSECustomerKeyMD5, () =>
    it.match('put-obj-sse-c-bad-md5', put(Bucket, one)),
  )
})

recorded('only the key with which an object was put opens it', async () => {
  const { it, Bucket } = await begin('test_object_retrieval_sse_c')
  const wrong = { ...one, SSECustomerAlgorithm: 'KMS' }
  await it.match('put-obj-sse-c', put(Bucket, one), [...tag, 'SSECustomerKeyMD5'])
  await it.match('get-obj-no-sse-c', get(Bucket))
  await it.match('get-obj-sse-c-wrong-key', get(Bucket, two))
  await it.match('get-obj-sse-c-wrong-algo', get(Bucket, wrong))
  await it.match('head-obj-sse-c-wrong-algo', new HeadObjectCommand({ Bucket, Key, ...wrong }))
  await it.match(
    'get-obj-attrs-sse-c-wrong-algo',
    new GetObjectAttributesCommand({ Bucket, Key, ...wrong, ObjectAttributes: ['ETag'] }),
  )
  await withMd5(it, '', () => it.match('get-obj-sse-c-no-md5', get(Bucket, one)))
  await withMd5(it, '', () =>
    it.match('head-obj-sse-c-no-md5', new HeadObjectCommand({ Bucket, Key, ...one })),
  )
  await it.match('get-obj-sse-c-wrong-key-size', get(Bucket, keyOf('too short')))
  await withMd5(it, two.SSECustomerKeyMD5, () =>
    it.match('get-obj-sse-c-bad-md5', get(Bucket, one)),
  )
})

recorded('a copy has keys of its own', async () => {
  const { it, Bucket } = await begin('test_copy_object_with_sse_c')
  const source = {
    CopySourceSSECustomerAlgorithm: one.SSECustomerAlgorithm,
    CopySourceSSECustomerKey: one.SSECustomerKey,
    CopySourceSSECustomerKeyMD5: one.SSECustomerKeyMD5,
  }
  const copy = (to: string, more: Partial<CopyObjectCommandInput>) =>
    new CopyObjectCommand({ Bucket, Key: to, CopySource: `${Bucket}/${Key}`, ...more })
  // The bytes are the recorded ones, the key is not.
  const ignored = ['ETag', 'CopyObjectResult.ETag', 'SSECustomerKeyMD5']
  await it.match('put-obj-sse-c', put(Bucket, one), ignored)
  await it.match('copy-obj-sse-c-target-no-sse-c', copy('plain', source), ignored)
  await it.match('copy-obj-sse-c', copy('encrypted', { ...source, ...one }), ignored)
  await it.match('get-obj-no-sse-c-param', get(Bucket, { Key: 'encrypted' }))
  await it.match('copy-obj-no-src-sse-c', copy('none', one))
  await it.match(
    'copy-obj-wrong-src-sse-c-algo',
    copy('none', { ...one, ...source, CopySourceSSECustomerAlgorithm: 'KMS' }),
  )
  await it.match(
    'copy-obj-wrong-target-sse-c-algo',
    copy('none', { ...source, ...one, SSECustomerAlgorithm: 'KMS' }),
  )
  await it.match(
    'copy-obj-target-double-encryption',
    copy('none', { ...source, ...one, ServerSideEncryption: 'AES256' }),
  )
  const plain = await it.run(get(Bucket, { Key: 'plain' }))
  expect(plain['Body']).toBe('test_data')
})

recorded('an object lives and goes under a customer key', async () => {
  const { it, Bucket } = await begin('test_put_object_lifecycle_with_sse_c')
  const ignored = [...tag, 'SSECustomerKeyMD5']
  await it.match('put-obj-sse-c', put(Bucket, one), ignored)
  await it.match('head-obj-sse-c', new HeadObjectCommand({ Bucket, Key, ...one }), ignored)
  await it.match('get-obj-sse-c', get(Bucket, one), ignored)
  await it.match(
    'get-obj-attrs-sse-c',
    new GetObjectAttributesCommand({
      Bucket,
      Key,
      ...one,
      ObjectAttributes: ['ETag', 'ObjectSize'],
    }),
    tag,
  )
  await it.match('del-obj-sse-c', new DeleteObjectCommand({ Bucket, Key }))
})

recorded('the checksum of an object under a customer key is told', async () => {
  const { it, Bucket } = await begin('test_put_object_default_checksum_with_sse_c')
  const ignored = [...tag, 'SSECustomerKeyMD5']
  await it.run(
    new PutObjectCommand({
      Bucket,
      Key,
      Body: 'test data..',
      ...one,
      ChecksumAlgorithm: 'CRC64NVME',
    }),
  )
  await it.match(
    'head-obj-sse-c',
    new HeadObjectCommand({ Bucket, Key, ...one, ChecksumMode: 'ENABLED' }),
    ignored,
  )
  await it.match('get-obj-sse-c', get(Bucket, one), ignored)
  await it.match(
    'get-obj-attrs-sse-c',
    new GetObjectAttributesCommand({
      Bucket,
      Key,
      ...one,
      ObjectAttributes: ['ETag', 'Checksum'],
    }),
    tag,
  )
})

recorded('versions have keys of their own', async () => {
  const { it, Bucket } = await begin('test_sse_c_with_versioning')
  await it.run(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  )
  const ignored = [...tag, 'SSECustomerKeyMD5']
  const first = await it.match(
    'put-obj-sse-c-version-1',
    put(Bucket, { ...one, Body: 'version1' }),
    ignored,
  )
  const second = await it.match(
    'put-obj-sse-c-version-2',
    put(Bucket, { ...two, Body: 'version2' }),
    ignored,
  )
  await it.match('get-obj-sse-c-last-version', get(Bucket, two), ignored)
  const VersionId = String(second['VersionId'])
  await it.match('get-obj-sse-c-version-2', get(Bucket, { ...two, VersionId }), ignored)
  await it.match('get-obj-sse-c-last-version-wrong-key', get(Bucket, one))
  await it.match(
    'get-obj-sse-c-version-1',
    get(Bucket, { ...one, VersionId: String(first['VersionId']) }),
    ignored,
  )
})
