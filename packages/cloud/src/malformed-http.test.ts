import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { targetOf } from './http-request.ts'
import { answer, createCloud } from './index.ts'
import { raw, served, textOf } from './server.test-support.ts'
import { requestOf } from './wire.test-support.ts'

const head = 'POST / HTTP/1.1\r\nhost: x\r\n'

/** Status lines of all that was answered. */
function statuses(answered: string): string[] {
  return answered.match(/HTTP\/1\.1 \d+/g)?.map((line) => line.slice(9)) ?? []
}

describe('what is no HTTP is refused, and its connection closed', () => {
  const refused: Readonly<Record<string, string>> = {
    'a request line of other things': 'HELLO\r\n\r\n',
    'a version that does not exist': 'GET / HTTP/9.9\r\n\r\n',
    'a method that does not exist': 'FETCH / HTTP/1.1\r\nhost: x\r\n\r\n',
    'no host': 'GET / HTTP/1.1\r\n\r\n',
    'a header without a name': `${head}: value\r\n\r\n`,
    'a header with a space before the colon': `${head}name : value\r\n\r\n`,
    'a folded header': `${head}name: a\r\n b\r\n\r\n`,
    'a zero byte in a header': `${head}name: a\0b\r\n\r\n`,
    'a length that is no number': `${head}content-length: five\r\n\r\nhello`,
    'a negative length': `${head}content-length: -1\r\n\r\n`,
    'two lengths': `${head}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`,
    'a length and chunks, which could smuggle a request': `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    'chunks of no size': `${head}transfer-encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n`,
    'a chunk longer than it says': `${head}transfer-encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n`,
    'an encoding that nobody knows': `${head}transfer-encoding: chunked, secret\r\n\r\n`,
  }

  for (const [what, text] of Object.entries(refused)) {
    test(what, async () => {
      const { server } = await served()
      expect(statuses(await raw(server.port, [text]))).toEqual(['400'])
    })
  }

  test('headers of more than 64 KiB', async () => {
    const { server } = await served()
    expect(
      statuses(await raw(server.port, [`${head}name: ${'x'.repeat(70_000)}\r\n\r\n`])),
    ).toEqual(['431'])
  })

  test('a body larger than AWS takes, before it is sent', async () => {
    const { server } = await served()
    const answered = await raw(server.port, [`${head}content-length: 5368709121\r\n\r\n`])
    expect(statuses(answered)).toEqual(['413'])
    expect(answered).toContain('connection: close')
    expect(answered).toContain('The body is larger than 5 GiB')
  })

  test('HTTP/2 frames that make no sense', async () => {
    const { cloud, server } = await served()
    const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
    for (const frames of ['garbage that is no frame at all', '\xff'.repeat(200)]) {
      await raw(server.port, [Buffer.from(preface + frames, 'latin1')], 100)
    }
    expect(await raw(server.port, [textOf(requestOf(cloud, {}))])).toContain('HTTP/1.1 400')
  })
})

describe('what breaks off is let go', () => {
  test('at any byte, while others are answered', async () => {
    const { cloud, server } = await served()
    const whole = textOf(requestOf(cloud, { operation: 'CreateGreeting', body: { Name: 'a' } }))
    const cuts = Array.from({ length: 20 }, (_, i) => Math.floor((whole.length * i) / 20))
    const answers = await Promise.all(
      cuts.map((end) => raw(server.port, [whole.subarray(0, end)], 30)),
    )
    expect(new Set(answers)).toEqual(new Set(['']))
    expect(cloud.kernel.journal.entries).toEqual([])
    expect(statuses(await raw(server.port, [whole]))).toEqual(['200'])
  })
})

describe('the target of a request', () => {
  test('is a path, or a URL whose host counts instead of the header’s', () => {
    expect(targetOf('/a/b?c=d?e')).toEqual({ path: '/a/b', query: 'c=d?e' })
    expect(targetOf('http://h.example:80/a?b')).toEqual({
      path: '/a',
      query: 'b',
      host: 'h.example:80',
    })
    expect(targetOf('HTTPS://h?b')).toEqual({ path: '/', query: 'b', host: 'h' })
    expect(targetOf('*')).toEqual({ path: '/', query: '' })
  })
})

describe('whatever comes, there is an answer and the cloud stays up', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('/', '//', '/%', '/%ff', '/a%00b', '/..', '/_orrery', '*', ''),
  )
  const header = fc.oneof(
    fc.tuple(
      fc.constantFrom(
        'authorization',
        'content-type',
        'content-encoding',
        'host',
        'x-amz-target',
        'x-amz-date',
        'x-amz-security-token',
        'x-amz-content-sha256',
        'x-amz-decoded-content-length',
        'x-amz-trailer',
        'smithy-protocol',
        'content-md5',
        'range',
        'x-amz-copy-source',
      ),
      fc.oneof(
        text,
        fc.constantFrom(
          'AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0',
          'AWS4-ECDSA-P256-SHA256 Credential=A/20260101/s3/aws4_request, SignedHeaders=host, Signature=0',
          'AWS4-HMAC-SHA256 Credential=////, SignedHeaders=, Signature=',
          'application/x-www-form-urlencoded',
          'application/x-amz-json-1.1',
          'application/cbor',
          'aws-chunked',
          'gzip',
          'AmazonSQS.SendMessage',
          'Hello_20260101.GetGreeting',
          '__proto__.constructor',
          'sqs.us-east-1.amazonaws.com',
          'bucket.s3.amazonaws.com',
          'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
          'rpc-v2-cbor',
        ),
      ),
    ),
    fc.tuple(
      fc.string({ minLength: 1 }).map((name) => name.toLowerCase()),
      text,
    ),
  )
  const request = fc.record({
    method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'X'),
    path: text.map((path) => `/${path}`),
    query: fc.oneof(
      text,
      fc.constantFrom(
        'Action=SendMessage&Version=2012-11-05',
        'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Signature=b',
        'AWSAccessKeyId=a&Signature=b&Expires=c',
        'uploads',
        'versioning&versionId=__proto__',
      ),
    ),
    headers: fc.array(header, { maxLength: 6 }).map((pairs) => Object.fromEntries(pairs)),
    body: fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      text.map((body) => new Uint8Array(Buffer.from(body))),
    ),
  })

  /** Statuses by which AWS says that it is to blame; ours would be a bug. */
  const isOurs = (status: number) => status >= 500 && status !== 501

  test('at the door, unsigned', async () => {
    const cloud = createCloud()
    await fc.assert(
      fc.asyncProperty(request, async (received) => {
        const { response } = await answer(cloud, 'port', received)
        expect(isOurs(response.status)).toBe(false)
      }),
      { numRuns: 3_000, seed: 1 },
    )
  })

  test('at the door, signed by the administrator, for any operation of some services', async () => {
    const cloud = createCloud()
    const services = ['sqs', 'sns', 'sts', 'iam', 's3', 'events', 'hello', 'ssm', 'logs']
    const signed = fc.tuple(fc.constantFrom(...services), request)
    await fc.assert(
      fc.asyncProperty(signed, async ([service, { headers, ...rest }]) => {
        const { authorization: _, host: __, ...others } = headers
        const sent = requestOf(cloud, { service, ...rest, headers: others })
        const { response } = await answer(cloud, 'port', sent)
        expect(isOurs(response.status)).toBe(false)
      }),
      { numRuns: 3_000, seed: 2 },
    )
  })

  test('at the port, any bytes', async () => {
    const { cloud, server } = await served()
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
      fc
        .tuple(
          fc.constantFrom('GET / HTTP/1.1\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', head),
          text,
        )
        .map(([start, rest]) => Buffer.from(`${start}${rest}\r\n\r\n`)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 4 }), async (pieces) => {
        await raw(server.port, pieces, 5)
      }),
      { numRuns: 150, seed: 3 },
    )
    const whole = textOf(requestOf(cloud, { operation: 'CreateGreeting', body: { Name: 'a' } }))
    expect(statuses(await raw(server.port, [whole]))).toEqual(['200'])
  }, 60_000)
})
