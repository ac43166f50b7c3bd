import { METHODS } from 'node:http'
import { describe, expect, test } from 'vitest'
import { NotHttp, RequestReader } from './request-reader.ts'

const methods = new Set(METHODS)

/** What is read where the text comes in pieces of so many bytes. */
function read(text: string, pieceBytes = text.length) {
  const continued: string[] = []
  const reader = new RequestReader(methods, ({ target }) => continued.push(target))
  const requests = []
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    reader.add(bytes.subarray(at, at + pieceBytes))
    for (let next = reader.next(); next !== undefined; next = reader.next()) {
      requests.push({ ...next, body: Buffer.from(next.body).toString('latin1') })
    }
  }
  return { requests, continued, isAmid: reader.isAmid }
}

const two = [
  'POST /a?b=%20 HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\ncookie: b=2\r\nX-A: 1 \r\nX-A:\t2\r\nContent-Length: 5\r\n\r\nhello',
  'PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b\r\nabc\r\n0A\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\n',
].join('')

test.each([1, 2, 3, 7, 10_000])(
  'pipelined requests in pieces of %d bytes are read alike',
  (size) => {
    expect(read(two, size)).toEqual({
      requests: [
        {
          method: 'POST',
          target: '/a?b=%20',
          minorVersion: 1,
          headers: { host: 'x', cookie: 'a=1; b=2', 'x-a': '1,2', 'content-length': '5' },
          body: 'hello',
        },
        {
          method: 'PUT',
          target: '/c',
          minorVersion: 1,
          headers: { host: 'x', 'transfer-encoding': 'Chunked' },
          body: 'abc0123456789',
        },
      ],
      continued: [],
      isAmid: false,
    })
  },
)

test('a request that expects a word before its body is told of, one that does not wait is not', () => {
  const head = 'PUT /big HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n'
  expect(read(head)).toEqual({ requests: [], continued: ['/big'], isAmid: true })
  expect(read(`${head}hi`).continued).toEqual([])
})

describe('what is no strict HTTP/1 is refused', () => {
  test.each([
    ['a TLS greeting', '\x16\x03\x01'],
    ["Redis's words", '*1\r\n$4\r\nPING\r\n'],
    ['a line of another protocol', 'HELO there\r\n'],
    ['a method in small letters', 'get / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['an unknown method', 'FETCH / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['another version', 'GET / HTTP/2.0\r\nHost: x\r\n\r\n'],
    ['a bare line feed', 'GET / HTTP/1.1\nHost: x\n\n'],
    ['a line feed in a header', 'GET / HTTP/1.1\r\nHost: x\nX-A: 1\r\n\r\n'],
    ['a folded line', 'GET / HTTP/1.1\r\nHost: x\r\n y\r\n\r\n'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : x\r\n\r\n'],
    ['no name', 'GET / HTTP/1.1\r\n: x\r\n\r\n'],
    ['two lengths', 'PUT / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na'],
    [
      'a length and chunks',
      'PUT / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    [
      'an encoding that is not modelled',
      'PUT / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n',
    ],
    ['a negative length', 'PUT / HTTP/1.1\r\nContent-Length: -1\r\n\r\n'],
    ['a length that is no number', 'PUT / HTTP/1.1\r\nContent-Length: 0x1\r\n\r\n'],
    ['a chunk of no size', 'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
    [
      'a chunk that is too long',
      'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n',
    ],
    ['a head of 100,000 bytes', `GET / HTTP/1.1\r\nX-A: ${'a'.repeat(100_000)}\r\n\r\n`],
    ['a head without end', `GET / HTTP/1.1\r\nX-A: ${'a'.repeat(100_000)}`],
  ])('%s', (_, text) => {
    expect(() => read(text)).toThrow(NotHttp)
  })
})
