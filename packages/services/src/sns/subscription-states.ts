import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { topicAddress } from './arns.ts'
import { deletedMs, pendingMs } from './limits.ts'
import {
  type Subscription,
  type SubscriptionState,
  subscriptions,
  type Topic,
  topics,
} from './state.ts'

/** The topic's own counters, in whichever account it is. */
function count(
  ctx: Context,
  topicArn: string,
  changes: Partial<Record<'confirmed' | 'pending' | 'deleted', number>>,
): void {
  const address = topicAddress(topicArn)
  if (address === undefined) return
  const scope = { ...address, store: ctx.store }
  const topic = topics.get(scope, address.name)
  if (topic === undefined) return
  const counted: Pick<Topic, 'confirmed' | 'pending' | 'deleted'> = {
    confirmed: topic.confirmed + (changes.confirmed ?? 0),
    pending: topic.pending + (changes.pending ?? 0),
    deleted: topic.deleted + (changes.deleted ?? 0),
  }
  topics.update(scope, topic.name, counted)
}

/** Keeps a new subscription, and takes one that is never confirmed away again. */
export function addSubscription(ctx: Context, subscription: Subscription): void {
  const { arn, topicArn, state, token } = subscription
  subscriptions.put(ctx, subscription)
  count(ctx, topicArn, { [state]: 1 })
  if (state === 'pending') ctx.after(pendingMs, expirePending, { arn, token })
}

/** Moves a subscription from one state to another, its topic's counters with it. */
export function changeState(
  ctx: Context,
  { arn, topicArn, state: before }: Subscription,
  state: Exclude<SubscriptionState, 'orphaned'>,
  fields: Partial<Subscription> = {},
): void {
  subscriptions.update(ctx, arn, { ...fields, state })
  if (before === state || before === 'orphaned') return
  count(ctx, topicArn, { [before]: -1 })
  count(ctx, topicArn, { [state]: 1 })
}

/** Removes a subscription; for a while it is still counted as deleted. Source: AWS Knowledge Center (see limits.ts). */
export function removeSubscription(ctx: Context, subscription: Subscription): void {
  const { arn, topicArn, state } = subscription
  subscriptions.delete(ctx, arn)
  if (state === 'orphaned') return
  count(ctx, topicArn, { [state]: -1 })
  count(ctx, topicArn, { deleted: 1 })
  ctx.after(deletedMs, forgetDeleted, { topicArn })
}

/** Someone else than its owner cancelled it: it stays to be restored until its time is up. */
export function markDeleted(ctx: Context, subscription: Subscription, token: string): void {
  changeState(ctx, subscription, 'deleted', { token })
  ctx.after(deletedMs, expireDeleted, { arn: subscription.arn, token })
}

/**
 * What is left of a deleted topic: confirmed subscriptions can still be read. Recorded: sns,
 * GetSubscriptionAttributes after DeleteTopic.
 * Deviation: AWS does not say when it takes them away; here it is after 72 hours.
 */
export function abandonSubscriptions(ctx: Context, topicArn: string): void {
  for (const subscription of [...subscriptions.where(ctx, 'topic', topicArn)]) {
    if (subscription.state !== 'confirmed') {
      subscriptions.delete(ctx, subscription.arn)
      continue
    }
    subscriptions.update(ctx, subscription.arn, { state: 'orphaned' })
    ctx.after(deletedMs, removeOrphan, { arn: subscription.arn })
  }
}

export const expirePending = task<{ arn: string; token: string }>('sns.expirePending', {
  run(ctx, { arn, token }) {
    const subscription = subscriptions.get(ctx, arn)
    if (subscription?.state !== 'pending' || subscription.token !== token) return
    subscriptions.delete(ctx, arn)
    count(ctx, subscription.topicArn, { pending: -1 })
  },
})

export const expireDeleted = task<{ arn: string; token: string }>('sns.expireDeleted', {
  run(ctx, { arn, token }) {
    const subscription = subscriptions.get(ctx, arn)
    if (subscription?.state !== 'deleted' || subscription.token !== token) return
    subscriptions.delete(ctx, arn)
    count(ctx, subscription.topicArn, { deleted: -1 })
  },
})

export const forgetDeleted = task<{ topicArn: string }>('sns.forgetDeleted', {
  run(ctx, { topicArn }) {
    const address = topicAddress(topicArn)
    // A topic that was created anew under the name may have none.
    if (address !== undefined && (topics.get(ctx, address.name)?.deleted ?? 0) > 0) {
      count(ctx, topicArn, { deleted: -1 })
    }
  },
})

export const removeOrphan = task<{ arn: string }>('sns.removeOrphan', {
  run(ctx, { arn }) {
    if (subscriptions.get(ctx, arn)?.state === 'orphaned') subscriptions.delete(ctx, arn)
  },
})
