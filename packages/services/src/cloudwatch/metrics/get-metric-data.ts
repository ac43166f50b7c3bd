import {
  GetMetricData,
  type GetMetricDataInput,
  type MetricDataQuery,
  type MetricDataResult,
} from '@cloud-orrery/models/cloudwatch'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { pageToken, positionOf } from '../../shared/page-tokens.ts'
import { invalidNextToken, validationError } from '../errors.ts'
import { dataPointsMax, queriesMax } from '../limits.ts'
import type { Series } from '../math/values.ts'
import { filledLabel, type LabelSurroundings } from './labels.ts'
import { Queries } from './queries.ts'

export const getMetricData = operation(GetMetricData, {
  authorize: ({ MetricDataQueries }) => ({ resource: '*', context: namespaces(MetricDataQueries) }),
  provenance: 'recorded',
  run(ctx, input) {
    const { MetricDataQueries, StartTime, EndTime, NextToken, MaxDatapoints, ...rest } = input
    checkRange(input)
    checkQueries(MetricDataQueries)
    const request = { MetricDataQueries, StartTime, EndTime, ...rest }
    const position = NextToken === undefined ? '0' : positionOf(NextToken, request)
    if (position === undefined) throw invalidNextToken()
    const results = resultsOf(ctx, input)
    const { page, next } = cut(results, Number(position), MaxDatapoints ?? dataPointsMax)
    return {
      MetricDataResults: page,
      NextToken: next === undefined ? undefined : pageToken(String(next), request),
      Messages: [],
    }
  },
})

/** Namespaces of all metrics, for `cloudwatch:namespace`. */
function namespaces(queries: readonly MetricDataQuery[]): RequestContext {
  const names = new Set(queries.flatMap(({ MetricStat }) => MetricStat?.Metric.Namespace ?? []))
  const [first, ...others] = names
  // The key has one value: where several are asked for, a condition on it can not be met.
  return first === undefined || others.length > 0 ? {} : { 'cloudwatch:namespace': first }
}

function checkRange({ StartTime, EndTime, MaxDatapoints, LabelOptions }: GetMetricDataInput): void {
  if (StartTime >= EndTime) {
    throw validationError('The parameter StartTime must be less than the parameter EndTime.')
  }
  if (MaxDatapoints !== undefined && (MaxDatapoints < 1 || MaxDatapoints > dataPointsMax)) {
    throw validationError(`The parameter MaxDatapoints must be between 1 and ${dataPointsMax}.`)
  }
  const zone = LabelOptions?.Timezone
  if (zone !== undefined && !/^[+-]\d{4}$/.test(zone)) {
    throw validationError('The parameter LabelOptions.Timezone must be in the form +0130.')
  }
}

/** What is asked of queries, in alarms as well. */
export function checkQueries(queries: readonly MetricDataQuery[]): void {
  if (queries.length > queriesMax) {
    throw validationError(
      `The collection MetricDataQueries must not have a size greater than ${queriesMax}.`,
    )
  }
  const ids = new Set<string>()
  for (const [i, query] of queries.entries()) {
    const at = `MetricDataQueries.member.${i + 1}`
    if (!/^[a-z]\w*$/.test(query.Id)) {
      throw validationError(
        `The value ${query.Id} for parameter ${at}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
      )
    }
    if (ids.has(query.Id))
      throw validationError(`The values for parameter Id in MetricDataQueries are not unique.`)
    ids.add(query.Id)
    if ((query.MetricStat === undefined) === (query.Expression === undefined)) {
      throw validationError(
        `The parameter ${at} must have either MetricStat or Expression, but not both.`,
      )
    }
    if (query.AccountId !== undefined)
      throw notModelled('metrics of other accounts in metric queries')
    const { MetricStat } = query
    if (MetricStat === undefined) continue
    if (MetricStat.Metric.Namespace === undefined || MetricStat.Metric.MetricName === undefined) {
      throw validationError(
        `The parameters ${at}.MetricStat.Metric.Namespace and MetricName are required.`,
      )
    }
    const period = MetricStat.Period
    if (![1, 5, 10, 20, 30].includes(period) && period % 60 !== 0) {
      throw validationError(
        `The parameter ${at}.MetricStat.Period must be 1, 5, 10, 20, 30, or a multiple of 60.`,
      )
    }
  }
}

function resultsOf(ctx: Context, input: GetMetricDataInput): readonly MetricDataResult[] {
  const { MetricDataQueries, StartTime, EndTime, ScanBy, LabelOptions } = input
  const values = new Queries(ctx, MetricDataQueries, { startMs: StartTime, endMs: EndTime })
  const around: LabelSurroundings = {
    nowMs: ctx.now(),
    accountId: ctx.accountId,
    region: ctx.region,
    timezone: LabelOptions?.Timezone,
  }
  const shown = MetricDataQueries.filter(({ ReturnData }) => ReturnData !== false)
  return shown.flatMap(({ Id, Label }) => {
    const list = values.seriesOf(Id)
    if (list.length === 0) {
      return [{ Id, Label: Label ?? Id, Timestamps: [], Values: [], StatusCode: 'Complete' }]
    }
    return list.map((series) => ({
      ...resultOf(Id, series, ScanBy !== 'TimestampAscending'),
      Label: labelOf(Label, series, list.length, around),
    }))
  })
}

/** Of several series that one expression gives, each has the label of the query before its own. */
function labelOf(
  label: string | undefined,
  series: Series,
  count: number,
  around: LabelSurroundings,
): string {
  if (label === undefined) return series.label
  if (count > 1 && !label.includes('${')) return `${label} ${series.label}`
  return filledLabel(label, series, around)
}

function resultOf(Id: string, { values, units }: Series, descending: boolean): MetricDataResult {
  const entries = descending ? [...values].reverse() : [...values]
  return {
    Id,
    Timestamps: entries.map(([atMs]) => atMs),
    Values: entries.map(([, value]) => value),
    StatusCode: 'Complete',
    ...(units === undefined
      ? {}
      : {
          Messages: [
            { Code: 'MultipleUnits', Value: `Multiple units returned: '[${units.join(', ')}]'` },
          ],
        }),
  }
}

/** So many points from a position on, over all results; `next` is where the following page begins. */
function cut(
  results: readonly MetricDataResult[],
  position: number,
  pointsMax: number,
): { page: readonly MetricDataResult[]; next: number | undefined } {
  const page: MetricDataResult[] = []
  const end = position + pointsMax
  let at = 0
  for (const result of results) {
    const count = result.Values?.length ?? 0
    const [from, to] = [Math.max(position - at, 0), Math.min(end - at, count)]
    at += count
    if (count === 0 ? position > 0 : from >= to) continue
    page.push({
      ...result,
      Timestamps: result.Timestamps?.slice(from, to),
      Values: result.Values?.slice(from, to),
      StatusCode: to < count ? 'PartialData' : 'Complete',
    })
  }
  return { page, next: at > end ? end : undefined }
}
