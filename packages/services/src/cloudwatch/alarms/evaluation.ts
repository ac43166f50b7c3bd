import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import {
  type EvaluationNotice,
  evaluationCame,
  nextRoundMs,
  planEvaluation,
  watchMetrics,
} from '../../shared/metric-watchers.ts'
import { seriesKey } from '../../shared/metrics.ts'
import { evaluatedSecondsMax, extraPeriods, hourMs, minuteMs, secondMs } from '../limits.ts'
import { identityOf, keyOf } from '../metrics/identity.ts'
import { periodsOf, pointsBetween } from '../metrics/periods.ts'
import { Queries } from '../metrics/queries.ts'
import { type Aggregate, statisticOf } from '../metrics/statistics.ts'
import { type AlarmSubject, alarms, type MetricAlarmRecord } from '../state.ts'
import { reasonDataFor, reasonFor } from './reasons.ts'
import { enterState } from './transitions.ts'
import { type AlarmPoint, type Verdict, verdictOf } from './verdict.ts'

/**
 * Looks at an alarm. Rounds are planned only for moments at which the outcome can differ: when data came, or when
 * data that is there passes into another period. An alarm whose metric is silent costs nothing.
 */
export const evaluate = task<EvaluationNotice>('cloudwatch.evaluate', {
  run(ctx, { alarmName }) {
    evaluationCame(ctx, alarmName)
    const alarm = alarms.get(ctx, alarmName)
    if (alarm?.kind !== 'metric') return // Deleted meanwhile.
    const range = rangeOf(ctx, alarm)
    judge(ctx, alarm, range)
    const nextMs = nextChangeMs(ctx, alarm)
    if (nextMs !== undefined) planEvaluation(ctx, alarmName, nextMs)
  },
})

/** An alarm is new or was changed: what it looks at is watched, and it is looked at in the next round. */
export function beginEvaluation(ctx: Context, alarm: MetricAlarmRecord): void {
  const intervalMs = intervalOf(alarm)
  watchMetrics(ctx, alarm.name, watchedKeys(alarm.subject), intervalMs)
  planEvaluation(ctx, alarm.name, nextRoundMs(ctx.now(), intervalMs))
}

/** Its state was set by hand: the next round sets it right. */
export function reconsider(ctx: Context, alarm: MetricAlarmRecord): void {
  planEvaluation(ctx, alarm.name, nextRoundMs(ctx.now(), intervalOf(alarm)))
}

function watchedKeys(subject: AlarmSubject): readonly string[] {
  if (subject.kind === 'metric') return [keyOfSubject(subject)]
  return subject.queries.flatMap(({ MetricStat }) =>
    MetricStat === undefined ? [] : [keyOf(identityOf(MetricStat.Metric))],
  )
}

function keyOfSubject(subject: Extract<AlarmSubject, { kind: 'metric' }>): string {
  const { namespace: Namespace, metricName: MetricName, dimensions: Dimensions } = subject
  const { namespace, name, dimensions } = identityOf({ Namespace, MetricName, Dimensions })
  return seriesKey(namespace, name, dimensions)
}

/** Seconds of one period: of the longest, where there are several. */
export function periodOf(subject: AlarmSubject): number {
  if (subject.kind === 'metric') return subject.period
  const periods = subject.queries.map(({ MetricStat, Period }) => MetricStat?.Period ?? Period ?? 0)
  return Math.max(...periods) || 60
}

/**
 * Every ten seconds for periods under a minute, every hour where the alarm spans more than a day, else every minute.
 * Source: CloudWatch User Guide, Alarm evaluation.
 */
function intervalOf(alarm: MetricAlarmRecord): number {
  const period = periodOf(alarm.subject)
  if (period < 60) return 10 * secondMs
  return period * alarm.evaluationPeriods > evaluatedSecondsMax ? hourMs : minuteMs
}

/** The end of the newest period, and the start of the oldest that is looked at. */
function boundsOf(ctx: Context, alarm: MetricAlarmRecord) {
  const periodMs = periodOf(alarm.subject) * secondMs
  const stepMs = Math.min(periodMs, intervalOf(alarm))
  const endMs = Math.floor(ctx.now() / stepMs) * stepMs
  const count = alarm.evaluationPeriods + extraPeriods
  return { periodMs, endMs, count, startMs: endMs - count * periodMs }
}

/** All periods that are looked at, the newest first. */
function rangeOf(ctx: Context, alarm: MetricAlarmRecord): readonly AlarmPoint[] {
  const { periodMs, endMs, count, startMs } = boundsOf(ctx, alarm)
  const known = new Map<number, AlarmPoint>()
  const { subject } = alarm
  if (subject.kind === 'metric') {
    const statistic = statisticOf(subject.statistic ?? subject.extendedStatistic ?? '')
    const key = keyOfSubject(subject)
    const query = { key, startMs, endMs, periodMs, unit: subject.unit }
    for (const { atMs, aggregate } of periodsOf(ctx, ctx.now(), query)) {
      if (known.has(atMs) || isTooFew(alarm, aggregate)) continue
      const value = statistic?.(aggregate)
      if (value !== undefined) known.set(atMs, { atMs, value, sampleCount: aggregate.count })
    }
  } else {
    const queries = new Queries(ctx, subject.queries, { startMs, endMs, exact: true })
    const shown = subject.queries.find(({ ReturnData }) => ReturnData !== false)
    const [series] = queries.seriesOf(shown?.Id ?? '')
    for (const [atMs, value] of series?.values ?? []) known.set(atMs, { atMs, value })
  }
  return Array.from({ length: count }, (_, i) => {
    const atMs = endMs - (i + 1) * periodMs
    return known.get(atMs) ?? { atMs }
  })
}

/**
 * Percentiles of too few samples, where the alarm ignores them: fewer than 10 / (1 - percentile) from the half on,
 * 10 / percentile below. Source: CloudWatch User Guide, Percentile-based alarms and low data samples.
 */
function isTooFew({ lowSampleCount, subject }: MetricAlarmRecord, { count }: Aggregate): boolean {
  if (lowSampleCount !== 'ignore' || subject.kind !== 'metric') return false
  const percent = /^p(\d+(?:\.\d+)?)$/i.exec(subject.extendedStatistic ?? '')?.[1]
  if (percent === undefined) return false
  const share = Number(percent) / 100
  return count < 10 / (share >= 0.5 ? 1 - share : share)
}

function judge(ctx: Context, alarm: MetricAlarmRecord, range: readonly AlarmPoint[]): void {
  const breaches = ({ value = 0 }: AlarmPoint) => isBreach(alarm, value)
  const treatMissingData = alarm.treatMissingData ?? 'missing'
  const { evaluationPeriods } = alarm
  const verdict = verdictOf(range, {
    evaluationPeriods,
    datapointsToAlarm: alarm.datapointsToAlarm ?? evaluationPeriods,
    breaches,
    treatMissingData,
  })
  if (verdict.state === undefined || verdict.state === alarm.state.value) return
  const { threshold, comparison, datapointsToAlarm, subject } = alarm
  enterState(ctx, alarm, {
    value: verdict.state,
    reason: reasonFor({
      ...{ state: verdict.state, points: verdict.points, filled: verdict.filled },
      ...{
        breaches,
        treatMissingData,
        evaluationPeriods,
        datapointsToAlarm,
        threshold,
        comparison,
      },
    }),
    reasonData: reasonDataFor({
      nowMs: ctx.now(),
      evaluated: evaluatedOf(range, verdict, evaluationPeriods),
      threshold,
      ...(subject.kind === 'metric'
        ? {
            statistic: subject.statistic ?? subject.extendedStatistic,
            unit: subject.unit,
            period: subject.period,
          }
        : {}),
    }),
  })
}

/** The points that counted; where some are missing, the newest periods as they are. */
function evaluatedOf(
  range: readonly AlarmPoint[],
  { points, filled }: Verdict,
  evaluationPeriods: number,
): readonly AlarmPoint[] {
  if (filled === 0) return points
  const missing = range.filter(({ value }) => value === undefined).slice(0, filled)
  return [...points, ...missing].sort((a, b) => b.atMs - a.atMs).slice(0, evaluationPeriods)
}

function isBreach({ comparison, threshold }: MetricAlarmRecord, value: number): boolean {
  switch (comparison) {
    case 'GreaterThanThreshold':
      return value > threshold
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold
    case 'LessThanThreshold':
      return value < threshold
    default:
      return value <= threshold
  }
}

/** When data that is there passes into another period, or out of sight; undefined where there is none. */
function nextChangeMs(ctx: Context, alarm: MetricAlarmRecord): number | undefined {
  const { periodMs, endMs, startMs } = boundsOf(ctx, alarm)
  const intervalMs = intervalOf(alarm)
  const range = { startMs, endMs: Number.MAX_SAFE_INTEGER, nowMs: ctx.now() }
  let nextMs: number | undefined
  for (const key of watchedKeys(alarm.subject)) {
    for (const point of pointsBetween(ctx, key, range)) {
      // Ends of the newest period at which the point is another number of periods old.
      const periods = Math.max(0, Math.floor((endMs - point.atMs - 1) / periodMs) + 1)
      const changeMs = Math.ceil((point.atMs + periods * periodMs + 1) / intervalMs) * intervalMs
      if (nextMs === undefined || changeMs < nextMs) nextMs = changeMs
    }
  }
  return nextMs === undefined ? undefined : Math.max(nextMs, nextRoundMs(ctx.now(), intervalMs))
}
