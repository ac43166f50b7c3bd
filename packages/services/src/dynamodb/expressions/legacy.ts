import type {
  Condition as ConditionInput,
  ExpectedAttributeValue,
  AttributeValue as ModelValue,
} from '@cloud-orrery/models/dynamodb'
import { type AttributeType, type AttributeValue, typeOf } from '../values/attribute-value.ts'
import { compare } from '../values/comparison.ts'
import { validationException } from '../values/errors.ts'
import { fromModel } from '../values/wire-values.ts'
import type { CompiledCondition, Condition, Operand } from './ast.ts'
import type { KeyConditions, RangeCondition, UnusableCondition } from './key-condition.ts'

/*
 * The parameters that expressions replaced, as the same trees. Source: DynamoDB Developer Guide, "Legacy conditional
 * parameters"; the words are the facts of dynalite's tests, which were run against DynamoDB.
 */

type Named<T> = Readonly<Record<string, T>>

const invalid = 'One or more parameter values were invalid: '

/** `QueryFilter`, `ScanFilter` with `ConditionalOperator`. Throws `ValidationException`. */
export function legacyFilter(
  filters: Named<ConditionInput>,
  joined: string | undefined,
): CompiledCondition {
  const conditions = Object.entries(filters).map(([name, filter]) => {
    const { operator, values } = checkedCondition(filter)
    return conditionOf(name, operator, values)
  })
  return compiled(Object.keys(filters), conditions, joined)
}

/** `KeyConditions`, for `keyCondition`. Throws `ValidationException`. */
export function legacyKeyConditions(given: Named<ConditionInput>): {
  readonly conditions: KeyConditions
  readonly attributes: readonly string[]
} {
  const conditions = new Map<string, RangeCondition | UnusableCondition>()
  for (const [name, condition] of Object.entries(given)) {
    const { operator, values } = checkedCondition(condition)
    conditions.set(name, { op: rangeOperators[operator] ?? operator, values })
  }
  if (conditions.size !== 1 && conditions.size !== 2) {
    throw validationException('Conditions can be of length 1 or 2 only')
  }
  return { conditions, attributes: Object.keys(given) }
}

/** `Expected` with `ConditionalOperator`. Throws `ValidationException`. */
export function legacyExpected(
  given: Named<ExpectedAttributeValue>,
  joined: string | undefined,
): CompiledCondition {
  const conditions = Object.entries(given).map(([name, expected]) => expectation(name, expected))
  return compiled(Object.keys(given), conditions, joined)
}

function compiled(
  names: readonly string[],
  conditions: readonly Condition[],
  joined: string | undefined,
): CompiledCondition {
  const root: Condition = { kind: joined === 'OR' ? 'or' : 'and', operands: conditions }
  return { root, attributes: names, nestedAttributes: [] }
}

type Operator = keyof typeof counts

/** The model takes no other names. */
function isOperator(name: string): name is Operator {
  return Object.hasOwn(counts, name)
}

const rangeOperators: Partial<Record<Operator, RangeCondition['op']>> = {
  EQ: '=',
  LT: '<',
  LE: '<=',
  GT: '>',
  GE: '>=',
  BETWEEN: 'between',
  BEGINS_WITH: 'begins_with',
}

/** How many values an operator takes; IN any number from one. */
const counts = {
  NULL: 0,
  NOT_NULL: 0,
  EQ: 1,
  NE: 1,
  LE: 1,
  LT: 1,
  GE: 1,
  GT: 1,
  CONTAINS: 1,
  NOT_CONTAINS: 1,
  BEGINS_WITH: 1,
  IN: 1,
  BETWEEN: 2,
}

const scalars: readonly AttributeType[] = ['S', 'N', 'B']
const sets: readonly AttributeType[] = ['SS', 'NS', 'BS']
const documents: readonly AttributeType[] = ['L', 'M', 'BOOL', 'NULL']

/** Types that an operator takes; those without an entry take no values. */
const types: Partial<Record<Operator, readonly AttributeType[]>> = {
  EQ: [...scalars, ...sets, ...documents],
  NE: [...scalars, ...sets, ...documents],
  LE: scalars,
  LT: scalars,
  GE: scalars,
  GT: scalars,
  CONTAINS: [...scalars, 'BOOL', 'NULL'],
  NOT_CONTAINS: [...scalars, 'BOOL', 'NULL'],
  BEGINS_WITH: ['S', 'B'],
  IN: scalars,
  BETWEEN: scalars,
}

interface Checked {
  readonly operator: Operator
  readonly values: readonly AttributeValue[]
}

function checkedCondition({ ComparisonOperator, AttributeValueList }: ConditionInput): Checked {
  const operator = operatorNamed(ComparisonOperator ?? 'EQ')
  const values = (AttributeValueList ?? []).map((value) => fromModel(value))
  checkCount(operator, values.length)
  checkSameType(values)
  for (const value of values) {
    const type = typeOf(value)
    if (types[operator]?.includes(type) === false) {
      throw validationException(
        `${invalid}ComparisonOperator ${operator} is not valid for ${type} AttributeValue type`,
      )
    }
  }
  checkBounds(operator, values)
  return { operator, values }
}

function operatorNamed(name: string): Operator {
  if (isOperator(name)) return name
  throw validationException(`Unsupported operator on ComparisonOperator ${name}`)
}

function checkCount(operator: Operator, count: number): void {
  const right = operator === 'IN' ? count >= 1 : count === counts[operator]
  if (!right) {
    throw validationException(
      `${invalid}Invalid number of argument(s) for the ${operator} ComparisonOperator`,
    )
  }
}

function checkSameType(values: readonly AttributeValue[]): void {
  const [first] = values
  if (first === undefined) return
  const type = typeOf(first)
  if (values.some((value) => typeOf(value) !== type)) {
    throw validationException(
      `${invalid}AttributeValues inside AttributeValueList must be of same type`,
    )
  }
}

function checkBounds(operator: Operator, [low, high]: readonly AttributeValue[]): void {
  if (operator !== 'BETWEEN' || low === undefined || high === undefined) return
  if ((compare(low, high) ?? 0) > 0) {
    throw validationException(
      'The BETWEEN condition was provided a range where the lower bound is greater than the upper bound',
    )
  }
}

function conditionOf(
  name: string,
  operator: Operator,
  values: readonly AttributeValue[],
): Condition {
  const path = [name]
  const left: Operand = { kind: 'path', path }
  const operands = values.map((value): Operand => ({ kind: 'value', value }))
  const right = operands[0] ?? left
  switch (operator) {
    case 'EQ':
      return { kind: 'compare', comparator: '=', left, right }
    case 'NE':
      return { kind: 'compare', comparator: '<>', left, right }
    case 'LT':
      return { kind: 'compare', comparator: '<', left, right }
    case 'LE':
      return { kind: 'compare', comparator: '<=', left, right }
    case 'GT':
      return { kind: 'compare', comparator: '>', left, right }
    case 'GE':
      return { kind: 'compare', comparator: '>=', left, right }
    case 'NULL':
      return { kind: 'notExists', path }
    case 'NOT_NULL':
      return { kind: 'exists', path }
    case 'CONTAINS':
      return { kind: 'contains', operand: left, part: right }
    case 'NOT_CONTAINS':
      return { kind: 'not', operand: { kind: 'contains', operand: left, part: right } }
    case 'BEGINS_WITH':
      return { kind: 'beginsWith', operand: left, prefix: right }
    case 'IN':
      return { kind: 'in', operand: left, list: operands }
    case 'BETWEEN':
      return { kind: 'between', operand: left, low: right, high: operands[1] ?? right }
    default:
      return operator satisfies never
  }
}

function expectation(name: string, expected: ExpectedAttributeValue): Condition {
  const { Value, AttributeValueList, ComparisonOperator, Exists } = expected
  if (AttributeValueList !== undefined && Value !== undefined) {
    throw misused('Value and AttributeValueList cannot be used together', name)
  }
  if (ComparisonOperator === undefined) {
    if (AttributeValueList !== undefined) {
      throw misused('AttributeValueList can only be used with a ComparisonOperator', name)
    }
    return existence(name, Value, Exists)
  }
  if (Exists !== undefined) {
    throw misused('Exists and ComparisonOperator cannot be used together', name)
  }
  const given = AttributeValueList ?? (Value === undefined ? undefined : [Value])
  if (given === undefined && counts[operatorNamed(ComparisonOperator)] > 0) {
    throw misused(
      `Value or AttributeValueList must be used with ComparisonOperator: ${ComparisonOperator}`,
      name,
    )
  }
  const { operator, values } = checkedCondition({
    ComparisonOperator,
    AttributeValueList: given,
  })
  return conditionOf(name, operator, values)
}

function existence(
  name: string,
  value: ModelValue | undefined,
  exists: boolean | undefined,
): Condition {
  if (exists === false) {
    if (value !== undefined) throw misused('Value cannot be used when Exists is false', name)
    return { kind: 'notExists', path: [name] }
  }
  if (value === undefined) {
    throw misused(`Value must be provided when Exists is ${String(exists ?? null)}`, name)
  }
  return conditionOf(name, 'EQ', [fromModel(value)])
}

function misused(problem: string, name: string): Error {
  return validationException(`${invalid}${problem} for Attribute: ${name}`)
}
