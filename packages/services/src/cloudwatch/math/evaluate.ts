import { listedSeriesMax } from '../limits.ts'
import { functions } from './functions.ts'
import { ExpressionError, type Node, type Operator } from './syntax.ts'
import { combined, isList, mapped, type Value } from './values.ts'

/** What an expression can see. */
export interface Surroundings {
  readonly periodMs: number
  /** The value of a query by its id; undefined where there is none. */
  valueOf(id: string): Value | undefined
  /** All metrics of the request, those whose id contains a text. */
  metrics(part: string): readonly Value[]
  search(expression: string, statistic: string, periodSeconds: number | undefined): Value
  /** Starts of the periods of the range. Throws ExpressionError where one request makes too many of them. */
  moments(periodMs: number): readonly number[]
}

const operators: Readonly<Record<Operator, (left: number, right: number) => number>> = {
  '||': (left, right) => Number(left !== 0 || right !== 0),
  '&&': (left, right) => Number(left !== 0 && right !== 0),
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  '<=': (left, right) => Number(left <= right),
  '>=': (left, right) => Number(left >= right),
  '<': (left, right) => Number(left < right),
  '>': (left, right) => Number(left > right),
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
}

/** Throws ExpressionError. */
export function evaluate(node: Node, surroundings: Surroundings): Value {
  switch (node.kind) {
    case 'number':
      return node.value
    case 'text':
      throw new ExpressionError(`Unexpected text '${node.value}'`)
    case 'name': {
      const value = surroundings.valueOf(node.name)
      if (value === undefined) throw new ExpressionError(`Unresolved name '${node.name}'`)
      return value
    }
    case 'list':
      return checkedList(node.items.map((item) => evaluate(item, surroundings)))
    case 'negative':
      return mapped(evaluate(node.of, surroundings), (value) => -value)
    case 'binary': {
      const left = evaluate(node.left, surroundings)
      return combined(left, evaluate(node.right, surroundings), operators[node.operator])
    }
    case 'call': {
      const call = functions[node.name]
      if (call === undefined) throw new ExpressionError(`Unknown function '${node.name}'`)
      return call(node.args, surroundings, (arg) => evaluate(arg, surroundings))
    }
  }
}

/** Lists of lists double with every query that names another twice. */
function checkedList(list: readonly Value[]): readonly Value[] {
  const size = list.reduce<number>((total, item) => total + sizeOf(item), 0)
  if (size > listedSeriesMax) {
    throw new ExpressionError(`More than ${listedSeriesMax} series in one list`)
  }
  return list
}

function sizeOf(value: Value): number {
  return isList(value) ? value.reduce<number>((total, item) => total + sizeOf(item), 0) + 1 : 1
}
