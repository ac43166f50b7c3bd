import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchesAction, matchesArn } from './index.ts'

/** The meaning of a pattern by its definition, slow and plain. */
function fits(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  const [head, rest] = [pattern.charAt(0), pattern.slice(1)]
  if (head === '*') return fits(rest, text) || (text !== '' && fits(pattern, text.slice(1)))
  return text !== '' && (head === '?' || head === text.charAt(0)) && fits(rest, text.slice(1))
}

const letters = (chars: string, maxLength: number) =>
  fc.array(fc.constantFrom(...chars), { maxLength }).map((list) => list.join(''))

test('action patterns mean what their definition says', () => {
  fc.assert(
    fc.property(letters('ab*?', 8), letters('ab', 10), (pattern, action) => {
      expect(matchesAction(pattern, action)).toBe(fits(pattern, action))
    }),
    { numRuns: 5000, seed: 4 },
  )
})

test('a resource pattern never covers more than the same pattern as plain text', () => {
  fc.assert(
    fc.property(letters('ab*?:', 12), letters('ab:', 14), (pattern, arn) => {
      expect(!matchesArn(pattern, arn) || fits(pattern, arn)).toBe(true)
    }),
    { numRuns: 5000, seed: 5 },
  )
})

test('a pattern of many asterisks costs no more than its length times the text', () => {
  const pattern = `${'*a'.repeat(1000)}b`
  const arn = `arn:aws:x:${'*a'.repeat(200)}b:1:y`
  expect(matchesAction(pattern, 'a'.repeat(5000))).toBe(false)
  expect(matchesArn(arn, `arn:aws:x:${'a'.repeat(2000)}:1:y`)).toBe(false)
})

test('noncharacters in policy text are no wildcards', () => {
  expect(matchesAction('s3:\uFDD0', 's3:GetObject')).toBe(false)
})
