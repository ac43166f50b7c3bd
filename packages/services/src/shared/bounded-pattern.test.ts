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
