import { orderedKey, table } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'

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

/** All values of one metric and one unit in one minute: what CloudWatch keeps of them. */
export interface MinuteOfMetric {
  readonly namespace: string
  readonly name: string
  /** Sorted by name. */
  readonly dimensions: readonly (readonly [name: string, value: string])[]
  readonly unit: MetricUnit
  /** Start of the minute, ms since 1970. */
  readonly minuteMs: number
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
}

const minuteLengthMs = 60_000

/** What services measured of themselves. CloudWatch reads it; what users put is its own. */
export const minutesOfMetrics = table<MinuteOfMetric>('orrery.minutesOfMetrics', {
  key: (minute) => minuteKey(minute),
  partition: 'region',
})

function minuteKey(
  of: Pick<MinuteOfMetric, 'namespace' | 'name' | 'dimensions' | 'unit' | 'minuteMs'>,
): string {
  return orderedKey(of.namespace, of.name, JSON.stringify(of.dimensions), of.minuteMs, of.unit)
}

/** Adds one value to a metric of a service, in the context's account and region. Never throws. */
export function measure(ctx: Context, measurement: Measurement): void {
  const { namespace, name, value, unit } = measurement
  const dimensions = Object.entries(measurement.dimensions).sort(([a], [b]) => (a < b ? -1 : 1))
  const minuteMs = Math.floor(ctx.now() / minuteLengthMs) * minuteLengthMs
  const series = { namespace, name, dimensions, unit, minuteMs }
  const before = minutesOfMetrics.get(ctx, minuteKey(series))
  minutesOfMetrics.put(ctx, {
    ...series,
    count: (before?.count ?? 0) + 1,
    sum: (before?.sum ?? 0) + value,
    min: Math.min(before?.min ?? value, value),
    max: Math.max(before?.max ?? value, value),
  })
}
