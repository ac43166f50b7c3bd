import { type CallSurroundings, functionNamed } from './functions.ts'
import { textTest } from './patterns.ts'
import type { Row, Value } from './records.ts'
import type { BinaryOperator, Expression } from './syntax.ts'

/** An expression ready to be asked of many rows. */
export type Evaluator = (row: Row) => Value | undefined

/** Compiles an expression once. Truth is 1, untruth 0, what is not known undefined. */
export function compile(expression: Expression, around: CallSurroundings): Evaluator {
  switch (expression.kind) {
    case 'literal':
      return () => expression.value
    case 'field':
      return (row) => row.get(expression.name)
    case 'not': {
      const of = compile(expression.of, around)
      return (row) => Number(!isTrue(of(row)))
    }
    case 'negative': {
      const of = compile(expression.of, around)
      return (row) => arithmetic(0, of(row), (a, b) => a - b)
    }
    case 'in': {
      const of = compile(expression.of, around)
      const values = expression.values.map((value) => compile(value, around))
      return (row) => {
        const found = of(row)
        return Number(found !== undefined && values.some((it) => compared(found, it(row)) === 0))
      }
    }
    case 'like': {
      const of = compile(expression.of, around)
      const test = textTest(expression.pattern)
      return (row) => {
        const text = of(row)
        return Number(text !== undefined && test(String(text)))
      }
    }
    case 'binary':
      return binary(
        expression.operator,
        compile(expression.left, around),
        compile(expression.right, around),
      )
    case 'call': {
      const make = functionNamed(expression.name)
      return make(expression.args, around, (arg) => compile(arg, around))
    }
  }
}

export function isTrue(value: Value | undefined): boolean {
  return value !== undefined && value !== 0 && value !== '' && value !== '0'
}

export function numberOf(value: Value | undefined): number | undefined {
  if (value === undefined || value === '') return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}

/** As numbers where both are, else as texts; undefined where one is missing. */
export function compared(left: Value | undefined, right: Value | undefined): number | undefined {
  if (left === undefined || right === undefined) return undefined
  const [a, b] = [numberOf(left), numberOf(right)]
  if (a !== undefined && b !== undefined) return a - b
  const [x, y] = [String(left), String(right)]
  return x < y ? -1 : x > y ? 1 : 0
}

const arithmetics: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
}

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

function binary(operator: BinaryOperator, left: Evaluator, right: Evaluator): Evaluator {
  if (operator === 'and') return (row) => Number(isTrue(left(row)) && isTrue(right(row)))
  if (operator === 'or') return (row) => Number(isTrue(left(row)) || isTrue(right(row)))
  const compare = comparisons[operator]
  if (compare !== undefined) {
    return (row) => {
      const order = compared(left(row), right(row))
      // A field that is not there differs from everything.
      return Number(order === undefined ? operator === '!=' : compare(order))
    }
  }
  const work = arithmetics[operator] ?? (() => Number.NaN)
  return (row) => arithmetic(left(row), right(row), work)
}

function arithmetic(
  left: Value | undefined,
  right: Value | undefined,
  work: (a: number, b: number) => number,
): number | undefined {
  const [a, b] = [numberOf(left), numberOf(right)]
  if (a === undefined || b === undefined) return undefined
  const result = work(a, b)
  return Number.isFinite(result) ? result : undefined
}
