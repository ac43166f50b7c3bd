import { ListMetrics, type ListMetricsInput } from '@cloud-orrery/models/cloudwatch'
import { operation } from '../../define.ts'
import { type MetricSeries, metricSeries } from '../../shared/metrics.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { pageOf } from '../../shared/pages.ts'
import { invalidNextToken, invalidValue } from '../errors.ts'
import { listedMsMax, metricsPageMax, recentMsMax } from '../limits.ts'
import { metricOf } from './identity.ts'

/** Deviation: a metric is listed at once; on AWS that takes up to fifteen minutes. */
export const listMetrics = operation(ListMetrics, {
  authorize: () => '*',
  provenance: 'recorded',
  run(ctx, input) {
    const { NextToken, RecentlyActive, ...request } = input
    if (input.IncludeLinkedAccounts === true || input.OwningAccount !== undefined) {
      throw notModelled('metrics of linked accounts in cloudwatch:ListMetrics')
    }
    if (RecentlyActive !== undefined && RecentlyActive !== 'PT3H') {
      throw invalidValue('The parameter RecentlyActive must be PT3H.')
    }
    const ageMsMax = RecentlyActive === undefined ? listedMsMax : recentMsMax
    const sinceMs = ctx.now() - ageMsMax
    const prefix = prefixOf(input)
    const { items, nextToken } = pageOf<MetricSeries>({
      list: (start) =>
        metricSeries.scan(ctx, { ...(prefix === undefined ? {} : { prefix }), ...start }),
      positionOf: ({ key }) => key,
      wanted: (series) => series.publishedAtMs >= sinceMs && matches(series, input),
      itemsMax: metricsPageMax,
      token: NextToken,
      request: { ...request, RecentlyActive },
      refused: invalidNextToken,
    })
    return { Metrics: items.map(metricOf), NextToken: nextToken }
  },
})

/** Keys begin with the namespace, then the name. */
function prefixOf({ Namespace, MetricName }: ListMetricsInput): string | undefined {
  if (Namespace === undefined) return undefined
  return MetricName === undefined ? `${Namespace}\u0000` : `${Namespace}\u0000${MetricName}`
}

function matches(series: MetricSeries, input: ListMetricsInput): boolean {
  const { Namespace, MetricName, Dimensions = [] } = input
  if (Namespace !== undefined && series.namespace !== Namespace) return false
  if (MetricName !== undefined && series.name !== MetricName) return false
  return Dimensions.every(({ Name, Value }) =>
    series.dimensions.some(
      ([name, value]) => name === Name && (Value === undefined || value === Value),
    ),
  )
}
