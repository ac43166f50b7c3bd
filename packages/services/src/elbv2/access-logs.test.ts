import { gunzipSync } from 'node:zlib'
import { ModifyLoadBalancerAttributesCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { ask, balance, fixed, listen, start } from './elbv2.test-support.ts'

async function withBucket(Principal: object) {
  const made = await balance(start())
  await listen(made, [fixed('200')])
  const s3 = client(made.cloud, S3Client)
  const Bucket = 'logs-of-web'
  await s3.send(new CreateBucketCommand({ Bucket }))
  const Resource = `arn:aws:s3:::${Bucket}/web/AWSLogs/123456789012/*`
  const Statement = [{ Effect: 'Allow', Principal, Action: 's3:PutObject', Resource }]
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
  const enable = () =>
    made.elb.send(
      new ModifyLoadBalancerAttributesCommand({
        LoadBalancerArn: made.arn,
        Attributes: [
          { Key: 'access_logs.s3.enabled', Value: 'true' },
          { Key: 'access_logs.s3.bucket', Value: Bucket },
          { Key: 'access_logs.s3.prefix', Value: 'web' },
        ],
      }),
    )
  return { ...made, s3, Bucket, enable }
}

test.each([
  ['the service', { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' }],
  ["the region's account", { AWS: 'arn:aws:iam::127311923021:root' }],
])('a log is written every five minutes where the bucket lets %s in', async (_, principal) => {
  const made = await withBucket(principal)
  const { cloud, s3, Bucket } = made
  await made.enable()
  await ask(made, '/a?x="1"', { headers: { 'user-agent': 'a "b"' } })
  await cloud.advance({ minutes: 5 })
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
  const keys = Contents.map(({ Key = '' }) => Key)
  expect(keys[0]).toBe('web/AWSLogs/123456789012/ELBAccessLogTestFile')
  expect(keys[1]).toMatch(
    /^web\/AWSLogs\/123456789012\/elasticloadbalancing\/us-east-1\/2026\/01\/01\/123456789012_elasticloadbalancing_us-east-1_app\.web\.[0-9a-f]{16}_20260101T0005Z_10\.0\.0\.1_\w{8}\.log\.gz$/,
  )
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: keys[1] }))
  const text = gunzipSync((await Body?.transformToByteArray()) ?? new Uint8Array()).toString()
  expect(text).toMatch(
    /^http 2026-01-01T00:00:02\.000000Z app\/web\/[0-9a-f]{16} 127\.0\.0\.1:40000 - -1 -1 -1 200 - 0 9 "GET http:\/\/web-\d+\.us-east-1\.elb\.amazonaws\.com:80\/a\?x=%221%22 HTTP\/1\.1" "a %22b%22" - - - "Root=/,
  )
})

test('logs are not switched on where the bucket does not let them in', async () => {
  const { enable, Bucket } = await withBucket({ AWS: 'arn:aws:iam::123456789012:root' })
  await expect(enable()).rejects.toMatchObject({
    name: 'InvalidConfigurationRequestException',
    message: `Access Denied for bucket: ${Bucket}. Please check S3bucket permission`,
  })
})
