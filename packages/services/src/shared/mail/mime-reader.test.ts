import { expect, test } from 'vitest'
import { readMessage } from './mime-reader.ts'

const message = (type: string, content: string, more = '') =>
  readMessage(`From: a@example.com\r\nContent-Type: ${type}\r\n${more}\r\n${content}`)

test('semicolons and escaped quotes in quotes separate no parameters', () => {
  const { attachments } = message('application/pdf; x="a;b\\";c"; name="d;e.pdf"', 'x')
  expect(attachments).toEqual([
    { fileName: 'd;e.pdf', contentType: 'application/pdf', content: 'eA==' },
  ])
})

test('long headers and long runs of blanks are read in one pass', () => {
  expect(message(`text/plain${';a="b"'.repeat(100_000)}`, 'hi').text).toBe('hi')
  const printable = 'Content-Transfer-Encoding: quoted-printable\r\n'
  const blanks = ' '.repeat(300_000)
  expect(message('text/plain', `${blanks}x  =\r\ny`, printable).text).toBe(`${blanks}xy`)
})
