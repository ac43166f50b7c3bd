import { loadServiceModel } from '@cloud-orrery/models'
import { expect, test } from 'vitest'
import { resolveOperation } from '../routing.ts'

const s3 = loadServiceModel('s3')

/** `METHOD /path?query`, headers, and what it means. */
const requests: readonly (readonly [
  request: string,
  headers: Record<string, string>,
  operation: string,
  labels: Record<string, string>,
])[] = [
  ['GET /', {}, 'ListBuckets', {}],
  ['GET /?x-id=ListDirectoryBuckets', {}, 'ListDirectoryBuckets', {}],
  ['PUT /b', {}, 'CreateBucket', { Bucket: 'b' }],
  ['PUT /b/', {}, 'CreateBucket', { Bucket: 'b' }],
  ['PUT /b?versioning', {}, 'PutBucketVersioning', { Bucket: 'b' }],
  ['PUT /b?versioning=', {}, 'PutBucketVersioning', { Bucket: 'b' }],
  ['PUT /b?acl', {}, 'PutBucketAcl', { Bucket: 'b' }],
  ['PUT /b?lifecycle', {}, 'PutBucketLifecycleConfiguration', { Bucket: 'b' }],
  ['PUT /b?notification', {}, 'PutBucketNotificationConfiguration', { Bucket: 'b' }],
  ['HEAD /b', {}, 'HeadBucket', { Bucket: 'b' }],
  ['DELETE /b', {}, 'DeleteBucket', { Bucket: 'b' }],
  ['DELETE /b?policy', {}, 'DeleteBucketPolicy', { Bucket: 'b' }],
  ['GET /b', {}, 'ListObjects', { Bucket: 'b' }],
  ['GET /b/', {}, 'ListObjects', { Bucket: 'b' }],
  ['GET /b?prefix=a&max-keys=2', {}, 'ListObjects', { Bucket: 'b' }],
  ['GET /b?list-type=2&prefix=a', {}, 'ListObjectsV2', { Bucket: 'b' }],
  ['GET /b?versions', {}, 'ListObjectVersions', { Bucket: 'b' }],
  ['GET /b?uploads', {}, 'ListMultipartUploads', { Bucket: 'b' }],
  ['GET /b?location', {}, 'GetBucketLocation', { Bucket: 'b' }],
  ['GET /b?analytics', {}, 'ListBucketAnalyticsConfigurations', { Bucket: 'b' }],
  ['GET /b?analytics&id=1', {}, 'GetBucketAnalyticsConfiguration', { Bucket: 'b' }],
  ['GET /b?inventory&id=1', {}, 'GetBucketInventoryConfiguration', { Bucket: 'b' }],
  ['POST /b?delete', {}, 'DeleteObjects', { Bucket: 'b' }],
  ['GET /b/k', {}, 'GetObject', { Bucket: 'b', Key: 'k' }],
  ['GET /b/k?x-id=GetObject', {}, 'GetObject', { Bucket: 'b', Key: 'k' }],
  ['GET /b/k?versionId=3&partNumber=1', {}, 'GetObject', { Bucket: 'b', Key: 'k' }],
  ['GET /b/k?uploadId=u', {}, 'ListParts', { Bucket: 'b', Key: 'k' }],
  ['GET /b/k?acl', {}, 'GetObjectAcl', { Bucket: 'b', Key: 'k' }],
  ['GET /b/k?tagging', {}, 'GetObjectTagging', { Bucket: 'b', Key: 'k' }],
  [
    'GET /b/k?attributes',
    { 'x-amz-object-attributes': 'ETag' },
    'GetObjectAttributes',
    { Bucket: 'b', Key: 'k' },
  ],
  ['HEAD /b/a/b%20c', {}, 'HeadObject', { Bucket: 'b', Key: 'a/b c' }],
  ['PUT /b/k', {}, 'PutObject', { Bucket: 'b', Key: 'k' }],
  ['PUT /b/k?x-id=PutObject', {}, 'PutObject', { Bucket: 'b', Key: 'k' }],
  ['PUT /b/a/', {}, 'PutObject', { Bucket: 'b', Key: 'a/' }],
  ['PUT /b//a//c', {}, 'PutObject', { Bucket: 'b', Key: '/a//c' }],
  ['PUT /b/a%2Fb+c%25', {}, 'PutObject', { Bucket: 'b', Key: 'a/b+c%' }],
  ['PUT /b/k', { 'x-amz-copy-source': '/b/o' }, 'CopyObject', { Bucket: 'b', Key: 'k' }],
  ['PUT /b/k?partNumber=1&uploadId=u', {}, 'UploadPart', { Bucket: 'b', Key: 'k' }],
  [
    'PUT /b/k?partNumber=1&uploadId=u',
    { 'x-amz-copy-source': '/b/o' },
    'UploadPartCopy',
    { Bucket: 'b', Key: 'k' },
  ],
  ['PUT /b/k?tagging', {}, 'PutObjectTagging', { Bucket: 'b', Key: 'k' }],
  ['POST /b/k?uploads', {}, 'CreateMultipartUpload', { Bucket: 'b', Key: 'k' }],
  ['POST /b/k?uploadId=u', {}, 'CompleteMultipartUpload', { Bucket: 'b', Key: 'k' }],
  ['DELETE /b/k', {}, 'DeleteObject', { Bucket: 'b', Key: 'k' }],
  ['DELETE /b/k?uploadId=u', {}, 'AbortMultipartUpload', { Bucket: 'b', Key: 'k' }],
  ['DELETE /b/k?tagging', {}, 'DeleteObjectTagging', { Bucket: 'b', Key: 'k' }],
  ['POST /b/k?select&select-type=2', {}, 'SelectObjectContent', { Bucket: 'b', Key: 'k' }],
]

test.each(requests)('%s %j is %s', (request, headers, operation, labels) => {
  const [method = '', target = ''] = request.split(' ')
  const [path = '', query = ''] = target.split('?', 2)
  const resolved = resolveOperation(s3, { method, path, query, headers, body: Buffer.alloc(0) })
  expect({ operation: resolved?.operation.name, labels: resolved?.labels }).toEqual({
    operation,
    labels,
  })
})

test('every S3 operation is reached by a request with what its input requires', () => {
  const missed: string[] = []
  for (const operation of Object.values(s3.operations)) {
    const [template = '', literal = ''] = operation.http?.uri.split('?', 2) ?? []
    const path = template.replace('{Bucket}', 'bucket').replace('{Key+}', 'a/key')
    const headers: Record<string, string> = {}
    const query = [literal]
    for (const member of Object.values(operation.input.members ?? {})) {
      if (member.required !== true) continue
      if (member.location === 'query') query.push(`${member.locationName}=1`)
      if (member.location === 'header') headers[(member.locationName ?? '').toLowerCase()] = '1'
    }
    const request = {
      method: operation.http?.method ?? '',
      path,
      query: [...query, `x-id=${operation.name}`].filter((part) => part !== '').join('&'),
      headers,
      body: Buffer.alloc(0),
    }
    const found = resolveOperation(s3, request)?.operation.name
    const isOldForm = s3.operations[`${operation.name}Configuration`] !== undefined
    if (found !== operation.name && !isOldForm) missed.push(`${operation.name}: ${found}`)
  }
  expect(missed).toEqual([])
})

test('a path that can’t be decoded is refused as S3 refuses it', () => {
  const request = { method: 'GET', path: '/b/%zz', query: '', headers: {}, body: Buffer.alloc(0) }
  expect(() => resolveOperation(s3, request)).toThrow("Couldn't parse the specified URI.")
})
