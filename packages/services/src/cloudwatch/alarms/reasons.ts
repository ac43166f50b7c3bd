import type { StateValue } from '../state.ts'
import { float, jsonWithFloats, numeral } from './floats.ts'
import type { AlarmPoint } from './verdict.ts'

/** `greater than`, as reasons word an alarm's comparison. */
const comparisons: Readonly<Record<string, string>> = {
  GreaterThanThreshold: 'greater than',
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
}

/** Data points that a reason shows. Source: reasons that people have published. */
const shownMax = 5

export interface ReasonFacts {
  readonly state: StateValue
  /** Those that count, the newest first. */
  readonly points: readonly AlarmPoint[]
  readonly filled: number
  readonly breaches: (point: AlarmPoint) => boolean
  readonly treatMissingData: string
  readonly evaluationPeriods: number
  /** Only where the alarm names it. */
  readonly datapointsToAlarm: number | undefined
  readonly threshold: number
  readonly comparison: string
}

/** Recorded: cloudwatch, `test_put_metric_alarm`, `test_breaching_alarm_actions`, `test_alarm_number_of_messages_sent`. */
export function reasonFor(facts: ReasonFacts): string {
  const { state, points, filled, treatMissingData } = facts
  if (state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${counted(facts.evaluationPeriods, 'datapoint')} ${filled === 1 ? 'was' : 'were'} unknown.`
  }
  const treated = `${counted(filled, 'missing datapoint')} ${filled === 1 ? 'was' : 'were'} treated as [${treatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching'}]`
  if (points.length === 0) {
    return `Threshold Crossed: no datapoints were received for ${counted(facts.evaluationPeriods, 'period')} and ${treated}.`
  }
  const alarm = state === 'ALARM'
  const deciding = points.filter((point) => facts.breaches(point) === alarm)
  const filling =
    filled > 0 &&
    (treatMissingData === 'breaching' ? alarm : treatMissingData === 'notBreaching' && !alarm)
  const ending = `${transition(facts)}.`
  return `Threshold Crossed: ${crossing(facts, deciding)}${filling ? ` and ${treated}` : ''}${ending}`
}

function crossing(facts: ReasonFacts, deciding: readonly AlarmPoint[]): string {
  const { state, comparison, threshold, datapointsToAlarm, evaluationPeriods } = facts
  const one = deciding.length === 1
  const words = comparisons[comparison] ?? comparison
  const was = `${one ? 'was' : 'were'}${state === 'ALARM' ? '' : ' not'} ${words} the threshold (${numeral(threshold)})`
  const list = deciding.slice(0, shownMax).map(shown).join(', ')
  if (datapointsToAlarm !== undefined) {
    return `${deciding.length} out of the last ${evaluationPeriods} datapoints [${list}] ${was}`
  }
  if (deciding.length > shownMax) {
    return `${counted(deciding.length, 'datapoint')} ${was}. The most recent datapoints which ${state === 'ALARM' ? 'crossed' : 'did not cross'} the threshold: [${list}]`
  }
  return `${counted(deciding.length, 'datapoint')} [${list}] ${was}`
}

/** `(minimum 1 datapoint for OK -> ALARM transition)`, where the alarm says how many it takes. */
function transition({ state, datapointsToAlarm, evaluationPeriods }: ReasonFacts): string {
  if (datapointsToAlarm === undefined) return ''
  const needed = state === 'ALARM' ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1
  const way = state === 'ALARM' ? 'OK -> ALARM' : 'ALARM -> OK'
  return ` (minimum ${counted(needed, 'datapoint')} for ${way} transition)`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** `21.5 (24/03/22 10:31:00)` */
function shown({ atMs, value = 0 }: AlarmPoint): string {
  const [date = '', time = ''] = new Date(atMs).toISOString().split('T')
  const [year = '', month = '', day = ''] = date.split('-')
  return `${numeral(value)} (${day}/${month}/${year.slice(2)} ${time.slice(0, 8)})`
}

export interface ReasonDataFacts {
  readonly nowMs: number
  /** The newest first, missing ones among them. */
  readonly evaluated: readonly AlarmPoint[]
  readonly threshold: number
  /** Of alarms on one metric. */
  readonly statistic?: string | undefined
  readonly unit?: string | undefined
  readonly period?: number | undefined
}

/** `StateReasonData`. Recorded: as `reasonFor`. */
export function reasonDataFor(facts: ReasonDataFacts): string {
  const real = facts.evaluated.filter(({ value }) => value !== undefined)
  const oldest = real.at(-1)
  return jsonWithFloats({
    version: '1.0',
    queryDate: stamp(facts.nowMs),
    ...(oldest === undefined ? {} : { startDate: stamp(oldest.atMs) }),
    ...(facts.unit === undefined ? {} : { unit: facts.unit }),
    ...(facts.statistic === undefined ? {} : { statistic: facts.statistic }),
    ...(facts.period === undefined ? {} : { period: facts.period }),
    recentDatapoints: real.map(({ value = 0 }) => float(value)).reverse(),
    threshold: float(facts.threshold),
    evaluatedDatapoints: facts.evaluated.map(({ atMs, sampleCount, value }) => ({
      timestamp: stamp(atMs),
      ...(sampleCount === undefined ? {} : { sampleCount: float(sampleCount) }),
      ...(value === undefined ? {} : { value: float(value) }),
    })),
  })
}

/** `2026-01-01T00:00:00.000+0000`, as alarms write moments. */
export function stamp(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '+0000')
}
