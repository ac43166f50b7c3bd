import { expect, test } from 'vitest'
import { findPath, JsonPathError, parseJsonPath, readPath } from './json-path.ts'

const users: Readonly<Record<string, string | number | null>>[] = [
  { name: 'Anna', year: 1997 },
  { name: 'Bob', year: 2001 },
  { year: null },
]

test.each([
  ['$[?(@.name =~ /ann.*/i)].name', ['Anna']],
  ['$[?(@.name =~ /nn/)].name', []],
  ['$[?(@.year =~ /19\\d\\d/)].name', ['Anna']],
  ['$[?(@.name =~ /\\w+/ && @.year > 2000)].name', ['Bob']],
  ['$[?(!(@.name =~ /Bob/))].year', [1997, null]],
])('%s', (path, expected) => {
  expect(readPath(parseJsonPath(path), users)).toEqual(expected)
})

test('a pattern that could be tried for ever ends with an error', () => {
  const path = parseJsonPath('$[?(@ =~ /(a+)+b/)]')
  expect(() => findPath(path, ['a'.repeat(50)])).toThrow(JsonPathError)
})

test('what is no pattern is no path', () => {
  expect(() => parseJsonPath('$[?(@ =~ /(a/)]')).toThrow(JsonPathError)
  expect(() => parseJsonPath('$[?(@ =~ a)]')).toThrow(JsonPathError)
})
