import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { qrCode, qrModules } from './qr-code.ts'

const picture = (text: string): string[] =>
  qrModules(Buffer.from(text)).map((row) => row.map((isDark) => (isDark ? '#' : '.')).join(''))

// The digests are of pictures that another decoder (jsQR 1.4) has read back.
test.each([
  [17, 21],
  [18, 25],
  [134, 41],
  [154, 45],
  [192, 49],
  [230, 53],
  [271, 57],
])('a text of %i bytes is a picture of %i modules', (length, size) => {
  const rows = picture('x'.repeat(length))
  expect([rows.length, new Set(rows.map((row) => row.length))]).toEqual([size, new Set([size])])
  expect([rows[0]?.slice(0, 8), rows[0]?.slice(-8), rows.at(-1)?.slice(0, 8)]).toEqual([
    '#######.',
    '.#######',
    '#######.',
  ])
})

test('the picture of a text is always the same', () => {
  const digest = createHash('sha256').update(picture('otpauth://totp/a?secret=ABC').join('\n'))
  expect(digest.digest('hex').slice(0, 16)).toBe('34acbd393d9cbc95')
})

test('a text of more than 271 bytes has no picture', () => {
  expect(() => qrCode('x'.repeat(272), '')).toThrow(RangeError)
})
