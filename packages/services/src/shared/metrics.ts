import { table } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { mergeOld, type PointStore, shortestMs } from './metric-retention.ts'
import { metricChanged } from './metric-watchers.ts'

/** Units that metrics of services have. Source: CloudWatch API Reference, MetricDatum, Unit. */
export type MetricUnit = 'Count' | 'Milliseconds' | 'Seconds' | 'Bytes' | 'Percent' | 'None'

/** One value of a metric, measured now. */
export interface Measurement {
  /** `AWS/Lambda` */
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly value: number
  readonly unit: MetricUnit
}

/** Dimensions as pairs, sorted by name: their order tells no metrics apart. */
export type DimensionPairs = readonly (readonly [name: string, value: string])[]

/** What tells one metric from another. */
export interface MetricIdentity {
  readonly namespace: string
  readonly name: string
  readonly dimensions: DimensionPairs
}

/** A metric that has or had data. */
export interface MetricSeries extends MetricIdentity {
  readonly key: string
  /** When data last came, to the minute. */
  readonly publishedAtMs: number
  /** Up to which moments points were made coarser: minutes, five minutes, hours. */
  readonly coarseBeforeMs?: readonly number[]
}

/** All metrics with data, by namespace, name and dimensions. */
export const metricSeries = table<MetricSeries>('orrery.metricSeries', {
  key: ({ key }) => key,
  partition: 'region',
  derived: true,
})

/** All values of one metric and one unit in one stretch of time. */
export interface MetricPoint {
  /** Of the series. */
  readonly key: string
  /** Start of the stretch, ms since 1970. */
  readonly atMs: number
  /** 1,000 or 60,000; more where age made it coarser. */
  readonly lengthMs: number
  readonly unit: string
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
  /** Value, count, value, count ... Absent: all values are `min`. */
  readonly values?: readonly number[]
  /** Some came as statistic sets: how they are distributed is not known. */
  readonly opaque?: true
}

export const metricPoints = table<MetricPoint>('orrery.metricPoints', {
  key: (point) => pointKey(point.key, point.atMs, point.lengthMs, point.unit),
  partition: 'region',
  derived: true,
})

const minuteMs = 60_000

/**
 * Different values that a point keeps exactly; further ones are kept to within half a percent.
 * Source: PutMetricData, `Values`: 150 unique values a datum.
 */
const exactValuesMax = 150
const growth = Math.log(1.01)

/** Ends the names of a series, so that no series' key begins another's. */
const end = '\u0001'

export function seriesKey(namespace: string, name: string, dimensions: DimensionPairs): string {
  let key = `${namespace}\u0000${name}`
  for (const [dimension, value] of dimensions) key += `\u0000${dimension}\u0000${value}`
  return key + end
}

/** Where the points of a series from a moment on begin. */
export function pointsFrom(key: string, atMs: number): string {
  return key + String(Math.max(0, atMs)).padStart(16, '0')
}

function pointKey(key: string, atMs: number, lengthMs: number, unit: string): string {
  return `${pointsFrom(key, atMs)}\u0000${lengthMs}\u0000${unit}`
}

export function sortedDimensions(dimensions: Readonly<Record<string, string>>): DimensionPairs {
  const pairs = Object.entries(dimensions)
  if (pairs.length > 1) pairs.sort(([a], [b]) => (a < b ? -1 : 1))
  return pairs
}

/** Adds one value to a metric of a service, in the context's account and region. Never throws. */
export function measure(ctx: Context, measurement: Measurement): void {
  const { namespace, name, value, unit } = measurement
  const dimensions = sortedDimensions(measurement.dimensions)
  const key = seriesKey(namespace, name, dimensions)
  const atMs = Math.floor(ctx.now() / minuteMs) * minuteMs
  const before = metricPoints.get(ctx, pointKey(key, atMs, minuteMs, unit))
  if (before === undefined) {
    noteMetric(ctx, { namespace, name, dimensions }, key)
    metricPoints.put(ctx, {
      ...{ key, atMs, lengthMs: minuteMs, unit, count: 1 },
      ...{ sum: value, min: value, max: value },
    })
  } else {
    metricPoints.put(ctx, merged(before, { count: 1, sum: value, min: value, max: value }))
  }
  metricChanged(ctx, key)
}

/** Values as they are published: `values` as in `MetricPoint`. */
export type Addition = Pick<MetricPoint, 'count' | 'sum' | 'min' | 'max' | 'values' | 'opaque'>

export interface Publication extends Addition {
  readonly metric: MetricIdentity
  /** Any moment of the stretch. */
  readonly atMs: number
  readonly lengthMs: number
  readonly unit: string
}

/** Adds values that someone publishes, which may be of the past or of the near future. */
export function addToMetric(ctx: Context, publication: Publication): void {
  const { metric, unit, atMs: momentMs, lengthMs: givenMs, ...addition } = publication
  const lengthMs = Math.max(givenMs, shortestMs(ctx.now() - momentMs))
  const key = seriesKey(metric.namespace, metric.name, metric.dimensions)
  const atMs = Math.floor(momentMs / lengthMs) * lengthMs
  const before = metricPoints.get(ctx, pointKey(key, atMs, lengthMs, unit))
  noteMetric(ctx, metric, key)
  metricPoints.put(
    ctx,
    before === undefined ? { key, atMs, lengthMs, unit, ...addition } : merged(before, addition),
  )
  metricChanged(ctx, key)
}

/** Two sets of values of one stretch as one. */
export function merged(before: MetricPoint, added: Addition): MetricPoint {
  const { values: _, opaque: __, ...rest } = before
  const same = before.min === before.max && added.min === added.max && before.min === added.min
  const opaque = before.opaque === true || added.opaque === true
  return {
    ...rest,
    count: before.count + added.count,
    sum: before.sum + added.sum,
    min: Math.min(before.min, added.min),
    max: Math.max(before.max, added.max),
    ...(opaque ? { opaque } : same ? {} : { values: united(before, added) }),
  }
}

/** Value, count, value, count ... of what has no unknown distribution. */
export function distribution({ values, min, count }: Addition): readonly number[] {
  return values ?? [min, count]
}

function united(before: Addition, added: Addition): readonly number[] {
  const values = [...distribution(before)]
  const more = distribution(added)
  for (let i = 0; i < more.length; i += 2) add(values, more[i] ?? 0, more[i + 1] ?? 0)
  return values
}

function add(values: number[], value: number, count: number): void {
  const kept = values.length < 2 * exactValuesMax ? value : rounded(value)
  for (let i = 0; i < values.length; i += 2) {
    if (values[i] !== kept) continue
    values[i + 1] = (values[i + 1] ?? 0) + count
    return
  }
  values.push(kept, count)
}

/** The nearest of a row of values each a hundredth above the one before. */
function rounded(value: number): number {
  if (value === 0) return 0
  const size = Math.exp(Math.round(Math.log(Math.abs(value)) / growth) * growth)
  return value < 0 ? -size : size
}

/** A metric exists from its first data on, and is listed as long as it gets some. */
export function noteMetric(ctx: Context, metric: MetricIdentity, key: string): void {
  const publishedAtMs = Math.floor(ctx.now() / minuteMs) * minuteMs
  const series = metricSeries.get(ctx, key)
  if (series?.publishedAtMs === publishedAtMs) return
  const { namespace, name, dimensions } = metric
  forgetOld(ctx, key)
  const coarseBeforeMs = mergeOld(ctx, pointsOf(key), series?.coarseBeforeMs)
  metricSeries.put(ctx, {
    ...{ namespace, name, dimensions, key, publishedAtMs },
    ...(coarseBeforeMs.some((ms) => ms > 0) ? { coarseBeforeMs } : {}),
  })
}

function pointsOf(key: string): PointStore {
  return {
    between: (ctx, fromMs, untilMs) =>
      metricPoints.scan(ctx, { after: pointsFrom(key, fromMs), before: pointsFrom(key, untilMs) }),
    merge: (ctx, point, lengthMs) => {
      const { atMs, lengthMs: shorterMs, unit, ...addition } = point
      metricPoints.delete(ctx, pointKey(key, atMs, shorterMs, unit))
      const startMs = Math.floor(atMs / lengthMs) * lengthMs
      const before = metricPoints.get(ctx, pointKey(key, startMs, lengthMs, unit))
      metricPoints.put(
        ctx,
        before === undefined
          ? { ...addition, key, atMs: startMs, lengthMs, unit }
          : merged(before, addition),
      )
    },
  }
}

/** Source: GetMetricStatistics: 455 days. */
const keptMs = 455 * 86_400_000

/** More than come, so that old points do not gather. */
const forgottenAtOnce = 4

function forgetOld(ctx: Context, key: string): void {
  const oldMs = ctx.now() - keptMs
  if (oldMs <= 0) return
  let count = 0
  for (const { atMs, lengthMs, unit } of metricPoints.scan(ctx, {
    after: key,
    before: pointsFrom(key, oldMs),
  })) {
    metricPoints.delete(ctx, pointKey(key, atMs, lengthMs, unit))
    count += 1
    if (count === forgottenAtOnce) break
  }
}
