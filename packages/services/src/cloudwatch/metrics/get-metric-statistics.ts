import {
  type Datapoint,
  GetMetricStatistics,
  type GetMetricStatisticsInput,
} from '@cloud-orrery/models/cloudwatch'
import { operation } from '../../define.ts'
import { invalidCombination, invalidValue, missingParameter } from '../errors.ts'
import { dayMs, hourMs, secondMs, statisticsPointsMax } from '../limits.ts'
import { identityOf, keyOf } from './identity.ts'
import { type Period, periodsOf, roundedStart } from './periods.ts'
import { type Statistic, statisticOf } from './statistics.ts'

export const getMetricStatistics = operation(GetMetricStatistics, {
  authorize: ({ Namespace }) => ({
    resource: '*',
    context: { 'cloudwatch:namespace': Namespace },
  }),
  provenance: 'recorded',
  run(ctx, input) {
    const { StartTime, EndTime, Period, Unit, MetricName } = input
    check(input, ctx.now())
    const extended = (input.ExtendedStatistics ?? []).map(
      (name) => [name, extendedOf(name)] as const,
    )
    const periodMs = Period * secondMs
    const periods = periodsOf(ctx, ctx.now(), {
      key: keyOf(identityOf(input)),
      startMs: roundedStart(StartTime, periodMs, ctx.now()),
      endMs: EndTime,
      periodMs,
      unit: Unit,
    })
    return {
      Label: MetricName,
      Datapoints: periods.map((period) => datapoint(period, input.Statistics ?? [], extended)),
    }
  },
})

function datapoint(
  { atMs, unit, aggregate }: Period,
  names: readonly string[],
  extended: readonly (readonly [string, Statistic])[],
): Datapoint {
  const ExtendedStatistics = Object.fromEntries(
    extended.flatMap(([name, statistic]) => {
      const value = statistic(aggregate)
      return value === undefined ? [] : [[name, value]]
    }),
  )
  return {
    Timestamp: atMs,
    ...Object.fromEntries(names.map((name) => [name, statisticOf(name)?.(aggregate)])),
    Unit: unit,
    ...(extended.length === 0 ? {} : { ExtendedStatistics }),
  }
}

function extendedOf(name: string): Statistic {
  const statistic = statisticOf(name)
  if (statistic !== undefined) return statistic
  throw invalidValue(`The value ${name} for parameter ExtendedStatistics is not supported.`)
}

function check(input: GetMetricStatisticsInput, nowMs: number): void {
  const { StartTime, EndTime, Period, Statistics, ExtendedStatistics } = input
  if (Statistics === undefined && ExtendedStatistics === undefined) {
    throw missingParameter('Must specify either Statistics or ExtendedStatistics')
  }
  if (StartTime === EndTime) {
    throw invalidValue('The parameter StartTime must not equal parameter EndTime.')
  }
  if (StartTime > EndTime) {
    throw invalidValue('The parameter StartTime must be less than the parameter EndTime.')
  }
  checkPeriod(Period, 'Period')
  const points = Math.ceil((EndTime - StartTime) / (Period * secondMs))
  if (points > statisticsPointsMax) {
    throw invalidCombination(
      `You have requested up to ${points} datapoints, which exceeds the limit of ${statisticsPointsMax}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    )
  }
  const granularity = granularityOf(nowMs - StartTime)
  if (Period % granularity !== 0) {
    throw invalidValue(
      `The parameter Period must be a multiple of ${granularity} for the StartTime that is requested.`,
    )
  }
}

/** Seconds. Source: GetMetricStatistics, `Period`. */
function granularityOf(ageMs: number): number {
  if (ageMs > 63 * dayMs) return 3600
  if (ageMs > 15 * dayMs) return 300
  return ageMs > 3 * hourMs ? 60 : 1
}

/** Source: public reports: the text of a period that is not allowed. */
export function checkPeriod(period: number, name: string): void {
  if ([1, 5, 10, 20, 30].includes(period) || period % 60 === 0) return
  throw invalidValue(
    period < 60
      ? `The parameter ${name} must be greater than or equal to 60 or equal to 1, 5, 10, 20, or 30.`
      : `The parameter ${name} must be a multiple of 60.`,
  )
}
