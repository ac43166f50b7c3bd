import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AttributeValue,
  compare,
  enveloped,
  equals,
  fromModel,
  sizeOf,
  sortKey,
  toModel,
} from './index.ts'
import { addNumbers, subtractNumbers } from './numbers.ts'

const invalid = 'One or more parameter values were invalid: '

function refusal(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    return (error as Error).message // Only errors are thrown here.
  }
  return 'taken'
}

function number(text: string): AttributeValue {
  return fromModel({ N: text })
}

const numeral = fc
  .tuple(
    fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
    fc.integer({ min: -90, max: 80 }),
  )
  .map(([digits, exponent]) => `${digits}e${exponent}`)

/** The number as a fraction of whole numbers over 10^130. */
function exact(text: string): bigint {
  const [whole = '', exponent = '0'] = text.split('e')
  const [integer = '', fraction = ''] = whole.split('.')
  const scale = 130 + Number(exponent) - fraction.length
  return BigInt(integer + fraction) * 10n ** BigInt(scale)
}

function sign(value: number | bigint | undefined): number {
  if (value === undefined) return Number.NaN
  return value < 0 ? -1 : value > 0 ? 1 : 0
}

test('a number is stored without exponent and without needless zeros', () => {
  const stored = Object.entries({
    '0042.1200': '42.12',
    '-0': '0',
    '0e125': '0',
    '+1': '1',
    '.5': '0.5',
    '5.': '5',
    '1.5E2': '150',
    '100': '100',
    '-1.50': '-1.5',
    '1E-10': '0.0000000001',
    '1E125': `1${'0'.repeat(125)}`,
    '12345678901234567890123456789012345678': '12345678901234567890123456789012345678',
  }).map(([text, normal]) => [number(text), { N: normal }])
  expect(stored.map(([actual]) => actual)).toEqual(stored.map(([, normal]) => normal))
})

test('a number that no table can hold is refused in either way of checking', () => {
  const overflow =
    'Number overflow. Attempting to store a number with magnitude larger than supported range'
  const underflow =
    'Number underflow. Attempting to store a number with magnitude smaller than supported range'
  const notNumeric = 'The parameter cannot be converted to a numeric value'
  const cases: [string, string, string][] = [
    ['abc', `${notNumeric}: abc`, `${notNumeric}: abc`],
    ['', `${notNumeric}: `, notNumeric],
    ['1e126', overflow, overflow],
    ['0e126', overflow, overflow],
    ['1e-131', underflow, underflow],
    ['1e2147483647', overflow, underflow],
    ['1e99999999999', overflow, `${notNumeric}: 1e99999999999`],
    [
      '1e9223372036854775808',
      `${notNumeric}: 1e9223372036854775808`,
      `${notNumeric}: 1e9223372036854775808`,
    ],
    ['1.2.3', `${notNumeric}: 1.2.3`, `${notNumeric}: 1.2.3`],
    [' 1', `${notNumeric}:  1`, `${notNumeric}:  1`],
    ['0x10', `${notNumeric}: 0x10`, `${notNumeric}: 0x10`],
    ['NaN', `${notNumeric}: NaN`, `${notNumeric}: NaN`],
    [
      '1234567890123456789012345678901234567890.1',
      'Attempting to store more than 38 significant digits in a Number',
      'Attempting to store more than 38 significant digits in a Number',
    ],
  ]
  const actual = cases.map(([text]) => [
    text,
    refusal(() => fromModel({ N: text })),
    refusal(() => fromModel({ N: text }, undefined, 'older')),
  ])
  expect(actual).toEqual(cases)
})

test('a value has one type, and sets have elements, each once', () => {
  const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'))
  const problems = [
    {},
    { S: 'a', N: '1' },
    { SS: [] },
    { NS: [] },
    { BS: [] },
    { SS: ['b', 'a', 'b'] },
    { NS: ['2', '1', '2.0'] },
    { BS: [bytes('/w=='), bytes('AA=='), bytes('AA==')] },
    // Shapes that the model's types rule out, as a client can send them.
  ].map((value) => refusal(() => fromModel(value as never)))
  expect(problems).toEqual([
    'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    `${invalid}An string set  may not be empty`,
    `${invalid}An number set  may not be empty`,
    `${invalid}Binary sets should not be empty`,
    `${invalid}Input collection ["a", "b", "b"] contains duplicates.`,
    `${invalid}Input collection contains duplicates.`,
    `${invalid}Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.`,
  ])
})

test('duplicates are listed as sent where values are checked in the older way', () => {
  expect(refusal(() => fromModel({ SS: ['b', 'a', 'b'] }, undefined, 'older'))).toBe(
    `${invalid}Input collection [b, a, b] contains duplicates.`,
  )
  expect(refusal(() => fromModel({ NS: ['2', '1', '2'] }, undefined, 'older'))).toBe(
    'Input collection contains duplicates',
  )
})

test('an attribute has 32 levels at most', () => {
  const deep = (levels: number) => {
    let value: unknown = { S: 'leaf' }
    for (let i = 0; i < levels; i += 1) value = i % 2 === 0 ? { M: { n: value } } : { L: [value] }
    return value as never // A value of the model, built from the inside.
  }
  expect(refusal(() => fromModel(deep(31)))).toBe('taken')
  expect(refusal(() => fromModel(deep(32)))).toBe(
    'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
  )
})

test('some operations put what is wrong with a request into an envelope, once', () => {
  expect(refusal(() => enveloped(() => enveloped(() => fromModel({ N: '' }))))).toBe(
    '1 validation error detected: The parameter cannot be converted to a numeric value: ',
  )
})

test('values go in and out unchanged', () => {
  const value = {
    M: {
      s: { S: '' },
      b: { B: Buffer.from([0, 255]) },
      bs: { BS: [Buffer.from([1])] },
      l: { L: [{ N: '1' }, { BOOL: false }, { NULL: true as const }] },
      ['__proto__']: { S: 'own' },
    },
  }
  const stored = fromModel(value)
  expect(JSON.parse(JSON.stringify(stored))).toEqual(
    JSON.parse(
      '{"M":{"s":{"S":""},"b":{"B":"AP8="},"bs":{"BS":["AQ=="]},"l":{"L":[{"N":"1"},{"BOOL":false},{"NULL":true}]},"__proto__":{"S":"own"}}}',
    ),
  )
  expect(toModel(stored)).toEqual(value)
})

test('numbers have the order of their values, in comparisons and as keys', () => {
  fc.assert(
    fc.property(numeral, numeral, (left, right) => {
      const order = sign(exact(left) - exact(right))
      const [a, b] = [number(left), number(right)]
      expect(sign(compare(a, b))).toBe(order)
      expect(sign(sortKey(a) < sortKey(b) ? -1 : sortKey(a) > sortKey(b) ? 1 : 0)).toBe(order)
      expect(equals(a, b)).toBe(order === 0)
    }),
  )
})

test('sums and differences are exact', () => {
  const small = fc
    .tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.integer({ min: -8, max: 8 }))
    .map(([digits, exponent]) => `${digits}e${exponent}`)
  fc.assert(
    fc.property(small, small, (left, right) => {
      const [a, b] = [number(left), number(right)]
      if (!('N' in a && 'N' in b)) return
      expect(exact(addNumbers(a.N, b.N))).toBe(exact(left) + exact(right))
      expect(exact(subtractNumbers(a.N, b.N))).toBe(exact(left) - exact(right))
    }),
  )
})

test('a stored number is stored again as it is', () => {
  fc.assert(
    fc.property(numeral, (text) => {
      const stored = number(text)
      expect('N' in stored && number(stored.N)).toEqual(stored)
    }),
  )
})

test('strings have the order of their UTF-8 bytes, in comparisons and as keys', () => {
  const text = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(text, text, (left, right) => {
      const order = sign(Buffer.compare(Buffer.from(left), Buffer.from(right)))
      const [a, b] = [sortKey({ S: left }), sortKey({ S: right })]
      expect(sign(compare({ S: left }, { S: right }))).toBe(order)
      expect(a < b ? -1 : a > b ? 1 : 0).toBe(order)
      expect(sortKey({ S: left + right }).startsWith(a)).toBe(true)
      expect(a.includes('\0')).toBe(false)
    }),
  )
})

test('binaries have the order of their unsigned bytes, in comparisons and as keys', () => {
  const bytes = fc.uint8Array({ maxLength: 6 })
  fc.assert(
    fc.property(bytes, bytes, (left, right) => {
      const order = sign(Buffer.compare(left, right))
      const [a, b] = [fromModel({ B: left }), fromModel({ B: right })]
      expect(sign(compare(a, b))).toBe(order)
      expect(sortKey(a) < sortKey(b) ? -1 : sortKey(a) > sortKey(b) ? 1 : 0).toBe(order)
    }),
  )
})

test('values of different types, and of types without order, have none', () => {
  expect(compare({ S: '1' }, { N: '1' })).toBeUndefined()
  expect(compare({ BOOL: true }, { BOOL: false })).toBeUndefined()
})

test('sets are the same in any order, lists are not, maps whatever their order', () => {
  expect(equals({ SS: ['a', 'b'] }, { SS: ['b', 'a'] })).toBe(true)
  expect(equals({ L: [{ S: 'a' }, { S: 'b' }] }, { L: [{ S: 'b' }, { S: 'a' }] })).toBe(false)
  expect(
    equals({ M: { x: { N: '1' }, y: { N: '2' } } }, { M: { y: { N: '2' }, x: { N: '1' } } }),
  ).toBe(true)
  expect(equals({ M: {} }, { L: [] })).toBe(false)
})

test('a number counts a byte, one for two digits on either side of the point, one for its sign', () => {
  const sizes = {
    '0': 1,
    '1': 2,
    '12': 2,
    '123': 3,
    '1234': 3,
    '12345678901234567890123456789012345678': 20,
    '0042': 2,
    '100': 2,
    '1010': 3,
    '0.0000001': 2,
    '1E125': 2,
    '1E-100': 2,
    '1.5': 3,
    '15': 2,
    '1.200': 3,
    '1.234': 4,
    '3.14159': 5,
    '123456': 4,
    '100.5': 4,
    '0.15': 2,
    '-42': 3,
    '-0': 1,
  }
  const actual = Object.keys(sizes).map((text) => [text, sizeOf({ n: number(text) }) - 1])
  expect(Object.fromEntries(actual)).toEqual(sizes)
})

test('an item counts its names and values in UTF-8, lists and maps three bytes and one an element', () => {
  expect(sizeOf({ é: { S: '€' }, b: { B: 'AAEC' }, t: { BOOL: true }, n: { NULL: true } })).toBe(
    2 + 3 + (1 + 3) + (1 + 1) + (1 + 1),
  )
  expect(
    sizeOf({ l: { L: [{ S: 'ab' }] }, m: { M: { k: { S: 'v' } } }, s: { SS: ['a', 'bc'] } }),
  ).toBe(1 + 3 + 1 + 2 + (1 + 3 + 1 + 1 + 1) + (1 + 3))
})
