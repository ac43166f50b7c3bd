import { distribution, type MetricPoint } from '../../shared/metrics.ts'

/** What is known of the values of one period. */
export interface Aggregate {
  count: number
  sum: number
  min: number
  max: number
  /** How often each value came; undefined where statistic sets hide it. */
  values: Map<number, number> | undefined
}

/** The value of a statistic; undefined where it can not be told. */
export type Statistic = (aggregate: Aggregate) => number | undefined

export function emptyAggregate(): Aggregate {
  return {
    count: 0,
    sum: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    values: new Map(),
  }
}

export function addPoint(aggregate: Aggregate, point: MetricPoint): void {
  aggregate.count += point.count
  aggregate.sum += point.sum
  aggregate.min = Math.min(aggregate.min, point.min)
  aggregate.max = Math.max(aggregate.max, point.max)
  if (point.opaque === true) aggregate.values = undefined
  if (aggregate.values === undefined) return
  const values = distribution(point)
  for (let i = 0; i < values.length; i += 2) {
    const value = values[i] ?? 0
    aggregate.values.set(value, (aggregate.values.get(value) ?? 0) + (values[i + 1] ?? 0))
  }
}

const simple: Readonly<Record<string, Statistic>> = {
  SampleCount: ({ count }) => count,
  Average: ({ count, sum }) => sum / count,
  Sum: ({ sum }) => sum,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
}

export function isSimpleStatistic(name: string): boolean {
  return Object.hasOwn(simple, name)
}

/**
 * `Average`, `p99.9`, `tm90`, `TM(10%:90%)`, `PR(:300)`, `IQM` ...; undefined for what is no statistic.
 * Source: CloudWatch statistics definitions.
 */
export function statisticOf(name: string): Statistic | undefined {
  if (Object.hasOwn(simple, name)) return simple[name]
  const percentile = /^p(\d{1,3}(?:\.\d{1,10})?)$/i.exec(name)
  if (percentile !== null) return percentileOf(Number(percentile[1]))
  if (/^iqm$/i.test(name)) return trimmed('tm', percentBounds(25, 75))
  const short = /^(tm|tc|ts|wm)(\d{1,2}(?:\.\d{1,10})?)$/i.exec(name)
  if (short !== null) {
    return trimmed((short[1] ?? '').toLowerCase(), percentBounds(0, Number(short[2])))
  }
  const long = /^(TM|TC|TS|WM|PR)\(([^:()]*):([^:()]*)\)$/i.exec(name)
  if (long === null) return undefined
  const bounds = boundsOf(long[2] ?? '', long[3] ?? '')
  const kind = (long[1] ?? '').toLowerCase()
  if (bounds === undefined || (kind === 'pr' && bounds.percent)) return undefined
  return trimmed(kind, bounds)
}

interface Bounds {
  readonly percent: boolean
  readonly from: number
  readonly to: number
}

function percentBounds(from: number, to: number): Bounds {
  return { percent: true, from, to }
}

/** Both in percent, or both values; one may be left out. */
function boundsOf(from: string, to: string): Bounds | undefined {
  const percent = from.endsWith('%') || to.endsWith('%')
  const number = /^-?\d+(?:\.\d+)?%?$/
  for (const bound of [from, to]) {
    if (bound !== '' && (!number.test(bound) || bound.endsWith('%') !== percent)) return undefined
  }
  if (from === '' && to === '') return undefined
  const least = percent ? 0 : Number.NEGATIVE_INFINITY
  const most = percent ? 100 : Number.POSITIVE_INFINITY
  const low = from === '' ? least : Number.parseFloat(from)
  const high = to === '' ? most : Number.parseFloat(to)
  if (low >= high || (percent && (low < 0 || high > 100))) return undefined
  return { percent, from: low, to: high }
}

function sorted(values: Map<number, number>): readonly (readonly [number, number])[] {
  return [...values].filter(([, count]) => count > 0).sort(([a], [b]) => a - b)
}

/** The smallest value that so many percent of all values do not exceed. */
function percentileOf(percent: number): Statistic | undefined {
  if (percent > 100) return undefined
  return ({ values, count, min }) => {
    if (values === undefined) return undefined
    const rank = (percent / 100) * count
    let seen = 0
    let last = min
    for (const [value, times] of sorted(values)) {
      seen += times
      last = value
      // Counts may be broken numbers: sums of them are not exact.
      if (seen >= rank - 1e-9) return value
    }
    return last
  }
}

/** What lies between two bounds, the lower one left out: mean, count, sum, winsorized mean, percentile rank. */
function trimmed(kind: string, bounds: Bounds): Statistic {
  return (aggregate) => {
    const { values, count } = aggregate
    if (values === undefined) return undefined
    const all = sorted(values)
    const kept = bounds.percent ? byRank(all, bounds, count) : byValue(all, bounds)
    const keptCount = kept.reduce((sum, [, times]) => sum + times, 0)
    const keptSum = kept.reduce((sum, [value, times]) => sum + value * times, 0)
    switch (kind) {
      case 'tc':
        return keptCount
      case 'ts':
        return keptSum
      case 'pr':
        return (100 * keptCount) / count
      case 'wm':
        return winsorized(kept, all, count)
      default:
        return keptCount === 0 ? undefined : keptSum / keptCount
    }
  }
}

type Counted = readonly (readonly [value: number, count: number])[]

function byValue(all: Counted, { from, to }: Bounds): Counted {
  return all.filter(([value]) => value > from && value <= to)
}

/** Those whose rank lies between, counted from one. */
function byRank(all: Counted, { from, to }: Bounds, count: number): Counted {
  const first = (from / 100) * count
  const last = (to / 100) * count
  let seen = 0
  return all.flatMap(([value, times]) => {
    const begin = Math.max(seen, first)
    seen += times
    const kept = Math.min(seen, last) - begin
    return kept > 0 ? [[value, kept] as const] : []
  })
}

/** What lies outside counts as the nearest value inside. */
function winsorized(kept: Counted, all: Counted, count: number): number | undefined {
  const low = kept[0]?.[0]
  const high = kept.at(-1)?.[0]
  if (low === undefined || high === undefined) return undefined
  const sum = all.reduce(
    (total, [value, times]) => total + Math.min(high, Math.max(low, value)) * times,
    0,
  )
  return sum / count
}
