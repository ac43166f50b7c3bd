import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { client, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

async function signing() {
  const cloud = createCloud({ deepFreeze: true })
  const s3 = client(cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket: 'things' }))
  const signed = (command: GetObjectCommand | PutObjectCommand, expiresIn = 60) =>
    getSignedUrl(s3, command, { expiresIn, signingDate: new Date(cloud.kernel.clock.nowMs) })
  return { cloud, s3, signed }
}

test('whoever has a presigned URL reads and writes as its signer', async () => {
  const { cloud, s3, signed } = await signing()
  const at = { Bucket: 'things', Key: 'a/b c+d.txt' }
  const put = await signed(
    new PutObjectCommand({ ...at, ContentType: 'text/plain', Metadata: { colour: 'blue' } }),
  )
  const written = await fetchFromCloud(cloud, put, {
    method: 'PUT',
    body: 'hello',
    headers: { 'content-type': 'text/plain' },
  })
  expect([written.status, await written.text()]).toEqual([200, ''])
  const { Metadata, ContentType } = await s3.send(new HeadObjectCommand(at))
  expect([Metadata, ContentType]).toEqual([{ colour: 'blue' }, 'text/plain'])
  const get = await signed(new GetObjectCommand({ ...at, ResponseContentType: 'text/html' }))
  const read = await fetchFromCloud(cloud, get)
  expect([read.status, read.headers.get('content-type'), await read.text()]).toEqual([
    200,
    'text/html',
    'hello',
  ])
})

test('a presigned URL expires', async () => {
  const { cloud, s3, signed } = await signing()
  const at = { Bucket: 'things', Key: 'k' }
  await s3.send(new PutObjectCommand({ ...at, Body: 'x' }))
  const url = await signed(new GetObjectCommand(at), 60)
  await cloud.advance({ seconds: 59 })
  expect((await fetchFromCloud(cloud, url)).status).toBe(200)
  await cloud.advance({ seconds: 2 })
  const late = await fetchFromCloud(cloud, url)
  expect([late.status, await late.text()]).toEqual([
    403,
    expect.stringContaining('<Code>AccessDenied</Code><Message>Request has expired</Message>'),
  ])
})

test('a presigned URL is good for what it was signed for, and nothing else', async () => {
  const { cloud, s3, signed } = await signing()
  const at = { Bucket: 'things', Key: 'k' }
  await s3.send(new PutObjectCommand({ ...at, Body: 'x' }))
  const url = await signed(new GetObjectCommand(at))
  const other = await fetchFromCloud(cloud, url.replace('/k?', '/other?'))
  expect([other.status, await other.text()]).toEqual([
    403,
    expect.stringContaining('<Code>SignatureDoesNotMatch</Code>'),
  ])
  expect((await fetchFromCloud(cloud, url, { method: 'PUT', body: 'y' })).status).toBe(403)
})

test('an anonymous reader is refused in two words', async () => {
  const { cloud, s3 } = await signing()
  await s3.send(new PutObjectCommand({ Bucket: 'things', Key: 'k', Body: 'x' }))
  const response = await fetchFromCloud(cloud, 'https://things.s3.us-east-1.amazonaws.com/k')
  expect([response.status, await response.text()]).toEqual([
    403,
    expect.stringMatching(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>AccessDenied<\/Code><Message>Access Denied<\/Message><RequestId>[^<]+<\/RequestId><HostId>[^<]+<\/HostId><\/Error>$/,
    ),
  ])
})
