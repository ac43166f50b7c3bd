import type { TableContext } from '@cloud-orrery/kernel'
import { levelPoints } from '../../shared/metric-levels.ts'
import { retention } from '../../shared/metric-retention.ts'
import { type MetricPoint, metricPoints, pointsFrom } from '../../shared/metrics.ts'
import { dayMs, hourMs, minuteMs, secondMs } from '../limits.ts'
import { type Aggregate, addPoint, emptyAggregate } from './statistics.ts'

/** Which values of a series are asked for. */
export interface PeriodQuery {
  /** Of the series. */
  readonly key: string
  readonly startMs: number
  /** Exclusive. */
  readonly endMs: number
  readonly periodMs: number
  /** Absent: of all units. */
  readonly unit?: string | undefined
}

/** The values of one period in one unit. */
export interface Period {
  readonly atMs: number
  readonly unit: string
  readonly aggregate: Aggregate
}

/** Values by period and unit; periods without values are not there. In the order of time, then of units. */
export function periodsOf(ctx: TableContext, nowMs: number, query: PeriodQuery): Period[] {
  const { startMs, endMs, periodMs } = query
  const periods = new Map<string, Period>()
  for (const point of pointsBetween(ctx, query.key, { startMs, endMs, nowMs })) {
    if (query.unit !== undefined && point.unit !== query.unit) continue
    if (!isKept(point, periodMs, nowMs)) continue
    const atMs = startMs + Math.floor((point.atMs - startMs) / periodMs) * periodMs
    const id = `${atMs} ${point.unit}`
    let period = periods.get(id)
    if (period === undefined) {
      period = { atMs, unit: point.unit, aggregate: emptyAggregate() }
      periods.set(id, period)
    }
    addPoint(period.aggregate, point)
  }
  return [...periods.values()].sort(
    (a, b) => a.atMs - b.atMs || (a.unit < b.unit ? -1 : a.unit > b.unit ? 1 : 0),
  )
}

/** Points whose start lies in a stretch of time. */
export function* pointsBetween(
  ctx: TableContext,
  key: string,
  range: { readonly startMs: number; readonly endMs: number; readonly nowMs: number },
): Generator<MetricPoint, void, undefined> {
  const { startMs, endMs } = range
  yield* metricPoints.scan(ctx, {
    after: pointsFrom(key, startMs),
    before: pointsFrom(key, endMs),
  })
  yield* levelPoints(ctx, key, range)
}

/** Whether a point of its age can still be had in periods of this length. */
function isKept(point: MetricPoint, periodMs: number, nowMs: number): boolean {
  const ageMs = nowMs - point.atMs
  const tier = retention.find(({ ageMsMax }) => ageMs <= ageMsMax)
  return tier !== undefined && periodMs % tier.lengthMs === 0
}

/**
 * Where the first period begins. Source: GetMetricStatistics, `StartTime`: rounded down to whole minutes, five
 * minutes or hours by age; to the period where that is shorter than a minute.
 */
export function roundedStart(startMs: number, periodMs: number, nowMs: number): number {
  const ageMs = nowMs - startMs
  const fine = Math.min(Math.max(periodMs, secondMs), minuteMs)
  const step = ageMs >= 63 * dayMs ? hourMs : ageMs >= 15 * dayMs ? 5 * minuteMs : fine
  return Math.floor(startMs / step) * step
}
