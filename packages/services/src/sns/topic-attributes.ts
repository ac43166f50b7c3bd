import { notModelled } from '../shared/not-modelled.ts'
import { invalidParameter } from './errors.ts'
import { effectiveTopicPolicy, readTopicPolicy } from './http-policy.ts'
import type { Topic } from './state.ts'
import { readPolicy } from './topic-policy.ts'

/** What is kept of each attribute that can be set; undefined takes it away. */
type Reader = (value: string, prefix: string, isFifo: boolean) => string | undefined

const keptAttributes: Readonly<Record<string, Reader>> = {
  DisplayName: (value, prefix) => {
    if (value.length > 100) throw invalidParameter(`${prefix}DisplayName`)
    return value
  },
  DeliveryPolicy: (value, prefix) =>
    value === '' ? undefined : JSON.stringify({ http: readTopicPolicy(value, prefix) }),
  // Any text is taken: whether there is such a key shows when somebody publishes.
  KmsMasterKeyId: (value) => (value === '' ? undefined : value),
  SignatureVersion: (value, prefix) => oneOf('SignatureVersion', ['1', '2'], value, prefix),
  TracingConfig: (value, prefix) =>
    oneOf('TracingConfig', ['PassThrough', 'Active'], value, prefix),
  ContentBasedDeduplication: (value, prefix, isFifo) =>
    ofFifo(
      'ContentBasedDeduplication',
      truth('ContentBasedDeduplication', value, prefix),
      prefix,
      isFifo,
    ),
  FifoThroughputScope: (value, prefix, isFifo) =>
    ofFifo(
      'FifoThroughputScope',
      oneOf('FifoThroughputScope', ['Topic', 'MessageGroup'], value, prefix),
      prefix,
      isFifo,
    ),
}

/** Attributes of the model's documentation that are not built, and how delivery status logging is called. */
const notBuilt =
  /^(ArchivePolicy|MaximumMessageSize|BeginningArchiveTime|(HTTP|Application|Lambda|Firehose|SQS)(Success|Failure)Feedback(RoleArn|SampleRate))$/

/** Splits what CreateTopic was given into what is kept; `Policy` and `FifoTopic` are the caller's. */
export function readTopicAttributes(
  given: Readonly<Record<string, string>>,
  isFifo: boolean,
): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) {
    if (name === 'Policy' || name === 'FifoTopic') continue
    const read = readTopicAttribute(name, value, isFifo, 'Attributes Reason: ')
    if (read !== undefined) kept[name] = read
  }
  return kept
}

/** One attribute's value as it is kept. Throws where the name or the value is none. Recorded: sns, SetTopicAttributes. */
export function readTopicAttribute(
  name: string,
  value: string,
  isFifo: boolean,
  prefix = '',
): string | undefined {
  if (notBuilt.test(name)) throw notModelled(`the topic attribute ${name} of SNS`)
  const read = Object.hasOwn(keptAttributes, name) ? keptAttributes[name] : undefined
  if (read === undefined) {
    throw invalidParameter(prefix === '' ? 'AttributeName' : `${prefix}Unknown attribute ${name}`)
  }
  return read(value, prefix, isFifo)
}

/** True where an attribute that is given again says what the topic has. */
export function isSameAttribute(topic: Topic, name: string, value: string): boolean {
  if (name === 'Policy') return readPolicy(value).text === topic.policy.text
  if (name === 'FifoTopic') return value === String(topic.isFifo)
  const kept = readTopicAttribute(name, value, topic.isFifo, 'Attributes Reason: ')
  return kept === topic.attributes[name]
}

/** `Attributes` of GetTopicAttributes. Recorded: sns, GetTopicAttributes. */
export function shownAttributes(topic: Topic): Record<string, string> {
  const { attributes } = topic
  return {
    Policy: topic.policy.text,
    Owner: topic.arn.split(':')[4] ?? '',
    SubscriptionsPending: String(topic.pending),
    SubscriptionsConfirmed: String(topic.confirmed),
    SubscriptionsDeleted: String(topic.deleted),
    TopicArn: topic.arn,
    EffectiveDeliveryPolicy: JSON.stringify({
      http: effectiveTopicPolicy(attributes['DeliveryPolicy']),
    }),
    DisplayName: '',
    ...(topic.isFifo ? { FifoTopic: 'true', ContentBasedDeduplication: 'false' } : {}),
    ...attributes,
  }
}

/** The words are ours. */
function oneOf(name: string, allowed: readonly string[], value: string, prefix: string): string {
  if (allowed.includes(value)) return value
  throw invalidParameter(
    `${prefix}${name}: Invalid value [${value}]. Must be one of ${allowed.join(', ')}.`,
  )
}

export function truth(name: string, value: string, prefix: string): string {
  const lower = value.toLowerCase()
  if (lower === 'true' || lower === 'false') return lower
  throw invalidParameter(`${prefix}${name}: Invalid value [${value}]. Must be true or false.`)
}

function ofFifo(name: string, value: string, prefix: string, isFifo: boolean): string {
  if (!isFifo) throw invalidParameter(`${prefix}${name} can only be set for FIFO topics`)
  return value
}
