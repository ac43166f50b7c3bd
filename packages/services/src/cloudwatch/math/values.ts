import type { MetricStat } from '@cloud-orrery/models/cloudwatch'
import { ExpressionError } from './syntax.ts'

/** A time series: values by the start of their period, in the order of time. */
export interface Series {
  readonly label: string
  readonly periodMs: number
  readonly values: ReadonlyMap<number, number>
  /** Where it is the data of one metric. */
  readonly stat?: MetricStat
  /** The metric came in several units, of which the first is shown. */
  readonly units?: readonly string[]
}

/** What an expression, or a part of it, gives. */
export type Value = number | Series | readonly Value[]

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

export function isSeries(value: Value): value is Series {
  return typeof value === 'object' && !isList(value)
}

/** A series with other values. Values that are no numbers are left out. */
export function withValues(
  series: Series,
  entries: Iterable<readonly [atMs: number, value: number]>,
): Series {
  const { units: _, ...rest } = series
  const values = new Map<number, number>()
  for (const [atMs, value] of entries) if (Number.isFinite(value)) values.set(atMs, value)
  return { ...rest, values }
}

/** The series in a value; throws where it is a number. */
export function seriesIn(value: Value, name: string): readonly Series[] {
  if (isSeries(value)) return [value]
  if (isList(value)) return value.flatMap((item) => seriesIn(item, name))
  throw new ExpressionError(`${name} does not take a number`)
}

/** Applies to a number, to every value of a series, or to each part of a list. */
export function mapped(value: Value, change: (value: number, atMs: number) => number): Value {
  if (isList(value)) return value.map((item) => mapped(item, change))
  if (isSeries(value)) {
    return withValues(
      value,
      [...value.values].map(([atMs, it]) => [atMs, change(it, atMs)] as const),
    )
  }
  return change(value, 0)
}

/**
 * Combines two values: a number with all, a series at the moments that both have, lists part by part.
 * Source: Metric math syntax and functions, arithmetic operators.
 */
export function combined(
  left: Value,
  right: Value,
  combine: (left: number, right: number) => number,
): Value {
  if (isList(left) || isList(right)) return combinedLists(left, right, combine)
  if (isSeries(left)) {
    const entries = [...left.values].flatMap(([atMs, value]) => {
      const other = isSeries(right) ? right.values.get(atMs) : right
      return other === undefined ? [] : [[atMs, combine(value, other)] as const]
    })
    return withValues(left, entries)
  }
  if (isSeries(right)) return mapped(right, (value) => combine(left, value))
  return combine(left, right)
}

function combinedLists(
  left: Value,
  right: Value,
  combine: (left: number, right: number) => number,
): Value {
  if (isList(left) && isList(right)) {
    if (left.length !== right.length) {
      throw new ExpressionError("Unsupported operand type(s): '[Array[], Array[]]'")
    }
    return left.map((item, i) => combined(item, right[i] ?? 0, combine))
  }
  if (isList(left)) return left.map((item) => combined(item, right, combine))
  if (isList(right)) return right.map((item) => combined(left, item, combine))
  return combined(left, right, combine)
}
