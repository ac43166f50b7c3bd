import type { AwsError } from '@cloud-orrery/models'
import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { isTransient } from '../../shared/transient-errors.ts'
import { measureTopic } from '../metrics.ts'
import { type Message, type Subscription, subscriptions } from '../state.ts'
import { deadLetterQueueArn } from '../subscription-attributes.ts'
import { invokeFunction } from './function.ts'
import { postTo } from './http.ts'
import { mailTo } from './mail.ts'
import { type QueueMessage, queueMessage, sendToQueue } from './queue.ts'
import { queueSchedule, type RetrySchedule, retryDelayMs } from './retry-schedule.ts'

/** One message on its way to one subscription; confirmations come before and after it exists. */
export interface Delivery {
  readonly subscriptionArn: string
  readonly protocol: string
  readonly endpoint: string
  readonly message: Message
  readonly schedule: RetrySchedule
}

/** Server faults are retried; a client error (queue gone, access denied) gives up now. */
export const deliver = task<Delivery>('sns.deliver', {
  run: attempt,
  retryDelayMs: (attempts, error, { schedule }) => delayAfter(schedule, attempts, error),
  onGiveUp: (ctx, delivery, error, attempts) => giveUp(ctx, delivery, error, attempts),
})

/** Delay before the next attempt; undefined where an error is permanent or no attempt is left. */
export function delayAfter(
  schedule: RetrySchedule,
  attempts: number,
  error: AwsError,
): number | undefined {
  return mayPass(error) ? retryDelayMs(schedule, attempts) : undefined
}

/** Source: SNS Developer Guide, "Dead-letter queues", client-side and server-side errors. */
function mayPass(error: AwsError): boolean {
  return isTransient(error) || error.code === 'OverLimit'
}

/** Hands the message to its endpoint, if it is still wanted. */
export async function attempt(ctx: Context, delivery: Delivery): Promise<void> {
  const { subscriptionArn, message } = delivery
  const subscription = subscriptions.get(ctx, subscriptionArn)
  const isNotification = message.type === 'Notification'
  if (isNotification && subscription?.state !== 'confirmed') return // Unsubscribed meanwhile.
  const isRaw = isNotification && subscription?.attributes['RawMessageDelivery'] === 'true'
  await handOver(ctx, delivery, subscription, isRaw)
  if (isNotification) measureTopic(ctx, message.topicArn, 'NumberOfNotificationsDelivered')
}

async function handOver(
  ctx: Context,
  delivery: Delivery,
  subscription: Subscription | undefined,
  isRaw: boolean,
): Promise<void> {
  const { subscriptionArn, protocol, endpoint, message } = delivery
  switch (protocol) {
    case 'sqs':
      return await sendToQueue(ctx, endpoint, queueMessage(delivery, endpoint, isRaw), message)
    case 'lambda':
      return await invokeFunction(ctx, endpoint, message, subscriptionArn)
    case 'http':
    case 'https':
      return await postTo(ctx, delivery, subscription, isRaw)
    default:
      return mailTo(ctx, delivery)
  }
}

/**
 * No retry is left, or none makes sense: the dead-letter queue takes what the endpoint did not, save
 * confirmations. Source of the exception: localstack's tests against AWS, `dlq_external_http_endpoint`.
 */
export function giveUp(ctx: Context, delivery: Delivery, error: AwsError, attempts: number): void {
  const { subscriptionArn, message } = delivery
  const subscription = subscriptions.get(ctx, subscriptionArn)
  measureTopic(ctx, message.topicArn, 'NumberOfNotificationsFailed')
  const queueArn =
    subscription === undefined || message.type !== 'Notification'
      ? undefined
      : deadLetterQueueArn(subscription)
  ctx.record('delivery', queueArn === undefined ? 'sns.discarded' : 'sns.deadLettered', {
    subscriptionArn,
    messageId: message.id,
    code: error.code,
    message: error.message,
    attempts,
    ...(queueArn === undefined ? {} : { queueArn }),
  })
  if (queueArn === undefined || subscription === undefined) return
  ctx.after(0, deadLetter, { queueArn, delivery, isRaw: isRawTo(subscription) })
}

function isRawTo({ attributes }: Subscription): boolean {
  return attributes['RawMessageDelivery'] === 'true'
}

interface DeadLetter {
  readonly queueArn: string
  readonly delivery: Delivery
  readonly isRaw: boolean
}

/** The message as the endpoint would have had it. Recorded: sns, `redrive_policy_sqs_queue_subscription`. */
export const deadLetter = task<DeadLetter>('sns.deadLetter', {
  async run(ctx, { queueArn, delivery, isRaw }) {
    const message: QueueMessage = queueMessage(delivery, queueArn, isRaw)
    await sendToQueue(ctx, queueArn, message, delivery.message)
  },
  retryDelayMs: (attempts, error) => delayAfter(queueSchedule, attempts, error),
})
