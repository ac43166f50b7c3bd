import { expect, test } from 'vitest'
import { alphabetOf, drawCode, guessOdds, shownUserCode, typedUserCode } from './codes.ts'

test('formats name alphabets, each once, and words cannot come of consonants', () => {
  expect(alphabetOf('#B')).toBe('0123456789BCDFGHJKLMNPQRSTVWXZ')
  expect(alphabetOf('##bb')).toBe('0123456789bcdfghjklmnpqrstvwxz')
  expect(alphabetOf('#aA')).toHaveLength(62)
  expect(() => alphabetOf('#?')).toThrow(`'#?' is no format of codes: it takes # a A b B !`)
  expect(() => alphabetOf('')).toThrow('is no format of codes')
})

test('every character of an alphabet is drawn, and no other', () => {
  const drawn = drawCode('#B', 6_000)
  expect([...new Set(drawn)].sort().join('')).toBe(alphabetOf('#B'))
})

test('people may type a code as they read it', () => {
  expect(shownUserCode('BCDF1234')).toBe('BCDF-1234')
  expect(shownUserCode('BCDF1')).toBe('BCDF1')
  expect(typedUserCode(' bcdf-1234 ', '#B')).toBe('BCDF1234')
  expect(typedUserCode('bCdf 1234', '#bB')).toBe('bCdf1234')
})

test('the odds of a guess are tries times codes that wait over all codes', () => {
  expect(guessOdds('#', 2, 10, 1)).toBe(0.1)
})
