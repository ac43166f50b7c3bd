import type { AttributeValue as ModelValue } from '@cloud-orrery/models/dynamodb'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Item } from '../values/index.ts'
import {
  keyCondition,
  matches,
  parseCondition,
  parseFilter,
  parseKeyCondition,
  refuseUnused,
  substitutions,
} from './index.ts'

type Values = Readonly<Record<string, ModelValue>>

const values: Values = {
  ':s': { S: 'abc' },
  ':a': { S: 'a' },
  ':n': { N: '5' },
  ':m': { N: '10' },
  ':t': { BOOL: true },
  ':f': { BOOL: false },
  ':l': { L: [] },
  ':x': { S: 'X' },
}
const names = { '#n': 'name', '#d': 'data' }

function refusal(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    return (error as Error).message // Only errors are thrown here.
  }
  return 'taken'
}

function problemOf(text: string): string {
  return refusal(() => parseCondition(text, substitutions(names, values)))
}

test('a condition that cannot be read names the token and its neighbours', () => {
  const problems = {
    foo: 'Syntax error; token: "<EOF>", near: "foo"',
    'a = :a AND __typename = :a': 'Syntax error; token: "_", near: "AND __"',
    '[object Object]': 'Syntax error; token: "[", near: "[object"',
    'pk = :hashId a': 'Syntax error; token: "a", near: ":hashId a"',
    'attribute_not_exists(': 'Syntax error; token: "<EOF>", near: "("',
    'contains (themes, :theme': 'Syntax error; token: "<EOF>", near: ":theme"',
    'a = :a AND': 'Syntax error; token: "<EOF>", near: "AND"',
    'a = :a  =  :n': 'Syntax error; token: "=", near: ":a  =  :n"',
    'a[x] = :a': 'Syntax error; token: "x", near: "[x]"',
    'NOT a': 'Syntax error; token: "<EOF>", near: "a"',
    'size() > :n': 'Syntax error; token: ")", near: "() >"',
    'a = 5': 'Syntax error; token: "5", near: "= 5"',
    'a BETWEEN :n OR :m': 'Syntax error; token: "OR", near: ":n OR :m"',
    '(a = :a': 'Syntax error; token: "<EOF>", near: ":a"',
    '': 'The expression can not be empty;',
  }
  const actual = Object.keys(problems).map((text) => [text, problemOf(text)])
  const expected = Object.entries(problems).map(([text, problem]) => [
    text,
    `Invalid ConditionExpression: ${problem}`,
  ])
  expect(actual).toEqual(expected)
})

test('a condition that makes no sense is refused in DynamoDB’s words', () => {
  const operand = 'Incorrect operand type for operator or function; operator or function:'
  const problems = {
    '((a = :a))': 'The expression has redundant parentheses;',
    '((a)) = :a': 'The expression has redundant parentheses;',
    'status = :a': 'Attribute name is a reserved keyword; reserved keyword: status',
    'a.Data = :a': 'Attribute name is a reserved keyword; reserved keyword: Data',
    'exists(a)': 'Invalid function name; function: exists',
    'Size(a) > :n': 'Invalid function name; function: Size',
    'size(a)': 'The function is not allowed to be used this way in an expression; function: size',
    'a = attribute_exists(b)':
      'The function is not allowed to be used this way in an expression; function: attribute_exists',
    '#q = :a':
      'An expression attribute name used in the document path is not defined; attribute name: #q',
    'a = :q':
      'An expression attribute value used in expression is not defined; attribute value: :q',
    'attribute_exists(a, b)':
      'Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2',
    'begins_with(a)':
      'Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1',
    'attribute_exists(:a)':
      'Operator or function requires a document path; operator or function: attribute_exists',
    'begins_with(a, :n)': `${operand} begins_with, operand type: N`,
    'begins_with(a, size(b))': `${operand} begins_with, operand type: N`,
    'attribute_type(a, :n)': `${operand} attribute_type, operand type: N`,
    'attribute_type(a, b)': `${operand} attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}`,
    'attribute_type(a, :x)':
      'Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
    'size(:n) = :n': `${operand} size, operand type: N`,
    'a < :t': `${operand} <, operand type: BOOL`,
    'a BETWEEN :f AND :t': `${operand} BETWEEN, operand type: BOOL`,
    'contains(#d, #d)':
      'The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [data]',
    'a[1].b = a[1].b':
      'The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a, [1], b]',
    'a BETWEEN :m AND :n':
      'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:10}, upper bound operand: AttributeValue: {N:5}',
    'a BETWEEN :n AND :s':
      'The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:5}, upper bound operand: AttributeValue: {S:abc}',
  }
  const actual = Object.keys(problems).map((text) => [text, problemOf(text)])
  const expected = Object.entries(problems).map(([text, problem]) => [
    text,
    `Invalid ConditionExpression: ${problem}`,
  ])
  expect(actual).toEqual(expected)
})

test('of several mistakes the text’s come first, then those of the first comparison', () => {
  expect([
    problemOf('((nope(status))) AND size(a) AND b = :q'),
    problemOf('nope(status) AND size(a) AND b = :q'),
    problemOf('size(a) AND status = :q'),
    problemOf('b = :q AND status = :a'),
    problemOf('begins_with(a, :n) AND b = :q'),
    problemOf('b = :q AND begins_with(a, :n)'),
  ]).toEqual(
    [
      'The expression has redundant parentheses;',
      'Invalid function name; function: nope',
      'The function is not allowed to be used this way in an expression; function: size',
      'Attribute name is a reserved keyword; reserved keyword: status',
      'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
      'An expression attribute value used in expression is not defined; attribute value: :q',
    ].map((problem) => `Invalid ConditionExpression: ${problem}`),
  )
})

test('expressions end at 4,096 bytes, 300 operators, 100 operands of IN', () => {
  const filter = (text: string) =>
    refusal(() => parseFilter(text, substitutions(undefined, { ':v': { S: '' } })))
  const long = (bytes: number) => `${'a'.repeat(bytes - 5)} = :v`
  expect([filter(long(4096)), filter(long(4097))]).toEqual([
    'taken',
    'Invalid FilterExpression: Expression size has exceeded the maximum allowed size;',
  ])
  const chain = (count: number) => Array.from({ length: count }, () => 'b=:v').join(' OR ')
  expect([filter(chain(150)), filter(chain(151))]).toEqual([
    'taken',
    'Invalid FilterExpression: The expression contains too many operators; operator count: 301',
  ])
  const list = (count: number) => `a IN (${Array.from({ length: count }, () => ':v').join(',')})`
  expect([filter(list(100)), filter(list(101))]).toEqual([
    'taken',
    'Invalid FilterExpression: The IN operator is provided with too many operands; number of operands: 101',
  ])
})

test('parentheses, NOTs and calls by the thousand are refused, not fallen over', () => {
  const bombs = ['('.repeat(4000), 'NOT '.repeat(1000), 'size('.repeat(800), 'a.'.repeat(2000)]
  for (const bomb of bombs) {
    expect(problemOf(`${bomb}a = :a`)).toMatch(/^Invalid ConditionExpression: /)
  }
})

test('whatever the text is, it is understood or refused as an expression', () => {
  const words = [
    '(',
    ')',
    'a',
    '#n',
    ':n',
    ':s',
    '=',
    '<',
    'AND',
    'OR',
    'NOT',
    'IN',
    'BETWEEN',
    'size',
    ',',
    '.',
    '[',
    '1',
    ']',
    'contains',
    '😀',
  ]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 14 }), (parts) => {
      expect(problemOf(parts.join(' '))).toMatch(/^(taken|Invalid ConditionExpression: .+)$/)
    }),
  )
})

test('names and values that no expression uses are refused, names first', () => {
  const given = substitutions(
    { '#n': 'a', '#u': 'b' },
    { ':a': { S: '' }, ':u': { S: '' }, ':w': { S: '' } },
  )
  parseCondition('#n = :a', given)
  expect(refusal(() => refuseUnused(given))).toBe(
    'Value provided in ExpressionAttributeNames unused in expressions: keys: {#u}',
  )
  parseCondition('#u = :a', given)
  expect(refusal(() => refuseUnused(given))).toBe(
    'Value provided in ExpressionAttributeValues unused in expressions: keys: {:u, :w}',
  )
})

test('names and values have keys of their own form', () => {
  expect([
    refusal(() => substitutions({}, undefined)),
    refusal(() => substitutions(undefined, {})),
    refusal(() => substitutions({ s: 'status' }, undefined)),
    refusal(() => substitutions(undefined, { ':a-b': { S: '' } })),
    refusal(() => substitutions(undefined, { ':v': { N: 'x' } })),
    refusal(() => substitutions(undefined, { ':v': { N: 'x' } }, 'older')),
  ]).toEqual([
    'ExpressionAttributeNames must not be empty',
    'ExpressionAttributeValues must not be empty',
    'ExpressionAttributeNames contains invalid key: Syntax error; key: "s"',
    'ExpressionAttributeValues contains invalid key: Syntax error; key: ":a-b"',
    'The parameter cannot be converted to a numeric value: x',
    'ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: x for key :v',
  ])
})

const item: Item = {
  pk: { S: 'p' },
  name: { S: 'abcdef' },
  n: { N: '7' },
  z: { NULL: true },
  bin: { B: 'AQID' },
  ss: { SS: ['abc', 'b'] },
  ns: { NS: ['5', '6'] },
  l: { L: [{ N: '5' }, { M: { deep: { S: 'abc' } } }] },
  m: { M: { k: { S: 'v' } } },
  flag: { BOOL: true },
}

function holds(text: string, given: Values = values): boolean {
  return matches(parseCondition(text, substitutions(names, given)), item)
}

test('conditions hold as DynamoDB’s do', () => {
  const truths = [
    'n > :n AND n < :m',
    'n BETWEEN :n AND :m',
    'NOT n = :n',
    'n <> :s',
    'gone <> :s',
    'gone <> away',
    'begins_with(#n, :s)',
    'contains(#n, :s)',
    'contains(ss, :s)',
    'contains(ns, :n)',
    'contains(l, :n)',
    'attribute_exists(l[1].deep)',
    'attribute_not_exists(l[2])',
    'attribute_not_exists(m.toString)',
    'attribute_exists(z)',
    'size(#n) < :m',
    'size(l) < size(#n)',
    'size(bin) < :n',
    'flag = :t',
    'n = :n OR n > :n AND flag = :t',
    'NOT (n = :n OR flag = :f)',
    '(n) > (:n)',
  ]
  expect(truths.filter((text) => !holds(text))).toEqual([])
})

test('a comparison with what is not there, or of another type, does not hold', () => {
  const untruths = [
    'gone = :s',
    'gone < :n',
    'gone IN (:s)',
    'n = :s',
    'n > :s',
    '#n > :n',
    'gone BETWEEN :n AND :m',
    'contains(n, :n)',
    'contains(gone, :n)',
    'begins_with(n, :s)',
    'size(n) = :n',
    'size(gone) = :n',
    'attribute_exists(gone)',
    'm.k.x = :s',
    'l.k = :s',
    'm[0] = :s',
  ]
  expect(untruths.filter((text) => holds(text))).toEqual([])
})

test('size counts UTF-16 units, bytes and elements', () => {
  const sized: Item = {
    s: { S: 'é😀' },
    b: { B: 'AQID' },
    m: { M: { a: { S: '' } } },
    e: { S: '' },
  }
  const size = (attribute: string, count: string) =>
    matches(
      parseCondition(`size(${attribute}) = :c`, substitutions(undefined, { ':c': { N: count } })),
      sized,
    )
  expect([size('s', '3'), size('b', '3'), size('m', '1'), size('e', '0')]).toEqual([
    true,
    true,
    true,
    true,
  ])
})

function keyed(text: string, given: Values = values) {
  return keyCondition(
    parseKeyCondition(text, substitutions(undefined, given)),
    { hash: 'pk', range: 'sk' },
    { pk: 'S', sk: 'N' },
  )
}

test('a key condition gives the partition and the range, with the value on either side', () => {
  expect([
    keyed('pk = :s'),
    keyed('pk = :s AND sk = :n'),
    keyed(':n <= sk AND (:s = pk)'),
    keyed('sk BETWEEN :n AND :m AND pk = :s'),
  ]).toEqual([
    { hash: { S: 'abc' } },
    { hash: { S: 'abc' }, range: { op: '=', values: [{ N: '5' }] } },
    { hash: { S: 'abc' }, range: { op: '>=', values: [{ N: '5' }] } },
    { hash: { S: 'abc' }, range: { op: 'between', values: [{ N: '5' }, { N: '10' }] } },
  ])
})

test('what a query cannot answer is refused', () => {
  const schema =
    'One or more parameter values were invalid: Condition parameter type does not match schema type'
  const problems = {
    'sk = :n': 'Query condition missed key schema element: pk',
    'pk = :s AND away = :n': 'Query condition missed key schema element: sk',
    'pk = :s OR sk = :n': 'Invalid operator used in KeyConditionExpression: OR',
    'NOT pk = :s': 'Invalid operator used in KeyConditionExpression: NOT',
    'pk <> :s': 'Invalid operator used in KeyConditionExpression: <>',
    'pk IN (:s)': 'Invalid operator used in KeyConditionExpression: IN',
    'contains(pk, :s)': 'Invalid operator used in KeyConditionExpression: contains',
    'pk > :s': 'Query key condition not supported',
    'pk = :n': schema,
    'pk = :s AND sk = :s': schema,
    'pk = :s AND begins_with(sk, :s)': schema,
    'pk = :s AND sk = :t': schema,
    'pk = :s AND begins_with(sk, :n)':
      'Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    'pk = :s AND :t >= sk':
      'Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: >=, operand type: BOOL',
    'pk = :s AND sk > :n AND sk < :m':
      'Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key',
    'pk = :s AND sk > :n AND extra = :m':
      'The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)',
    'pk = :s AND sk.foo = :n':
      'Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes',
    'pk = sk':
      'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition',
    ':s = :n': 'Invalid condition in KeyConditionExpression: No key attribute specified',
    'begins_with(:s, pk)':
      'Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its first operand',
  }
  const actual = Object.keys(problems).map((text) => [text, refusal(() => keyed(text))])
  expect(actual).toEqual(Object.entries(problems))
})
