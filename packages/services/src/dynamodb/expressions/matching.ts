import {
  type AttributeValue,
  attributeOf,
  type Item,
  type LooseValue,
  typeOf,
} from '../values/attribute-value.ts'
import { compare, equals } from '../values/comparison.ts'
import type { CompiledCondition, Condition, Operand, Path } from './ast.ts'
import type { Comparator } from './syntax.ts'

/** Whether the item fulfils the condition; an item that is not there has no attributes. */
export function matches({ root }: CompiledCondition, item: Item | undefined): boolean {
  return holds(root, item ?? noItem)
}

const noItem: Item = {}

function holds(node: Condition, item: Item): boolean {
  switch (node.kind) {
    case 'and':
      return node.operands.every((operand) => holds(operand, item))
    case 'or':
      return node.operands.some((operand) => holds(operand, item))
    case 'not':
      return !holds(node.operand, item)
    case 'compare':
      return compared(
        node.comparator,
        operandValue(node.left, item),
        operandValue(node.right, item),
      )
    case 'between': {
      const value = operandValue(node.operand, item)
      const [low, high] = [operandValue(node.low, item), operandValue(node.high, item)]
      return compared('>=', value, low) && compared('<=', value, high)
    }
    case 'in': {
      const value = operandValue(node.operand, item)
      return node.list.some((element) => compared('=', value, operandValue(element, item)))
    }
    case 'exists':
      return valueAt(node.path, item) !== undefined
    case 'notExists':
      return valueAt(node.path, item) === undefined
    case 'type': {
      const value = operandValue(node.operand, item)
      return value !== undefined && typeOf(value) === node.type
    }
    case 'beginsWith':
      return begins(operandValue(node.operand, item), operandValue(node.prefix, item))
    case 'contains':
      return contains(operandValue(node.operand, item), operandValue(node.part, item))
    default:
      return node satisfies never
  }
}

function operandValue(operand: Operand, item: Item): AttributeValue | undefined {
  if (operand.kind === 'value') return operand.value
  if (operand.kind === 'path') return valueAt(operand.path, item)
  const of = operandValue(operand.of, item)
  const size = of === undefined ? undefined : countOf(of)
  return size === undefined ? undefined : { N: String(size) }
}

/** The value at a path; undefined where the item has none. */
export function valueAt(path: Path, item: Item): AttributeValue | undefined {
  const [head] = path
  let value = typeof head === 'string' ? attributeOf(item, head) : undefined
  for (let i = 1; i < path.length && value !== undefined; i += 1) {
    const step = path[i]
    const { M, L } = value as LooseValue // Whichever of the two it is.
    if (typeof step === 'number') value = L?.[step]
    else value = M === undefined || step === undefined ? undefined : attributeOf(M, step)
  }
  return value
}

/** What `size` counts: UTF-16 units, bytes, elements; numbers and booleans have no size. Observed on AWS. */
function countOf(value: AttributeValue): number | undefined {
  const { S, B, SS, NS, BS, L, M } = value as LooseValue // Asked member by member.
  if (S !== undefined) return S.length
  if (B !== undefined) return Buffer.byteLength(B, 'base64')
  if (M !== undefined) return Object.keys(M).length
  return (L ?? SS ?? NS ?? BS)?.length
}

/** Without a value on either side only `<>` holds: DynamoDB takes what is not there as unlike everything. */
function compared(
  comparator: Comparator,
  left: AttributeValue | undefined,
  right: AttributeValue | undefined,
): boolean {
  if (left === undefined || right === undefined) return comparator === '<>'
  if (comparator === '=') return equals(left, right)
  if (comparator === '<>') return !equals(left, right)
  const order = compare(left, right)
  if (order === undefined) return false
  switch (comparator) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    default:
      return comparator satisfies never
  }
}

function begins(value: AttributeValue | undefined, prefix: AttributeValue | undefined): boolean {
  if (value === undefined || prefix === undefined) return false
  const [whole, start] = [value as LooseValue, prefix as LooseValue] // Asked member by member.
  if (whole.S !== undefined && start.S !== undefined) return whole.S.startsWith(start.S)
  if (whole.B === undefined || start.B === undefined) return false
  const bytes = Buffer.from(start.B, 'base64')
  return Buffer.from(whole.B, 'base64').subarray(0, bytes.length).equals(bytes)
}

/** A part of a string or binary, an element of a set or list. */
function contains(value: AttributeValue | undefined, part: AttributeValue | undefined): boolean {
  if (value === undefined || part === undefined) return false
  const [whole, element] = [value as LooseValue, part as LooseValue] // Asked member by member.
  if (whole.L !== undefined) return whole.L.some((member) => equals(member, part))
  if (element.S !== undefined) {
    if (whole.S !== undefined) return whole.S.includes(element.S)
    return whole.SS?.includes(element.S) ?? false
  }
  if (element.N !== undefined) return whole.NS?.includes(element.N) ?? false
  if (element.B === undefined) return false
  if (whole.B !== undefined) {
    return Buffer.from(whole.B, 'base64').includes(Buffer.from(element.B, 'base64'))
  }
  return whole.BS?.includes(element.B) ?? false
}
