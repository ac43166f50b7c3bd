import { expect, test } from 'vitest'
import { matchesPattern } from './allowed-pattern.ts'

/** Source: SSM API reference, PutParameter, `AllowedPattern`; java.util.regex. */
const cases: [string, string, boolean][] = [
  ['^\\d+$', '1234', true],
  ['^\\d+$', '12a4', false],
  ['\\d{1,4}', '12345', false],
  ['\\d{2,}', '12345', true],
  ['[a-z\\]-]*', 'a]-b', true],
  ['(?:dev|test|prod)(-[0-9]+)?', 'prod-17', true],
  ['(?<stage>dev|test)', 'prod', false],
  ['\\p{Alpha}+\\.txt', 'notes.txt', true],
  ['a*?b', 'aab', true],
  ['.{1,128}', 'x'.repeat(129), false],
  ['(){3}a()*', 'a', true],
  ['a|^b$|c', 'b', true],
  ['a^b', 'ab', false],
  ['.', '\u{1F600}', true],
]

test.each(cases)('%s and %s', (pattern, value, matches) => {
  expect(matchesPattern(pattern, value)).toBe(matches)
})

test('a pattern that backtracks without end answers at once', () => {
  expect(matchesPattern('^(a+)+$', `${'a'.repeat(4000)}!`)).toBe(false)
  expect(matchesPattern('.*.*.*.*x', 'a'.repeat(4000))).toBe(false)
})

const unbuilt: [string, string][] = [
  ['(?=a)a', '(?='],
  ['(?i)a', '(?i'],
  ['(a)\\1', '\\1'],
  ['\\ba', '\\b'],
  ['(((){999}){999}){999}', 'more than 20000 steps'],
]

test.each(unbuilt)('%s is refused by name', (pattern, part) => {
  expect(() => matchesPattern(pattern, 'a')).toThrow(
    `Orrery does not model ${part} in the parameter AllowedPattern of ssm:PutParameter.`,
  )
})
