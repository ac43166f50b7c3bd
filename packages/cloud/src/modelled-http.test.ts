import {
  CreateBucketCommand,
  PutBucketPolicyCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { client, createCloud } from './index.ts'

const accountId = '123456789012'
const region = 'us-east-1'

/** A website, and the context in which EventBridge works beside it. */
async function eventsBesideWebsite() {
  const cloud = createCloud()
  const s3 = client(cloud, S3Client)
  const Bucket = 'site'
  await s3.send(new CreateBucketCommand({ Bucket }))
  const open = { BlockPublicPolicy: false, RestrictPublicBuckets: false }
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: open }))
  const statement = {
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::site/*',
  }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
  const WebsiteConfiguration = { IndexDocument: { Suffix: 'index.html' } }
  await s3.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }))
  const object = { Bucket, Key: 'index.html', Body: 'grüß dich', ContentType: 'text/html' }
  await s3.send(new PutObjectCommand(object))
  const service = await cloud.services.load('events')
  const cause = cloud.kernel.journal.append({
    atMs: cloud.kernel.clock.nowMs,
    kind: 'task',
    name: 'events.deliver',
    cause: undefined,
    entered: false,
    data: {},
  })
  return { cloud, cause, ctx: cloud.contextOf(service, { accountId, region }, cause) }
}

const get = { method: 'GET', headers: {}, body: '', timeoutMs: 1_000 }

test('a service reaches the names that others answer for, on the request path', async () => {
  const { cloud, ctx, cause } = await eventsBesideWebsite()
  const url = 'http://site.s3-website-us-east-1.amazonaws.com/'
  const { status, headers, body, bytes } = await ctx.http({ ...get, url })
  expect([status, headers['content-type'], body, bytes?.length]).toEqual([
    200,
    'text/html',
    'grüß dich',
    11,
  ])
  const call = cloud.kernel.journal.entries.findLast(({ kind }) => kind === 'call')
  expect([call?.entered, call?.name, call?.data['door']]).toEqual([
    false,
    's3.GetObject',
    'internal',
  ])
  const website = cloud.kernel.journal.children(cause.sequence)
  expect(website.map(({ name }) => name)).toEqual(['s3.WebsiteRequest'])
})

test('what a name of the model refuses is an answer, and a host outside it is none', async () => {
  const { ctx } = await eventsBesideWebsite()
  const missing = 'http://other.s3-website-us-east-1.amazonaws.com/'
  expect((await ctx.http({ ...get, url: missing })).status).toBe(404)
  expect(await ctx.http({ ...get, url: 'https://example.com/' })).toEqual({
    status: 0,
    headers: {},
    body: '',
  })
})

test('a host that was given to the cloud comes before the names of the model', async () => {
  const { cloud, ctx } = await eventsBesideWebsite()
  const name = 'site.s3-website-us-east-1.amazonaws.com'
  cloud.internet.set(name, () => ({ status: 418, headers: {}, body: 'mine' }))
  expect((await ctx.http({ ...get, url: `http://${name}/` })).status).toBe(418)
})
