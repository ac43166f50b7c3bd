import type { MetricDataQuery, MetricStat } from '@cloud-orrery/models/cloudwatch'
import type { Context } from '../../context.ts'
import { type MetricIdentity, metricSeries } from '../../shared/metrics.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { validationError } from '../errors.ts'
import { listedMsMax, madePointsMax, searchedMetricsMax, secondMs } from '../limits.ts'
import { evaluate, type Surroundings } from '../math/evaluate.ts'
import { parseSearch } from '../math/search.ts'
import { ExpressionError, parseExpression } from '../math/syntax.ts'
import { isList, isSeries, type Series, type Value } from '../math/values.ts'
import { identityOf, keyOf, metricOf } from './identity.ts'
import { defaultLabels, searchLabels } from './labels.ts'
import { periodsOf, roundedStart } from './periods.ts'
import { statisticOf } from './statistics.ts'

/** The stretch of time that queries look at. */
export interface Range {
  readonly startMs: number
  /** Exclusive. */
  readonly endMs: number
  /** Alarms begin where they say; other calls at a round moment. */
  readonly exact?: boolean
}

/**
 * Values of metrics and of expressions over them, each worked out once and only if it is asked for. An error in an
 * expression is AWS's ValidationError.
 */
export class Queries {
  readonly #ctx: Context
  readonly #queries: ReadonlyMap<string, MetricDataQuery>
  readonly #range: Range
  readonly #labels: ReadonlyMap<string, string>
  readonly #values = new Map<string, Value>()
  /** Ids that are being worked out: one among them means a circle. */
  readonly #open = new Set<string>()

  #madePoints = 0

  constructor(ctx: Context, queries: readonly MetricDataQuery[], range: Range) {
    this.#ctx = ctx
    this.#queries = new Map(queries.map((query) => [query.Id, query]))
    this.#range = range
    this.#labels = defaultLabels(queries)
  }

  /** The series that a query shows. */
  seriesOf(id: string): readonly Series[] {
    const value = this.#valueOf(id)
    if (value === undefined) return []
    if (isSeries(value)) return [value]
    if (isList(value)) return value.flatMap((item) => (isSeries(item) ? [item] : []))
    throw validationError(
      `Error in expression '${id}': The expression returns a single value; a time series is expected`,
    )
  }

  #valueOf(id: string): Value | undefined {
    const known = this.#values.get(id)
    if (known !== undefined) return known
    const query = this.#queries.get(id)
    if (query === undefined) return undefined
    if (this.#open.has(id)) {
      throw validationError(`Error in expression '${id}': Circular reference`)
    }
    this.#open.add(id)
    const value =
      query.MetricStat === undefined ? this.#evaluated(query) : this.#series(query.MetricStat, id)
    this.#open.delete(id)
    this.#values.set(id, value)
    return value
  }

  #evaluated({ Id, Expression = '', Period, Label }: MetricDataQuery): Value {
    if (/^\s*SELECT\s/i.test(Expression))
      throw notModelled('queries of Metrics Insights in metric math')
    try {
      const value = evaluate(parseExpression(Expression), this.#surroundings(Id, Period))
      // Several series keep what tells them apart.
      return isSeries(value) ? { ...value, label: Label ?? Id } : value
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      throw validationError(`Error in expression '${Id}': ${error.message}`)
    }
  }

  #surroundings(id: string, period: number | undefined): Surroundings {
    const periodMs = (period ?? this.#longestPeriod()) * secondMs
    return {
      periodMs,
      valueOf: (name) => this.#valueOf(name),
      metrics: (part) =>
        [...this.#queries.values()].flatMap(({ Id, MetricStat }) =>
          MetricStat === undefined || Id === id || !Id.includes(part)
            ? []
            : [this.#valueOf(Id) ?? []],
        ),
      moments: (length) => this.#moments(this.#startMs(periodMs), length),
      search: (text, stat, seconds) => this.#search(text, stat, seconds ?? period ?? 300),
    }
  }

  #moments(startMs: number, periodMs: number): readonly number[] {
    const { endMs } = this.#range
    this.#madePoints += Math.max(0, Math.ceil((endMs - startMs) / periodMs))
    if (!(this.#madePoints <= madePointsMax)) {
      throw new ExpressionError(
        `More than ${madePointsMax} points are made by FILL and TIME_SERIES`,
      )
    }
    const starts: number[] = []
    for (let atMs = startMs; atMs < endMs; atMs += periodMs) starts.push(atMs)
    return starts
  }

  /** Seconds, of the metrics that are asked for. */
  #longestPeriod(): number {
    const periods = [...this.#queries.values()].map(({ MetricStat }) => MetricStat?.Period ?? 0)
    return Math.max(...periods) || 60
  }

  #startMs(periodMs: number): number {
    const { startMs, exact } = this.#range
    return exact === true ? startMs : roundedStart(startMs, periodMs, this.#ctx.now())
  }

  #series(stat: MetricStat, id: string): Series {
    return this.#read(stat, identityOf(stat.Metric), this.#labels.get(id) ?? '')
  }

  #read(stat: MetricStat, metric: MetricIdentity, label: string): Series {
    const statistic = statisticOf(stat.Stat)
    if (statistic === undefined) {
      throw validationError(`The value ${stat.Stat} for parameter Stat is not supported.`)
    }
    const ctx = this.#ctx
    const periodMs = stat.Period * secondMs
    const periods = periodsOf(ctx, ctx.now(), {
      key: keyOf(metric),
      startMs: this.#startMs(periodMs),
      endMs: this.#range.endMs,
      periodMs,
      unit: stat.Unit,
    })
    const units = [...new Set(periods.map(({ unit }) => unit))].sort()
    // Recorded: cloudwatch, GetMetricData: of several units the first in the alphabet is shown.
    const values = new Map<number, number>()
    for (const { atMs, unit, aggregate } of periods) {
      const value = unit === units[0] ? statistic(aggregate) : undefined
      if (value !== undefined) values.set(atMs, value)
    }
    return { label, periodMs, values, stat, ...(units.length > 1 ? { units } : {}) }
  }

  #search(text: string, stat: string, period: number): Value {
    const { schema, matches } = parseSearch(text)
    const prefix = schema === undefined ? {} : { prefix: `${schema.namespace}\u0000` }
    const sinceMs = this.#range.startMs - listedMsMax
    const found: MetricIdentity[] = []
    for (const series of metricSeries.scan(this.#ctx, prefix)) {
      if (series.publishedAtMs < sinceMs || !matches(series)) continue
      found.push(series)
      if (found.length === searchedMetricsMax) break
    }
    const stats = found.map((metric) => ({ Metric: metricOf(metric), Period: period, Stat: stat }))
    const labels = searchLabels(stats)
    return stats.map((it, i) => this.#read(it, identityOf(it.Metric), labels[i] ?? ''))
  }
}
