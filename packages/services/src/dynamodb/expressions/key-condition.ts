import { type AttributeType, type AttributeValue, typeOf } from '../values/attribute-value.ts'
import { validationException } from '../values/errors.ts'
import type { CompiledCondition, Condition, Operand } from './ast.ts'
import type { Comparator } from './syntax.ts'

/** How a sort key is asked for: one value, two for BETWEEN. */
export interface RangeCondition {
  readonly op: '=' | '<' | '<=' | '>' | '>=' | 'between' | 'begins_with'
  readonly values: readonly AttributeValue[]
}

/** Which items a query asks for. */
export interface KeyCondition {
  readonly hash: AttributeValue
  readonly range?: RangeCondition
}

/** The part of a table's or an index's `KeySchema` that a query must know. */
export interface KeyNames {
  readonly hash: string
  readonly range?: string | undefined
}

/** Types of key attributes, as `AttributeDefinitions` gives them. */
export type KeyTypes = Readonly<Record<string, AttributeType>>

/** A key condition whose parts a query can use; which attributes make the key is not known yet. */
export interface CompiledKeyCondition extends CompiledCondition {
  /** By the attribute's name. */
  readonly conditions: KeyConditions
}

/** Conditions by the attribute's name, as either way of writing a query gives them. */
export type KeyConditions = ReadonlyMap<string, RangeCondition | UnusableCondition>

/** A comparison that exists only in the old parameters, and that no key takes. */
export interface UnusableCondition {
  readonly op: string
  readonly values: readonly AttributeValue[]
}

/** What a parsed key condition asks of which attribute. Throws `ValidationException`. */
export function compileKeyCondition(condition: CompiledCondition): CompiledKeyCondition {
  const conditions = new Map<string, RangeCondition>()
  collect(condition.root, conditions)
  return { ...condition, conditions }
}

const ops: ReadonlySet<string> = new Set<RangeCondition['op']>([
  '=',
  '<',
  '<=',
  '>',
  '>=',
  'between',
  'begins_with',
])

/** What the condition asks of the key. Throws `ValidationException` where a query cannot answer it. */
export function keyCondition(
  condition: CompiledCondition | Pick<CompiledKeyCondition, 'conditions'>,
  key: KeyNames,
  types?: KeyTypes,
): KeyCondition {
  const conditions =
    'conditions' in condition ? condition.conditions : compileKeyCondition(condition).conditions
  const parts = key.range === undefined ? 1 : 2
  if (conditions.size > parts) {
    throw validationException(
      `The number of query conditions (${conditions.size}) exceeds the number of key attributes defined in the schema (${parts})`,
    )
  }
  const hash = conditions.get(key.hash)
  if (hash === undefined) throw missed(key.hash)
  const range = key.range === undefined ? undefined : conditions.get(key.range)
  if (conditions.size === 2 && range === undefined) throw missed(key.range ?? '')
  if (types !== undefined) {
    checkTypes(hash, types[key.hash])
    if (range !== undefined) checkTypes(range, types[key.range ?? ''])
  }
  const [value] = hash.values
  if (hash.op !== '=' || value === undefined) throw unsupported()
  if (range === undefined) return { hash: value }
  if (!isRange(range)) throw unsupported()
  return { hash: value, range }
}

function checkTypes(
  { values }: RangeCondition | UnusableCondition,
  type: AttributeType | undefined,
): void {
  if (type === undefined || values.every((value) => typeOf(value) === type)) return
  throw validationException(
    'One or more parameter values were invalid: Condition parameter type does not match schema type',
  )
}

function isRange(condition: RangeCondition | UnusableCondition): condition is RangeCondition {
  return ops.has(condition.op)
}

function missed(attribute: string): Error {
  return validationException(`Query condition missed key schema element: ${attribute}`)
}

function unsupported(): Error {
  return validationException('Query key condition not supported')
}

const turned: Readonly<Record<Exclude<Comparator, '<>'>, RangeCondition['op']>> = {
  '=': '=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}

function collect(node: Condition, found: Map<string, RangeCondition>): void {
  switch (node.kind) {
    case 'and':
      for (const operand of node.operands) collect(operand, found)
      return
    case 'or':
    case 'not':
    case 'in':
      throw invalidOperator(node.kind.toUpperCase())
    case 'exists':
      throw invalidOperator('attribute_exists')
    case 'notExists':
      throw invalidOperator('attribute_not_exists')
    case 'type':
      throw invalidOperator('attribute_type')
    case 'contains':
      throw invalidOperator('contains')
    case 'compare':
      if (node.comparator === '<>') throw invalidOperator('<>')
      collectComparison(node.comparator, node.left, node.right, found)
      return
    case 'between':
      if (node.operand.kind !== 'path') throw firstOperand('BETWEEN')
      collectFunction('between', node.operand, [node.low, node.high], found)
      return
    case 'beginsWith':
      if (node.operand.kind !== 'path') throw firstOperand('begins_with')
      collectFunction('begins_with', node.operand, [node.prefix], found)
      return
    default:
      node satisfies never
  }
}

function collectComparison(
  comparator: Exclude<Comparator, '<>'>,
  left: Operand,
  right: Operand,
  found: Map<string, RangeCondition>,
): void {
  const name = attributeName([left, right])
  const isTurned = left.kind !== 'path'
  add(
    name,
    { op: isTurned ? turned[comparator] : comparator, values: valuesOf([left, right]) },
    found,
  )
}

function collectFunction(
  op: 'between' | 'begins_with',
  operand: Operand,
  others: readonly Operand[],
  found: Map<string, RangeCondition>,
): void {
  add(attributeName([operand, ...others]), { op, values: valuesOf(others) }, found)
}

function add(name: string, condition: RangeCondition, found: Map<string, RangeCondition>): void {
  if (found.has(name)) {
    throw invalid('KeyConditionExpressions must only contain one condition per key')
  }
  found.set(name, condition)
}

/** The one attribute among the operands. */
function attributeName(operands: readonly Operand[]): string {
  let name: string | undefined
  for (const operand of operands) {
    if (operand.kind === 'size') {
      throw invalid('KeyConditionExpressions cannot contain nested operations')
    }
    if (operand.kind !== 'path') continue
    if (name !== undefined) {
      throw invalidCondition('Multiple attribute names used in one condition')
    }
    if (operand.path.length > 1) {
      throw invalid('KeyConditionExpressions cannot have conditions on nested attributes')
    }
    name = String(operand.path[0])
  }
  if (name === undefined) throw invalidCondition('No key attribute specified')
  return name
}

function valuesOf(operands: readonly Operand[]): readonly AttributeValue[] {
  return operands.flatMap((operand) => (operand.kind === 'value' ? [operand.value] : []))
}

function invalid(problem: string): Error {
  return validationException(`Invalid KeyConditionExpression: ${problem}`)
}

function invalidOperator(operator: string): Error {
  return validationException(`Invalid operator used in KeyConditionExpression: ${operator}`)
}

function invalidCondition(problem: string): Error {
  return validationException(`Invalid condition in KeyConditionExpression: ${problem}`)
}

function firstOperand(operator: string): Error {
  return invalidCondition(`${operator} operator must have the key attribute as its first operand`)
}
