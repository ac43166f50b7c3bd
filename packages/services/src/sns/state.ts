import { orderedKey, table } from '@cloud-orrery/kernel'
import { knownDataKeys } from '../shared/data-keys.ts'
import type { StoredPolicy } from '../shared/identity/state.ts'
import type { Filter } from './filter/filter.ts'

export interface Topic {
  readonly name: string
  readonly arn: string
  readonly isFifo: boolean
  /** As they were set: `DisplayName`, `DeliveryPolicy`, `SignatureVersion`, … */
  readonly attributes: Readonly<Record<string, string>>
  readonly policy: StoredPolicy
  readonly tags: Readonly<Record<string, string>>
  /** Subscriptions by state; kept here so that nobody has to count them. */
  readonly confirmed: number
  readonly pending: number
  readonly deleted: number
}

export const topics = table<Topic>('sns.topics', {
  key: (topic) => topic.name,
  resource: (topic) => topic.arn,
  partition: 'region',
})

/**
 * `pending`: waits for its confirmation. `deleted`: cancelled by someone else than its owner, who can
 * restore it. `orphaned`: its topic is gone.
 */
export type SubscriptionState = 'pending' | 'confirmed' | 'deleted' | 'orphaned'

export interface Subscription {
  readonly arn: string
  readonly topicArn: string
  /** Account that subscribed. */
  readonly owner: string
  readonly region: string
  readonly protocol: string
  readonly endpoint: string
  readonly state: SubscriptionState
  readonly token: string
  readonly confirmationWasAuthenticated: boolean
  /** Only its owner and the topic's may cancel it, by a signed request. */
  readonly authenticateOnUnsubscribe: boolean
  /** ARN of who subscribed. */
  readonly principalArn: string
  /** As they were set: `RawMessageDelivery`, `FilterPolicy`, … */
  readonly attributes: Readonly<Record<string, string>>
  readonly filter?: Filter
  /** Deliveries per second, and when the next one may go: `throttlePolicy`. */
  readonly nextDeliveryAtMs?: number
}

/** Of all accounts: a subscription and its topic may belong to different ones. */
export const subscriptions = table<
  Subscription,
  'topic' | 'confirmed' | 'owner' | 'endpoint' | 'token'
>('sns.subscriptions', {
  key: (subscription) => subscription.arn,
  resource: (subscription) => subscription.arn,
  partition: 'cloud',
  indexes: {
    topic: ({ topicArn, state }) => (state === 'orphaned' ? undefined : topicArn),
    confirmed: ({ topicArn, state }) => (state === 'confirmed' ? topicArn : undefined),
    owner: ({ owner, region }) => `${owner}/${region}`,
    endpoint: ({ topicArn, protocol, endpoint, state }) =>
      state === 'orphaned' ? undefined : endpointKey(topicArn, protocol, endpoint),
    token: ({ token }) => token,
  },
})

export function endpointKey(topicArn: string, protocol: string, endpoint: string): string {
  return JSON.stringify([topicArn, protocol, endpoint])
}

/** A message attribute as plain data: binary values in base64. */
export interface StoredAttribute {
  readonly dataType: string
  readonly value: string
}

/** A message on its way, as all deliveries of it share it. */
export interface Message {
  readonly type: 'Notification' | 'SubscriptionConfirmation' | 'UnsubscribeConfirmation'
  readonly id: string
  readonly topicArn: string
  readonly body: string
  readonly subject?: string
  readonly publishedAtMs: number
  readonly attributes?: Readonly<Record<string, StoredAttribute>>
  /** Absent for FIFO topics, which don't sign. */
  readonly signatureVersion?: '1' | '2'
  /** Base64. Absent where nobody needs it. */
  readonly signature?: string
  readonly groupId?: string
  readonly deduplicationId?: string
  readonly sequenceNumber?: string
  /** Of confirmations. */
  readonly token?: string
}

/** What a FIFO topic took within the last five minutes. */
export interface Deduplication {
  readonly topicName: string
  /** The group, where duplicates are looked for in it only; else empty. */
  readonly groupId: string
  readonly deduplicationId: string
  readonly messageId: string
  readonly sequenceNumber: string
}

export const deduplications = table<Deduplication>('sns.deduplications', {
  key: deduplicationKey,
  partition: 'region',
})

export function deduplicationKey(
  it: Pick<Deduplication, 'topicName' | 'groupId' | 'deduplicationId'>,
): string {
  return orderedKey(it.topicName, it.groupId, it.deduplicationId)
}

/** How many messages a FIFO topic took. */
export interface Sequence {
  readonly topicName: string
  readonly count: number
}

export const sequences = table<Sequence>('sns.sequences', {
  key: (sequence) => sequence.topicName,
  partition: 'region',
})

/** A FIFO topic's message that waits for its turn at one subscription. */
export interface Waiting {
  readonly subscriptionArn: string
  readonly groupId: string
  readonly sequence: number
  readonly message: Message
}

export const waiting = table<Waiting>('sns.waiting', {
  key: ({ subscriptionArn, groupId, sequence }) => orderedKey(subscriptionArn, groupId, sequence),
  partition: 'region',
})

/** Data keys that are in use, by topic and publisher. Source: SNS Developer Guide, "Managing Amazon SNS encryption keys". */
export const dataKeys = knownDataKeys('sns.dataKeys')
