import { orderedKey, table } from '@cloud-orrery/kernel'
import type { MetricTransformation } from '@cloud-orrery/models/logs'

/** What makes metrics of a group's events. */
export interface MetricFilterRecord {
  readonly groupId: string
  readonly groupName: string
  readonly name: string
  readonly pattern: string
  readonly transformation: MetricTransformation
  readonly createdAtMs: number
}

export const metricFilters = table<MetricFilterRecord>('logs.metricFilters', {
  key: ({ groupId, name }) => orderedKey(groupId, name),
  partition: 'region',
})

/** Source: CloudWatch Logs quotas, metric filters a log group. */
export const metricFiltersMax = 100

/** Source: PutMetricFilter, MetricTransformation, `dimensions`. */
export const filterDimensionsMax = 3
