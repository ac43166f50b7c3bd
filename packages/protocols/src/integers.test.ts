import type { Member, ShapeType } from '@cloud-orrery/models'
import { expect, test } from 'vitest'
import { milliseconds } from './timestamp.ts'
import { integerOf } from './values.ts'

const of = (type: ShapeType, range: Partial<Member> = {}): Member => ({
  name: 'Count',
  shape: { name: 'Count', type },
  ...range,
})

test('an integer has 32 bits, a long 64, and a fraction is cut off', () => {
  expect(integerOf(2 ** 31 - 1, of('integer'))).toBe(2_147_483_647)
  expect(integerOf(2 ** 31, of('integer'))).toBeUndefined()
  expect(integerOf(-(2 ** 31), of('integer'))).toBe(-2_147_483_648)
  expect(integerOf(-(2 ** 31) - 1, of('integer'))).toBeUndefined()
  expect(integerOf(2 ** 31, of('long'))).toBe(2_147_483_648)
  expect(integerOf(128, of('byte'))).toBeUndefined()
  expect(integerOf(1.9, of('integer'))).toBe(1)
  expect(integerOf(Number.POSITIVE_INFINITY, of('long'))).toBeUndefined()
  expect(integerOf(Number.NaN, of('integer'))).toBeUndefined()
})

test('handlers get numbers, whatever was sent; only a BigInteger may be more', () => {
  expect(integerOf(9_223_372_036_854_775_807n, of('long'))).toBe(2 ** 63)
  expect(integerOf(9_223_372_036_854_779_999n, of('long'))).toBeUndefined()
  expect(integerOf(10n ** 30n, of('bigInteger'))).toBe(10n ** 30n)
})

test('where the model has a range, it answers for figures that are too large', () => {
  expect(integerOf(2 ** 40, of('integer', { rangeMax: 100 }))).toBe(2 ** 40)
})

test('a moment lies within what a date can be', () => {
  expect(milliseconds(1.5)).toBe(1500)
  expect(milliseconds(8.64e12)).toBe(8.64e15)
  expect(milliseconds(8.64e12 + 1)).toBeUndefined()
})
