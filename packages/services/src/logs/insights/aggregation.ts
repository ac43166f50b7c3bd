import { compared, compile, type Evaluator, numberOf } from './evaluate.ts'
import { type CallSurroundings, functionNamed, isMoment } from './functions.ts'
import type { Row, Value } from './records.ts'
import { type Expression, type Named, QueryError } from './syntax.ts'

/** What gathers the values of one group for one function. */
interface Gatherer {
  add(row: Row): void
  result(): Value | undefined
}

type GathererMaker = (args: readonly Evaluator[]) => Gatherer

/** Functions of `stats`. Source: Logs Insights, stats. */
const aggregates: Readonly<Record<string, GathererMaker>> = {
  count: ([of]) =>
    folding((count, row) => count + Number(of === undefined || of(row) !== undefined), 0),
  count_distinct: ([of]) => {
    const seen = new Set<Value>()
    return {
      add(row) {
        const value = of?.(row)
        if (value !== undefined) seen.add(value)
      },
      result: () => seen.size,
    }
  },
  sum: ([of]) => numbers(of, (values) => values.reduce((sum, value) => sum + value, 0)),
  avg: ([of]) => numbers(of, mean),
  stddev: ([of]) =>
    numbers(of, (values) => {
      const middle = mean(values)
      return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)))
    }),
  median: ([of]) => numbers(of, (values) => percentile(values, 50)),
  pct: ([of, percent]) => percentileOf(of, percent),
  percentile: ([of, percent]) => percentileOf(of, percent),
  min: ([of]) => best(of, (order) => order < 0),
  max: ([of]) => best(of, (order) => order > 0),
  sortsfirst: ([of]) => best(of, (order) => order < 0),
  sortslast: ([of]) => best(of, (order) => order > 0),
  earliest: ([of]) => byTime(of, (atMs, bestMs) => atMs < bestMs),
  latest: ([of]) => byTime(of, (atMs, bestMs) => atMs > bestMs),
}
function folding(fold: (value: number, row: Row) => number, first: number): Gatherer {
  let value = first
  return {
    add(row) {
      value = fold(value, row)
    },
    result: () => value,
  }
}

/** Values that are no numbers are left out. */
function numbers(
  of: Evaluator | undefined,
  fold: (values: readonly number[]) => number | undefined,
): Gatherer {
  const values: number[] = []
  return {
    add(row) {
      const value = numberOf(of?.(row))
      if (value !== undefined) values.push(value)
    },
    result: () => (values.length === 0 ? undefined : fold(values)),
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function percentile(values: readonly number[], percent: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]
}

function percentileOf(of: Evaluator | undefined, percent: Evaluator | undefined): Gatherer {
  const constant = numberOf(percent?.({ get: () => undefined }))
  if (constant === undefined) throw new QueryError('A percentile is a number', 0, 0)
  return numbers(of, (values) => percentile(values, constant))
}

function best(of: Evaluator | undefined, isBetter: (order: number) => boolean): Gatherer {
  let found: Value | undefined
  return {
    add(row) {
      const value = of?.(row)
      if (value === undefined) return
      if (found === undefined || isBetter(compared(value, found) ?? 0)) found = value
    },
    result: () => found,
  }
}

function byTime(
  of: Evaluator | undefined,
  isBetter: (atMs: number, bestMs: number) => boolean,
): Gatherer {
  let found: { readonly atMs: number; readonly value: Value } | undefined
  return {
    add(row) {
      const value = of?.(row)
      const atMs = Number(row.get('@timestamp') ?? 0)
      if (value === undefined) return
      if (found === undefined || isBetter(atMs, found.atMs)) found = { atMs, value }
    },
    result: () => found?.value,
  }
}

/** One row of the result of `stats`. */
export type Aggregated = ReadonlyMap<string, Value>

/** Groups in the order in which they first came. */
export function aggregate(
  rows: Iterable<Row>,
  columns: readonly Named[],
  by: readonly Named[],
  around: CallSurroundings,
): readonly Aggregated[] {
  const keys = by.map(({ expression }) => compile(expression, around))
  const makers = columns.map(({ expression }) => gathering(expression, around))
  const groups = new Map<
    string,
    { key: readonly (Value | undefined)[]; parts: readonly Gatherer[] }
  >()
  for (const row of rows) {
    const key = keys.map((of) => of(row))
    const id = JSON.stringify(key)
    let group = groups.get(id)
    if (group === undefined) {
      group = { key, parts: makers.map((make) => make()) }
      groups.set(id, group)
    }
    for (const part of group.parts) part.add(row)
  }
  return [...groups.values()].map(({ key, parts }) => {
    const result = new Map<string, Value>()
    for (const [i, { name }] of by.entries()) set(result, name, key[i])
    for (const [i, { name }] of columns.entries()) set(result, name, parts[i]?.result())
    return result
  })
}

function set(row: Map<string, Value>, name: string, value: Value | undefined): void {
  if (value !== undefined) row.set(name, value)
}

/** An aggregate function, or an expression over several. */
function gathering(expression: Expression, around: CallSurroundings): () => Gatherer {
  const inner: Expression[] = []
  const outer = replaced(expression, inner)
  if (inner.length === 0) throw new QueryError('stats takes aggregate functions', 0, 0)
  const finish = compile(outer, around)
  const makers = inner.map((call) => {
    if (call.kind !== 'call') throw new QueryError('stats takes aggregate functions', 0, 0)
    const args = call.args.map((arg) =>
      arg.kind === 'field' && arg.name === '*' ? undefined : compile(arg, around),
    )
    const given = args.filter((arg) => arg !== undefined)
    return () => aggregates[call.name]?.(given)
  })
  return () => {
    const parts = makers.map((make) => make())
    return {
      add(row) {
        for (const part of parts) part?.add(row)
      },
      result: () => finish({ get: (name) => parts[Number(name.slice(1))]?.result() }),
    }
  }
}

/** `count(*)` after `stats` is the column that it made. */
export function isAggregate(expression: Expression): boolean {
  return expression.kind === 'call' && Object.hasOwn(aggregates, expression.name)
}

/** The expression with each aggregate in it replaced by a field `#n`. */
function replaced(expression: Expression, found: Expression[]): Expression {
  switch (expression.kind) {
    case 'call':
      if (Object.hasOwn(aggregates, expression.name)) {
        found.push(expression)
        return { kind: 'field', name: `#${found.length - 1}` }
      }
      functionNamed(expression.name) // Throws where there is none.
      return { ...expression, args: expression.args.map((arg) => replaced(arg, found)) }
    case 'binary':
      return {
        ...expression,
        left: replaced(expression.left, found),
        right: replaced(expression.right, found),
      }
    case 'negative':
    case 'not':
      return { ...expression, of: replaced(expression.of, found) }
    default:
      return expression
  }
}

/** Columns whose values are moments. */
export function momentsOf(columns: readonly Named[]): readonly string[] {
  return columns.filter(({ expression }) => isMoment(expression)).map(({ name }) => name)
}
