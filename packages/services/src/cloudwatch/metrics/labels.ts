import type { MetricDataQuery, MetricStat } from '@cloud-orrery/models/cloudwatch'
import type { Series } from '../math/values.ts'

/**
 * The labels of metrics that have none: their name, and what else tells them apart.
 * Recorded: cloudwatch, GetMetricData, `test_label_generation`: statistic and period, each only if they differ.
 */
export function defaultLabels(queries: readonly MetricDataQuery[]): ReadonlyMap<string, string> {
  const stats = queries.flatMap(({ Id, MetricStat, ReturnData }) =>
    MetricStat === undefined || ReturnData === false ? [] : [[Id, MetricStat] as const],
  )
  const differ = (of: (stat: MetricStat) => unknown) =>
    new Set(stats.map(([, stat]) => JSON.stringify(of(stat) ?? null))).size > 1
  const byDimensions = differ(({ Metric }) => Metric.Dimensions)
  const byStat = differ(({ Stat }) => Stat)
  const byPeriod = differ(({ Period }) => Period)
  return new Map(
    queries.flatMap(({ Id, MetricStat }) => {
      if (MetricStat === undefined) return []
      const { Metric, Stat, Period } = MetricStat
      const parts = [
        ...(byDimensions ? (Metric.Dimensions ?? []).map(({ Value }) => Value) : []),
        Metric.MetricName ?? '',
        ...(byStat ? [Stat] : []),
        ...(byPeriod ? [String(Period)] : []),
      ]
      return [[Id, parts.join(' ')] as const]
    }),
  )
}

/** Labels of what a search found: the values of dimensions, and the name where names differ. */
export function searchLabels(stats: readonly MetricStat[]): readonly string[] {
  const byName = new Set(stats.map(({ Metric }) => Metric.MetricName)).size > 1
  return stats.map(({ Metric }) => {
    const values = (Metric.Dimensions ?? []).map(({ Value }) => Value)
    const name = Metric.MetricName ?? ''
    return values.length === 0 || byName ? [...values, name].join(' ') : values.join(' ')
  })
}

/** What dynamic labels are told. */
export interface LabelSurroundings {
  readonly nowMs: number
  readonly accountId: string
  readonly region: string
  /** `+0130`; UTC where absent. */
  readonly timezone?: string | undefined
}

/** `[max: ${MAX}] ${PROP('MetricName')}` with its values. Source: Use dynamic labels. */
export function filledLabel(label: string, series: Series, around: LabelSurroundings): string {
  if (!label.includes('${')) return label
  return label.replace(/\$\{([^}]*)\}/g, (whole, text: string) => {
    const [first = '', ...options] = text.split(',').map((it) => it.trim())
    const property = /^PROP\(\s*'([^']*)'\s*\)$/.exec(first)
    if (property !== null) return propertyOf(property[1] ?? '', series, around) ?? whole
    return liveValue(first, series, around, options) ?? whole
  })
}

function propertyOf(
  name: string,
  { stat, periodMs }: Series,
  { accountId, region }: LabelSurroundings,
): string | undefined {
  if (name.startsWith('Dim.')) {
    return stat?.Metric.Dimensions?.find(({ Name }) => Name === name.slice(4))?.Value
  }
  switch (name) {
    case 'AccountId':
      return accountId
    case 'MetricName':
      return stat?.Metric.MetricName
    case 'Namespace':
      return stat?.Metric.Namespace
    case 'Period':
      return String(periodMs / 1000)
    case 'Region':
      return region
    case 'Stat':
      return stat?.Stat
    default:
      return undefined
  }
}

function liveValue(
  name: string,
  series: Series,
  around: LabelSurroundings,
  options: readonly string[],
): string | undefined {
  if (name === 'LABEL') return series.stat?.Metric.MetricName ?? series.label
  const entries = [...series.values]
  const values = entries.map(([, value]) => value)
  if (name === 'DATAPOINT_COUNT') return String(entries.length)
  const [first, last] = [entries[0], entries.at(-1)]
  if (first === undefined || last === undefined) return '--'
  const max = entries.reduce((a, b) => (b[1] > a[1] ? b : a))
  const min = entries.reduce((a, b) => (b[1] < a[1] ? b : a))
  const sum = values.reduce((total, value) => total + value, 0)
  const points = { FIRST: first, LAST: last, MAX: max, MIN: min }
  const point = /^(FIRST|LAST|MAX|MIN)(_TIME)?(_RELATIVE)?$/.exec(name)
  if (point !== null) {
    // The form's first group is one of these four.
    const [atMs, value] = points[point[1] as keyof typeof points]
    if (point[2] === undefined) return point[3] === undefined ? shown(value) : undefined
    if (point[3] !== undefined) return duration(Math.abs(around.nowMs - atMs))
    return timeOf(atMs, options, around.timezone)
  }
  const numbers: Readonly<Record<string, number>> = {
    AVG: sum / values.length,
    SUM: sum,
    FIRST_LAST_RANGE: Math.abs(first[1] - last[1]),
    MIN_MAX_RANGE: max[1] - min[1],
  }
  const number = numbers[name]
  if (number !== undefined) return shown(number)
  if (name === 'FIRST_LAST_TIME_RANGE') return duration(Math.abs(first[0] - last[0]))
  return name === 'MIN_MAX_TIME_RANGE' ? duration(Math.abs(max[0] - min[0])) : undefined
}

/** Three decimals at most, as the examples of the documentation have them. */
function shown(value: number): string {
  return String(Math.round(value * 1000) / 1000)
}

/** `1h 30m 5s` */
function duration(lengthMs: number): string {
  const seconds = Math.floor(lengthMs / 1000)
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ]
  const some = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`)
  return some.length === 0 ? '0s' : some.join(' ')
}

/** `2026-01-01 00:00:00 UTC`, in the zone of the request where the label does not say UTC. */
function timeOf(atMs: number, options: readonly string[], timezone: string | undefined): string {
  const zone = options.includes('UTC') ? undefined : timezone
  const match = zone === undefined ? null : /^([+-])(\d\d)(\d\d)$/.exec(zone)
  const offset = match === null ? 0 : Number(match[2]) * 60 + Number(match[3])
  const shifted = atMs + (match?.[1] === '-' ? -offset : offset) * 60_000
  const text = new Date(shifted).toISOString().slice(0, 19).replace('T', ' ')
  return `${text} ${match === null ? 'UTC' : zone}`
}
