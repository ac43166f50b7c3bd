import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { fetchFromCloud } from '@cloud-orrery/cloud'
import { presignUrl } from '@cloud-orrery/protocols'
import { expect, test } from 'vitest'
import { type Recorded, recordingsPresent } from '../shared/recorded.test-support.ts'
import { plainAnswer, type Replay, replay } from './recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const group = 'TestS3PresignedUrl'
const checked = { ChecksumMode: 'ENABLED' } as const

interface Presigned {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly query?: string
  readonly expiresSeconds?: number
}

/** A URL as boto3 signs it: headers stay headers, and no checksum is stated. */
function presign(it: Replay, path: string, options: Presigned = {}): string {
  const { method = 'PUT', headers = {}, query = '', expiresSeconds = 3600 } = options
  const url = `https://s3.us-east-1.amazonaws.com${path}${query === '' ? '' : `?${query}`}`
  return presignUrl(url, {
    method,
    headers,
    expiresSeconds,
    credentials: it.cloud.credentials(),
    region: 'us-east-1',
    service: 's3',
    nowMs: it.cloud.kernel.clock.nowMs,
  })
}

/** The error of a plain request; the recordings keep the ids of requests in it. */
async function refusal(response: Response): Promise<Recorded> {
  const { Error: error } = await plainAnswer(response)
  return { Error: { ...(error as Recorded), HostId: 'host-id', RequestId: 'request-id' } }
}

recorded('a URL with which an object was written', async () => {
  const it = replay('s3/test_s3', `${group}::test_put_object`)
  const at = { Bucket: await it.bucket(), Key: 'my-key' }
  const url = presign(it, '/recorded-bucket/my-key')
  const response = await fetchFromCloud(it.cloud, url, { method: 'PUT', body: 'something' })
  expect(response.status).toBe(200)
  // The recording holds a body that was read already.
  await it.match('get_object', new GetObjectCommand({ ...at, ...checked }), ['Body'])
})

for (const name of ['s3v4-False', 's3v4-True']) {
  recorded(`a URL whose time is up (${name})`, async () => {
    const it = replay(
      's3/test_s3',
      `${group}::test_presigned_url_signature_authentication_expired[${name}]`,
    )
    const at = { Bucket: await it.bucket(), Key: 'my-key' }
    await it.run(new PutObjectCommand({ ...at, Body: 'something' }))
    const url = presign(it, '/recorded-bucket/my-key', { method: 'GET', expiresSeconds: 1 })
    await it.cloud.advance({ seconds: 3 })
    it.matchValue('expired', await refusal(await fetchFromCloud(it.cloud, url)))
  })
}

recorded('a URL that was changed after it was signed', async () => {
  const it = replay(
    's3/test_s3',
    `${group}::test_presigned_url_signature_authentication[s3v4-False]`,
  )
  const at = { Bucket: await it.bucket(), Key: 'my-key' }
  await it.run(new PutObjectCommand({ ...at, Body: 'something' }))
  const url = presign(it, '/recorded-bucket/my-key', { method: 'GET' })
  const broken = url.replace(/X-Amz-Signature=\w+/, 'X-Amz-Signature=invalid')
  it.matchValue('invalid-get-1', await refusal(await fetchFromCloud(it.cloud, broken)))
})

recorded('a URL without its signature', async () => {
  const it = replay('s3/test_s3', `${group}::test_s3_put_presigned_url_missing_sig_param[s3v4]`)
  await it.bucket()
  const url = presign(it, '/recorded-bucket/my-key').replace(/&?X-Amz-Signature=\w+/, '')
  const response = await fetchFromCloud(it.cloud, url, { method: 'PUT', body: 'test' })
  it.matchValue('missing-param-exception', {
    ...(await refusal(response)),
    StatusCode: response.status,
  })
})

recorded('metadata in headers that were signed, or were not', async () => {
  const it = replay('s3/test_s3', `${group}::test_put_url_metadata_with_sig_s3v4[True]`)
  const at = { Bucket: await it.bucket(), Key: 'key-by-post' }
  const url = presign(it, '/recorded-bucket/key-by-post', { headers: { 'x-amz-meta-foo': 'bar' } })
  const put = (headers: Record<string, string>) =>
    fetchFromCloud(it.cloud, url, { method: 'PUT', body: 'content 123', headers })
  it.matchValue('no-meta-headers', await refusal(await put({})))
  expect((await put({ 'x-amz-meta-foo': 'bar' })).status).toBe(200)
  await it.match('head_object', new HeadObjectCommand(at), ['ETag']) // What it held is not told.
  const wrong = await put({ 'x-amz-meta-foo': 'bar', 'x-amz-meta-wrong': 'wrong' })
  it.matchValue('wrong-meta-headers', await refusal(wrong))
})

recorded('headers that stand in the query', async () => {
  const it = replay('s3/test_s3', `${group}::test_presigned_url_v4_x_amz_in_qs`)
  const at = { Bucket: await it.bucket(), Key: 'test-qs' }
  const query = 'x-amz-meta-foo=bar-complicated-no-random'
  const url = presign(it, '/recorded-bucket/test-qs', { query })
  const response = await fetchFromCloud(it.cloud, url, { method: 'PUT', body: '123456' })
  expect(response.status).toBe(200)
  await it.match('head-object', new HeadObjectCommand({ ...at, ...checked }))
})

recorded('other headers than those that were signed', async () => {
  const it = replay(
    's3/test_s3',
    `${group}::test_s3_put_presigned_url_with_different_headers[s3v4]`,
  )
  await it.bucket()
  const put = async (url: string, headers: Record<string, string>) => {
    const response = await fetchFromCloud(it.cloud, url, { method: 'PUT', body: 'body', headers })
    const status = { StatusCode: response.status }
    return response.ok ? status : { ...(await refusal(response)), ...status }
  }
  const typed = presign(it, '/recorded-bucket/k', { headers: { 'content-type': 'text/plain' } })
  it.matchValue('content-type-exception', await put(typed, { 'content-type': 'text/xml' }))
  const plain = presign(it, '/recorded-bucket/k')
  it.matchValue('content-type-response', await put(plain, { 'content-type': 'text/xml' }))
  const encoded = presign(it, '/recorded-bucket/k', { headers: { 'content-encoding': 'identity' } })
  // Two refusals, one name for what was calculated.
  const calculated = ['Error.CanonicalRequest', 'Error.StringToSign']
  const wrong = await put(encoded, { 'content-encoding': 'gzip' })
  it.matchValue('wrong-content-encoding-response', wrong, calculated)
})

recorded('the length of an answer by virtual host', async () => {
  const it = replay('s3/test_s3', 'TestS3::test_get_object_content_length_with_virtual_host[True]')
  const at = { Bucket: await it.bucket(), Key: 'test' }
  await it.run(new PutObjectCommand({ ...at, Body: '123' }))
  const response = await fetchFromCloud(
    it.cloud,
    'https://recorded-bucket.s3.us-east-1.amazonaws.com/test',
    {
      credentials: it.cloud.credentials(),
    },
  )
  const headers = Object.fromEntries(response.headers)
  // The date is the doors' to add.
  it.matchValue('get-obj-content-len-headers', headers, ['date'])
})
