import { expect, test } from 'vitest'
import { BoundedPattern } from './bounded-pattern.ts'

const refuse = (part: string) => new Error(`not read: ${part}`)
const pattern = (text: string) => new BoundedPattern(text, refuse)

test('a pattern is found anywhere, or has to be the whole', () => {
  expect([
    pattern('b+').test('abbc'),
    pattern('b+').matches('abbc'),
    pattern('b+').test('ac'),
  ]).toEqual([true, false, false])
  expect([pattern('^b').test('ab'), pattern('b$').test('ab'), pattern('^ab$').test('ab')]).toEqual([
    false,
    true,
    true,
  ])
})

test('what makes a backtracking matcher run for ever costs no more than its size', () => {
  const text = 'a'.repeat(3000)
  expect(pattern('a*a*a*a*a*a*b').test(text)).toBe(false)
  expect(pattern('(a+)+b').matches(text)).toBe(false)
})

test('a part that needs backtracking is refused by name', () => {
  expect(() => pattern('(?=a)')).toThrow('not read: (?=')
})

test.each<[pattern: string, text: string, groups: object | undefined]>([
  ['(?<a>\\w+)-(?<b>\\d+)', 'x one-12', { a: 'one', b: '12' }],
  ['(?<a>a+)(?<b>a*)', 'aaa', { a: 'aaa', b: '' }],
  ['(?<a>a+?)(?<b>a*)', 'aaa', { a: 'a', b: 'aa' }],
  ['(?<a>a|ab)(?<b>c|bcd)', 'abcd', { a: 'a', b: 'bcd' }],
  ['(?:(?<a>\\w),?)+', 'x,y', { a: 'y' }],
  ['(?<a>a)|(?<b>b)', 'b', { b: 'b' }],
  ['(?<a>.{2,3})$', 'äöü😀', { a: 'öü😀' }],
  ['(?<a>((b+))+c)|(?<z>z)', `${'b'.repeat(3000)}z`, { z: 'z' }],
  ['(?<a>b)', 'a', undefined],
])('groups of %s', (source, text, groups) => {
  const found = pattern(source).groups(text)
  expect(found && Object.fromEntries(found)).toEqual(groups)
})

test('groups in groups have an end', () => {
  expect(() => pattern(`${'('.repeat(5000)}a${')'.repeat(5000)}`)).toThrow(
    'not read: more than 200 groups in each other',
  )
})
