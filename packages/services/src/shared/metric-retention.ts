import type { Context } from '../context.ts'
import type { MetricPoint } from './metrics.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * How long points of each length are kept; past it they are merged to the next. Source: GetMetricStatistics:
 * 3 hours under a minute, 15 days of minutes, 63 days of five minutes, 455 days of hours.
 */
export const retention: readonly { readonly lengthMs: number; readonly ageMsMax: number }[] = [
  { lengthMs: 1000, ageMsMax: 3 * hourMs },
  { lengthMs: 60_000, ageMsMax: 15 * dayMs },
  { lengthMs: 300_000, ageMsMax: 63 * dayMs },
  { lengthMs: hourMs, ageMsMax: 455 * dayMs },
]

/** The shortest stretch that a point of this age has. */
export function shortestMs(ageMs: number): number {
  return (retention.find(({ ageMsMax }) => ageMs <= ageMsMax) ?? { lengthMs: hourMs }).lengthMs
}

/** What became too old for its length, for the next one; nothing of the last. */
export const coarser: readonly { readonly lengthMs: number; readonly ageMsMin: number }[] =
  retention.slice(1).map(({ lengthMs }, i) => ({ lengthMs, ageMsMin: retention[i]?.ageMsMax ?? 0 }))

/** Points looked at for each length whenever a metric gets data in a new minute: more than come. */
const mergedAtOnce = 256

export interface PointStore {
  /** Points of the metric that begin within the range, the oldest first. */
  between(ctx: Context, fromMs: number, untilMs: number): Iterable<MetricPoint>
  /** Puts a point's values into the longer stretch that holds it, and forgets the point. */
  merge(ctx: Context, point: MetricPoint, lengthMs: number): void
}

/**
 * Merges points that are too old for their length. `before`: up to where each length was merged; the answer is the
 * same after this turn.
 */
export function mergeOld(
  ctx: Context,
  store: PointStore,
  before: readonly number[] = [],
): readonly number[] {
  return coarser.map(({ lengthMs, ageMsMin }, i) => {
    const fromMs = before[i] ?? 0
    const untilMs = Math.floor((ctx.now() - ageMsMin) / lengthMs) * lengthMs
    if (untilMs <= fromMs) return fromMs
    const found: MetricPoint[] = []
    for (const point of store.between(ctx, fromMs, untilMs)) {
      found.push(point)
      if (found.length === mergedAtOnce) break
    }
    for (const point of found) if (point.lengthMs < lengthMs) store.merge(ctx, point, lengthMs)
    const last = found.at(-1)
    const isAll = last === undefined || found.length < mergedAtOnce
    return isAll ? untilMs : Math.floor(last.atMs / lengthMs) * lengthMs
  })
}
