import {
  CreateBucketCommand,
  PutBucketPolicyCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  type WebsiteConfiguration,
} from '@aws-sdk/client-s3'
import { client, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const Bucket = 'www.example.com'

async function site(WebsiteConfiguration: WebsiteConfiguration, statement: object = {}) {
  const cloud = createCloud({ deepFreeze: true })
  const s3 = client(cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(
    new PutPublicAccessBlockCommand({
      Bucket,
      PublicAccessBlockConfiguration: { BlockPublicPolicy: false, RestrictPublicBuckets: false },
    }),
  )
  const Statement = [
    {
      Effect: 'Allow',
      Principal: '*',
      Action: ['s3:GetObject', 's3:ListBucket'],
      Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
      ...statement,
    },
  ]
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
  await s3.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }))
  return {
    cloud,
    put: (Key: string, Body: string, more: object = {}) =>
      s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'text/html', ...more })),
    async get(path: string, options: object = {}, host = `${Bucket}.s3-website.localhost:4566`) {
      const response = await fetchFromCloud(cloud, `http://${host}${path}`, options)
      return {
        status: response.status,
        location: response.headers.get('location') ?? undefined,
        text: await response.text(),
        headers: response.headers,
      }
    },
  }
}

const IndexDocument = { Suffix: 'index.html' }

test('folders have an index; one without its slash is sent there', async () => {
  const { put, get } = await site({ IndexDocument })
  await put('index.html', 'home')
  await put('docs/index.html', 'docs')
  await put('docs/page.html', 'page', { CacheControl: 'no-cache', Metadata: { a: 'b' } })
  expect((await get('/')).text).toBe('home')
  expect((await get('/docs/')).text).toBe('docs')
  expect(await get('/docs')).toMatchObject({ status: 302, location: '/docs/' })
  const { headers, text } = await get('/docs/page.html?v=1')
  expect(text).toBe('page')
  expect(headers.get('cache-control')).toBe('no-cache')
  expect(headers.get('content-type')).toBe('text/html')
  expect(headers.get('x-amz-meta-a')).toBe('b')
})

test('names of both kinds and of AWS lead to the website', async () => {
  const { put, get } = await site({ IndexDocument })
  await put('index.html', 'home')
  for (const name of ['s3-website-us-east-1', 's3-website.us-east-1']) {
    expect((await get('/', {}, `${Bucket}.${name}.amazonaws.com`)).text).toBe('home')
  }
  const other = await get('/', {}, `${Bucket}.s3-website.eu-central-1.amazonaws.com`)
  expect(other).toMatchObject({
    status: 400,
    text: expect.stringContaining('<li>Code: IncorrectEndpoint</li>'),
  })
})

test('what is not there: a page of S3, the error document, or a page on both', async () => {
  const { put, get } = await site({ IndexDocument, ErrorDocument: { Key: 'error.html' } })
  const both = await get('/none')
  expect(both.status).toBe(404)
  expect(both.text).toContain(
    '<li>Code: NoSuchKey</li>\n<li>Message: The specified key does not exist.</li>\n<li>Key: none</li>',
  )
  expect(both.text).toContain(
    '<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n<ul>\n<li>Code: NoSuchKey</li>',
  )
  await put('error.html', 'sorry')
  expect(await get('/none')).toMatchObject({ status: 404, text: 'sorry' })
  expect(await get('/none', { method: 'HEAD' })).toMatchObject({ status: 404, text: '' })
  expect(await get('/', { method: 'POST' })).toMatchObject({ status: 405 })
})

test('who may not list learns nothing of what is not there', async () => {
  const { get } = await site(
    { IndexDocument },
    { Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` },
  )
  const { status, text } = await get('/none')
  expect([status, text.includes('<li>Code: AccessDenied</li>')]).toEqual([403, true])
})

test('an object that redirects, a bucket that does, and rules before and after the look', async () => {
  const { put, get } = await site({
    IndexDocument,
    RoutingRules: [
      {
        Condition: { KeyPrefixEquals: 'old/' },
        Redirect: { ReplaceKeyPrefixWith: 'new/', HttpRedirectCode: '302' },
      },
      {
        Condition: { HttpErrorCodeReturnedEquals: '404' },
        Redirect: { HostName: 'backup.example.com', Protocol: 'https', ReplaceKeyWith: 'lost' },
      },
    ],
  })
  await put('moved', '', { WebsiteRedirectLocation: 'https://example.org/' })
  await put('old/here', 'not seen')
  expect(await get('/moved')).toMatchObject({ status: 301, location: 'https://example.org/' })
  expect(await get('/old/here?q=1')).toMatchObject({
    status: 302,
    location: `http://${Bucket}.s3-website.localhost:4566/new/here?q=1`,
  })
  expect(await get('/none')).toMatchObject({
    status: 301,
    location: 'https://backup.example.com/lost',
  })
  const all = await site({ RedirectAllRequestsTo: { HostName: 'example.org', Protocol: 'https' } })
  expect(await all.get('/a/b?c=d')).toMatchObject({
    status: 301,
    location: 'https://example.org/a/b?c=d',
  })
})

test('ranges and conditions', async () => {
  const { put, get } = await site({ IndexDocument })
  await put('index.html', '0123456789')
  const part = await get('/', { headers: { range: 'bytes=2-4' } })
  expect([part.status, part.text, part.headers.get('content-range')]).toEqual([
    206,
    '234',
    'bytes 2-4/10',
  ])
  const etag = part.headers.get('etag') ?? ''
  const same = await get('/', { headers: { 'if-none-match': etag } })
  expect([same.status, same.text]).toEqual([304, ''])
})

test('a policy can ask where a reader comes from', async () => {
  const { put, get } = await site(
    { IndexDocument },
    { Condition: { StringLike: { 'aws:Referer': 'https://example.com/*' } } },
  )
  await put('index.html', 'home')
  expect((await get('/')).status).toBe(403)
  expect((await get('/', { headers: { referer: 'https://example.com/page' } })).text).toBe('home')
})
