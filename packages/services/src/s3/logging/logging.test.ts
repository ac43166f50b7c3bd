import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketLifecycleConfigurationCommand,
  PutBucketLoggingCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { client, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const Bucket = 'watched-things'
const target = 'logs-of-things'

async function watched(LoggingEnabled: object = {}, sourceArn = `arn:aws:s3:::${Bucket}`) {
  const cloud = createCloud({ deepFreeze: true })
  const s3 = client(cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(new CreateBucketCommand({ Bucket: target }))
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 'logging.s3.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: `arn:aws:s3:::${target}/*`,
    Condition: {
      ArnLike: { 'aws:SourceArn': sourceArn },
      StringEquals: { 'aws:SourceAccount': '123456789012' },
    },
  }
  await s3.send(
    new PutBucketPolicyCommand({
      Bucket: target,
      Policy: JSON.stringify({ Version: '2012-10-17', Statement }),
    }),
  )
  await s3.send(
    new PutBucketLoggingCommand({
      Bucket,
      BucketLoggingStatus: {
        LoggingEnabled: { TargetBucket: target, TargetPrefix: 'log/', ...LoggingEnabled },
      },
    }),
  )
  return {
    cloud,
    s3,
    async logs() {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: target }))
      const found: { key: string; lines: string[] }[] = []
      for (const { Key = '' } of Contents) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: target, Key }))
        const text = (await Body?.transformToString()) ?? ''
        found.push({ key: Key, lines: text.split('\n').slice(0, -1) })
      }
      return found
    },
  }
}

/** The fields of a line, those with blanks in one. */
function fieldsOf(line = ''): string[] {
  return line.match(/"[^"]*"|\[[^\]]*\]|\S+/g) ?? []
}

test("requests of an hour are in one log, each a line of 26 fields and the bucket's owner", async () => {
  const { cloud, s3, logs } = await watched()
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a/b c.txt', Body: 'hello' }))
  await s3.send(new GetObjectCommand({ Bucket, Key: 'a/b c.txt' }))
  await fetchFromCloud(cloud, `https://${Bucket}.s3.us-east-1.amazonaws.com/none?x-id=1`, {
    headers: { 'user-agent': 'curl/8.0', referer: 'https://example.com/' },
  })
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'x' }] } }))
  expect(await logs()).toEqual([])
  await cloud.advance({ hours: 1 })
  const [log, ...more] = await logs()
  expect(more).toEqual([])
  expect(log?.key).toMatch(/^log\/2026-01-01-01-00-00-[0-9A-F]{16}$/)
  const lines = (log?.lines ?? []).map(fieldsOf)
  expect(lines.map((fields) => fields.length)).toEqual([26, 26, 26, 26, 26])
  expect(lines.map((fields) => fields.slice(6, 13))).toEqual([
    [
      'REST.PUT.LOGGING_STATUS',
      '-',
      expect.stringMatching(/^"PUT .*\?logging/),
      '200',
      '-',
      '-',
      '-',
    ],
    [
      'REST.PUT.OBJECT',
      'a/b%2520c.txt',
      expect.stringContaining('"PUT /a/b%20c.txt'),
      '200',
      '-',
      '-',
      '5',
    ],
    ['REST.GET.OBJECT', 'a/b%2520c.txt', expect.any(String), '200', '-', '5', '5'],
    [
      'REST.GET.OBJECT',
      'none',
      '"GET /none?x-id=1 HTTP/1.1"',
      '403',
      'AccessDenied',
      expect.any(String),
      '-',
    ],
    ['REST.POST.MULTI_OBJECT_DELETE', '-', expect.any(String), '200', '-', expect.any(String), '-'],
  ])
  const [, put = [], , refused = []] = lines
  expect(put.slice(1, 6)).toEqual([
    Bucket,
    '[01/Jan/2026:00:00:00 +0000]',
    '127.0.0.1',
    'arn:aws:iam::123456789012:user/admin',
    expect.stringMatching(/^[0-9A-F]{16}$/),
  ])
  expect(put.slice(19)).toEqual([
    'SigV4',
    'TLS_AES_128_GCM_SHA256',
    'AuthHeader',
    `${Bucket}.s3.us-east-1.amazonaws.com`,
    'TLSv1.3',
    '-',
    '-',
  ])
  expect([refused[4], refused[15], refused[16]]).toEqual([
    '-',
    '"https://example.com/"',
    '"curl/8.0"',
  ])
})

test('what a rule takes away is in the log', async () => {
  const { cloud, s3, logs } = await watched({
    TargetObjectKeyFormat: { PartitionedPrefix: { PartitionDateSource: 'DeliveryTime' } },
  })
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }))
  const Rules = [{ Status: 'Enabled' as const, Filter: { Prefix: '' }, Expiration: { Days: 1 } }]
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }),
  )
  await cloud.advance({ days: 2 })
  const last = (await logs()).at(-1)
  expect(last?.key).toMatch(
    /^log\/123456789012\/us-east-1\/watched-things\/2026\/01\/02\/2026-01-02-01-00-00-/,
  )
  expect(fieldsOf(last?.lines[0]).slice(3, 9)).toEqual([
    '-',
    'AmazonS3',
    expect.any(String),
    'S3.EXPIRE.OBJECT',
    'k',
    '"-"',
  ])
})

test('a target that does not let S3 write gets no log, and nobody is told', async () => {
  const { cloud, s3, logs } = await watched({}, 'arn:aws:s3:::other-things')
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }))
  await cloud.advance({ hours: 2 })
  expect(await logs()).toEqual([])
  expect([...cloud.kernel.tasks.list()].filter(({ name }) => name === 's3.deliverLog')).toEqual([])
})

test('an outage of the target delays a log', async () => {
  const { cloud, s3, logs } = await watched()
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }))
  const fault = cloud.armFault('s3.PutObject', { kind: 'error', code: 'InternalError' })
  await cloud.advance({ hours: 1 })
  cloud.endFault(fault)
  await cloud.advance({ minutes: 10 })
  expect((await logs()).map(({ lines }) => lines.length)).toEqual([2])
})
