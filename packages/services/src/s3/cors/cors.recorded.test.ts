import {
  type CORSRule,
  GetBucketCorsCommand,
  PutBucketCorsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3'
import { fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { type Recorded, recordingsPresent } from '../../shared/recorded.test-support.ts'
import { type Replay, replay } from '../recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const origin = 'https://localhost:4200'
const Key = 'test-cors'

/** Headers of the connection, which the door in the process has not. */
const ofConnection = new Set(['date', 'server', 'connection', 'transfer-encoding'])

async function begin(name: string): Promise<{ it: Replay; Bucket: string }> {
  const it = replay('s3/test_s3_cors', `TestS3Cors::${name}`)
  const Bucket = await it.bucket()
  await it.run(new PutObjectCommand({ Bucket, Key, Body: 'test-cors' }))
  await it.run(
    new PutPublicAccessBlockCommand({
      Bucket,
      PublicAccessBlockConfiguration: { BlockPublicPolicy: false, RestrictPublicBuckets: false },
    }),
  )
  const Statement = {
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${Bucket}/*`,
  }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
  await it.run(new PutBucketPolicyCommand({ Bucket, Policy }))
  return { it, Bucket }
}

const put = (Bucket: string, ...CORSRules: CORSRule[]) =>
  new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } })

async function ask(
  { cloud }: Replay,
  method: string,
  headers: Record<string, string>,
  path = `/recorded-bucket/${Key}`,
) {
  const url = `https://s3.us-east-1.amazonaws.com${path}`
  const response = await fetchFromCloud(cloud, url, { method, headers })
  const text = await response.text()
  const elements = [...text.matchAll(/<([\w-]+)>([^<]*)<\/\1>/g)].map(([, k = '', v = '']) => [
    k,
    v,
  ])
  const isError = text.includes('<Error>')
  const kept = [...response.headers].filter(([name]) => !ofConnection.has(name))
  return {
    Body: isError ? { Error: Object.fromEntries(elements) as Recorded } : text,
    Headers: Object.fromEntries(kept),
    StatusCode: response.status,
  }
}

/** Header names in lower case, without those of the connection. */
function match(it: Replay, step: string, answer: Awaited<ReturnType<typeof ask>>): void {
  const { Body, Headers, StatusCode } = it.recorded(step) as typeof answer
  const kept = Object.entries(Headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !ofConnection.has(name))
  const names = kept.map(([name]) => name).sort()
  // An error's length is not told where its body comes in chunks.
  const ours = Object.keys(answer.Headers).filter(
    (name) => name !== 'content-length' || names.includes('content-length'),
  )
  expect([step, ours.sort()]).toEqual([step, names])
  for (const [name, value] of kept) {
    if (/^(?:access-control|vary|content|etag|x-amz-server|accept)/.test(name)) {
      expect([step, name, answer.Headers[name]]).toEqual([step, name, value])
    }
  }
  const body = typeof Body === 'string' ? Body : withoutIds(Body['Error'])
  const ourBody = typeof answer.Body === 'string' ? answer.Body : withoutIds(answer.Body.Error)
  expect([step, answer.StatusCode, ourBody]).toEqual([step, StatusCode, body])
}

function withoutIds(error: unknown): Recorded {
  const { RequestId: _request, HostId: _host, ...rest } = error as Recorded
  return rest
}

recorded('an object without rules has no headers for browsers', async () => {
  const { it } = await begin('test_cors_http_get_no_config')
  const { Headers, StatusCode } = await ask(it, 'GET', { origin })
  expect(StatusCode).toBe(200)
  expect(Object.keys(Headers).filter((name) => /access-control|vary/.test(name))).toEqual([])
})

recorded('a bucket that is not there', async () => {
  const it = replay('s3/test_s3_cors', 'TestS3Cors::test_cors_http_options_non_existent_bucket')
  const compare = async (step: string, headers: Record<string, string>) => {
    const { Body } = await ask(it, 'OPTIONS', headers, '/no-such-bucket')
    const { Error: error } = it.recorded(step) as Recorded
    expect(withoutIds((Body as Recorded)['Error'])).toEqual(withoutIds(error))
  }
  await compare('options-no-origin', {})
  await compare('options-with-origin', { origin })
})

recorded('origins are compared', async () => {
  const { it, Bucket } = await begin('test_cors_match_origins')
  const rule = { AllowedMethods: ['GET', 'PUT'], MaxAgeSeconds: 3000, AllowedHeaders: ['*'] }
  await it.run(put(Bucket, { ...rule, AllowedOrigins: [origin] }))
  const both = async (step: string, headers: Record<string, string>) => {
    match(it, `opt-${step}`, await ask(it, 'OPTIONS', headers))
    match(it, `get-${step}`, await ask(it, 'GET', headers))
  }
  await both('no-origin', {})
  await both('referer', { referer: origin })
  const wants = { 'access-control-request-method': 'PUT' }
  await both('right-origin', { ...wants, origin })
  await both('wrong-origin', { ...wants, origin: 'http://localhost:4200' })
  await it.run(put(Bucket, { ...rule, AllowedOrigins: ['*'] }))
  await both('random-wildcard-origin', { ...wants, origin: 'http://random:1234' })
})

recorded('headers are compared, in any case', async () => {
  const { it, Bucket } = await begin('test_cors_match_headers')
  const rule = { AllowedMethods: ['GET'], AllowedOrigins: [origin], MaxAgeSeconds: 3000 }
  const wants = (headers: string) => ({
    origin,
    'access-control-request-method': 'GET',
    'access-control-request-headers': headers,
  })
  await it.run(put(Bucket, { ...rule, AllowedHeaders: ['*'] }))
  match(it, 'opt-get', await ask(it, 'OPTIONS', wants('x-amz-request-payer')))
  match(
    it,
    'opt-get-two',
    await ask(it, 'OPTIONS', wants('x-amz-request-payer, x-amz-expected-bucket-owner')),
  )
  match(it, 'get-op', await ask(it, 'GET', { origin }))
  const AllowedHeaders = [
    'x-amz-expected-bucket-owner',
    'x-amz-server-side-encryption-customer-algorithm',
    'x-AMZ-server-SIDE-encryption',
  ]
  await it.run(put(Bucket, { ...rule, AllowedHeaders }))
  await it.match('get-bucket-cors-casing', new GetBucketCorsCommand({ Bucket }))
  match(it, 'opt-get-non-allowed', await ask(it, 'OPTIONS', wants('x-amz-request-payer')))
  match(it, 'opt-get-allowed', await ask(it, 'OPTIONS', wants('x-amz-expected-bucket-owner')))
  match(
    it,
    'opt-get-allowed-diff-casing',
    await ask(it, 'OPTIONS', wants('x-amz-expected-bucket-owner, x-amz-server-side-ENCRYPTION')),
  )
  match(
    it,
    'opt-get-allowed-no-space',
    await ask(it, 'OPTIONS', wants('x-amz-expected-bucket-owner,x-amz-server-side-encryption')),
  )
  // What a browser only says in a preflight counts in a GET too; what it then sends does not.
  match(it, 'get-non-allowed-with-acl', await ask(it, 'GET', wants('x-amz-request-payer')))
  const sent = { origin, 'x-amz-request-payer': 'requester' }
  match(it, 'get-non-allowed', await ask(it, 'GET', sent))
})

recorded('headers that a page may see are told', async () => {
  const { it, Bucket } = await begin('test_cors_expose_headers')
  await it.run(
    put(Bucket, {
      AllowedMethods: ['GET'],
      AllowedOrigins: ['*'],
      ExposeHeaders: ['x-amz-id-2', 'x-amz-request-id', 'x-amz-request-payer'],
    }),
  )
  const headers = { origin, 'access-control-request-method': 'GET' }
  match(it, 'opt-get', await ask(it, 'OPTIONS', headers))
})

recorded('a star stands for a part of an origin', async () => {
  const rule = { AllowedMethods: ['GET', 'PUT'], MaxAgeSeconds: 3000, AllowedHeaders: ['*'] }
  const wants = { 'access-control-request-method': 'GET' }
  const first = await begin('test_cors_options_match_partial_origin')
  await first.it.run(put(first.Bucket, { ...rule, AllowedOrigins: ['http://*.origin.com'] }))
  match(
    first.it,
    'options_match_partial_origin',
    await ask(first.it, 'OPTIONS', { ...wants, origin: 'http://test.origin.com' }),
  )
  const { it, Bucket } = await begin('test_cors_options_fails_partial_origin')
  await it.run(put(Bucket, { ...rule, AllowedOrigins: ['http://*.origin.com'] }))
  match(
    it,
    'options_fails_partial_origin',
    await ask(it, 'OPTIONS', { ...wants, origin: 'http://test.origin.net' }, `/${Bucket}`),
  )
})

recorded('rules that are none', async () => {
  const { it, Bucket } = await begin('test_put_cors_invalid_rules')
  await it.match(
    'put-cors-exc',
    put(Bucket, { AllowedOrigins: ['*'], AllowedMethods: ['MYMETHOD'] }),
  )
  await it.match('put-cors-exc-empty', put(Bucket))
})
