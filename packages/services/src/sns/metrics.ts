import type { Context } from '../context.ts'
import { measure } from '../shared/metrics.ts'

/** Metrics that topics report. Source: SNS Developer Guide, Amazon SNS metrics. */
type TopicMetric =
  | 'NumberOfMessagesPublished'
  | 'PublishSize'
  | 'NumberOfNotificationsDelivered'
  | 'NumberOfNotificationsFailed'
  | 'NumberOfNotificationsFilteredOut'

export function measureTopic(ctx: Context, topicArn: string, name: TopicMetric, value = 1): void {
  const TopicName = topicArn.slice(topicArn.lastIndexOf(':') + 1)
  const unit = name === 'PublishSize' ? 'Bytes' : 'Count'
  measure(ctx, { namespace: 'AWS/SNS', name, dimensions: { TopicName }, value, unit })
}
