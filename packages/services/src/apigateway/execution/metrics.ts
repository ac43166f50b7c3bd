import type { HttpOperationOutput } from '../../http-operation.ts'
import { type MetricUnit, measure } from '../../shared/metrics.ts'
import type { ApiCall } from './api-call.ts'
import { settingOf } from './settings.ts'

/** Source: developer guide, "Amazon API Gateway dimensions and metrics". */
export function countCall(call: ApiCall, answer: HttpOperationOutput): void {
  const { ctx, api, stageName, figures, startedAtMs } = call
  const byStage: Record<string, string>[] = [
    { ApiName: api.name },
    { ApiName: api.name, Stage: stageName },
  ]
  const byMethod = {
    ApiName: api.name,
    Stage: stageName,
    Resource: call.resource.path,
    Method: call.request.method,
  }
  const isDetailed = settingOf(call).metricsEnabled === true && call.resource.path !== ''
  const note = (name: string, value: number, unit: MetricUnit) => {
    for (const dimensions of isDetailed ? [...byStage, byMethod] : byStage) {
      measure(ctx, { namespace: 'AWS/ApiGateway', name, dimensions, value, unit })
    }
  }
  note('Count', 1, 'Count')
  note('Latency', ctx.now() - startedAtMs, 'Milliseconds')
  if (figures.latencyMs !== undefined) note('IntegrationLatency', figures.latencyMs, 'Milliseconds')
  note('4XXError', answer.status >= 400 && answer.status < 500 ? 1 : 0, 'Count')
  note('5XXError', answer.status >= 500 ? 1 : 0, 'Count')
}
