import { invalidParameter } from './errors.ts'
import { policyDelaySecondsMax, policyRetriesMax } from './limits.ts'

export type BackoffFunction = 'linear' | 'arithmetic' | 'geometric' | 'exponential'

/** How an HTTP endpoint is retried. Delays in seconds. Source: SNS Developer Guide, "Creating an HTTP/S delivery policy". */
export interface RetryPolicy {
  readonly minDelayTarget: number
  readonly maxDelayTarget: number
  readonly numRetries: number
  readonly numMaxDelayRetries: number
  readonly numNoDelayRetries: number
  readonly numMinDelayRetries: number
  readonly backoffFunction: BackoffFunction
}

interface ThrottlePolicy {
  readonly maxReceivesPerSecond: number
}

interface RequestPolicy {
  readonly headerContentType: string
}

/** `DeliveryPolicy` of a topic, as it is answered. */
export interface TopicHttpPolicy {
  readonly defaultHealthyRetryPolicy?: RetryPolicy
  readonly disableSubscriptionOverrides: boolean
  readonly defaultThrottlePolicy?: ThrottlePolicy
  readonly defaultRequestPolicy?: RequestPolicy
}

/** `DeliveryPolicy` of a subscription, as it is answered: what is not set reads `null`. */
export interface SubscriptionHttpPolicy {
  readonly healthyRetryPolicy: RetryPolicy | null
  readonly sicklyRetryPolicy: null
  readonly throttlePolicy: ThrottlePolicy | null
  readonly requestPolicy: RequestPolicy | null
  readonly guaranteed: false
}

/** Recorded: sns, GetTopicAttributes, `EffectiveDeliveryPolicy`. */
export const defaultRetryPolicy: RetryPolicy = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: 'linear',
}

const defaultContentType = 'text/plain; charset=UTF-8'

/** Content types that `headerContentType` takes. Source: SNS Developer Guide, "Creating an HTTP/S delivery policy". */
const contentTypes: ReadonlySet<string> = new Set([
  'application/json',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'application/xhtml+xml',
  'application/xml',
  'application/soap+xml',
  'application/vnd.google.protobuf',
  'application/atom+xml',
  'application/cbor',
  'text/css',
  'text/csv',
  'text/html',
  'text/plain',
  'text/xml',
])

type Json = Readonly<Record<string, unknown>>

/** Reads a topic's `DeliveryPolicy`. The order of members is that in which AWS answers. */
export function readTopicPolicy(text: string, prefix: string): TopicHttpPolicy {
  const http = objectOf(parse(text, prefix)['http'])
  const retry = readRetryPolicy(http['defaultHealthyRetryPolicy'], prefix)
  const throttle = readThrottle(http['defaultThrottlePolicy'], prefix)
  const request = readRequest(http['defaultRequestPolicy'], prefix)
  return {
    ...(retry === null ? {} : { defaultHealthyRetryPolicy: retry }),
    disableSubscriptionOverrides: http['disableSubscriptionOverrides'] === true,
    ...(throttle === null ? {} : { defaultThrottlePolicy: throttle }),
    ...(request === null ? {} : { defaultRequestPolicy: request }),
  }
}

/** Reads a subscription's `DeliveryPolicy`. */
export function readSubscriptionPolicy(text: string, prefix: string): SubscriptionHttpPolicy {
  const json = parse(text, prefix)
  return {
    healthyRetryPolicy: readRetryPolicy(json['healthyRetryPolicy'], prefix),
    sicklyRetryPolicy: null,
    throttlePolicy: readThrottle(json['throttlePolicy'], prefix),
    requestPolicy: readRequest(json['requestPolicy'], prefix),
    guaranteed: false,
  }
}

/** What holds for a topic: its own policy over the defaults. */
export function effectiveTopicPolicy(text: string | undefined): TopicHttpPolicy & {
  readonly defaultHealthyRetryPolicy: RetryPolicy
  readonly defaultRequestPolicy: RequestPolicy
} {
  const own = text === undefined ? undefined : readTopicPolicy(text, '')
  return {
    defaultHealthyRetryPolicy: own?.defaultHealthyRetryPolicy ?? defaultRetryPolicy,
    disableSubscriptionOverrides: own?.disableSubscriptionOverrides ?? false,
    ...(own?.defaultThrottlePolicy === undefined
      ? {}
      : { defaultThrottlePolicy: own.defaultThrottlePolicy }),
    defaultRequestPolicy: own?.defaultRequestPolicy ?? { headerContentType: defaultContentType },
  }
}

/** What holds for a subscription: its own policy, where the topic lets it, over the topic's. */
export function effectiveSubscriptionPolicy(
  own: string | undefined,
  ofTopic: string | undefined,
): SubscriptionHttpPolicy & {
  readonly healthyRetryPolicy: RetryPolicy
  readonly requestPolicy: RequestPolicy
} {
  const topic = effectiveTopicPolicy(ofTopic)
  const set =
    own === undefined || topic.disableSubscriptionOverrides
      ? undefined
      : readSubscriptionPolicy(own, '')
  return {
    healthyRetryPolicy: set?.healthyRetryPolicy ?? topic.defaultHealthyRetryPolicy,
    sicklyRetryPolicy: null,
    throttlePolicy: set?.throttlePolicy ?? topic.defaultThrottlePolicy ?? null,
    requestPolicy: set?.requestPolicy ?? topic.defaultRequestPolicy,
    guaranteed: false,
  }
}

function parse(text: string, prefix: string): Json {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalidParameter(`${prefix}DeliveryPolicy: failed to parse JSON`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidParameter(`${prefix}DeliveryPolicy: failed to parse JSON`)
  }
  return value as Json // Just checked.
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

/** The words of the refusals are ours; the bounds are AWS's. */
function readRetryPolicy(value: unknown, prefix: string): RetryPolicy | null {
  if (value === undefined || value === null) return null
  const json = objectOf(value)
  const read = (name: keyof RetryPolicy, max: number, otherwise: number, min = 0): number => {
    const given = json[name] ?? otherwise
    if (typeof given !== 'number' || !Number.isInteger(given) || given < min || given > max) {
      throw invalidParameter(
        `${prefix}DeliveryPolicy: ${name} must be an integer between ${min} and ${max}`,
      )
    }
    return given
  }
  const policy = {
    minDelayTarget: read('minDelayTarget', policyDelaySecondsMax, 20, 1),
    maxDelayTarget: read('maxDelayTarget', policyDelaySecondsMax, 20, 1),
    numRetries: read('numRetries', policyRetriesMax, 3),
    numMaxDelayRetries: read('numMaxDelayRetries', policyRetriesMax, 0),
    numNoDelayRetries: read('numNoDelayRetries', policyRetriesMax, 0),
    numMinDelayRetries: read('numMinDelayRetries', policyRetriesMax, 0),
    backoffFunction: readBackoff(json['backoffFunction'] ?? 'linear', prefix),
  }
  if (policy.minDelayTarget > policy.maxDelayTarget) {
    throw invalidParameter(
      `${prefix}DeliveryPolicy: minDelayTarget must be less than or equal to maxDelayTarget`,
    )
  }
  const phases = policy.numMaxDelayRetries + policy.numNoDelayRetries + policy.numMinDelayRetries
  if (phases > policy.numRetries) {
    throw invalidParameter(
      `${prefix}DeliveryPolicy: numRetries must be greater than or equal to the sum of its phases`,
    )
  }
  return policy
}

function readBackoff(value: unknown, prefix: string): BackoffFunction {
  if (
    value === 'linear' ||
    value === 'arithmetic' ||
    value === 'geometric' ||
    value === 'exponential'
  ) {
    return value
  }
  throw invalidParameter(
    `${prefix}DeliveryPolicy: backoffFunction must be one of arithmetic, exponential, geometric, linear`,
  )
}

function readThrottle(value: unknown, prefix: string): ThrottlePolicy | null {
  const given = objectOf(value)['maxReceivesPerSecond']
  if (given === undefined || given === null) return null
  if (typeof given !== 'number' || given < 1 || !Number.isInteger(given)) {
    throw invalidParameter(
      `${prefix}DeliveryPolicy: maxReceivesPerSecond must be an integer of 1 or more`,
    )
  }
  return { maxReceivesPerSecond: given }
}

function readRequest(value: unknown, prefix: string): RequestPolicy | null {
  const given = objectOf(value)['headerContentType']
  if (given === undefined || given === null) return null
  const type = typeof given === 'string' ? (given.split(';')[0] ?? '').trim() : ''
  if (typeof given !== 'string' || !contentTypes.has(type)) {
    throw invalidParameter(
      `${prefix}DeliveryPolicy: headerContentType ${String(given)} is not supported`,
    )
  }
  return { headerContentType: given }
}
