import {
  CreateBucketCommand,
  DeleteBucketCorsCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { client, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const Bucket = 'shared-things'
const origin = 'https://app.example.com'

async function shared() {
  const cloud = createCloud({ deepFreeze: true })
  const s3 = client(cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(
    new PutBucketCorsCommand({
      Bucket,
      CORSConfiguration: { CORSRules: [{ AllowedMethods: ['PUT'], AllowedOrigins: [origin] }] },
    }),
  )
  return { cloud, s3 }
}

test('a browser puts an object by a presigned URL: it asks first, then sends', async () => {
  const { cloud, s3 } = await shared()
  const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'k' }))
  const asks = { origin, 'access-control-request-method': 'PUT' }
  const preflight = await fetchFromCloud(cloud, url, { method: 'OPTIONS', headers: asks })
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
    200,
    origin,
  ])
  const put = await fetchFromCloud(cloud, url, { method: 'PUT', headers: { origin }, body: 'x' })
  expect([put.status, put.headers.get('access-control-allow-origin')]).toEqual([200, origin])
})

test('refusals have the headers too, so that a page can read them', async () => {
  const { cloud } = await shared()
  const url = `https://${Bucket}.s3.us-east-1.amazonaws.com/k`
  const put = await fetchFromCloud(cloud, url, { method: 'PUT', headers: { origin }, body: 'x' })
  expect([put.status, put.headers.get('access-control-allow-origin')]).toEqual([403, origin])
})

test('without rules nobody is allowed', async () => {
  const { cloud, s3 } = await shared()
  await s3.send(new DeleteBucketCorsCommand({ Bucket }))
  const url = `https://${Bucket}.s3.us-east-1.amazonaws.com/k`
  const headers = { origin, 'access-control-request-method': 'PUT' }
  const answer = await fetchFromCloud(cloud, url, { method: 'OPTIONS', headers })
  expect(await answer.text()).toContain(
    '<Code>AccessForbidden</Code><Message>CORSResponse: CORS is not enabled for this bucket.</Message><Method>PUT</Method><ResourceType>OBJECT</ResourceType>',
  )
})

test('an answer of 405 names the methods that there are', async () => {
  const { cloud } = await shared()
  const url = `https://${Bucket}.s3.us-east-1.amazonaws.com/k`
  const answer = await fetchFromCloud(cloud, url, { method: 'PATCH' })
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'HEAD, DELETE, GET, PUT'])
})
