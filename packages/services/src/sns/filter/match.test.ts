import { expect, test } from 'vitest'
import type { StoredAttribute } from '../state.ts'
import type { FilterScope } from './filter.ts'
import { accepts } from './match.ts'
import { readFilter } from './read-policy.ts'

const filter = (policy: object, scope: FilterScope) => readFilter(JSON.stringify(policy), scope, '')

function byAttributes(policy: object, attributes: Record<string, StoredAttribute>): boolean {
  return accepts(filter(policy, 'MessageAttributes'), 'any', attributes)
}

function byBody(policy: object, body: unknown): boolean {
  return accepts(filter(policy, 'MessageBody'), JSON.stringify(body), {})
}

const text = (value: string) => ({ dataType: 'String', value })
const number = (value: string) => ({ dataType: 'Number', value })
const list = (...values: unknown[]) => ({
  dataType: 'String.Array',
  value: JSON.stringify(values),
})

/** Source: SNS Developer Guide, "String value matching", "Numeric value matching", "Key matching". */
const attributeCases: [string, object, Record<string, StoredAttribute>, boolean][] = [
  ['an exact text', { a: ['rugby'] }, { a: text('rugby') }, true],
  ['another text', { a: ['rugby'] }, { a: text('baseball') }, false],
  ['one of several', { a: ['rugby', 'tennis'] }, { a: text('tennis') }, true],
  ['one element of an array', { a: ['rugby', 'tennis'] }, { a: list('golf', 'rugby') }, true],
  ['no element of an array', { a: ['rugby'] }, { a: list('golf') }, false],
  ['an attribute that is missing', { a: ['rugby'] }, {}, false],
  ['attributes that nobody asked for', { a: ['x'] }, { a: text('x'), b: text('y') }, true],
  ['all keys', { a: ['x'], b: ['y'] }, { a: text('x'), b: text('y') }, true],
  ['one key of two', { a: ['x'], b: ['y'] }, { a: text('x') }, false],
  ['anything but a text', { a: [{ 'anything-but': 'x' }] }, { a: text('y') }, true],
  ['the text itself', { a: [{ 'anything-but': 'x' }] }, { a: text('x') }, false],
  ['anything but several', { a: [{ 'anything-but': ['x', 'y'] }] }, { a: text('y') }, false],
  ['an array with one other', { a: [{ 'anything-but': ['x'] }] }, { a: list('x', 'z') }, true],
  ['anything but, missing', { a: [{ 'anything-but': ['x'] }] }, {}, false],
  [
    'anything but a prefix',
    { a: [{ 'anything-but': { prefix: 'or' } }] },
    { a: text('cat') },
    true,
  ],
  ['the prefix', { a: [{ 'anything-but': { prefix: 'or' } }] }, { a: text('order') }, false],
  ['anything but numbers', { n: [{ 'anything-but': [100, 500] }] }, { n: number('101') }, true],
  ['the number', { n: [{ 'anything-but': [100, 500] }] }, { n: number('100.0') }, false],
  ['a prefix', { a: [{ prefix: 'bas' }] }, { a: text('baseball') }, true],
  ['a suffix', { a: [{ suffix: 'ball' }] }, { a: text('baseball') }, true],
  ['no suffix', { a: [{ suffix: 'ball' }] }, { a: text('tennis') }, false],
  ['letter case', { a: [{ 'equals-ignore-case': 'Tennis' }] }, { a: text('TENNIS') }, true],
  ['letter case in exact texts', { a: ['Tennis'] }, { a: text('tennis') }, false],
  ['an address in a block', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: text('10.0.0.255') }, true],
  ['an address outside', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: text('10.1.1.0') }, false],
  ['IPv6', { ip: [{ cidr: '2001:db8::/64' }] }, { ip: text('2001:db8::1') }, true],
  ['a number', { n: [{ numeric: ['=', 301.5] }] }, { n: number('3.015e2') }, true],
  ['a number that is text', { n: [{ numeric: ['=', 1] }] }, { n: text('1') }, false],
  ['a text that is a number', { n: ['1'] }, { n: number('1') }, false],
  ['a bare number', { n: [100] }, { n: number('100') }, true],
  ['a range, lower end', { n: [{ numeric: ['>', 0, '<=', 150] }] }, { n: number('0') }, false],
  ['a range, upper end', { n: [{ numeric: ['>', 0, '<=', 150] }] }, { n: number('150') }, true],
  ['less than', { n: [{ numeric: ['<', 3] }] }, { n: number('2.99999') }, true],
  ['numbers in an array', { n: [{ numeric: ['>', 5] }] }, { n: list(1, 9) }, true],
  ['a truth in an array', { a: [true] }, { a: list(true) }, true],
  ['nothing in an array', { a: [null] }, { a: list(null) }, true],
  ['presence', { a: [{ exists: true }] }, { a: text('') }, true],
  ['absence', { a: [{ exists: false }] }, { b: text('x') }, true],
  ['absence of what is there', { a: [{ exists: false }] }, { a: text('x') }, false],
  [
    'a binary attribute',
    { a: [{ exists: true }] },
    { a: { dataType: 'Binary', value: 'AA==' } },
    false,
  ],
  ['one side of $or', { $or: [{ a: ['x'] }, { b: ['y'] }] }, { b: text('y') }, true],
  ['no side of $or', { $or: [{ a: ['x'] }, { b: ['y'] }] }, { c: text('y') }, false],
  ['$or beside a key', { c: ['z'], $or: [{ a: ['x'] }, { b: ['y'] }] }, { b: text('y') }, false],
]

test.each(attributeCases)('attributes: %s', (_name, policy, attributes, accepted) => {
  expect(byAttributes(policy, attributes)).toBe(accepted)
})

const s3Event = (...records: [string, string][]) => ({
  Records: records.map(([eventName, key]) => ({ eventName, s3: { object: { key } } })),
})
const autoCreated = {
  Records: {
    s3: { object: { key: [{ prefix: 'auto-' }] } },
    eventName: [{ prefix: 'ObjectCreated:' }],
  },
}

/** Source: SNS Developer Guide, "Amazon SNS message filtering"; AWS Compute Blog, "payload-based message filtering". */
const bodyCases: [string, object, unknown, boolean][] = [
  ['a nested value', { a: { b: ['x'] } }, { a: { b: 'x' } }, true],
  ['a dotted name', { 'a.b': ['x'] }, { a: { b: 'x' } }, true],
  ['a truth', { a: [true] }, { a: true }, true],
  ['a text that says true', { a: [true] }, { a: 'true' }, false],
  ['null', { a: [null] }, { a: null }, true],
  ['a missing key is not null', { a: [null] }, {}, false],
  ['presence of an object', { a: [{ exists: true }] }, { a: { b: 1 } }, false],
  ['absence below', { a: { b: [{ exists: false }] } }, { a: { c: 1 } }, true],
  ['no object', { a: ['x'] }, 'a text', false],
  ['an array at the top', { a: ['x'] }, [{ a: 'x' }], false],
  ['fields of one element', autoCreated, s3Event(['ObjectCreated:Put', 'auto-1']), true],
  [
    'fields of two elements',
    autoCreated,
    s3Event(['ObjectCreated:Put', 'home-1'], ['ObjectRemoved:Delete', 'auto-1']),
    false,
  ],
  [
    'fields of one of two elements',
    autoCreated,
    s3Event(['ObjectRemoved:Delete', 'home-1'], ['ObjectCreated:Put', 'auto-1']),
    true,
  ],
  [
    '$or inside an object',
    { d: { scope: ['s'], $or: [{ source: ['x'] }, { type: ['y'] }] } },
    { d: { scope: 's', type: 'y' } },
    true,
  ],
]

test.each(bodyCases)('bodies: %s', (_name, policy, body, accepted) => {
  expect(byBody(policy, body)).toBe(accepted)
})

test('a body that is no JSON meets no filter on the body', () => {
  expect(accepts(filter({ a: ['x'] }, 'MessageBody'), 'not json', {})).toBe(false)
})

test('a policy or a body that nests without end is refused, or meets no filter', () => {
  const nested = `${'{"a":'.repeat(5000)}["x"]${'}'.repeat(5000)}`
  expect(() => readFilter(nested, 'MessageBody', '')).toThrow('Filter policy is too complex')
  expect(accepts(filter({ a: ['x'] }, 'MessageBody'), nested, {})).toBe(false)
})

/** Source: localstack's tests against AWS, `validate_policy_numeric_operator`, `policy_complexity_with_or`. */
const refused: [object, string][] = [
  [{ k: [{ numeric: [] }] }, 'Invalid member in numeric match: ]'],
  [{ k: [{ numeric: ['operator'] }] }, 'Unrecognized numeric range operator: operator'],
  [{ k: [{ numeric: [1, '<='] }] }, 'Invalid member in numeric match: 1'],
  [{ k: [{ numeric: ['=', '000'] }] }, 'Value of equals must be numeric'],
  [{ k: [{ numeric: ['>='] }] }, 'Value of >= must be numeric'],
  [{ k: [{ numeric: ['<', 100, '>', 10] }] }, 'Too many elements in numeric expression'],
  [{ k: [{ numeric: ['>=', 1, '>', 2] }] }, 'Bad numeric range operator: >'],
  [{ k: [{ numeric: ['>', 3, '<', 1] }] }, 'Bottom must be less than top'],
  [{ k: [{ numeric: ['>', 20, '<='] }] }, 'Value of <= must be numeric'],
  [{ k: [{ numeric: ['>', 20, 30] }] }, 'Bad value in numeric range: 30'],
  [{ k: [{ numeric: ['>', 20, '<', 30, '<', 50] }] }, 'Too many terms in numeric range expression'],
  [{ k: [{ wildcard: 'a*' }] }, 'Unrecognized match type wildcard'],
  [{ k: {} }, 'Empty objects are not allowed'],
  [{ $or: [{ k: ['x'] }] }, 'There must have at least 2 Objects in $or relationship.'],
]

test.each(refused)('%j is refused', (policy, reason) => {
  expect(() => filter(policy, 'MessageBody')).toThrow(`Invalid parameter: FilterPolicy: ${reason}`)
})

test('branches of $or add their combinations', () => {
  const values = (count: number) => Array.from({ length: count }, (_, i) => `v${i}`)
  const policy = (last: number) => ({
    source: values(4),
    $or: [
      { metricName: values(6) },
      { metricType: values(4), $or: [{ metricId: values(4) }, { spaceId: values(last) }] },
    ],
  })
  expect(() => filter(policy(4), 'MessageAttributes')).toThrow('Filter policy is too complex')
  expect(() => filter(policy(3), 'MessageAttributes')).not.toThrow()
})
