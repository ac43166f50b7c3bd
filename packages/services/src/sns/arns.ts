import type { Scope } from '@cloud-orrery/kernel'
import { invalidParameter, noValue } from './errors.ts'

export interface TopicAddress extends Scope {
  readonly name: string
}

export function topicArn({ accountId, region }: Scope, name: string): string {
  return `arn:aws:sns:${region}:${accountId}:${name}`
}

/** Parts of a topic's ARN; undefined for anything else. Never throws: authorisation comes before validation. */
export function topicAddress(arn: string | undefined): TopicAddress | undefined {
  const [prefix, , service, region, accountId, name, ...more] = (arn ?? '').split(':')
  if (prefix !== 'arn' || service !== 'sns' || more.length > 0) return undefined
  if (region === undefined || accountId === undefined || name === undefined) return undefined
  return { region, accountId, name }
}

/** What the policy engine judges a call about a topic on; a text that is no ARN is refused by the call itself. */
export function judgedArn(arn: string | undefined): string {
  const address = topicAddress(arn)
  return arn !== undefined && address !== undefined && /^\d{12}$/.test(address.accountId)
    ? arn
    : '*'
}

/** For operations that have nothing else to say. */
export const onTopic = ({ TopicArn }: { readonly TopicArn: string }): string => judgedArn(TopicArn)

/** Parts of a topic's ARN that must lie in the region that was called. Recorded: sns, Publish. */
export function requireTopicAddress(
  ctx: Scope,
  arn: string | undefined,
  parameter = 'TopicArn',
): TopicAddress {
  requireArnForm(arn, parameter)
  const address = topicAddress(arn)
  if (address === undefined || address.region !== ctx.region || address.name === '') {
    throw invalidParameter(parameter)
  }
  return address
}

/** Recorded: sns, Publish and Unsubscribe. */
export function requireArnForm(arn: string | undefined, parameter: string): void {
  const elements = (arn ?? '').split(':').length
  if (elements < 6) {
    throw invalidParameter(
      `${parameter} Reason: An ARN must have at least 6 elements, not ${elements}`,
    )
  }
}

/** The topic of a subscription's ARN; undefined for other texts. */
export function topicArnOfSubscription(arn: string): string | undefined {
  const parts = arn.split(':')
  return parts.length === 7 && parts[2] === 'sns' ? parts.slice(0, 6).join(':') : undefined
}

/** Recorded: sns, Unsubscribe. */
export function requireSubscriptionArn(arn: string): void {
  if (arn === '') throw noValue('SubscriptionArn')
  requireArnForm(arn, 'SubscriptionArn')
  if (topicArnOfSubscription(arn) === undefined) throw invalidParameter('SubscriptionId')
}

/** Operations on a topic work in the account that its ARN names. */
export function scopeOfTopic({
  TopicArn,
}: {
  readonly TopicArn?: string | undefined
}): Partial<Scope> {
  return accountOf(TopicArn)
}

/** Operations on a subscription work in its topic's account. */
export function scopeOfSubscription({
  SubscriptionArn,
}: {
  readonly SubscriptionArn: string
}): Partial<Scope> {
  return accountOf(SubscriptionArn)
}

export function accountOf(arn: string | undefined): Partial<Scope> {
  const accountId = (arn ?? '').split(':')[4]
  return accountId !== undefined && /^\d{12}$/.test(accountId) ? { accountId } : {}
}

/** Parts of a function's ARN, with its qualifier in the name; undefined for anything else. */
export function functionAddress(arn: string): TopicAddress | undefined {
  const match =
    /^arn:aws[a-z-]*:lambda:([a-z0-9-]+):(\d{12}):function:([A-Za-z0-9_-]+(?::[A-Za-z0-9_$-]+)?)$/.exec(
      arn,
    )
  const [, region, accountId, name] = match ?? []
  if (region === undefined || accountId === undefined || name === undefined) return undefined
  return { region, accountId, name }
}

/** Parts of a queue's ARN; undefined for anything else. */
export function queueAddress(arn: string): TopicAddress | undefined {
  const match = /^arn:aws[a-z-]*:sqs:([a-z0-9-]+):(\d{12}):([A-Za-z0-9_.-]+)$/.exec(arn)
  const [, region, accountId, name] = match ?? []
  if (region === undefined || accountId === undefined || name === undefined) return undefined
  return { region, accountId, name }
}
