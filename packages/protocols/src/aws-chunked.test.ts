import { AwsError } from '@cloud-orrery/models'
import { expect, test } from 'vitest'
import { decodeAwsChunked } from './aws-chunked.ts'
import { checksum } from './checksum/checksum.ts'
import type { HttpRequest } from './http.ts'
import { emptyBodyHash, scopeText, sha256Hex } from './signature/canonical-request.ts'
import { parseSignature } from './signature/parse-signature.ts'
import { signRequest } from './signature/sign-request.ts'
import type { SignatureAlgorithm, SignedRequest } from './signature/signed-request.ts'
import { signatureOf, verifySignature } from './signature/verify-signature.ts'

const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey }
const content = Buffer.alloc(20_000, 'abc')

function unsignedRequest(body: string | Buffer, headers: Record<string, string> = {}): HttpRequest {
  return {
    method: 'PUT',
    path: '/bucket/key',
    query: '',
    headers: {
      host: 's3.amazonaws.com',
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '5',
      'x-amz-trailer': 'x-amz-checksum-crc32',
      ...headers,
    },
    body: Buffer.from(body),
  }
}

/** A request whose chunks are signed as a client signs them, with a trailing checksum. */
function signedUpload(algorithm: SignatureAlgorithm): {
  request: HttpRequest
  signed: SignedRequest
} {
  const headers = {
    host: 's3.amazonaws.com',
    'content-encoding': 'aws-chunked',
    'x-amz-content-sha256': `STREAMING-${algorithm}-PAYLOAD-TRAILER`,
    'x-amz-decoded-content-length': String(content.byteLength),
    'x-amz-trailer': 'x-amz-checksum-sha256',
  }
  const request = signRequest(
    { method: 'PUT', path: '/bucket/key', query: '', headers, body: Buffer.alloc(0) },
    { credentials, region: 'us-east-1', service: 's3', nowMs: Date.UTC(2026, 0, 2), algorithm },
  )
  const signed = parseSignature(request, 's3')
  if (signed === undefined || signed instanceof AwsError) throw new Error('It is signed')
  const scope = scopeText(signed.scope, algorithm === 'AWS4-HMAC-SHA256')
  let previous = signed.signature
  const sign = (kind: string, hashes: string) => {
    const text = `${algorithm}-${kind}\n${signed.amzDate}\n${scope}\n${previous}\n${hashes}`
    previous = signatureOf(text, signed, secretAccessKey)
    return previous
  }
  const pieces: Buffer[] = []
  for (const chunk of [content.subarray(0, 8192), content.subarray(8192), Buffer.alloc(0)]) {
    const signature = sign('PAYLOAD', `${emptyBodyHash}\n${sha256Hex(chunk)}`)
    pieces.push(
      Buffer.from(`${chunk.byteLength.toString(16)};chunk-signature=${signature}\r\n`),
      chunk,
    )
    if (chunk.byteLength > 0) pieces.push(Buffer.from('\r\n'))
  }
  const trailer = `x-amz-checksum-sha256:${checksum('SHA256', content)}`
  const signature = sign('TRAILER', sha256Hex(`${trailer}\n`))
  pieces.push(Buffer.from(`${trailer}\r\nx-amz-trailer-signature:${signature}\r\n\r\n`))
  return { request: { ...request, body: Buffer.concat(pieces) }, signed }
}

function refusal(run: () => unknown): unknown {
  try {
    run()
  } catch (cause) {
    if (cause instanceof AwsError)
      return { code: cause.code, status: cause.status, fields: cause.fields }
    throw cause
  }
  return undefined
}

test('an unsigned chunked body gives its content and its trailing checksum', () => {
  const request = unsignedRequest('5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n')
  const decoded = decodeAwsChunked(request)
  expect(Buffer.from(decoded.body).toString()).toBe('hello')
  expect(decoded.trailers).toEqual({ 'x-amz-checksum-crc32': 'NhCmhg==' })
})

test.each(['AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'] as const)(
  'chunks that are signed by %s verify one after the other',
  (algorithm) => {
    const { request, signed } = signedUpload(algorithm)
    const verification = { signed, secretAccessKey }
    expect(verifySignature(request, signed, secretAccessKey)).toEqual({ ok: true })
    const decoded = decodeAwsChunked(request, verification)
    expect(content.equals(decoded.body)).toBe(true)
    expect(decoded.trailers).toEqual({ 'x-amz-checksum-sha256': checksum('SHA256', content) })
    const changed = Buffer.from(request.body)
    changed[9000] = (changed[9000] ?? 0) ^ 1
    expect(
      refusal(() => decodeAwsChunked({ ...request, body: changed }, verification)),
    ).toMatchObject({
      code: 'SignatureDoesNotMatch',
      status: 403,
    })
  },
)

test('the chunked upload of S3’s API reference verifies', () => {
  // Source: S3 API reference, Signature calculations: transferring payload in multiple chunks, the example.
  const chunk = (size: number, signature: string) => [
    Buffer.from(`${size.toString(16)};chunk-signature=${signature}\r\n`),
    Buffer.alloc(size, 'a'),
    Buffer.from('\r\n'),
  ]
  const body = Buffer.concat([
    ...chunk(65_536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'),
    ...chunk(1024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'),
    ...chunk(0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'),
  ])
  const headers = {
    host: 's3.amazonaws.com',
    'x-amz-date': '20130524T000000Z',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': '66560',
    'content-length': '66824',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  }
  const request = {
    method: 'PUT',
    path: '/examplebucket/chunkObject.txt',
    query: '',
    headers,
    body,
  }
  const signed = parseSignature(request, 's3')
  if (signed === undefined || signed instanceof AwsError) throw new Error('It is signed')
  const key = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
  expect(verifySignature(request, signed, key)).toEqual({ ok: true })
  const decoded = decodeAwsChunked(request, { signed, secretAccessKey: key })
  expect(Buffer.alloc(66_560, 'a').equals(decoded.body)).toBe(true)
})

const malformed: readonly (readonly [string, string, Record<string, string>, string, number])[] = [
  ['a chunk shorter than it says', '9\r\nhello\r\n', {}, 'IncompleteBody', 400],
  ['no last chunk', '5\r\nhello\r\n', {}, 'IncompleteBody', 400],
  ['a size that is none', 'z\r\nhello\r\n0\r\n\r\n', {}, 'IncompleteBody', 400],
  ['no line end after a chunk', '5\r\nhelloxx0\r\n\r\n', {}, 'IncompleteBody', 400],
  [
    'a trailer that was not announced',
    '5\r\nhello\r\n0\r\nx-a:b\r\n\r\n',
    {},
    'MalformedTrailerError',
    400,
  ],
  ['a missing trailer', '5\r\nhello\r\n0\r\n\r\n', {}, 'MalformedTrailerError', 400],
  ['a trailer without a name', '5\r\nhello\r\n0\r\n:b\r\n\r\n', {}, 'MalformedTrailerError', 400],
  [
    'another length than announced',
    '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n',
    { 'x-amz-decoded-content-length': '6' },
    'IncompleteBody',
    400,
  ],
  ['no length', '0\r\n\r\n', { 'x-amz-decoded-content-length': '' }, 'MissingContentLength', 411],
]

test.each(malformed)('%s is refused', (_name, body, headers, code, status) => {
  const decode = () => decodeAwsChunked(unsignedRequest(body, headers))
  expect(refusal(decode)).toEqual({ code, status, fields: {} })
})

test('only the last chunk may be smaller than 8 KB', () => {
  const request = unsignedRequest(
    '3\r\nhel\r\n2\r\nlo\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n',
  )
  expect(refusal(() => decodeAwsChunked(request))).toEqual({
    code: 'InvalidChunkSizeError',
    status: 403,
    fields: { Chunk: '2', BadChunkSize: '3' },
  })
})
