import { orderedKey } from '@cloud-orrery/kernel'
import type { InputLogEvent, MetricTransformation } from '@cloud-orrery/models/logs'
import type { Context } from '../context.ts'
import {
  addToMetric,
  type DimensionPairs,
  measure,
  metricPoints,
  pointsFrom,
  seriesKey,
} from '../shared/metrics.ts'
import { publishEmbedded } from './embedded-metrics.ts'
import { compileFilterPattern, type Match } from './filter-pattern/compilation.ts'
import { selected } from './filter-pattern/json.ts'
import { type MetricFilterRecord, metricFilters } from './metric-filter-state.ts'
import type { LogGroup } from './state.ts'
import { bytesOf } from './sweep.ts'

const minuteMs = 60_000

/** Compiled patterns by their frozen record. */
const compiled = new WeakMap<MetricFilterRecord, Match>()

/** What arrives in a group becomes metrics: by its filters, by the embedded format, and by its mere size. */
export function publishMetrics(
  ctx: Context,
  group: LogGroup,
  events: readonly InputLogEvent[],
): void {
  const dimensions = { LogGroupName: group.name }
  const bytes = events.reduce((sum, { message }) => sum + bytesOf(message), 0)
  const namespace = 'AWS/Logs'
  measure(ctx, { namespace, name: 'IncomingBytes', dimensions, value: bytes, unit: 'Bytes' })
  measure(ctx, {
    namespace,
    name: 'IncomingLogEvents',
    dimensions,
    value: events.length,
    unit: 'None',
  })
  for (const { message, timestamp } of events) publishEmbedded(ctx, group, message, timestamp)
  for (const filter of metricFilters.scan(ctx, { prefix: orderedKey(group.id, '') })) {
    applyFilter(ctx, filter, events)
  }
}

function applyFilter(
  ctx: Context,
  filter: MetricFilterRecord,
  events: readonly InputLogEvent[],
): void {
  let match = compiled.get(filter)
  if (match === undefined) {
    match = compileFilterPattern(filter.pattern)
    compiled.set(filter, match)
  }
  const unmatched: InputLogEvent[] = []
  for (const event of events) {
    const values = match(event.message)
    if (values === undefined) unmatched.push(event)
    else publishMatch(ctx, filter.transformation, event, values)
  }
  for (const { timestamp } of unmatched) publishDefault(ctx, filter.transformation, timestamp)
}

type Values = Readonly<Record<string, string>>

function publishMatch(
  ctx: Context,
  transformation: MetricTransformation,
  { message, timestamp }: InputLogEvent,
  values: Values,
): void {
  const { metricValue, dimensions = {} } = transformation
  const text = metricValue.startsWith('$') ? fieldOf(message, values, metricValue) : metricValue
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(value)) return
  const pairs = Object.entries(dimensions).map(
    ([name, field]) => [name, fieldOf(message, values, field)] as const,
  )
  // An event that lacks a dimension's field is no data.
  const known = pairs.filter((pair): pair is [string, string] => (pair[1] ?? '') !== '')
  if (known.length < pairs.length) return
  known.sort(([a], [b]) => (a < b ? -1 : 1))
  publish(ctx, transformation, known, timestamp, value)
}

function publish(
  ctx: Context,
  { metricNamespace: namespace, metricName: name, unit = 'None' }: MetricTransformation,
  dimensions: DimensionPairs,
  atMs: number,
  value: number,
): void {
  const metric = { namespace, name, dimensions }
  const one = { count: 1, sum: value, min: value, max: value }
  addToMetric(ctx, { metric, atMs, lengthMs: minuteMs, unit, ...one })
}

/** Of a minute in which events came and none matched so far. Source: MetricTransformation, `defaultValue`. */
function publishDefault(
  ctx: Context,
  transformation: MetricTransformation,
  timestamp: number,
): void {
  const { defaultValue, metricNamespace, metricName } = transformation
  if (defaultValue === undefined) return
  const atMs = Math.floor(timestamp / minuteMs) * minuteMs
  const key = seriesKey(metricNamespace, metricName, [])
  const [known] = metricPoints.scan(ctx, {
    from: pointsFrom(key, atMs),
    before: pointsFrom(key, atMs + minuteMs),
  })
  if (known === undefined) publish(ctx, transformation, [], atMs, defaultValue)
}

/** `$.latency` of JSON, whether the pattern names it or not; `$status` of the fields of a line. */
function fieldOf(message: string, values: Values, field: string): string | undefined {
  return values[field] ?? (field.startsWith('$.') ? selected(message, field) : undefined)
}
