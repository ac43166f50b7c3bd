import { createHmac } from 'node:crypto'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { client, createCloud, fetchFromCloud } from '../index.ts'

/** A URL as boto3 presigns it by default in us-east-1. */
function presigned(
  path: string,
  keys: { accessKeyId: string; secretAccessKey: string },
  expires: number,
) {
  const text = `GET\n\n\n${expires}\n${path}`
  const signature = createHmac('sha1', keys.secretAccessKey).update(text).digest('base64')
  const query = new URLSearchParams({
    AWSAccessKeyId: keys.accessKeyId,
    Signature: signature,
    Expires: String(expires),
  })
  return `https://s3.amazonaws.com${path}?${query}`
}

async function cloudWithObject() {
  const cloud = createCloud({ deepFreeze: true, clock: { kind: 'real' } })
  const s3 = client(cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket: 'letters' }))
  await s3.send(new PutObjectCommand({ Bucket: 'letters', Key: 'a', Body: 'hello' }))
  return cloud
}

test('a URL presigned with version 2 opens the object until its moment', async () => {
  const cloud = await cloudWithObject()
  const expires = Math.floor(Date.now() / 1000) + 60
  const url = presigned('/letters/a', cloud.credentials(), expires)
  expect(await (await fetchFromCloud(cloud, url)).text()).toBe('hello')
  const ended = presigned('/letters/a', cloud.credentials(), expires - 61)
  const late = await fetchFromCloud(cloud, ended)
  expect([late.status, await late.text()]).toEqual([
    403,
    expect.stringContaining('Request has expired'),
  ])
})

test('a URL presigned with version 2 and a wrong secret is refused', async () => {
  const cloud = await cloudWithObject()
  const { accessKeyId } = cloud.credentials()
  const expires = Math.floor(Date.now() / 1000) + 60
  const url = presigned('/letters/a', { accessKeyId, secretAccessKey: 'wrong' }, expires)
  const answer = await fetchFromCloud(cloud, url)
  expect([answer.status, await answer.text()]).toEqual([
    403,
    expect.stringContaining('<Code>SignatureDoesNotMatch</Code>'),
  ])
})
