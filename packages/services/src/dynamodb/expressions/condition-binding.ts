import {
  type AttributeType,
  type AttributeValue,
  attributeTypes,
  type LooseValue,
  typeOf,
} from '../values/attribute-value.ts'
import { compare } from '../values/comparison.ts'
import type { CompiledCondition, Condition, Operand, Path } from './ast.ts'
import { ExpressionProblem, words } from './errors.ts'
import { pathText } from './path-parser.ts'
import { attributesOf } from './path-tree.ts'
import type { Substitutions } from './substitutions.ts'
import type { CallSyntax, ConditionSyntax, OperandSyntax, PathSyntax } from './syntax.ts'

/** Puts names and values into a parsed condition. Throws `ExpressionProblem`: the first comparison that has one. */
export function bindCondition(tree: ConditionSyntax, given: Substitutions): CompiledCondition {
  const binder = new ConditionBinder(given)
  const root = binder.condition(tree)
  return { root, ...attributesOf(binder.paths) }
}

/** The path with its `#names` replaced. */
export function bindPath(path: PathSyntax, { names, usedNames }: Substitutions): Path {
  if (!path.some((step) => typeof step === 'string' && step.startsWith('#'))) return path
  return path.map((step) => {
    if (typeof step === 'number' || !step.startsWith('#')) return step
    const name = Object.hasOwn(names, step) ? names[step] : undefined
    if (name === undefined) throw new ExpressionProblem(words.undefinedName(step))
    usedNames.add(step)
    return name
  })
}

/** The value of a `:value`. */
export function bindValue(name: string, { values, usedValues }: Substitutions): AttributeValue {
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  if (value === undefined) throw new ExpressionProblem(words.undefinedValue(name))
  usedValues.add(name)
  return value
}

const operandCounts: Readonly<Record<string, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
}

/** All types, in the order in which AWS lists them for an operand whose type it cannot know. */
const anyType = '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}'

class ConditionBinder {
  readonly paths: Path[] = []
  readonly #given: Substitutions

  constructor(given: Substitutions) {
    this.#given = given
  }

  condition(node: ConditionSyntax): Condition {
    switch (node.kind) {
      case 'and':
      case 'or':
        return {
          kind: node.kind,
          operands: node.operands.map((operand) => this.condition(operand)),
        }
      case 'not':
        return { kind: 'not', operand: this.condition(node.operand) }
      case 'compare': {
        const [left, right] = [this.#operand(node.left), this.#operand(node.right)]
        distinct(node.comparator, left, [right])
        if (node.comparator !== '=' && node.comparator !== '<>') {
          requireOrder(node.comparator, [left, right])
        }
        return { kind: 'compare', comparator: node.comparator, left, right }
      }
      case 'between': {
        const [operand, low, high] = [
          this.#operand(node.operand),
          this.#operand(node.low),
          this.#operand(node.high),
        ]
        requireOrder('BETWEEN', [operand, low, high])
        checkBounds(low, high)
        return { kind: 'between', operand, low, high }
      }
      case 'in': {
        const operand = this.#operand(node.operand)
        const list = node.list.map((element) => this.#operand(element))
        distinct('IN', operand, list)
        return { kind: 'in', operand, list }
      }
      case 'call':
        return this.#function(node)
      default:
        return node satisfies never
    }
  }

  #operand(node: OperandSyntax): Operand {
    if (node.kind === 'value') return { kind: 'value', value: bindValue(node.name, this.#given) }
    if (node.kind === 'path') return { kind: 'path', path: this.#path(node.path) }
    const [of] = this.#arguments(node)
    const type = of === undefined ? undefined : knownType(of)
    if (of === undefined || type === 'N' || type === 'BOOL' || type === 'NULL') {
      throw new ExpressionProblem(words.operandType(node.name, type ?? anyType))
    }
    return { kind: 'size', of }
  }

  #path(path: PathSyntax): Path {
    const bound = bindPath(path, this.#given)
    this.paths.push(bound)
    return bound
  }

  /** Names and values first, then how many there are. */
  #arguments(node: CallSyntax): readonly Operand[] {
    const args = node.args.map((arg) => this.#operand(arg))
    if (args.length !== operandCounts[node.name]) {
      throw new ExpressionProblem(words.operandCount(node.name, args.length))
    }
    return args
  }

  #function(node: CallSyntax): Condition {
    const [first, second] = this.#arguments(node)
    if (first === undefined) throw new ExpressionProblem(words.operandCount(node.name, 0))
    if (node.name === 'attribute_exists' || node.name === 'attribute_not_exists') {
      if (first.kind !== 'path') throw new ExpressionProblem(words.pathRequired(node.name))
      return { kind: node.name === 'attribute_exists' ? 'exists' : 'notExists', path: first.path }
    }
    if (second === undefined) throw new ExpressionProblem(words.operandCount(node.name, 1))
    distinct(node.name, first, [second])
    switch (node.name) {
      case 'attribute_type':
        return { kind: 'type', operand: first, type: typeNamed(node.name, second) }
      case 'begins_with':
        for (const operand of [first, second]) {
          const type = knownType(operand)
          if (type !== undefined && type !== 'S' && type !== 'B') {
            throw new ExpressionProblem(words.operandType(node.name, type))
          }
        }
        return { kind: 'beginsWith', operand: first, prefix: second }
      case 'contains':
        return { kind: 'contains', operand: first, part: second }
      default:
        // The parser lets no other function stand as a condition.
        throw new ExpressionProblem(words.misusedFunction(node.name))
    }
  }
}

/** The type that an operand has whatever the item. */
function knownType(operand: Operand): AttributeType | undefined {
  if (operand.kind === 'value') return typeOf(operand.value)
  return operand.kind === 'size' ? 'N' : undefined
}

/** Only numbers, strings and binaries have an order. */
function requireOrder(operator: string, operands: readonly Operand[]): void {
  for (const operand of operands) {
    const type = knownType(operand)
    if (type !== undefined && type !== 'S' && type !== 'N' && type !== 'B') {
      throw new ExpressionProblem(words.operandType(operator, type))
    }
  }
}

function typeNamed(name: string, operand: Operand): AttributeType {
  const type = knownType(operand)
  const text = operand.kind === 'value' ? (operand.value as LooseValue).S : undefined // Only text has one.
  if (text === undefined) throw new ExpressionProblem(words.operandType(name, type ?? anyType))
  const named = attributeTypes.find((known) => known === text)
  if (named === undefined) throw new ExpressionProblem(words.unknownType(text))
  return named
}

function distinct(operator: string, first: Operand, others: readonly Operand[]): void {
  if (first.kind !== 'path') return
  for (const other of others) {
    if (other.kind !== 'path' || other.path.length !== first.path.length) continue
    if (other.path.every((step, i) => step === first.path[i])) {
      throw new ExpressionProblem(words.notDistinct(operator, pathText(first.path)))
    }
  }
}

function checkBounds(low: Operand, high: Operand): void {
  if (low.kind !== 'value' || high.kind !== 'value') return
  if (typeOf(low.value) !== typeOf(high.value)) {
    throw new ExpressionProblem(words.betweenTypes(shown(low.value), shown(high.value)))
  }
  if ((compare(low.value, high.value) ?? 0) > 0) {
    throw new ExpressionProblem(words.betweenOrder(shown(low.value), shown(high.value)))
  }
}

function shown(value: AttributeValue): string {
  const type = typeOf(value)
  return `AttributeValue: {${type}:${String((value as LooseValue)[type])}}` // Read by its own type's name.
}
