import type { Context } from '../../context.ts'
import { accepts } from '../filter/match.ts'
import { effectiveSubscriptionPolicy } from '../http-policy.ts'
import { measureTopic } from '../metrics.ts'
import { signatureOf } from '../signature.ts'
import { type Message, type Subscription, subscriptions, type Topic } from '../state.ts'
import { isHttp } from '../subscription-attributes.ts'
import { deliver } from './delivery.ts'
import { queueUp } from './fifo-order.ts'
import { httpSchedule, mailSchedule, queueSchedule, type RetrySchedule } from './retry-schedule.ts'

/** Texts by protocol, of a message with the structure `json`. */
export type Texts = Readonly<Record<string, string>>

/** One scheduled delivery per subscriber that wants the message. */
export function fanOut(
  ctx: Context,
  topic: Topic,
  message: Message,
  texts: Texts,
  sequence?: number,
): void {
  const signed = new Map<string, Message>()
  for (const subscription of [...subscriptions.where(ctx, 'confirmed', topic.arn)]) {
    const body = texts[subscription.protocol] ?? message.body
    const { filter } = subscription
    if (filter !== undefined && !accepts(filter, body, message.attributes ?? {})) {
      measureTopic(ctx, topic.arn, 'NumberOfNotificationsFilteredOut')
      continue
    }
    const copy = copyFor(subscription, { ...message, body }, signed)
    if (sequence === undefined) send(ctx, topic, subscription, copy)
    else queueUp(ctx, subscription, copy, sequence)
  }
}

/** Signs each text once, however many subscribers get it; raw deliveries carry no signature. */
function copyFor(
  { attributes }: Subscription,
  message: Message,
  signed: Map<string, Message>,
): Message {
  if (message.signatureVersion === undefined || attributes['RawMessageDelivery'] === 'true')
    return message
  const known = signed.get(message.body)
  if (known !== undefined) return known
  const copy = { ...message, signature: signatureOf(message) }
  signed.set(message.body, copy)
  return copy
}

/** Starts the delivery of a standard topic's message. */
export function send(
  ctx: Context,
  topic: Topic | undefined,
  subscription: Subscription,
  message: Message,
): void {
  const { arn, protocol, endpoint } = subscription
  const delivery = {
    subscriptionArn: arn,
    protocol,
    endpoint,
    message,
    schedule: scheduleOf(topic, subscription),
  }
  // Order is best effort. Source: SNS Developer Guide, "Message ordering".
  const delayMs =
    pacedDelayMs(ctx, topic, subscription) + ctx.choose('sns.order', [0, 20, 200, 2000])
  ctx.after(delayMs, deliver, delivery)
  // Delivery is at least once. Source: SNS FAQ, "Reliability".
  if (ctx.choose('sns.duplicate', [false, true])) ctx.after(delayMs + 100, deliver, delivery)
}

export function scheduleOf(
  topic: Topic | undefined,
  { protocol, attributes }: Subscription,
): RetrySchedule {
  if (protocol === 'sqs' || protocol === 'lambda') return queueSchedule
  if (!isHttp(protocol)) return mailSchedule
  const policy = effectiveSubscriptionPolicy(
    attributes['DeliveryPolicy'],
    topic?.attributes['DeliveryPolicy'],
  )
  return httpSchedule(policy.healthyRetryPolicy)
}

/** Spreads deliveries over time where the policy has a `throttlePolicy`. */
function pacedDelayMs(ctx: Context, topic: Topic | undefined, subscription: Subscription): number {
  if (!isHttp(subscription.protocol)) return 0
  const { throttlePolicy } = effectiveSubscriptionPolicy(
    subscription.attributes['DeliveryPolicy'],
    topic?.attributes['DeliveryPolicy'],
  )
  if (throttlePolicy === null || !subscriptions.has(ctx, subscription.arn)) return 0
  const atMs = Math.max(ctx.now(), subscription.nextDeliveryAtMs ?? 0)
  const nextDeliveryAtMs = atMs + 1000 / throttlePolicy.maxReceivesPerSecond
  subscriptions.update(ctx, subscription.arn, { nextDeliveryAtMs })
  return atMs - ctx.now()
}
