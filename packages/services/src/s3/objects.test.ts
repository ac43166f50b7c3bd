import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

async function bucketOf(cloud = createCloud({ deepFreeze: true })) {
  const s3 = client(cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket: 'things' }))
  return { cloud, s3 }
}

test('an object comes back as it was written', async () => {
  const { s3 } = await bucketOf()
  await s3.send(
    new PutObjectCommand({
      Bucket: 'things',
      Key: 'a/b c.txt',
      Body: 'hello',
      ContentType: 'text/plain',
      Metadata: { Colour: 'blue' },
    }),
  )
  const { Body, $metadata, ...object } = await s3.send(
    new GetObjectCommand({ Bucket: 'things', Key: 'a/b c.txt' }),
  )
  expect([await Body?.transformToString(), $metadata.httpStatusCode, object]).toEqual([
    'hello',
    200,
    {
      AcceptRanges: 'bytes',
      ChecksumCRC32: 'NhCmhg==',
      ChecksumType: 'FULL_OBJECT',
      ContentLength: 5,
      ContentType: 'text/plain',
      ETag: '"5d41402abc4b2a76b9719d911017c592"',
      LastModified: new Date('2026-01-01T00:00:00.000Z'),
      Metadata: { colour: 'blue' },
      ServerSideEncryption: 'AES256',
    },
  ])
})

test('a part of an object is asked for by a range', async () => {
  const { s3 } = await bucketOf()
  await s3.send(new PutObjectCommand({ Bucket: 'things', Key: 'k', Body: '0123456789' }))
  const { Body, ContentRange, $metadata } = await s3.send(
    new GetObjectCommand({ Bucket: 'things', Key: 'k', Range: 'bytes=2-4' }),
  )
  expect([await Body?.transformToString(), ContentRange, $metadata.httpStatusCode]).toEqual([
    '234',
    'bytes 2-4/10',
    206,
  ])
})

test('a bucket with an object in it is not deleted', async () => {
  const { s3 } = await bucketOf()
  await s3.send(new PutObjectCommand({ Bucket: 'things', Key: 'k', Body: 'x' }))
  await expect(s3.send(new DeleteBucketCommand({ Bucket: 'things' }))).rejects.toMatchObject({
    name: 'BucketNotEmpty',
    message: 'The bucket you tried to delete is not empty',
    BucketName: 'things',
  })
  await s3.send(new DeleteObjectCommand({ Bucket: 'things', Key: 'k' }))
  await s3.send(new DeleteBucketCommand({ Bucket: 'things' }))
  await expect(s3.send(new DeleteBucketCommand({ Bucket: 'things' }))).rejects.toMatchObject({
    name: 'NoSuchBucket',
  })
})

test('keys are listed in the binary order of their UTF-8', async () => {
  const { s3 } = await bucketOf()
  const keys = ['\u{1f600}', '\uff5e', 'b', 'a/2', 'a/1', 'a', 'Z', 'é']
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: 'things', Key, Body: '' }))
  const all = await s3.send(new ListObjectsV2Command({ Bucket: 'things' }))
  expect(all.Contents?.map(({ Key }) => Key)).toEqual(
    keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  )
  const pages: string[][] = []
  let token: string | undefined
  do {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket: 'things',
        Delimiter: '/',
        MaxKeys: 2,
        ContinuationToken: token,
      }),
    )
    pages.push([
      ...(page.Contents ?? []).map(({ Key }) => Key ?? ''),
      ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ''),
    ])
    token = page.NextContinuationToken
  } while (token !== undefined)
  expect(pages).toEqual([['Z', 'a'], ['b', 'a/'], ['é', '\uff5e'], ['\u{1f600}']])
})

test('a HEAD of nothing is 404 without a body', async () => {
  const { s3 } = await bucketOf()
  await expect(
    s3.send(new HeadObjectCommand({ Bucket: 'things', Key: 'k' })),
  ).rejects.toMatchObject({ name: 'NotFound', $metadata: { httpStatusCode: 404 } })
})

test('a header that is asked for has to be one', async () => {
  const { s3 } = await bucketOf()
  await s3.send(new PutObjectCommand({ Bucket: 'things', Key: 'a', Body: 'hello' }))
  const get = (name: string) =>
    s3.send(
      new GetObjectCommand({
        Bucket: 'things',
        Key: 'a',
        ResponseContentDisposition: `attachment; filename="${name}"`,
      }),
    )
  expect((await get('a.txt')).ContentDisposition).toBe('attachment; filename="a.txt"')
  await expect(get('\u6f22.txt')).rejects.toMatchObject({
    name: 'InvalidArgument',
    message: 'Header value cannot be represented using ISO-8859-1.',
    ArgumentName: 'response-content-disposition',
    ArgumentValue: 'attachment; filename="\u6f22.txt"',
  })
})
