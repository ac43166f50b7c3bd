import type { Context } from '../context.ts'
import { type MetricUnit, measure } from '../shared/metrics.ts'

/** Metrics that functions report. Source: Lambda Developer Guide, Types of metrics for Lambda functions. */
type FunctionMetric =
  | 'Invocations'
  | 'Errors'
  | 'Throttles'
  | 'Duration'
  | 'ConcurrentExecutions'
  | 'AsyncEventsReceived'
  | 'AsyncEventAge'
  | 'AsyncEventsDropped'
  | 'DeadLetterErrors'
  | 'DestinationDeliveryFailures'

const namespace = 'AWS/Lambda'

/** Of one function, of its version or alias where it was called by one, and of all functions together. */
export function measureFunction(
  ctx: Context,
  FunctionName: string,
  name: FunctionMetric,
  value = 1,
  qualifier?: string,
): void {
  const unit: MetricUnit =
    name === 'Duration' || name === 'AsyncEventAge' ? 'Milliseconds' : 'Count'
  measure(ctx, { namespace, name, dimensions: { FunctionName }, value, unit })
  measure(ctx, { namespace, name, dimensions: {}, value, unit })
  if (qualifier === undefined) return
  const Resource = `${FunctionName}:${qualifier}`
  measure(ctx, { namespace, name, dimensions: { FunctionName, Resource }, value, unit })
}
