import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromText, textOf } from './plain-data.ts'

const leaves = fc.oneof(
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.bigInt(),
  fc.uint8Array({ maxLength: 20 }),
)
const names = fc.oneof(
  fc.string(),
  fc.constantFrom('$bytes', '$blob', '$number', '$bigint', '$shared', '$plain', '__proto__'),
)
const { data } = fc.letrec((tie) => ({
  data: fc.oneof(
    { maxDepth: 4 },
    leaves,
    fc.array(tie('data'), { maxLength: 4 }),
    fc.dictionary(names, tie('data'), { maxKeys: 3, noNullPrototype: true }),
  ),
}))

describe('plain data', () => {
  test('is read as it was written, bytes and all', () => {
    fc.assert(
      fc.property(data, (value) => {
        expect(fromText(textOf(value))).toEqual(value)
      }),
      { seed: 1, numRuns: 1000 },
    )
  })

  test('is not changed by being written', () => {
    const value = Object.freeze({ list: Object.freeze([new Uint8Array([1])]), n: Number.NaN })
    textOf(value)
    expect(value).toEqual({ list: [new Uint8Array([1])], n: Number.NaN })
  })

  test('has members that are undefined no more', () => {
    expect(textOf({ a: undefined, b: 1 })).toBe('{"b":1}')
  })

  test('keeps large bodies beside, and values that are told once', () => {
    const caller = { name: 'someone' }
    const body = new Uint8Array(20_000)
    const writer = {
      blob: (bytes: Uint8Array) => (bytes.byteLength > 16_384 ? 'sha' : undefined),
      shared: (value: object) => (value === caller ? 7 : undefined),
    }
    const text = textOf({ caller, body, small: new Uint8Array(3) }, writer)
    expect(text).toBe('{"caller":{"$shared":7},"body":{"$blob":"sha"},"small":{"$bytes":"AAAA"}}')
    expect(fromText(text, { blob: () => body, shared: () => caller })).toEqual({
      caller,
      body,
      small: new Uint8Array(3),
    })
  })
})
