import {
  GetSubscriptionAttributes,
  ListSubscriptions,
  ListSubscriptionsByTopic,
  SetSubscriptionAttributes,
  type Subscription as SubscriptionEntry,
  Unsubscribe,
} from '@cloud-orrery/models/sns'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { pageToken } from '../shared/page-tokens.ts'
import {
  onTopic,
  requireArnForm,
  requireSubscriptionArn,
  scopeOfSubscription,
  scopeOfTopic,
  topicAddress,
  topicArn,
  topicArnOfSubscription,
} from './arns.ts'
import { newToken, sendCancellation, subscriberAuthorization } from './confirmation.ts'
import { authorizationError, invalidParameter, subscriptionNotFound } from './errors.ts'
import { pageSize } from './limits.ts'
import { type Subscription, subscriptions, topics } from './state.ts'
import { accountOfCaller } from './subscribe.ts'
import { shownAttributes, withAttribute } from './subscription-attributes.ts'
import { markDeleted, removeSubscription } from './subscription-states.ts'
import { pageStart, requireTopic } from './topics.ts'

/** Judged on the topic, by whoever calls about one of its subscriptions. */
const authorize = ({ SubscriptionArn }: { readonly SubscriptionArn: string }, ctx: Context) =>
  subscriberAuthorization(ctx, topicArnOfSubscription(SubscriptionArn) ?? SubscriptionArn)

export const getSubscriptionAttributes = operation(GetSubscriptionAttributes, {
  authorize,
  scope: scopeOfSubscription,
  provenance: 'recorded',
  run(ctx, { SubscriptionArn }) {
    const subscription = requireSubscription(ctx, SubscriptionArn)
    const topic = topics.get(ctx, topicAddress(subscription.topicArn)?.name ?? '')
    return { Attributes: shownAttributes(subscription, topic) }
  },
})

export const setSubscriptionAttributes = operation(SetSubscriptionAttributes, {
  authorize,
  scope: scopeOfSubscription,
  provenance: 'recorded',
  run(ctx, { SubscriptionArn, AttributeName, AttributeValue = '' }) {
    const subscription = requireSubscription(ctx, SubscriptionArn)
    const { filter: _before, ...kept } = subscription
    const { attributes, filter } = withAttribute(
      subscription.attributes,
      AttributeName,
      AttributeValue,
      subscription,
    )
    subscriptions.put(ctx, { ...kept, attributes, ...(filter === undefined ? {} : { filter }) })
    return {}
  },
})

/** The subscription that its owner or the topic's asks for. Source of the words: terraform-provider-aws, an AuthorizationError. */
function requireSubscription(ctx: Context, arn: string): Subscription {
  requireArnForm(arn, 'SubscriptionArn')
  const subscription = subscriptions.get(ctx, arn)
  if (subscription === undefined || subscription.region !== ctx.region) throw subscriptionNotFound()
  if (!isParty(ctx, subscription))
    throw authorizationError('Not authorized to access this subscription')
  return subscription
}

function isParty(ctx: Context, { owner }: Subscription): boolean {
  const account = accountOfCaller(ctx.caller)
  return account === owner || account === ctx.accountId
}

export const unsubscribe = operation(Unsubscribe, {
  authorize,
  scope: scopeOfSubscription,
  provenance: 'recorded',
  run(ctx, { SubscriptionArn }) {
    requireSubscriptionArn(SubscriptionArn)
    const subscription = subscriptions.get(ctx, SubscriptionArn)
    if (subscription === undefined) return {} // Cancelling is idempotent.
    if (subscription.state === 'pending') {
      throw invalidParameter('Cannot unsubscribe a subscription that is pending confirmation')
    }
    cancel(ctx, subscription)
    return {}
  },
})

/**
 * The owner's word is final; if someone else cancels, the endpoint is told and can restore the
 * subscription. Source: SNS API reference, Unsubscribe. Recorded: sns, HTTP endpoints, `unsubscribe-request`.
 */
function cancel(ctx: Context, subscription: Subscription): void {
  const isAnonymous = ctx.caller.principal.kind === 'anonymous'
  const { authenticateOnUnsubscribe, protocol } = subscription
  const mustSign = authenticateOnUnsubscribe || protocol === 'sqs'
  if (isAnonymous ? mustSign : !isParty(ctx, subscription)) {
    throw authorizationError('Not authorized to unsubscribe')
  }
  if (accountOfCaller(ctx.caller) === subscription.owner) {
    removeSubscription(ctx, subscription)
    return
  }
  const token = newToken(ctx)
  markDeleted(ctx, subscription, token)
  sendCancellation(ctx, { ...subscription, token })
}

export const listSubscriptions = operation(ListSubscriptions, {
  authorize: (_input, ctx) => topicArn(ctx, '*'),
  provenance: 'modelled',
  run(ctx, { NextToken }) {
    const owner = `${ctx.accountId}/${ctx.region}`
    return page(
      (after) => subscriptions.where(ctx, 'owner', owner, after),
      NextToken,
      'subscriptions',
    )
  },
})

export const listSubscriptionsByTopic = operation(ListSubscriptionsByTopic, {
  authorize: onTopic,
  scope: scopeOfTopic,
  provenance: 'recorded',
  run(ctx, { TopicArn, NextToken }) {
    const { arn } = requireTopic(ctx, TopicArn)
    return page((after) => subscriptions.where(ctx, 'topic', arn, after), NextToken, arn)
  },
})

function page(
  read: (options: { after?: string }) => Iterable<Subscription>,
  token: string | undefined,
  query: string,
): { Subscriptions: SubscriptionEntry[]; NextToken?: string } {
  const after = pageStart(token, query)
  const found: Subscription[] = []
  for (const subscription of read(after === undefined ? {} : { after })) {
    if (found.length === pageSize) {
      return {
        Subscriptions: found.map(shown),
        NextToken: pageToken(found.at(-1)?.arn ?? '', query),
      }
    }
    found.push(subscription)
  }
  return { Subscriptions: found.map(shown) }
}

function shown({
  arn,
  owner,
  protocol,
  endpoint,
  topicArn: topic,
  state,
}: Subscription): SubscriptionEntry {
  return {
    SubscriptionArn:
      state === 'pending' ? 'PendingConfirmation' : state === 'deleted' ? 'Deleted' : arn,
    Owner: owner,
    Protocol: protocol,
    Endpoint: endpoint,
    TopicArn: topic,
  }
}
