import type { AttributeValue as ModelValue } from '@cloud-orrery/models/dynamodb'
import { expect, test } from 'vitest'
import type { Item } from '../values/index.ts'
import {
  applyUpdate,
  attributesToGet,
  keyCondition,
  legacyExpected,
  legacyFilter,
  legacyKeyConditions,
  legacyUpdates,
  matches,
  parseProjection,
  parseUpdate,
  pickPaths,
  project,
  substitutions,
} from './index.ts'

const values: Readonly<Record<string, ModelValue>> = {
  ':s': { S: 'abc' },
  ':n': { N: '5' },
  ':one': { N: '1' },
  ':big': { N: '9.9e125' },
  ':l': { L: [{ S: 'x' }] },
  ':m': { M: { k: { S: 'v' } } },
  ':ss': { SS: ['a', 'b'] },
  ':ns': { NS: ['1'] },
  ':t': { BOOL: true },
}
const names = { '#n': 'name' }

function refusal(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    return (error as Error).message // Only errors are thrown here.
  }
  return 'taken'
}

function updateOf(text: string) {
  return parseUpdate(text, substitutions(names, values))
}

const key: Item = { pk: { S: 'p' } }

function updated(text: string, item?: Item): Item {
  return applyUpdate(updateOf(text), item, key).item
}

test('an update that cannot be read, or makes no sense, is refused in DynamoDB’s words', () => {
  const operand = 'Incorrect operand type for operator or function; operator'
  const problems = {
    'INVALID SYNTAX HERE': 'Syntax error; token: "INVALID", near: "INVALID SYNTAX"',
    'ADD hits : incr': 'Syntax error; token: ":", near: "hits : incr"',
    'SET path = VALUE 1': 'Syntax error; token: "1", near: "VALUE 1"',
    'set {0}': 'Syntax error; token: "{", near: "set {0"',
    'SET a = :s,': 'Syntax error; token: "<EOF>", near: ","',
    SET: 'Syntax error; token: "<EOF>", near: "SET"',
    'SET a = b + c + d': 'Syntax error; token: "+", near: "c + d"',
    'ADD a b': 'Syntax error; token: "b", near: "a b"',
    '': 'The expression can not be empty;',
    'SET status = :s': 'Attribute name is a reserved keyword; reserved keyword: status',
    'SET a = size(b)': 'Invalid function name; function: size',
    'SET a = :s SET b = :s': 'The "SET" section can only be used once in an update expression;',
    'SET #q = :q':
      'An expression attribute name used in the document path is not defined; attribute name: #q',
    'SET a = :q':
      'An expression attribute value used in expression is not defined; attribute value: :q',
    'SET f = :s, f = :s':
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [f], path two: [f]',
    'SET a.b = :s REMOVE a':
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]',
    'SET a.b = :s, a[1] = :s':
      'Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [1]]',
    'ADD a :s': `${operand}: ADD, operand type: STRING`,
    'ADD a :l': `${operand}: ADD, operand type: LIST`,
    'DELETE a :n': `${operand}: DELETE, operand type: NUMBER`,
    'DELETE a :t': `${operand}: DELETE, operand type: BOOLEAN`,
    'SET a = b + :s': `${operand} or function: +, operand type: S`,
    'SET a = list_append(b, :s)': `${operand} or function: list_append, operand type: S`,
    'SET a = if_not_exists(:s, :s)':
      'Operator or function requires a document path; operator or function: if_not_exists',
    'SET a = if_not_exists(b)':
      'Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 1',
  }
  const actual = Object.keys(problems).map((text) => [text, refusal(() => updateOf(text))])
  const expected = Object.entries(problems).map(([text, problem]) => [
    text,
    `Invalid UpdateExpression: ${problem}`,
  ])
  expect(actual).toEqual(expected)
})

test('SET gives values, attributes, sums, defaults and joined lists, all of the item as it was', () => {
  const item: Item = {
    ...key,
    a: { N: '1' },
    b: { N: '2' },
    l: { L: [{ S: 'y' }] },
    m: { M: { k: { N: '3' } } },
  }
  expect(
    updated(
      'SET a = b, b = a, c = if_not_exists(c, :n) + :one, d = if_not_exists(a, :n), l = list_append(:l, l), m.k = m.k - :n, #n = (:s)',
      item,
    ),
  ).toEqual({
    ...key,
    a: { N: '2' },
    b: { N: '1' },
    c: { N: '6' },
    d: { N: '1' },
    l: { L: [{ S: 'x' }, { S: 'y' }] },
    m: { M: { k: { N: '-2' } } },
    name: { S: 'abc' },
  })
  expect(item).toEqual({
    ...key,
    a: { N: '1' },
    b: { N: '2' },
    l: { L: [{ S: 'y' }] },
    m: { M: { k: { N: '3' } } },
  })
})

test('an item that is not there begins as its key', () => {
  expect(updated('SET a = :s')).toEqual({ pk: { S: 'p' }, a: { S: 'abc' } })
})

test('elements put past the end follow the last one; removed ones leave no hole', () => {
  const item: Item = { ...key, l: { L: [{ S: 'a' }, { S: 'b' }, { S: 'c' }] } }
  expect(updated('SET l[9] = :n, l[5] = :s, l[1] = :one REMOVE l[0], l[2], l[20]', item)).toEqual({
    ...key,
    l: { L: [{ N: '1' }, { S: 'abc' }, { N: '5' }] },
  })
})

test('ADD makes, counts and unites; DELETE takes out, and an empty set is no attribute', () => {
  const item: Item = { ...key, n: { N: '1.5' }, s: { SS: ['b', 'c'] }, e: { SS: ['a'] } }
  expect(updated('ADD n :n, s :ss, fresh :ns, k :one DELETE e :ss, gone :ss', item)).toEqual({
    ...key,
    n: { N: '6.5' },
    s: { SS: ['b', 'c', 'a'] },
    fresh: { NS: ['1'] },
    k: { N: '1' },
  })
})

test('an update that does not fit the item is refused', () => {
  const item: Item = { ...key, s: { S: 'x' }, n: { N: '1' }, l: { L: [] }, m: { M: {} } }
  const path = 'The document path provided in the update expression is invalid for update'
  const type = 'An operand in the update expression has an incorrect data type'
  const missing = 'The provided expression refers to an attribute that does not exist in the item'
  const problems = {
    'SET a.b.c = :s': path,
    'SET s.x = :s': path,
    'SET m[0] = :s': path,
    'SET l.x = :s': path,
    'REMOVE a.b': path,
    'SET a = b': missing,
    'SET a = b + :n': missing,
    'SET a = s + :n': type,
    'SET a = list_append(s, :l)': type,
    'ADD s :n': type,
    'ADD n :ss': type,
    'DELETE n :ss': type,
    'SET a = :big + :big':
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
  }
  const actual = Object.keys(problems).map((text) => [text, refusal(() => updated(text, item))])
  expect(actual).toEqual(Object.entries(problems))
})

test('an update tells the places that it named', () => {
  const { item, updatedPaths } = applyUpdate(
    updateOf('SET a.b = :s, a.c = :n REMOVE z'),
    { ...key, a: { M: { e: { S: 'e' } } }, z: { N: '1' } },
    key,
  )
  expect(pickPaths(updatedPaths, item)).toEqual({ a: { M: { b: { S: 'abc' }, c: { N: '5' } } } })
})

test('a projection keeps structure, and list elements in the list’s order', () => {
  const item: Item = {
    a: { M: { b: { S: 'bb' }, c: { S: 'cc' } } },
    l: { L: [{ S: '0' }, { S: '1' }, { M: { x: { S: 'x' }, y: { S: 'y' } } }] },
    s: { S: 's' },
  }
  const projected = (text: string) =>
    project(parseProjection(text, substitutions(undefined, undefined)), item)
  expect([
    projected('a.b, s'),
    projected('l[2].x, l[0]'),
    projected('a.nope, l[7], gone, s.x'),
  ]).toEqual([
    { a: { M: { b: { S: 'bb' } } }, s: { S: 's' } },
    { l: { L: [{ S: '0' }, { M: { x: { S: 'x' } } }] } },
    {},
  ])
})

test('a projection that cannot be read, or names a place twice, is refused', () => {
  const problemOf = (text: string) =>
    refusal(() => parseProjection(text, substitutions(undefined, undefined)))
  expect([problemOf('a b'), problemOf('a,'), problemOf('l, l[0]'), problemOf('a, name')]).toEqual(
    [
      'Syntax error; token: "b", near: "a b"',
      'Syntax error; token: "<EOF>", near: ","',
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [l], path two: [l, [0]]',
      'Attribute name is a reserved keyword; reserved keyword: name',
    ].map((problem) => `Invalid ProjectionExpression: ${problem}`),
  )
})

test('the old parameters mean what expressions mean', () => {
  const item: Item = {
    ...key,
    n: { N: '5' },
    s: { S: 'abc' },
    ss: { SS: ['a'] },
    l: { L: [{ S: '1' }] },
  }
  const filter = legacyFilter(
    {
      n: { ComparisonOperator: 'BETWEEN', AttributeValueList: [{ N: '1' }, { N: '9' }] },
      s: { ComparisonOperator: 'NOT_CONTAINS', AttributeValueList: [{ S: 'b' }] },
    },
    'OR',
  )
  const expected = legacyExpected(
    { gone: { Exists: false }, n: { Value: { N: '5.0' } } },
    undefined,
  )
  const conditions = legacyKeyConditions({
    pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'p' }] },
    sk: { ComparisonOperator: 'BEGINS_WITH', AttributeValueList: [{ S: 'x' }] },
  })
  const update = legacyUpdates({
    n: { Action: 'ADD', Value: { N: '2' } },
    l: { Action: 'ADD', Value: { L: [{ S: '2' }] } },
    ss: { Action: 'DELETE', Value: { SS: ['a'] } },
    s: { Action: 'DELETE' },
    fresh: { Value: { S: 'new' } },
  })
  expect(matches(filter, item)).toBe(true)
  expect(matches(expected, item)).toBe(true)
  expect(keyCondition(conditions, { hash: 'pk', range: 'sk' })).toEqual({
    hash: { S: 'p' },
    range: { op: 'begins_with', values: [{ S: 'x' }] },
  })
  expect(applyUpdate(update, item, key).item).toEqual({
    ...key,
    n: { N: '7' },
    l: { L: [{ S: '1' }, { S: '2' }] },
    fresh: { S: 'new' },
  })
  expect(project(attributesToGet(['s', 'x']), item)).toEqual({ s: { S: 'abc' } })
})

test('the old parameters have words of their own', () => {
  const invalid = 'One or more parameter values were invalid: '
  expect([
    refusal(() => legacyFilter({ a: { ComparisonOperator: 'EQ' } }, undefined)),
    refusal(() =>
      legacyFilter(
        { a: { ComparisonOperator: 'LT', AttributeValueList: [{ BOOL: true }] } },
        undefined,
      ),
    ),
    refusal(() =>
      legacyFilter(
        { a: { ComparisonOperator: 'IN', AttributeValueList: [{ S: 'a' }, { N: '1' }] } },
        undefined,
      ),
    ),
    refusal(() =>
      legacyFilter(
        { a: { ComparisonOperator: 'BETWEEN', AttributeValueList: [{ N: '2' }, { N: '1' }] } },
        undefined,
      ),
    ),
    refusal(() => legacyExpected({ a: {} }, undefined)),
    refusal(() => legacyExpected({ a: { Exists: true } }, undefined)),
    refusal(() => legacyExpected({ a: { Exists: false, Value: { S: '' } } }, undefined)),
    refusal(() => legacyExpected({ a: { Value: { S: '' }, AttributeValueList: [] } }, undefined)),
    refusal(() => legacyExpected({ a: { ComparisonOperator: 'EQ' } }, undefined)),
    refusal(() => legacyExpected({ a: { ComparisonOperator: 'NULL', Exists: true } }, undefined)),
    refusal(() => legacyUpdates({ a: { Action: 'PUT' } })),
    refusal(() => legacyUpdates({ a: { Action: 'ADD', Value: { S: '' } } })),
    refusal(() => legacyUpdates({ a: { Action: 'DELETE', Value: { S: '' } } })),
    refusal(() =>
      applyUpdate(legacyUpdates({ pk: { Action: 'ADD', Value: { N: '1' } } }), key, key),
    ),
    refusal(() => attributesToGet(['a', 'b', 'a'])),
  ]).toEqual([
    `${invalid}Invalid number of argument(s) for the EQ ComparisonOperator`,
    `${invalid}ComparisonOperator LT is not valid for BOOL AttributeValue type`,
    `${invalid}AttributeValues inside AttributeValueList must be of same type`,
    'The BETWEEN condition was provided a range where the lower bound is greater than the upper bound',
    `${invalid}Value must be provided when Exists is null for Attribute: a`,
    `${invalid}Value must be provided when Exists is true for Attribute: a`,
    `${invalid}Value cannot be used when Exists is false for Attribute: a`,
    `${invalid}Value and AttributeValueList cannot be used together for Attribute: a`,
    `${invalid}Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a`,
    `${invalid}Exists and ComparisonOperator cannot be used together for Attribute: a`,
    `${invalid}Only DELETE action is allowed when no attribute value is specified`,
    `${invalid}ADD action is not supported for the type S`,
    `${invalid}DELETE action with value is not supported for the type S`,
    'Type mismatch for attribute to update',
    `${invalid}Duplicate value in attribute name: a`,
  ])
})
