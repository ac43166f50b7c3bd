import { Subscribe } from '@cloud-orrery/models/sns'
import type { Caller, Context } from '../context.ts'
import { operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { functionAddress, judgedArn, queueAddress, scopeOfTopic } from './arns.ts'
import { newToken, sendConfirmation } from './confirmation.ts'
import { invalidParameter, invalidParameterText } from './errors.ts'
import { endpointKey, type Subscription, subscriptions, type Topic } from './state.ts'
import { type Kept, readAttributes, type Subject } from './subscription-attributes.ts'
import { addSubscription, removeSubscription } from './subscription-states.ts'
import { requireTopic } from './topics.ts'

/** Endpoints outside AWS, and those of another account, must confirm; a queue of the caller's is trusted. */
export const subscribe = operation(Subscribe, {
  authorize: ({ TopicArn, Protocol, Endpoint }) => ({
    resource: judgedArn(TopicArn),
    context: {
      'sns:Protocol': Protocol,
      ...(Endpoint === undefined ? {} : { 'sns:Endpoint': Endpoint }),
    },
  }),
  scope: scopeOfTopic,
  provenance: 'recorded',
  run(ctx, { TopicArn, Protocol, Endpoint = '', Attributes = {}, ReturnSubscriptionArn }) {
    const topic = requireTopic(ctx, TopicArn)
    requireEndpoint(topic, Protocol, Endpoint)
    const subject: Subject = { topicArn: topic.arn, protocol: Protocol, endpoint: Endpoint }
    const kept = readAttributes(Attributes, subject)
    const existing = subscriptions.first(
      ctx,
      'endpoint',
      endpointKey(topic.arn, Protocol, Endpoint),
    )
    const subscription = known(ctx, existing, Attributes, kept) ?? create(ctx, subject, kept)
    const isShown = subscription.state === 'confirmed' || ReturnSubscriptionArn === true
    return { SubscriptionArn: isShown ? subscription.arn : 'pending confirmation' }
  },
})

/**
 * An endpoint is subscribed to a topic once; what is said again must agree. Recorded: sns, Subscribe.
 * Deviation: AWS keeps an owner from subscribing anew while a subscription counts as deleted; here it may.
 */
function known(
  ctx: Context,
  existing: Subscription | undefined,
  given: Readonly<Record<string, string>>,
  kept: Kept,
): Subscription | undefined {
  if (existing === undefined) return undefined
  if (existing.state === 'deleted') {
    removeSubscription(ctx, existing)
    return undefined
  }
  for (const name of Object.keys(given)) {
    const before = existing.attributes[name] ?? attributeDefaults[name]
    if ((kept.attributes[name] ?? attributeDefaults[name]) === before) continue
    throw invalidParameter(
      'Attributes Reason: Subscription already exists with different attributes',
    )
  }
  if (existing.state === 'pending') sendConfirmation(ctx, existing)
  return existing
}

/** Saying what holds anyway is saying nothing new. */
const attributeDefaults: Readonly<Record<string, string>> = {
  RawMessageDelivery: 'false',
  FilterPolicyScope: 'MessageAttributes',
}

function create(
  ctx: Context,
  { topicArn, protocol, endpoint }: Subject,
  { attributes, filter }: Kept,
): Subscription {
  const owner = accountOfCaller(ctx.caller) ?? ctx.accountId
  // Source: SNS API reference, Subscribe: endpoints of the own account need no confirmation.
  const isConfirmed = accountOfEndpoint(protocol, endpoint) === owner
  const subscription: Subscription = {
    arn: `${topicArn}:${ctx.ids.uuid()}`,
    topicArn,
    owner,
    region: ctx.region,
    protocol,
    endpoint,
    state: isConfirmed ? 'confirmed' : 'pending',
    token: newToken(ctx),
    confirmationWasAuthenticated: isConfirmed,
    authenticateOnUnsubscribe: false,
    principalArn: principalArn(ctx.caller),
    attributes,
    ...(filter === undefined ? {} : { filter }),
  }
  addSubscription(ctx, subscription)
  if (!isConfirmed) sendConfirmation(ctx, subscription)
  return subscription
}

function accountOfEndpoint(protocol: string, endpoint: string): string | undefined {
  if (protocol === 'sqs') return queueAddress(endpoint)?.accountId
  return protocol === 'lambda' ? functionAddress(endpoint)?.accountId : undefined
}

export function accountOfCaller({ principal }: Caller): string | undefined {
  return 'accountId' in principal ? principal.accountId : undefined
}

function principalArn({ principal }: Caller): string {
  if ('arn' in principal) return principal.arn
  return principal.kind === 'service' ? principal.service : principal.kind
}

const notBuilt = new Set(['sms', 'application', 'firehose'])

/** Recorded: sns, Subscribe. */
function requireEndpoint(topic: Topic, protocol: string, endpoint: string): void {
  switch (protocol) {
    case 'sqs':
      if (queueAddress(endpoint) === undefined) throw invalidParameter('SQS endpoint ARN')
      break
    case 'lambda':
      if (functionAddress(endpoint) === undefined) throw invalidParameter('Lambda endpoint ARN')
      break
    case 'http':
    case 'https':
      requireUrl(protocol, endpoint)
      break
    case 'email':
    case 'email-json':
      if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(endpoint)) throw invalidParameter('Email address')
      break
    default:
      refuseProtocol(protocol, endpoint)
  }
  if (topic.isFifo && protocol !== 'sqs') {
    throw invalidParameter(`Invalid protocol type: ${protocol}`)
  }
  if (!topic.isFifo && endpoint.endsWith('.fifo') && protocol === 'sqs') {
    throw invalidParameter(
      'Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
    )
  }
}

function requireUrl(protocol: string, endpoint: string): void {
  if (!endpoint.startsWith(`${protocol}://`)) {
    throw invalidParameter('Endpoint must match the specified protocol')
  }
  if (!URL.canParse(endpoint)) throw invalidParameter('Endpoint')
}

function refuseProtocol(protocol: string, endpoint: string): never {
  if (protocol === 'sms' && !/^\+?[0-9][0-9 -]{1,19}$/.test(endpoint)) {
    throw invalidParameterText(`Invalid SMS endpoint: ${endpoint}`)
  }
  if (notBuilt.has(protocol)) throw notModelled(`the protocol ${protocol} of sns:Subscribe`)
  throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`)
}
