import { type MetricUnit, measure } from '../../shared/metrics.ts'
import type { ApiCall } from './api-call.ts'
import type { AnswerFacts } from './context-values.ts'

/** Source: developer guide, "Monitor CloudWatch metrics for HTTP APIs". */
export function measureCall(call: ApiCall, { status, lengthBytes }: AnswerFacts): void {
  const { ctx, request, startedAtMs, notes } = call
  const values: (readonly [name: string, value: number, unit: MetricUnit])[] = [
    ['Count', 1, 'Count'],
    ['4xx', status >= 400 && status < 500 ? 1 : 0, 'Count'],
    ['5xx', status >= 500 ? 1 : 0, 'Count'],
    ['Latency', ctx.now() - startedAtMs, 'Milliseconds'],
    ['DataProcessed', request.body.byteLength + lengthBytes, 'Bytes'],
  ]
  const { integrationLatencyMs } = notes
  if (integrationLatencyMs !== undefined) {
    values.push(['IntegrationLatency', integrationLatencyMs, 'Milliseconds'])
  }
  for (const dimensions of dimensionsOf(call)) {
    for (const [name, value, unit] of values) {
      measure(ctx, { namespace: 'AWS/ApiGateway', name, dimensions, value, unit })
    }
  }
}

function dimensionsOf({ served, stage, matched }: ApiCall): Record<string, string>[] {
  const { ApiId } = served.api
  const Stage = stage.StageName
  const routeKey = matched?.route.RouteKey
  const settings =
    (routeKey === undefined ? undefined : stage.RouteSettings?.[routeKey]) ??
    stage.DefaultRouteSettings
  const common: Record<string, string>[] = [{ ApiId }, { ApiId, Stage }]
  if (routeKey === undefined || settings?.DetailedMetricsEnabled !== true) return common
  const [Method = '$default', Resource = '$default'] = routeKey.split(' ')
  return [...common, { ApiId, Method, Resource, Stage }]
}
