import {
  CreateBucketCommand,
  GetBucketRequestPaymentCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutBucketRequestPaymentCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { client, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { presignUrl } from '@cloud-orrery/protocols'
import { expect, test } from 'vitest'

const Bucket = 'paid-things'

test('who reads at their own cost says so, and is told', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const s3 = client(cloud, S3Client)
  const reader = client(cloud, S3Client, { accountId: '222222222222' })
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }))
  const Statement = {
    Effect: 'Allow',
    Principal: { AWS: '222222222222' },
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${Bucket}/*`,
  }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
  await s3.send(
    new PutBucketRequestPaymentCommand({
      Bucket,
      RequestPaymentConfiguration: { Payer: 'Requester' },
    }),
  )
  expect((await s3.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer).toBe('Requester')
  const get = { Bucket, Key: 'k' }
  await expect(reader.send(new GetObjectCommand(get))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: 'Access Denied',
  })
  const paid = await reader.send(new GetObjectCommand({ ...get, RequestPayer: 'requester' }))
  expect(paid.RequestCharged).toBe('requester')
  expect((await s3.send(new GetObjectCommand(get))).RequestCharged).toBeUndefined()
})

test('a signature for another region than the one to which the host leads', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const west = client(cloud, S3Client, { region: 'us-west-2' })
  const CreateBucketConfiguration = { LocationConstraint: 'us-west-2' } as const
  await west.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }))
  const credentials = cloud.credentials()
  for (const host of [`${Bucket}.s3.amazonaws.com`, `${Bucket}.s3.us-west-2.amazonaws.com`]) {
    const answer = await fetchFromCloud(cloud, `https://${host}/k`, {
      credentials,
      region: 'us-east-1',
    })
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining(
        "<Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'us-west-2'</Message><Region>us-west-2</Region>",
      ),
    ])
  }
  const elsewhere = await fetchFromCloud(cloud, `https://s3.amazonaws.com/${Bucket}/k`, {
    credentials,
    region: 'us-east-1',
  })
  expect(elsewhere.status).toBe(301)
})

test('a presigned URL has one signature', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const s3 = client(cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }))
  const url = presignUrl(`https://${Bucket}.s3.us-east-1.amazonaws.com/k`, {
    method: 'GET',
    expiresSeconds: 60,
    credentials: cloud.credentials(),
    region: 'us-east-1',
    service: 's3',
    nowMs: cloud.kernel.clock.nowMs,
  })
  expect((await fetchFromCloud(cloud, url)).status).toBe(200)
  const [, signature = ''] = /X-Amz-Signature=(\w+)/.exec(url) ?? []
  for (const second of [signature, 'x']) {
    const answer = await fetchFromCloud(cloud, `${url}&X-Amz-Signature=${second}`)
    expect([answer.status, await answer.text()]).toEqual([
      403,
      expect.stringContaining('<Code>SignatureDoesNotMatch</Code>'),
    ])
  }
})
