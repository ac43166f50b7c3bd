import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compactJson } from './envelope.ts'

test('compact JSON is the same value without white space between its tokens', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 4 }), (value, indent) => {
      expect(compactJson(JSON.stringify(value, null, indent))).toBe(JSON.stringify(value))
    }),
    { seed: 20260101 },
  )
})

test('digits and the order of names stay as they were written', () => {
  expect(compactJson('{ "b": 12345678901234567890, "2": 1.50, "a": "x  \\" y" }')).toBe(
    '{"b":12345678901234567890,"2":1.50,"a":"x  \\" y"}',
  )
})
