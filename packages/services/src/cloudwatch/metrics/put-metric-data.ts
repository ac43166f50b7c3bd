import { type MetricDatum, PutMetricData } from '@cloud-orrery/models/cloudwatch'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { type Addition, addToMetric } from '../../shared/metrics.ts'
import { invalidCombination, invalidValue, missingParameter, mutuallyExclusive } from '../errors.ts'
import {
  datumsMax,
  futureMsMax,
  minuteMs,
  pastMsMax,
  secondMs,
  valueMax,
  valuesMax,
} from '../limits.ts'
import { identityOf } from './identity.ts'

/** All of a request is taken or nothing. Source: PutMetricData. */
export const putMetricData = operation(PutMetricData, {
  authorize: ({ Namespace }) => ({
    resource: '*',
    context: { 'cloudwatch:namespace': Namespace },
  }),
  provenance: 'recorded',
  refuses: ['EntityMetricData', 'StrictEntityValidation'],
  trail: { kind: 'data' },
  run(ctx, { Namespace, MetricData }) {
    if (MetricData === undefined) throw missingParameter('The parameter MetricData is required.')
    if (MetricData.length > datumsMax) {
      throw invalidValue(
        `The collection MetricData must not have a size greater than ${datumsMax}.`,
      )
    }
    const late: string[] = []
    const additions = MetricData.map((datum, i) => {
      const at = `MetricData.member.${i + 1}`
      const addition = additionOf(datum, at)
      late.push(...untimely(ctx, datum, at))
      return addition
    })
    if (late.length > 0) throw invalidValue(late.join('\n'))
    for (const [i, datum] of MetricData.entries()) {
      const addition = additions[i]
      if (addition === undefined) continue
      addToMetric(ctx, {
        ...addition,
        metric: identityOf({ ...datum, Namespace }),
        atMs: datum.Timestamp ?? ctx.now(),
        lengthMs: datum.StorageResolution === 1 ? secondMs : minuteMs,
        unit: datum.Unit ?? 'None',
      })
    }
    return {}
  },
})

/** The values of a datum, in whichever of three forms they come. */
function additionOf(datum: MetricDatum, at: string): Addition {
  const { Value, Values, Counts, StatisticValues, StorageResolution } = datum
  if (Value !== undefined && Values !== undefined) {
    throw mutuallyExclusive(`${at}.Value`, `${at}.Values`)
  }
  if (Value !== undefined && StatisticValues !== undefined) {
    throw mutuallyExclusive(`${at}.Value`, `${at}.StatisticValues`)
  }
  if (Values !== undefined && StatisticValues !== undefined) {
    throw mutuallyExclusive(`${at}.Values`, `${at}.StatisticValues`)
  }
  if (StorageResolution !== undefined && StorageResolution !== 1 && StorageResolution !== 60) {
    throw invalidValue(`The parameter ${at}.StorageResolution must be set to 1 or 60.`)
  }
  checkDimensions(datum, at)
  if (StatisticValues !== undefined) return ofStatisticSet(StatisticValues, at)
  if (Values !== undefined) return ofValues(Values, Counts, at)
  if (Value === undefined) {
    throw missingParameter(
      `The parameter ${at}.Value or ${at}.Values or ${at}.StatisticValues must be specified.`,
    )
  }
  checkNumber(Value, `${at}.Value`)
  return { count: 1, sum: Value, min: Value, max: Value }
}

function checkDimensions({ Dimensions = [] }: MetricDatum, at: string): void {
  const names = new Set<string>()
  for (const [i, { Name, Value }] of Dimensions.entries()) {
    const path = `${at}.Dimensions.member.${i + 1}`
    if (Name.startsWith(':'))
      throw invalidValue(`The parameter ${path}.Name must not start with ':'.`)
    if (Value.trim() === '') {
      throw invalidValue(
        `The parameter ${path}.Value must not be empty or contain only whitespace.`,
      )
    }
    if (!isAscii(Name)) throw invalidValue(`The parameter ${path}.Name must be ASCII.`)
    if (!isAscii(Value)) throw invalidValue(`The parameter ${path}.Value must be ASCII.`)
    if (names.has(Name)) {
      throw invalidCombination(`The parameter ${at}.Dimensions contains the name ${Name} twice.`)
    }
    names.add(Name)
  }
}

/** Printable characters only. Source: Dimension. */
function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

function ofStatisticSet(set: NonNullable<MetricDatum['StatisticValues']>, at: string): Addition {
  const { SampleCount: count, Sum: sum, Minimum: min, Maximum: max } = set
  for (const [name, value] of Object.entries(set)) {
    checkNumber(value, `${at}.StatisticValues.${name}`)
  }
  if (min > max) {
    throw invalidCombination(
      `The parameter ${at}.StatisticValues.Minimum must be less than or equal to ${at}.StatisticValues.Maximum.`,
    )
  }
  // Of one value, or of equal ones, the distribution is known. Source: Percentiles, statistic sets.
  return { count, sum, min, max, ...(count === 1 || min === max ? {} : { opaque: true }) }
}

function ofValues(
  given: readonly number[],
  counts: readonly number[] | undefined,
  at: string,
): Addition {
  if (counts !== undefined && counts.length !== given.length) {
    throw invalidValue(`The parameters ${at}.Values and ${at}.Counts must be of the same size.`)
  }
  if (given.length > valuesMax) {
    throw invalidValue(
      `The collection ${at}.Values must not have a size greater than ${valuesMax}.`,
    )
  }
  if (given.length === 0) throw missingParameter(`The parameter ${at}.Values is required.`)
  const values: number[] = []
  let [count, sum] = [0, 0]
  for (const [i, value] of given.entries()) {
    checkNumber(value, `${at}.Values.member.${i + 1}`)
    const times = counts?.[i] ?? 1
    if (!(times >= 0))
      throw invalidValue(`The parameter ${at}.Counts.member.${i + 1} must be positive.`)
    values.push(value, times)
    count += times
    sum += value * times
  }
  const [min, max] = [Math.min(...given), Math.max(...given)]
  return { count, sum, min, max, ...(min === max ? {} : { values }) }
}

function checkNumber(value: number, at: string): void {
  if (Number.isFinite(value) && Math.abs(value) <= valueMax) return
  throw invalidValue(
    Number.isFinite(value)
      ? `The value ${value} for parameter ${at} is outside the supported range.`
      : `The value NaN for parameter ${at} is invalid.`.replace('NaN', String(value)),
  )
}

/** Seen in public reports of PutMetricData: one line for each datum that is too old. */
function untimely(ctx: Context, { Timestamp }: MetricDatum, at: string): string[] {
  if (Timestamp === undefined) return []
  if (Timestamp < ctx.now() - pastMsMax) {
    return [`The parameter ${at}.Timestamp must specify a time within the past two weeks.`]
  }
  if (Timestamp > ctx.now() + futureMsMax) {
    return [
      `The parameter ${at}.Timestamp must specify a time no more than two hours in the future.`,
    ]
  }
  return []
}
