import type { Context } from '../../context.ts'
import { topicAddress } from '../arns.ts'
import { envelope } from '../envelope.ts'
import { endpointFailed } from '../errors.ts'
import { effectiveSubscriptionPolicy } from '../http-policy.ts'
import { httpTimeoutMs } from '../limits.ts'
import { type Message, type Subscription, topics } from '../state.ts'

interface HttpDelivery {
  readonly subscriptionArn: string
  readonly endpoint: string
  readonly message: Message
}

/**
 * Posts a message. Codes outside 200 to 299 are failures; of these 429 and the server's own are worth
 * another attempt. Source: SNS Developer Guide, "HTTP/HTTPS endpoints". Headers recorded: sns, HTTP endpoints.
 */
export async function postTo(
  ctx: Context,
  { subscriptionArn, endpoint, message }: HttpDelivery,
  subscription: Subscription | undefined,
  isRaw: boolean,
): Promise<void> {
  const isNotification = message.type === 'Notification'
  const { status } = await ctx.http({
    method: 'POST',
    url: endpoint,
    headers: {
      'x-amz-sns-message-type': message.type,
      'x-amz-sns-message-id': message.id,
      'x-amz-sns-topic-arn': message.topicArn,
      ...(message.type === 'SubscriptionConfirmation'
        ? {}
        : { 'x-amz-sns-subscription-arn': subscriptionArn }),
      ...(isRaw ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
      'content-type': isNotification ? contentType(ctx, subscription) : 'text/plain; charset=UTF-8',
      'user-agent': 'Amazon Simple Notification Service Agent',
      'accept-encoding': 'gzip,deflate',
    },
    body: isRaw ? message.body : envelope(message, subscriptionArn),
    timeoutMs: httpTimeoutMs,
  })
  if (status >= 200 && status < 300) return
  throw endpointFailed(
    status,
    status === 0 ? `${endpoint} gave no answer.` : `${endpoint} answered ${status}.`,
  )
}

function contentType(ctx: Context, subscription: Subscription | undefined): string {
  const name = topicAddress(subscription?.topicArn)?.name ?? ''
  const policy = effectiveSubscriptionPolicy(
    subscription?.attributes['DeliveryPolicy'],
    topics.get(ctx, name)?.attributes['DeliveryPolicy'],
  )
  return policy.requestPolicy.headerContentType
}
