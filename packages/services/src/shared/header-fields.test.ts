import { expect, test } from 'vitest'
import { areFields } from './header-fields.ts'

test.each<[Record<string, string>, string[], boolean]>([
  [{ 'x-a': 'text, "quoted"\tand ☃', 'x-b': '' }, ['a=b; Path=/'], true],
  [{ 'x-a': 'a\r\nx-b: c' }, [], false],
  [{ 'x-a': 'a\nb' }, [], false],
  [{ 'x-a': 'a\0b' }, [], false],
  [{ 'x a': 'b' }, [], false],
  [{ '': 'b' }, [], false],
  [{}, ['a=b\r\nset-cookie: c=d'], false],
])('%j with cookies %j are header fields: %s', (headers, cookies, sound) => {
  expect(areFields(headers, cookies)).toBe(sound)
})
