import type { Context } from '../context.ts'
import { measureLevel } from '../shared/metric-levels.ts'
import { type MetricUnit, measure } from '../shared/metrics.ts'
import type { Counts, Queue } from './state.ts'

/** Metrics that queues report. Source: SQS Developer Guide, Available CloudWatch metrics for Amazon SQS. */
type QueueMetric =
  | 'NumberOfMessagesSent'
  | 'SentMessageSize'
  | 'NumberOfMessagesReceived'
  | 'NumberOfEmptyReceives'
  | 'NumberOfMessagesDeleted'

const namespace = 'AWS/SQS'

export function measureQueue(
  ctx: Context,
  { name: QueueName }: Queue,
  name: QueueMetric,
  value = 1,
): void {
  const unit: MetricUnit = name === 'SentMessageSize' ? 'Bytes' : 'Count'
  measure(ctx, { namespace, name, dimensions: { QueueName }, value, unit })
}

const levels = {
  ready: 'ApproximateNumberOfMessagesVisible',
  inFlight: 'ApproximateNumberOfMessagesNotVisible',
  delayed: 'ApproximateNumberOfMessagesDelayed',
} as const

/**
 * Deviation: a message that becomes visible by time alone is counted when somebody next looks at the queue; AWS's own
 * figure is approximate as well.
 */
export function measureCounts(ctx: Context, queue: Queue, before: Counts, after: Counts): void {
  const dimensions = { QueueName: queue.name }
  for (const state of ['ready', 'inFlight', 'delayed'] as const) {
    const value = after[state]
    if (value === before[state]) continue
    measureLevel(ctx, { namespace, name: levels[state], dimensions, value, unit: 'Count' })
  }
}
