import { notModelled } from '../../shared/not-modelled.ts'
import type { Surroundings } from './evaluate.ts'
import { ExpressionError, type Node } from './syntax.ts'
import {
  isList,
  isSeries,
  mapped,
  type Series,
  seriesIn,
  type Value,
  withValues,
} from './values.ts'

/** `value` evaluates an argument. */
export type MathFunction = (
  args: readonly Node[],
  surroundings: Surroundings,
  value: (node: Node) => Value,
) => Value

/** Functions of metric math. Source: Metric math syntax and functions. */
export const functions: Readonly<Record<string, MathFunction>> = {
  ABS: each((value) => Math.abs(value)),
  CEIL: each((value) => Math.ceil(value)),
  FLOOR: each((value) => Math.floor(value)),
  LOG: each((value) => Math.log(value)),
  LOG10: each((value) => Math.log10(value)),
  MINUTE: each((_, atMs) => new Date(atMs).getUTCMinutes()),
  HOUR: each((_, atMs) => new Date(atMs).getUTCHours()),
  // Monday is 1, Sunday 7.
  DAY: each((_, atMs) => new Date(atMs).getUTCDay() || 7),
  DATE: each((_, atMs) => new Date(atMs).getUTCDate()),
  MONTH: each((_, atMs) => new Date(atMs).getUTCMonth() + 1),
  YEAR: each((_, atMs) => new Date(atMs).getUTCFullYear()),
  EPOCH: each((_, atMs) => atMs / 1000),
  AVG: folded((values) => sum(values) / values.length),
  SUM: folded(sum),
  MIN: folded(least),
  MAX: folded(greatest),
  STDDEV: folded(deviation),
  DATAPOINT_COUNT: (args, _, value) => counted(value(one(args, 'DATAPOINT_COUNT'))),
  METRIC_COUNT: (args, _, value) =>
    seriesIn(value(one(args, 'METRIC_COUNT')), 'METRIC_COUNT').length,
  PERIOD: (args, _, value) => {
    const [series] = seriesIn(value(one(args, 'PERIOD')), 'PERIOD')
    return (series?.periodMs ?? 0) / 1000
  },
  DIFF: successive((now, before) => now - before),
  DIFF_TIME: successive((_now, _before, seconds) => seconds),
  RATE: successive((now, before, seconds) => (now - before) / seconds),
  RUNNING_SUM: (args, _, value) => perSeries(value(one(args, 'RUNNING_SUM')), runningSum),
  FIRST: (args, _, value) => seriesIn(value(one(args, 'FIRST')), 'FIRST')[0] ?? [],
  LAST: (args, _, value) => seriesIn(value(one(args, 'LAST')), 'LAST').at(-1) ?? [],
  REMOVE_EMPTY: (args, _, value) =>
    seriesIn(value(one(args, 'REMOVE_EMPTY')), 'REMOVE_EMPTY').filter(
      ({ values }) => values.size > 0,
    ),
  TIME_SERIES: (args, around, value) => {
    const number = value(one(args, 'TIME_SERIES'))
    if (typeof number !== 'number') throw new ExpressionError('TIME_SERIES takes a number')
    const label = String(number)
    const empty: Series = { label, periodMs: around.periodMs, values: new Map() }
    return withValues(
      empty,
      around.moments(empty.periodMs).map((atMs) => [atMs, number] as const),
    )
  },
  FILL: fill,
  IF: choice,
  SLICE: slice,
  SORT: sort,
  METRICS(args, around) {
    const [part] = args
    if (part !== undefined && part.kind !== 'text')
      throw new ExpressionError('METRICS takes a text')
    return around.metrics(part?.value ?? '')
  },
  SEARCH(args, around, value) {
    const [expression, statistic, period] = args
    if (expression?.kind !== 'text' || statistic?.kind !== 'text') {
      throw new ExpressionError('SEARCH takes a search expression and a statistic')
    }
    const seconds = period === undefined ? undefined : value(period)
    if (seconds !== undefined && typeof seconds !== 'number') {
      throw new ExpressionError('The period of SEARCH is a number of seconds')
    }
    if (seconds !== undefined && !isPeriod(seconds)) {
      throw new ExpressionError('The period of SEARCH is 1, 5, 10, 20, 30, or a multiple of 60')
    }
    return around.search(expression.value, statistic.value, seconds)
  },
  ...Object.fromEntries(
    [
      'ANOMALY_DETECTION_BAND',
      'DB_PERF_INSIGHTS',
      'INSIGHT_RULE_METRIC',
      'LAMBDA',
      'SERVICE_QUOTA',
    ].map((name): [string, MathFunction] => [
      name,
      () => {
        throw notModelled(`the function ${name} of metric math`)
      },
    ]),
  ),
}

/** Source: MetricStat, `Period`. */
function isPeriod(seconds: number): boolean {
  return [1, 5, 10, 20, 30].includes(seconds) || (seconds >= 60 && seconds % 60 === 0)
}

function one(args: readonly Node[], name: string): Node {
  const [first] = args
  if (first === undefined || args.length > 1)
    throw new ExpressionError(`${name} takes one argument`)
  return first
}

function each(change: (value: number, atMs: number) => number): MathFunction {
  return (args, _, value) => {
    const [first] = args
    if (first === undefined || args.length > 1)
      throw new ExpressionError('One argument is expected')
    return mapped(value(first), change)
  }
}

/** A series becomes a number; a list of series one series, moment by moment; of numbers a number. */
function folded(fold: (values: readonly number[]) => number): MathFunction {
  return (args, _, value) => {
    const all = args.map(value)
    const [first] = all
    const given: Value = first !== undefined && all.length === 1 ? first : all
    if (isSeries(given)) return given.values.size === 0 ? [] : fold([...given.values.values()])
    if (!isList(given)) return given
    const numbers = given.filter((item) => typeof item === 'number')
    if (numbers.length === given.length) return numbers.length === 0 ? [] : fold(numbers)
    const list = given
      .filter((item) => typeof item !== 'number')
      .flatMap((item) => seriesIn(item, 'It'))
    return foldedSeries(list, numbers, fold)
  }
}

function foldedSeries(
  list: readonly Series[],
  numbers: readonly number[],
  fold: (values: readonly number[]) => number,
): Value {
  const [first] = list
  if (first === undefined) return []
  const byMoment = new Map<number, number[]>()
  for (const { values } of list) {
    for (const [atMs, value] of values) {
      const known = byMoment.get(atMs)
      if (known === undefined) byMoment.set(atMs, [value])
      else known.push(value)
    }
  }
  const entries = [...byMoment]
    .sort(([a], [b]) => a - b)
    .map(([atMs, values]) => [atMs, fold([...values, ...numbers])] as const)
  const { stat: _, ...rest } = first
  return withValues(rest, entries)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** Of any number of values: more than a call takes as its arguments. */
function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b))
}

function greatest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b))
}

function deviation(values: readonly number[]): number {
  const mean = sum(values) / values.length
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length)
}

function counted(value: Value): Value {
  if (isSeries(value)) return value.values.size
  return isList(value) ? value.map(counted) : 1
}

function perSeries(value: Value, change: (series: Series) => Series): Value {
  if (isSeries(value)) return change(value)
  if (isList(value)) return value.map((item) => perSeries(item, change))
  throw new ExpressionError('A time series is expected')
}

/** From each value and the one before it; the first has none. */
function successive(
  change: (now: number, before: number, seconds: number) => number,
): MathFunction {
  return (args, _, value) => {
    const [first] = args
    if (first === undefined || args.length > 1)
      throw new ExpressionError('One argument is expected')
    return perSeries(value(first), (series) => {
      const entries = [...series.values]
      return withValues(
        series,
        entries.slice(1).map(([atMs, now], i) => {
          const [beforeMs, before] = entries[i] ?? [atMs, now]
          return [atMs, change(now, before, (atMs - beforeMs) / 1000)] as const
        }),
      )
    })
  }
}

function runningSum(series: Series): Series {
  let total = 0
  return withValues(
    series,
    [...series.values].map(([atMs, value]) => {
      total += value
      return [atMs, total] as const
    }),
  )
}

const endOfTime = Number.POSITIVE_INFINITY

/** `FILL(m1, 0)`, `FILL(m1, REPEAT)`, `FILL(m1, LINEAR)`, `FILL(m1, m2)`, `FILL(METRICS(), 0)`. */
function fill(args: readonly Node[], around: Surroundings, value: (node: Node) => Value): Value {
  const [what, by] = args
  if (what === undefined || by === undefined) throw new ExpressionError('FILL takes two arguments')
  const word = by.kind === 'name' ? by.name : undefined
  const filler = word === 'REPEAT' || word === 'LINEAR' ? undefined : value(by)
  return perSeries(value(what), (series) => {
    const known = [...series.values]
    let passed = 0
    const entries = around.moments(series.periodMs).flatMap((atMs) => {
      while ((known[passed]?.[0] ?? endOfTime) < atMs) passed += 1
      const here = series.values.get(atMs)
      if (here !== undefined) return [[atMs, here] as const]
      const missing =
        filler === undefined
          ? between(known[passed - 1], known[passed], atMs, word)
          : fillerAt(filler, atMs)
      return missing === undefined ? [] : [[atMs, missing] as const]
    })
    return withValues(series, entries)
  })
}

function fillerAt(filler: Value, atMs: number): number | undefined {
  if (typeof filler === 'number') return filler
  if (isSeries(filler)) return filler.values.get(atMs)
  throw new ExpressionError('FILL takes a number, a time series, REPEAT or LINEAR')
}

/** From the neighbours: the one before, or on the line between both. */
function between(
  before: readonly [atMs: number, value: number] | undefined,
  after: readonly [atMs: number, value: number] | undefined,
  atMs: number,
  word: string | undefined,
): number | undefined {
  if (before === undefined) return undefined
  if (word === 'REPEAT') return before[1]
  if (after === undefined) return undefined
  const share = (atMs - before[0]) / (after[0] - before[0])
  return before[1] + share * (after[1] - before[1])
}

/** `IF(condition, then, else)`: value by value where the condition is a series. */
function choice(args: readonly Node[], _around: Surroundings, value: (node: Node) => Value): Value {
  const [test, then, otherwise] = args
  if (test === undefined || then === undefined)
    throw new ExpressionError('IF takes two or three arguments')
  const condition = value(test)
  const yes = value(then)
  const no = otherwise === undefined ? undefined : value(otherwise)
  if (isList(condition))
    throw new ExpressionError('The condition of IF is a number or a time series')
  if (!isSeries(condition)) {
    const chosen = condition === 0 ? no : yes
    return chosen ?? []
  }
  return withValues(
    condition,
    [...condition.values].flatMap(([atMs, holds]) => {
      const chosen = holds === 0 ? no : yes
      const picked = chosen === undefined ? undefined : fillerAt(chosen, atMs)
      return picked === undefined ? [] : [[atMs, picked] as const]
    }),
  )
}

function slice(args: readonly Node[], _around: Surroundings, value: (node: Node) => Value): Value {
  const [what, from, to] = args
  if (what === undefined || from === undefined)
    throw new ExpressionError('SLICE takes two or three arguments')
  const list = seriesIn(value(what), 'SLICE')
  const start = value(from)
  const end = to === undefined ? undefined : value(to)
  if (typeof start !== 'number' || (end !== undefined && typeof end !== 'number')) {
    throw new ExpressionError('The bounds of SLICE are numbers')
  }
  if (end === undefined) return list[start] ?? []
  return list.slice(start, end)
}

const sortKeys: Readonly<Record<string, (values: readonly number[]) => number>> = {
  AVG: (values) => sum(values) / values.length,
  MIN: least,
  MAX: greatest,
  SUM: sum,
}

/** `SORT(METRICS(), AVG, DESC, 10)`: series without values come last. */
function sort(args: readonly Node[], _around: Surroundings, value: (node: Node) => Value): Value {
  const [what, by, order, limit] = args
  if (what === undefined || by?.kind !== 'name' || order?.kind !== 'name') {
    throw new ExpressionError('SORT takes metrics, a function, an order and a limit')
  }
  const keyOf = sortKeys[by.name.toUpperCase()]
  const sign = { ASC: 1, DESC: -1 }[order.name.toUpperCase()]
  if (keyOf === undefined || sign === undefined)
    throw new ExpressionError('SORT takes AVG, MAX, MIN or SUM, and ASC or DESC')
  const count = limit === undefined ? undefined : value(limit)
  const [full, empty] = [true, false].map((has) =>
    seriesIn(value(what), 'SORT').filter(({ values }) => values.size > 0 === has),
  )
  const sorted = (full ?? [])
    .map((series) => ({ series, key: keyOf([...series.values.values()]) }))
    .sort((a, b) => sign * (a.key - b.key))
    .map(({ series }) => series)
  const all = [...sorted, ...(empty ?? [])]
  return typeof count === 'number' ? all.slice(0, count) : all
}
