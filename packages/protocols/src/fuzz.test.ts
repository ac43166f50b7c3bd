import { AwsError, loadServiceModel, type ServiceModel } from '@cloud-orrery/models'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeAwsChunked } from './aws-chunked.ts'
import { parseCbor } from './cbor/cbor-reader.ts'
import { CborWriter } from './cbor/cbor-writer.ts'
import { decodeEventStreamMessages, encodeEventStreamMessage } from './event-stream/message.ts'
import type { HttpRequest } from './http.ts'
import { decodeInput } from './protocol.ts'
import { resolveOperation } from './routing.ts'
import { parseSignature } from './signature/parse-signature.ts'
import { verifySignature } from './signature/verify-signature.ts'
import { timestampOfText } from './timestamp.ts'
import { parseXml } from './xml/xml-reader.ts'
import { escapeXml } from './xml/xml-writer.ts'

/** Kept, so that a run can be repeated; a failing one becomes a named test. */
const seed = 20_260_102
const options = { seed, numRuns: 1500 }

const sqs = loadServiceModel('sqs')
const s3 = loadServiceModel('s3')
const sns = loadServiceModel('sns')
const iam = loadServiceModel('iam')

/** Whatever comes in, the only way to fail is AWS's own. */
function decodesOrRefuses(model: ServiceModel, request: HttpRequest): void {
  try {
    const resolved = resolveOperation(model, request)
    if (resolved !== undefined) decodeInput(model, resolved, request)
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause
  }
}

function jsonRequest(body: string | Uint8Array): HttpRequest {
  const headers = {
    'x-amz-target': 'AmazonSQS.SendMessage',
    'content-type': 'application/x-amz-json-1.0',
  }
  return { method: 'POST', path: '/', query: '', headers, body: Buffer.from(body) }
}

function formRequest(body: string): HttpRequest {
  return { method: 'POST', path: '/', query: '', headers: {}, body: Buffer.from(body) }
}

/** Texts made of a format's own pieces get further into a reader than random ones. */
function soup(pieces: readonly string[], maxLength = 60): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...pieces) },
    fc.string({ maxLength: 3 }),
  )
  return fc.array(piece, { maxLength }).map((parts) => parts.join(''))
}

const jsonPieces = [
  ...['{', '}', '[', ']', ':', ',', '"', '"QueueUrl"', '"MessageAttributes"', '"DelaySeconds"'],
  ...[
    '"StringValue"',
    '"BinaryValue"',
    '"__proto__"',
    'null',
    'true',
    '1e999',
    '12345678901234567890',
    '\\u',
  ],
]

test('no JSON body breaks the reader', () => {
  fc.assert(
    fc.property(soup(jsonPieces), (text) => decodesOrRefuses(sqs, jsonRequest(text))),
    options,
  )
  fc.assert(
    fc.property(fc.json(), (text) => decodesOrRefuses(sqs, jsonRequest(text))),
    options,
  )
  const value = fc.anything({ withNullPrototype: false, withBigInt: false })
  const input = fc.record({ QueueUrl: value, MessageAttributes: value, DelaySeconds: value })
  fc.assert(
    fc.property(input, (members) => decodesOrRefuses(sqs, jsonRequest(JSON.stringify(members)))),
    options,
  )
})

test('no bytes break the reader of any protocol', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (body) => {
      decodesOrRefuses(sqs, jsonRequest(body))
      decodesOrRefuses(sqs, {
        ...jsonRequest(body),
        headers: { ...jsonRequest('').headers, 'content-encoding': 'gzip' },
      })
      decodesOrRefuses(s3, { method: 'PUT', path: '/b', query: 'lifecycle', headers: {}, body })
    }),
    options,
  )
})

const xmlPieces = [
  ...[
    '<',
    '>',
    '/>',
    '</',
    '<a>',
    '</a>',
    '<Rule>',
    '</Rule>',
    '<LifecycleConfiguration>',
    '</LifecycleConfiguration>',
  ],
  ...[
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    '&b;',
    '&amp;',
    '&#',
    '&#x41;',
    ';',
  ],
  ...['<?xml version="1.0"?>', '=', '"', "'", ' x:y="z"', '<Days>', '</Days>', '1', '\r'],
]

test('no XML body breaks the reader', () => {
  const put = (text: string): HttpRequest => ({
    ...{ method: 'PUT', path: '/b', query: 'lifecycle', headers: {} },
    body: Buffer.from(text),
  })
  fc.assert(
    fc.property(soup(xmlPieces), (text) => {
      decodesOrRefuses(s3, put(text))
      decodesOrRefuses(s3, put(`<LifecycleConfiguration>${text}</LifecycleConfiguration>`))
    }),
    options,
  )
})

const formPieces = [
  ...[
    'Action=Publish',
    '&',
    '=',
    '.',
    '1',
    '%',
    '%zz',
    '%C3%28',
    '+',
    'MessageAttributes',
    'entry',
    'member',
  ],
  ...[
    'Name',
    'Value',
    'StringValue',
    '999999999999',
    'Tags.member.1.Key=',
    '__proto__',
    'PolicyDocument',
  ],
]

test('no form breaks the reader', () => {
  fc.assert(
    fc.property(
      soup(formPieces),
      fc.constantFrom('Publish', 'PublishBatch', 'TagResource'),
      (text, action) => decodesOrRefuses(sns, formRequest(`Action=${action}&${text}`)),
    ),
    options,
  )
  fc.assert(
    fc.property(soup(formPieces), (text) =>
      decodesOrRefuses(iam, formRequest(`Action=CreateRole&${text}`)),
    ),
    options,
  )
})

test('no path, query or header breaks the routes and bindings of S3', () => {
  const part = soup(
    [
      '/',
      'b',
      '%2F',
      '%',
      '%zz',
      '.',
      '..',
      'acl',
      '?',
      '&',
      '=',
      'uploadId',
      'max-keys',
      '\u{1F600}',
    ],
    12,
  )
  const method = fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD')
  const header = fc.constantFrom(
    'x-amz-copy-source',
    'if-modified-since',
    'content-length',
    'x-amz-meta-a',
    'x-amz-object-attributes',
  )
  fc.assert(
    fc.property(
      method,
      part,
      part,
      fc.dictionary(header, fc.string()),
      (verb, path, query, headers) =>
        decodesOrRefuses(s3, {
          method: verb,
          path: `/b/${path}`,
          query,
          headers,
          body: Buffer.alloc(0),
        }),
    ),
    options,
  )
})

test('no signature breaks the parser or the verifier', () => {
  const authorization = soup([
    ...[
      'AWS4-HMAC-SHA256 ',
      'AWS4-ECDSA-P256-SHA256 ',
      'Credential=',
      'a/20260102/us-east-1/s3/aws4_request',
    ],
    ...[', ', 'SignedHeaders=', 'host;x-amz-date', 'Signature=', 'abcdef', '/', ';'],
  ])
  const query = soup([
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    '&',
    'X-Amz-Credential=',
    'a%2F20260102%2Fr%2Fs3%2Faws4_request',
    'X-Amz-Date=20260102T000000Z',
    'X-Amz-Expires=',
    '60',
    'X-Amz-SignedHeaders=host',
    'X-Amz-Signature=0',
    '%',
  ])
  fc.assert(
    fc.property(
      authorization,
      query,
      fc.constantFrom('s3', 'common'),
      fc.boolean(),
      (text, search, dialect, inHeader) => {
        const headers: Record<string, string> = { host: 'h', 'x-amz-date': '20260102T000000Z' }
        if (inHeader) headers['authorization'] = text
        const request = {
          method: 'GET',
          path: '/a%',
          query: search,
          headers,
          body: Buffer.alloc(0),
        }
        const signed = parseSignature(request, dialect)
        if (signed === undefined || signed instanceof AwsError) return
        expect(verifySignature(request, signed, 'secret').ok).toBe(false)
      },
    ),
    options,
  )
})

test('no chunked body breaks its decoder', () => {
  const body = soup([
    '5',
    '\r\n',
    'hello',
    '0',
    ';chunk-signature=',
    'ab',
    'x-amz-checksum-crc32:',
    'NhCmhg==',
    'ffffffffffff',
    ':',
  ])
  const kinds = ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD']
  fc.assert(
    fc.property(body, fc.constantFrom(...kinds), (text, kind) => {
      const headers = { 'x-amz-content-sha256': kind, 'x-amz-decoded-content-length': '5' }
      try {
        decodeAwsChunked({
          method: 'PUT',
          path: '/b/k',
          query: '',
          headers,
          body: Buffer.from(text),
        })
      } catch (cause) {
        if (!(cause instanceof AwsError)) throw cause
      }
    }),
    options,
  )
})

test('no bytes break the event stream decoder, and messages come back as they went', () => {
  const refusesOrReads = (bytes: Uint8Array) => {
    try {
      decodeEventStreamMessages(bytes)
    } catch (cause) {
      if (!(cause instanceof AwsError)) throw cause
    }
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), refusesOrReads), options)
  const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text !== '__proto__')
  const header = fc.oneof(
    fc.record({ type: fc.constant('string' as const), value: fc.string() }),
    fc.record({ type: fc.constant('integer' as const), value: fc.integer() }),
    fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
    fc.record({ type: fc.constant('long' as const), value: fc.maxSafeInteger() }),
  )
  const message = fc.record({
    headers: fc.dictionary(name, header, { noNullPrototype: true }),
    payload: fc.uint8Array(),
  })
  fc.assert(
    fc.property(message, fc.nat(), (sent, at) => {
      const bytes = encodeEventStreamMessage(sent)
      expect(decodeEventStreamMessages(bytes)).toEqual([sent])
      const changed = Uint8Array.from(bytes)
      const position = at % changed.byteLength
      changed[position] = (changed[position] ?? 0) ^ 1
      expect(() => decodeEventStreamMessages(changed)).toThrow(AwsError)
    }),
    options,
  )
})

test('CBOR comes back as it went', () => {
  const json = fc.jsonValue({ noUnicodeString: false } as fc.JsonSharedConstraints)
  fc.assert(
    fc.property(json, (value) => {
      const writer = new CborWriter()
      writer.plain(value)
      // -0 is written as an integer, as JSON would.
      expect(JSON.stringify(parseCbor(writer.result()))).toBe(JSON.stringify(value))
    }),
    options,
  )
})

test('any text survives XML', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(!/[\0]/.test(text))
      expect(parseXml(`<a>${escapeXml(text)}</a>`).text).toBe(text)
    }),
    options,
  )
})

test('any moment survives its formats, to their precision', () => {
  const moment = fc.date({
    min: new Date('0001-01-01'),
    max: new Date('9999-12-31'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(moment, (date) => {
      expect(timestampOfText(date.toISOString())).toBe(date.getTime())
      expect(timestampOfText(date.toUTCString())).toBe(Math.floor(date.getTime() / 1000) * 1000)
    }),
    options,
  )
})

/** Bodies that are meant to exhaust a reader, each refused at once. */
const bombs: readonly (readonly [string, ServiceModel, HttpRequest, string])[] = [
  [
    'JSON nested 100,000 deep',
    sqs,
    jsonRequest(`{"MessageAttributes":${'['.repeat(1e5)}${']'.repeat(1e5)}}`),
    'SerializationException',
  ],
  [
    'JSON nested under a long integer',
    sqs,
    jsonRequest(`{"a":12345678901234567890,"b":${'['.repeat(1e5)}${']'.repeat(1e5)}}`),
    'SerializationException',
  ],
  [
    'XML nested 100,000 deep',
    s3,
    {
      method: 'PUT',
      path: '/b',
      query: 'lifecycle',
      headers: {},
      body: Buffer.from('<a>'.repeat(1e5)),
    },
    'MalformedXML',
  ],
  [
    'XML with entities',
    s3,
    {
      ...{ method: 'PUT', path: '/b', query: 'lifecycle', headers: {} },
      body: Buffer.from(
        '<!DOCTYPE a [<!ENTITY b "bbbb">]><LifecycleConfiguration>&b;</LifecycleConfiguration>',
      ),
    },
    'MalformedXML',
  ],
  [
    'a parameter with 100,000 parts',
    sns,
    formRequest(`Action=Publish&${'a.'.repeat(1e5)}=1`),
    'MalformedInput',
  ],
  [
    'gzip of something else',
    sqs,
    { ...jsonRequest('{}'), headers: { ...jsonRequest('').headers, 'content-encoding': 'gzip' } },
    'SerializationException',
  ],
]

test.each(bombs)('%s is refused', (_name, model, request, code) => {
  const resolved = resolveOperation(model, request)
  if (resolved === undefined) throw new Error('It names an operation')
  expect(() => decodeInput(model, resolved, request)).toThrow(
    expect.objectContaining({ code, status: 400 }),
  )
})

test('CBOR nested 100,000 deep is refused', () => {
  expect(() => parseCbor(Buffer.alloc(1e5, 0x81))).toThrow(
    expect.objectContaining({ kind: 'limit' }),
  )
})
