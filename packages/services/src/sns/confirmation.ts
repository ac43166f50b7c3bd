import { ConfirmSubscription } from '@cloud-orrery/models/sns'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { accountOf, judgedArn, topicAddress } from './arns.ts'
import { deliver } from './delivery/delivery.ts'
import { scheduleOf } from './delivery/fan-out.ts'
import { authorizationError, invalidParameter, invalidParameterText } from './errors.ts'
import { tokenDigits } from './limits.ts'
import { type Message, type Subscription, subscriptions, topics } from './state.ts'
import { changeState } from './subscription-states.ts'

/**
 * Whoever has the token may confirm, signed or not; only a signed confirmation can ask for signed
 * cancellations. The topic's name in the request is not looked at, its region is. Recorded: sns, ConfirmSubscription.
 */
export const confirmSubscription = operation(ConfirmSubscription, {
  authorize: ({ TopicArn }, ctx) => subscriberAuthorization(ctx, TopicArn),
  scope: ({ TopicArn }) => accountOf(TopicArn),
  provenance: 'recorded',
  run(ctx, { TopicArn, Token, AuthenticateOnUnsubscribe }) {
    const address = topicAddress(TopicArn)
    if (address === undefined || address.region !== ctx.region) throw invalidParameter('Topic')
    const subscription = subscriptions.first(ctx, 'token', Token)
    if (subscription === undefined || subscription.state === 'orphaned') {
      // A text that cannot be a token is told from a token that is none. Recorded: as above.
      throw /^[0-9a-f]+$/.test(Token)
        ? invalidParameter('Token')
        : invalidParameterText('Invalid token')
    }
    if (subscription.region !== address.region) throw invalidParameter('Topic')
    if (subscription.state === 'confirmed') return { SubscriptionArn: subscription.arn }
    const isSigned = ctx.caller.principal.kind !== 'anonymous'
    const authenticateOnUnsubscribe = AuthenticateOnUnsubscribe?.toLowerCase() === 'true'
    if (authenticateOnUnsubscribe && !isSigned) {
      throw authorizationError('AuthenticateOnUnsubscribe requires an authenticated request')
    }
    changeState(ctx, subscription, 'confirmed', {
      confirmationWasAuthenticated: isSigned,
      authenticateOnUnsubscribe,
    })
    return { SubscriptionArn: subscription.arn }
  },
})

/**
 * What calls about a subscription need. Anonymous ones are judged by the token or the subscription itself;
 * callers of another account have a subscription of their own, which the topic's policy does not cover.
 */
export function subscriberAuthorization(ctx: Context, topicArn: string) {
  const { principal } = ctx.caller
  if (principal.kind === 'anonymous') {
    return { none: 'Anyone may confirm or cancel with what the endpoint was sent.' }
  }
  const isOwn = 'accountId' in principal && principal.accountId === ctx.accountId
  return { resource: isOwn ? judgedArn(topicArn) : '*' }
}

export function newToken(ctx: Context): string {
  return ctx.ids.hex(tokenDigits)
}

/** Recorded: sns, what HTTP endpoints were sent. */
export function sendConfirmation(ctx: Context, subscription: Subscription): void {
  sendNotice(
    ctx,
    subscription,
    'SubscriptionConfirmation',
    `You have chosen to subscribe to the topic ${subscription.topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
  )
}

export function sendCancellation(ctx: Context, subscription: Subscription): void {
  sendNotice(
    ctx,
    subscription,
    'UnsubscribeConfirmation',
    `You have chosen to deactivate subscription ${subscription.arn}.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.`,
  )
}

function sendNotice(
  ctx: Context,
  subscription: Subscription,
  type: Message['type'],
  body: string,
): void {
  const { arn, topicArn, protocol, endpoint, token } = subscription
  const topic = topics.get(ctx, topicAddress(topicArn)?.name ?? '')
  const message: Message = {
    type,
    id: ctx.ids.uuid(),
    topicArn,
    body,
    token,
    publishedAtMs: ctx.now(),
    signatureVersion: topic?.attributes['SignatureVersion'] === '2' ? '2' : '1',
  }
  const schedule = scheduleOf(topic, subscription)
  ctx.after(0, deliver, { subscriptionArn: arn, protocol, endpoint, message, schedule })
}
