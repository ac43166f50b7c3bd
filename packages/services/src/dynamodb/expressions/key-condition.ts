import type { AttributeValue } from '../values/attribute-value.ts'
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

/** Conditions by the attribute's name, as either way of writing a query gives them. */
export type KeyConditions = ReadonlyMap<string, RangeCondition | UnusableCondition>

/** A comparison that exists only in the old parameters, and that no key takes. */
export interface UnusableCondition {
  readonly op: string
  readonly values: readonly AttributeValue[]
}

/** What a parsed key condition asks of which attribute. Throws `ValidationException`. */
export function keyConditions({ root }: CompiledCondition): KeyConditions {
  const found = new Map<string, RangeCondition>()
  collect(root, found)
  return found
}

/** What the condition asks of the key. Throws `ValidationException` where a query cannot answer it. */
export function keyCondition(condition: CompiledCondition, key: KeyNames): KeyCondition {
  return keyConditionOf(keyConditions(condition), key)
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

/** As `keyCondition`, of conditions by attribute. */
export function keyConditionOf(conditions: KeyConditions, key: KeyNames): KeyCondition {
  if (conditions.size !== 1 && conditions.size !== 2) {
    throw validationException('Conditions can be of length 1 or 2 only')
  }
  const hash = conditions.get(key.hash)
  if (hash === undefined) throw missed(key.hash)
  const [value] = hash.values
  if (hash.op !== '=' || value === undefined) throw unsupported()
  if (conditions.size === 1) return { hash: value }
  // Without a sort key AWS takes any further condition for one too many.
  if (key.range === undefined) throw unsupported()
  const range = conditions.get(key.range)
  if (range === undefined) throw missed(key.range)
  if (!isRange(range)) throw unsupported()
  return { hash: value, range }
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
    throw validationException('KeyConditionExpressions must only contain one condition per key')
  }
  found.set(name, condition)
}

/** The one attribute among the operands. */
function attributeName(operands: readonly Operand[]): string {
  let name: string | undefined
  for (const operand of operands) {
    if (operand.kind === 'size') {
      throw validationException('KeyConditionExpressions cannot contain nested operations')
    }
    if (operand.kind !== 'path') continue
    if (name !== undefined) {
      throw invalidCondition('Multiple attribute names used in one condition')
    }
    if (operand.path.length > 1) {
      throw validationException(
        'KeyConditionExpressions cannot have conditions on nested attributes',
      )
    }
    name = String(operand.path[0])
  }
  if (name === undefined) throw invalidCondition('No key attribute specified')
  return name
}

function valuesOf(operands: readonly Operand[]): readonly AttributeValue[] {
  return operands.flatMap((operand) => (operand.kind === 'value' ? [operand.value] : []))
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
