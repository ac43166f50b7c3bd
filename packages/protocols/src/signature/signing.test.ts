import { createHash } from 'node:crypto'
import { AwsError } from '@cloud-orrery/models'
import { expect, test } from 'vitest'
import type { HttpRequest } from '../http.ts'
import { parseSignature } from './parse-signature.ts'
import { presignUrl, signRequest } from './sign-request.ts'
import type { SignedRequest } from './signed-request.ts'
import { derivedKeyPair } from './signing-key.ts'
import { headersNotSigned, payloadMismatch, verifySignature } from './verify-signature.ts'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'a secret of forty characters, or so, why',
}
const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5)

function plainRequest(change: Partial<HttpRequest> = {}): HttpRequest {
  const headers = { host: 'example.amazonaws.com', 'content-type': 'text/plain' }
  return {
    method: 'PUT',
    path: '/a%20b/c',
    query: 'x=1',
    headers,
    body: Buffer.from('hi'),
    ...change,
  }
}

function parsed(request: HttpRequest, dialect?: 's3'): SignedRequest {
  const signed = parseSignature(request, dialect)
  if (signed === undefined || signed instanceof AwsError) throw new Error(String(signed))
  return signed
}

function requestOf(url: string, method = 'GET'): HttpRequest {
  const { host, pathname, search } = new URL(url)
  const query = search.slice(1)
  return { method, path: pathname, query, headers: { host }, body: new Uint8Array(0) }
}

test('a signed request says who signed it, when, and for what', () => {
  const session = { ...credentials, sessionToken: 'token' }
  const request = signRequest(plainRequest(), {
    credentials: session,
    region: 'eu-west-1',
    service: 'sqs',
    nowMs,
  })
  expect(parsed(request)).toEqual({
    algorithm: 'AWS4-HMAC-SHA256',
    place: 'header',
    accessKeyId: 'AKIDEXAMPLE',
    scope: { date: '20260102', regions: ['eu-west-1'], service: 'sqs' },
    signedHeaders: ['content-type', 'host', 'x-amz-date', 'x-amz-security-token'],
    signature: expect.stringMatching(/^[0-9a-f]{64}$/),
    amzDate: '20260102T030405Z',
    signedAtMs: nowMs,
    sessionToken: 'token',
    payload: 'signed',
    trailer: false,
  })
})

test.each(['s3', 'sqs'])(
  'a request that is signed for %s verifies with that secret only',
  (service) => {
    const request = signRequest(plainRequest(), {
      credentials,
      region: 'us-east-1',
      service,
      nowMs,
    })
    const signed = parsed(request)
    expect(verifySignature(request, signed, credentials.secretAccessKey)).toEqual({ ok: true })
    expect(verifySignature(request, signed, 'other')).toMatchObject({ ok: false })
  },
)

test('a refused signature comes with the texts that AWS’s message quotes', () => {
  const request = signRequest(plainRequest(), {
    credentials,
    region: 'us-east-1',
    service: 'sqs',
    nowMs,
  })
  const verdict = verifySignature(
    { ...request, method: 'GET' },
    parsed(request),
    credentials.secretAccessKey,
  )
  const canonicalRequest = [
    ...['GET', '/a%2520b/c', 'x=1', 'content-type:text/plain', 'host:example.amazonaws.com'],
    ...['x-amz-date:20260102T030405Z', '', 'content-type;host;x-amz-date'],
    createHash('sha256').update('hi').digest('hex'),
  ].join('\n')
  expect(verdict).toEqual({
    ok: false,
    canonicalRequest,
    stringToSign: [
      ...['AWS4-HMAC-SHA256', '20260102T030405Z', '20260102/us-east-1/sqs/aws4_request'],
      createHash('sha256').update(canonicalRequest).digest('hex'),
    ].join('\n'),
  })
})

test('S3 takes any spelling of a key for the same, and checks the body against its stated hash', () => {
  const options = { credentials, region: 'us-east-1', service: 's3', nowMs }
  const request = signRequest(plainRequest({ path: '/bucket/a(1)%2Bb' }), options)
  const respelled = { ...request, path: '/bucket/a%281%29%2bb' }
  const tampered = { ...request, body: Buffer.from('ho') }
  const signed = parsed(request, 's3')
  expect(verifySignature(respelled, signed, credentials.secretAccessKey).ok).toBe(true)
  expect(payloadMismatch(request, signed)).toBeUndefined()
  expect(verifySignature(tampered, signed, credentials.secretAccessKey).ok).toBe(true)
  expect(payloadMismatch(tampered, signed)).toMatchObject({
    code: 'XAmzContentSHA256Mismatch',
    status: 400,
    fields: {
      ClientComputedContentSHA256: createHash('sha256').update('hi').digest('hex'),
      S3ComputedContentSHA256: createHash('sha256').update('ho').digest('hex'),
    },
  })
})

test('a presigned URL verifies with its life, and not with another', () => {
  const url = presignUrl('https://bucket.s3.amazonaws.com/a%20key?versionId=3', {
    credentials: { ...credentials, sessionToken: 'a/token+' },
    region: 'us-east-1',
    service: 's3',
    nowMs,
    expiresSeconds: 300,
  })
  const request = requestOf(url)
  const signed = parsed(request, 's3')
  expect(signed).toMatchObject({ place: 'query', expiresSeconds: 300, sessionToken: 'a/token+' })
  expect(signed.payload).toBe('unsigned')
  expect(verifySignature(request, signed, credentials.secretAccessKey)).toEqual({ ok: true })
  const longer = requestOf(url.replace('X-Amz-Expires=300', 'X-Amz-Expires=301'))
  expect(verifySignature(longer, parsed(longer, 's3'), credentials.secretAccessKey).ok).toBe(false)
})

test('a presigned STS call, as EKS tokens are, signs its empty body and its own headers', () => {
  const url = presignUrl('https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15', {
    credentials,
    region: 'us-east-1',
    service: 'sts',
    nowMs,
    expiresSeconds: 60,
    headers: { 'x-k8s-aws-id': 'cluster' },
  })
  const request = requestOf(url)
  request.headers['x-k8s-aws-id'] = 'cluster'
  const signed = parsed(request)
  expect(signed.signedHeaders).toEqual(['host', 'x-k8s-aws-id'])
  expect(verifySignature(request, signed, credentials.secretAccessKey)).toEqual({ ok: true })
  request.headers['x-k8s-aws-id'] = 'another'
  expect(verifySignature(request, signed, credentials.secretAccessKey).ok).toBe(false)
})

test('S3 refuses headers of its own that are not signed', () => {
  const url = presignUrl('https://s3.amazonaws.com/bucket/key', {
    ...{
      credentials,
      region: 'us-east-1',
      service: 's3',
      nowMs,
      expiresSeconds: 300,
      method: 'PUT',
    },
  })
  const request = requestOf(url, 'PUT')
  const signed = parsed(request, 's3')
  expect(headersNotSigned(request, signed)).toBeUndefined()
  request.headers['x-amz-decoded-content-length'] = '5'
  request.headers['x-amz-date'] = '20260102T030405Z'
  expect(headersNotSigned(request, signed)).toMatchObject({
    code: 'AccessDenied',
    status: 403,
    fields: { HeadersNotSigned: 'x-amz-date, x-amz-decoded-content-length' },
  })
})

test('SigV4a derives the key that AWS’s own runtime derives', () => {
  const { publicKey } = derivedKeyPair(
    'AKISORANDOMAASORANDOM',
    'q+jcrXGc+0zWN6uzclKVhvMmUsIfRPa4rlRandom',
  )
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  expect([x, y].map((part) => Buffer.from(part, 'base64url').toString('hex'))).toEqual([
    '15d242ceebf8d8169fd6a8b5a746c41140414c3b07579038da06af89190fffcb',
    '0515242cedd82e94799482e4c0514b505afccf2c0c98d6a553bf539f424c5ec0',
  ])
})

test('a SigV4a signature holds for a set of regions and for no other body or set', () => {
  const options = {
    credentials,
    region: 'us-east-1,eu-*',
    service: 's3',
    nowMs,
    algorithm: 'AWS4-ECDSA-P256-SHA256',
  } as const
  const request = signRequest(plainRequest(), options)
  const signed = parsed(request, 's3')
  expect(signed.scope).toEqual({ date: '20260102', regions: ['us-east-1', 'eu-*'], service: 's3' })
  expect(verifySignature(request, signed, credentials.secretAccessKey)).toEqual({ ok: true })
  expect(verifySignature(request, signed, 'other').ok).toBe(false)
  const widened = { ...request, headers: { ...request.headers, 'x-amz-region-set': '*' } }
  expect(verifySignature(widened, signed, credentials.secretAccessKey).ok).toBe(false)
})

const unreadable: readonly (readonly [
  string,
  Partial<HttpRequest>,
  's3' | 'common',
  string,
  string,
])[] = [
  [
    'another scheme',
    { headers: { authorization: 'Bearer x', 'x-amz-date': '20260102T030405Z' } },
    'common',
    'IncompleteSignature',
    "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. (Hashed with SHA-256 and encoded with Base64) Authorization=" +
      createHash('sha256').update('Bearer x').digest('base64'),
  ],
  [
    'a signature of version 2',
    { headers: { authorization: 'AWS AKID:sig' } },
    's3',
    'InvalidRequest',
    'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
  ],
  [
    'no signature',
    { headers: { authorization: 'AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host' } },
    's3',
    'AuthorizationHeaderMalformed',
    'The authorization header is malformed; the authorization header requires three components: Credential, SignedHeaders, and Signature.',
  ],
  [
    'a credential without scope',
    {
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c',
      },
    },
    's3',
    'AuthorizationHeaderMalformed',
    'The authorization header is malformed; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
  ],
  [
    'a presigned query without all its parameters',
    { headers: {}, query: 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0' },
    's3',
    'AuthorizationQueryParametersError',
    'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
  ],
]

test.each(unreadable)('%s is refused in AWS’s words', (_name, change, dialect, code, message) => {
  const refusal = parseSignature(plainRequest(change), dialect)
  expect(refusal).toMatchObject({ code, message, status: 400 })
})

test('a request without a signature is anonymous', () => {
  expect(parseSignature(plainRequest())).toBeUndefined()
})
