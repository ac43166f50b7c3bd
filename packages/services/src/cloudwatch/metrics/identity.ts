import type { Dimension, Metric } from '@cloud-orrery/models/cloudwatch'
import { type DimensionPairs, type MetricIdentity, seriesKey } from '../../shared/metrics.ts'

/** A metric of the API in the form in which its data is kept. */
export function identityOf(metric: Metric): MetricIdentity {
  const { Namespace = '', MetricName = '', Dimensions } = metric
  return { namespace: Namespace, name: MetricName, dimensions: pairsOf(Dimensions) }
}

export function keyOf({ namespace, name, dimensions }: MetricIdentity): string {
  return seriesKey(namespace, name, dimensions)
}

function pairsOf(dimensions: readonly Dimension[] | undefined): DimensionPairs {
  return (dimensions ?? [])
    .map(({ Name, Value }) => [Name, Value] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

export function metricOf({ namespace, name, dimensions }: MetricIdentity): Metric {
  return {
    Namespace: namespace,
    MetricName: name,
    Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
  }
}
