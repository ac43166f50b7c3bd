import type { Cloud } from '@cloud-orrery/cloud'
import { metricPoints, metricSeries } from '../shared/metrics.ts'

/** Sums of a metric over all time, by dimensions. */
export function metricsNamed(cloud: Cloud, namespace: string, name: string) {
  const scope = cloud.scope('123456789012', 'us-east-1')
  return [...metricSeries.scan(scope)]
    .filter((series) => series.namespace === namespace && series.name === name)
    .map((series) => ({
      dimensions: Object.fromEntries(series.dimensions),
      sum: [...metricPoints.scan(scope)]
        .filter(({ key }) => key === series.key)
        .reduce((sum, point) => sum + point.sum, 0),
    }))
}
