import { type TableContext, table } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { metricChanged } from './metric-watchers.ts'
import {
  type Measurement,
  type MetricPoint,
  noteMetric,
  pointsFrom,
  seriesKey,
  sortedDimensions,
} from './metrics.ts'

/** What a service reports once a minute, from one minute on until it changes: how many messages a queue holds. */
interface MetricLevel {
  /** Of the series. */
  readonly key: string
  /** Start of the minute at whose end it stood so. */
  readonly atMs: number
  readonly value: number
  readonly unit: string
}

const levels = table<MetricLevel>('orrery.metricLevels', {
  key: ({ key, atMs }) => pointsFrom(key, atMs),
  partition: 'region',
  derived: true,
})

const minuteMs = 60_000

/** How long a thing that nobody touches is reported on. Source: SQS Developer Guide, CloudWatch metrics: six hours. */
const reportedMs = 6 * 3_600_000

/** A level is another from now on. Nothing happens while it stays: its minutes are worked out when they are asked for. */
export function measureLevel(ctx: Context, measurement: Measurement): void {
  const { namespace, name, value, unit } = measurement
  const dimensions = sortedDimensions(measurement.dimensions)
  const key = seriesKey(namespace, name, dimensions)
  const atMs = Math.floor(ctx.now() / minuteMs) * minuteMs
  levels.put(ctx, { key, atMs, value, unit })
  noteMetric(ctx, { namespace, name, dimensions }, key)
  metricChanged(ctx, key)
}

/** One sample for each minute of a stretch of time, as far as the level was reported. */
export function* levelPoints(
  ctx: TableContext,
  key: string,
  range: { readonly startMs: number; readonly endMs: number; readonly nowMs: number },
): Generator<MetricPoint, void, undefined> {
  if (levels.count(ctx) === 0) return
  const endMs = Math.min(range.endMs, range.nowMs)
  const [earlier] = levels.scan(ctx, {
    prefix: key,
    before: pointsFrom(key, range.startMs),
    reverse: true,
  })
  let level = earlier
  const startMs = Math.ceil(range.startMs / minuteMs) * minuteMs
  const later = levels.scan(ctx, {
    from: pointsFrom(key, startMs),
    before: pointsFrom(key, endMs),
    prefix: key,
  })
  for (const next of later) {
    if (level !== undefined) yield* minutesOf(level, Math.max(level.atMs, startMs), next.atMs)
    level = next
  }
  if (level !== undefined) yield* minutesOf(level, Math.max(level.atMs, startMs), endMs)
}

function* minutesOf(
  { key, value, unit, atMs: sinceMs }: MetricLevel,
  fromMs: number,
  toMs: number,
): Generator<MetricPoint, void, undefined> {
  const lastMs = Math.min(toMs, sinceMs + reportedMs)
  for (let atMs = fromMs; atMs < lastMs; atMs += minuteMs) {
    yield { key, atMs, lengthMs: minuteMs, unit, count: 1, sum: value, min: value, max: value }
  }
}
