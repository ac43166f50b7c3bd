import { Readable } from 'node:stream'
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
  SelectObjectContentCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { AwsError, loadServiceModel } from '@cloud-orrery/models'
import { expect, test } from 'vitest'
import { decodeAwsChunked, isAwsChunked } from '../aws-chunked.ts'
import { statedChecksum, verifyChecksum } from '../checksum/stated-checksums.ts'
import type { ResolvedOperation } from '../http.ts'
import { decodeInput } from '../protocol.ts'
import { resolveOperation } from '../routing.ts'
import { credentials, isSigned, sdkDoor } from './sdk-door.test-support.ts'

const s3 = loadServiceModel('s3')
const at = Date.UTC(2026, 0, 2, 3, 4, 5)

function s3Door(answer: (input: Record<string, unknown>, resolved: ResolvedOperation) => unknown) {
  const { seen, config } = sdkDoor(s3, answer)
  return { seen, client: new S3Client({ ...config, forcePathStyle: true }) }
}

test('PutObject: body, metadata and headers arrive, the checksum holds', async () => {
  const { seen, client } = s3Door(() => ({ ETag: '"e"', VersionId: 'v' }))
  const body = Buffer.from('hello')
  const result = await client.send(
    new PutObjectCommand({
      Bucket: 'bucket',
      Key: 'a b/ü+(1).txt',
      Body: body,
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      Metadata: { Color: 'blue' },
      Expires: new Date(at),
      Tagging: 'a=b&c=d',
    }),
  )
  expect(seen).toMatchObject([{ operation: 'PutObject', signatureIsValid: true }])
  const { Body, ...input } = seen[0]?.input ?? {}
  expect(input).toEqual({
    Bucket: 'bucket',
    Key: 'a b/ü+(1).txt',
    ContentType: 'text/plain',
    CacheControl: 'no-cache',
    Metadata: { color: 'blue' },
    ContentLength: 5,
    Expires: expect.anything(),
    Tagging: 'a=b&c=d',
    ChecksumAlgorithm: 'CRC32',
    ChecksumCRC32: 'NhCmhg==',
  })
  expect(Buffer.from(Body as Uint8Array).toString()).toBe('hello')
  const stated = statedChecksum(seen[0]?.request.headers ?? {})
  if (stated === undefined) throw new Error('The SDK states a checksum')
  verifyChecksum(stated, body)
  expect(result).toMatchObject({ ETag: '"e"', VersionId: 'v' })
})

test('PutObject: a stream comes in chunks with a checksum after them', async () => {
  const { seen, client } = s3Door(() => ({ ETag: '"e"' }))
  const content = Buffer.alloc(100_000, 'abc')
  const Body = Readable.from([content.subarray(0, 70_000), content.subarray(70_000)])
  await client.send(
    new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body, ContentLength: content.byteLength }),
  )
  const [call] = seen
  if (call === undefined) throw new Error('There was a call')
  expect(call.signatureIsValid).toBe(true)
  expect(isAwsChunked(call.request)).toBe(true)
  const decoded = decodeAwsChunked(call.request)
  expect(content.equals(decoded.body)).toBe(true)
  const stated = statedChecksum(decoded.trailers)
  if (stated === undefined) throw new Error('The SDK states a checksum')
  verifyChecksum(stated, decoded.body)
})

test('GetObject: the body comes back as a stream, beside its headers', async () => {
  async function* pieces() {
    yield Buffer.from('he')
    yield Buffer.from('llo')
  }
  const { seen, client } = s3Door(() => ({
    Body: pieces(),
    ContentLength: 5,
    ContentType: 'text/plain',
    ETag: '"e"',
    LastModified: at + 999,
    Metadata: { color: 'blue' },
    ContentRange: 'bytes 0-4/9',
  }))
  const result = await client.send(
    new GetObjectCommand({ Bucket: 'bucket', Key: 'k', Range: 'bytes=0-4' }),
  )
  expect(seen[0]?.input).toMatchObject({ Bucket: 'bucket', Key: 'k', Range: 'bytes=0-4' })
  expect(await result.Body?.transformToString()).toBe('hello')
  expect(result).toMatchObject({
    ContentLength: 5,
    ContentType: 'text/plain',
    ETag: '"e"',
    LastModified: new Date(at),
    Metadata: { color: 'blue' },
    $metadata: { httpStatusCode: 206, requestId: 'request-1', extendedRequestId: 'host-1' },
  })
})

test('ListObjectsV2: parameters arrive, contents and prefixes come back', async () => {
  const output = {
    Name: 'bucket',
    IsTruncated: false,
    KeyCount: 1,
    Contents: [
      {
        Key: 'a&b <c>',
        ETag: '"e"',
        Size: 5_000_000_000,
        LastModified: at,
        StorageClass: 'STANDARD',
      },
    ],
    CommonPrefixes: [{ Prefix: 'p/' }],
  }
  const { seen, client } = s3Door(() => output)
  const sent = { Bucket: 'bucket', Prefix: 'a&b', Delimiter: '/', MaxKeys: 2, FetchOwner: true }
  const result = await client.send(new ListObjectsV2Command(sent))
  expect(seen[0]?.input).toEqual(sent)
  expect(result).toMatchObject({
    ...output,
    Contents: [{ ...output.Contents[0], LastModified: new Date(at) }],
  })
})

test('bodies in XML arrive as sent', async () => {
  const { seen, client } = s3Door((_input, { operation }) =>
    operation.name === 'CompleteMultipartUpload'
      ? { Bucket: 'bucket', Key: 'k', ETag: '"e-1"' }
      : {},
  )
  const Bucket = 'bucket'
  const Delete = { Objects: [{ Key: 'a' }, { Key: ' <b> ', VersionId: 'v' }], Quiet: true }
  await client.send(new DeleteObjectsCommand({ Bucket, Delete }))
  const MultipartUpload = { Parts: [{ ETag: '"e"', PartNumber: 1, ChecksumCRC32: 'NhCmhg==' }] }
  await client.send(
    new CompleteMultipartUploadCommand({ Bucket, Key: 'k', UploadId: 'u', MultipartUpload }),
  )
  const LifecycleConfiguration = {
    Rules: [
      {
        ID: 'r',
        Status: 'Enabled' as const,
        Filter: { And: { Prefix: 'p', Tags: [{ Key: 'a', Value: 'b' }] } },
        Transitions: [{ Days: 30, StorageClass: 'GLACIER' as const }],
        Expiration: { Date: new Date(at) },
      },
    ],
  }
  await client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }))
  const NotificationConfiguration = {
    QueueConfigurations: [
      {
        QueueArn: 'arn:aws:sqs:us-east-1:123456789012:q',
        Events: ['s3:ObjectCreated:*' as const],
        Filter: { Key: { FilterRules: [{ Name: 'prefix' as const, Value: 'a' }] } },
      },
    ],
    EventBridgeConfiguration: {},
  }
  await client.send(
    new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }),
  )
  expect(seen.map(({ operation }) => operation)).toEqual([
    'DeleteObjects',
    'CompleteMultipartUpload',
    'PutBucketLifecycleConfiguration',
    'PutBucketNotificationConfiguration',
  ])
  expect(seen[0]?.input['Delete']).toEqual(Delete)
  expect(seen[1]?.input['MultipartUpload']).toEqual(MultipartUpload)
  const [rule] = LifecycleConfiguration.Rules
  expect(seen[2]?.input['LifecycleConfiguration']).toEqual({
    Rules: [{ ...rule, Expiration: { Date: at } }],
  })
  expect(seen[3]?.input['NotificationConfiguration']).toEqual(NotificationConfiguration)
})

test('an ACL comes back with the types of its grantees, a location as bare text', async () => {
  const acl = {
    Owner: { ID: 'o' },
    Grants: [
      { Grantee: { ID: 'o', Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' },
      {
        Grantee: { URI: 'http://acs.amazonaws.com/groups/global/AllUsers', Type: 'Group' },
        Permission: 'READ',
      },
    ],
  }
  const { client } = s3Door((_input, { operation }) =>
    operation.name === 'GetBucketAcl' ? acl : { LocationConstraint: 'eu-west-1' },
  )
  expect(await client.send(new GetBucketAclCommand({ Bucket: 'bucket' }))).toMatchObject(acl)
  const { LocationConstraint } = await client.send(
    new GetBucketLocationCommand({ Bucket: 'bucket' }),
  )
  expect(LocationConstraint).toBe('eu-west-1')
})

test('a copy is told from a put by its source, and its result is the body', async () => {
  const { seen, client } = s3Door(() => ({ CopyObjectResult: { ETag: '"e"', LastModified: at } }))
  const sent = { Bucket: 'bucket', Key: 'k', CopySource: 'bucket/o' }
  const { CopyObjectResult } = await client.send(new CopyObjectCommand(sent))
  expect(seen).toMatchObject([{ operation: 'CopyObject', input: sent }])
  expect(CopyObjectResult).toEqual({ ETag: '"e"', LastModified: new Date(at) })
})

test('a missing key is NoSuchKey with its fields, and for HEAD a bare 404', async () => {
  const { client } = s3Door(() => {
    const descriptor = { kind: 'error', code: 'NoSuchKey', status: 404, fault: 'client' } as const
    throw new AwsError(descriptor, 'The specified key does not exist.', { fields: { Key: 'k' } })
  })
  const where = { Bucket: 'bucket', Key: 'k' }
  const error = await client.send(new GetObjectCommand(where)).catch((cause: unknown) => cause)
  expect(error).toBeInstanceOf(NoSuchKey)
  expect(error).toMatchObject({
    message: 'The specified key does not exist.',
    Key: 'k',
    RequestId: 'request-1',
  })
  const bare = await client.send(new HeadObjectCommand(where)).catch((cause: unknown) => cause)
  expect(bare).toBeInstanceOf(NotFound)
})

test('SelectObjectContent answers with a stream of events', async () => {
  const events = [
    { Records: { Payload: Buffer.from('a,b\n') } },
    { Stats: { Details: { BytesScanned: 9, BytesProcessed: 9, BytesReturned: 4 } } },
    { End: {} },
  ]
  const { client } = s3Door(() => ({ Payload: events }))
  const { Payload } = await client.send(
    new SelectObjectContentCommand({
      ...{
        Bucket: 'bucket',
        Key: 'k',
        ExpressionType: 'SQL',
        Expression: 'select * from s3object',
      },
      ...{ InputSerialization: { CSV: {} }, OutputSerialization: { CSV: {} } },
    }),
  )
  const read: unknown[] = []
  for await (const event of Payload ?? []) read.push(event)
  expect(read).toEqual([
    { Records: { Payload: Uint8Array.from(Buffer.from('a,b\n')) } },
    ...events.slice(1),
  ])
})

test('a URL that the SDK presigned is accepted and decodes', async () => {
  const client = new S3Client({ region: 'us-east-1', credentials, forcePathStyle: true })
  const command = new GetObjectCommand({
    Bucket: 'bucket',
    Key: 'a b',
    ResponseContentType: 'text/plain',
  })
  const { host, pathname, search } = new URL(await getSignedUrl(client, command, { expiresIn: 60 }))
  const request = {
    ...{ method: 'GET', path: pathname, query: search.slice(1) },
    ...{ headers: { host }, body: Buffer.alloc(0) },
  }
  expect(isSigned(request)).toBe(true)
  const resolved = resolveOperation(s3, request)
  if (resolved === undefined) throw new Error('It names an operation')
  expect(decodeInput(s3, resolved, request)).toEqual({
    Bucket: 'bucket',
    Key: 'a b',
    ResponseContentType: 'text/plain',
  })
})
