import { isTooDeep } from '../shared/json-depth.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { queueAddress } from './arns.ts'
import { invalidParameter } from './errors.ts'
import type { Filter, FilterScope } from './filter/filter.ts'
import { jsonReason, readFilter } from './filter/read-policy.ts'
import { effectiveSubscriptionPolicy, readSubscriptionPolicy } from './http-policy.ts'
import type { Subscription, Topic } from './state.ts'
import { truth } from './topic-attributes.ts'

type Attributes = Readonly<Record<string, string>>

/** What the checks need to know of a subscription that may not be there yet. */
export interface Subject {
  readonly topicArn: string
  readonly protocol: string
  readonly endpoint: string
}

/** Attributes as they are kept, with the filter that they make. */
export interface Kept {
  readonly attributes: Attributes
  readonly filter: Filter | undefined
}

/** Adds one attribute to others. An empty text takes policies away. Recorded: sns, SetSubscriptionAttributes. */
export function withAttribute(
  before: Attributes,
  name: string,
  value: string,
  subject: Subject,
  prefix = '',
): Kept {
  const read = readAttribute(before, name, value, subject, prefix)
  const { [name]: _before, ...others } = before
  const attributes = read === undefined ? others : { ...others, [name]: read }
  return { attributes, filter: filterOf(attributes, prefix) }
}

/** All attributes of a Subscribe call. The scope comes first: the policy is read for it. */
export function readAttributes(given: Attributes, subject: Subject): Kept {
  const prefix = 'Attributes Reason: '
  let kept: Kept = { attributes: {}, filter: undefined }
  const names = Object.keys(given).sort((a, b) => rank(a) - rank(b))
  for (const name of names) {
    kept = withAttribute(kept.attributes, name, given[name] ?? '', subject, prefix)
  }
  return kept
}

const rank = (name: string) => (name === 'FilterPolicyScope' ? 0 : 1)

function readAttribute(
  before: Attributes,
  name: string,
  value: string,
  subject: Subject,
  prefix: string,
): string | undefined {
  switch (name) {
    case 'RawMessageDelivery':
      return truth('RawMessageDelivery', value, prefix)
    case 'FilterPolicy':
      if (value === '' || value === '{}') return undefined
      readFilter(value, scopeOf(before), prefix)
      return value
    case 'FilterPolicyScope':
      if (value === 'MessageAttributes' || value === 'MessageBody') return value
      throw invalidParameter(
        `${prefix}FilterPolicyScope: Invalid value [${value}]. Please use either MessageBody or MessageAttributes`,
      )
    case 'RedrivePolicy':
      return value === '' ? undefined : readRedrivePolicy(value, subject, prefix)
    case 'DeliveryPolicy':
      return value === '' ? undefined : JSON.stringify(readSubscriptionPolicy(value, prefix))
    case 'SubscriptionRoleArn':
    case 'ReplayPolicy':
      throw notModelled(`the subscription attribute ${name} of SNS`)
    default:
      throw invalidParameter(`${prefix}AttributeName`)
  }
}

function scopeOf(attributes: Attributes): FilterScope {
  return attributes['FilterPolicyScope'] === 'MessageBody' ? 'MessageBody' : 'MessageAttributes'
}

/** A scope that is set later is judged with the policy that is there. */
function filterOf(attributes: Attributes, prefix: string): Filter | undefined {
  const policy = attributes['FilterPolicy']
  return policy === undefined ? undefined : readFilter(policy, scopeOf(attributes), prefix)
}

function readRedrivePolicy(text: string, { topicArn, endpoint }: Subject, prefix: string): string {
  const json = parseRedrivePolicy(text, prefix)
  const unknown = Object.keys(json).find((name) => name !== 'deadLetterTargetArn')
  if (unknown !== undefined) {
    throw invalidParameter(`${prefix}RedrivePolicy: invalid JSON. Attribute ${unknown} is unknown.`)
  }
  const queue = queueAddress(String(json['deadLetterTargetArn'] ?? ''))
  if (queue === undefined) {
    throw invalidParameter(`${prefix}RedrivePolicy: deadLetterTargetArn is an invalid arn`)
  }
  const needsFifo = topicArn.endsWith('.fifo') && endpoint.endsWith('.fifo')
  if (needsFifo && !queue.name.endsWith('.fifo')) {
    throw invalidParameter(
      `${prefix}RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.`,
    )
  }
  return text
}

function parseRedrivePolicy(text: string, prefix: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalidParameter(`${prefix}RedrivePolicy: failed to parse JSON. ${jsonReason(text)}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isTooDeep(text)) {
    throw invalidParameter(`${prefix}RedrivePolicy: deadLetterTargetArn is an invalid arn`)
  }
  return value as Readonly<Record<string, unknown>> // Just checked.
}

/** The queue that takes what could not be delivered. */
export function deadLetterQueueArn({
  attributes,
}: Pick<Subscription, 'attributes'>): string | undefined {
  const policy = attributes['RedrivePolicy']
  if (policy === undefined) return undefined
  const { deadLetterTargetArn } = JSON.parse(policy) as { deadLetterTargetArn: string } // As `readRedrivePolicy` let in.
  return deadLetterTargetArn
}

export function isHttp(protocol: string): boolean {
  return protocol === 'http' || protocol === 'https'
}

/** `Attributes` of GetSubscriptionAttributes. Recorded: sns, GetSubscriptionAttributes. */
export function shownAttributes(
  subscription: Subscription,
  topic: Topic | undefined,
): Record<string, string> {
  const { attributes, protocol } = subscription
  const { FilterPolicyScope: _scope, DeliveryPolicy: own, ...kept } = attributes
  return {
    SubscriptionPrincipal: subscription.principalArn,
    Owner: subscription.owner,
    RawMessageDelivery: 'false',
    TopicArn: subscription.topicArn,
    Endpoint: subscription.endpoint,
    Protocol: protocol,
    PendingConfirmation: String(subscription.state === 'pending'),
    ConfirmationWasAuthenticated: String(subscription.confirmationWasAuthenticated),
    SubscriptionArn: subscription.arn,
    ...kept,
    ...(attributes['FilterPolicy'] === undefined ? {} : { FilterPolicyScope: scopeOf(attributes) }),
    ...(own === undefined ? {} : { DeliveryPolicy: own }),
    ...(isHttp(protocol)
      ? {
          EffectiveDeliveryPolicy: JSON.stringify(
            effectiveSubscriptionPolicy(own, topic?.attributes['DeliveryPolicy']),
          ),
        }
      : {}),
  }
}
