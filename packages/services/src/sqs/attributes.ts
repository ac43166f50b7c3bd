import type { Context } from '../context.ts'
import {
  invalidAttributeName,
  invalidAttributeValue,
  twoKindsOfEncryption,
  unknownAttribute,
} from './errors.ts'
import { messageBytesMax, visibilitySecondsMax } from './limits.ts'
import { readQueuePolicy } from './queue-policies.ts'
import { checkRedriveAllowPolicy, readRedrivePolicy } from './redrive-policies.ts'
import type { Queue, QueueSettings } from './state.ts'

interface Attribute {
  /** What a queue has that was told nothing; absent: it has no value. */
  readonly standard?: string
  readonly fifoOnly?: boolean
  /** Source of the ranges: SQS API reference, SetQueueAttributes. */
  readonly check: (value: string) => boolean
}

const wholeNumber = (min: number, max: number) => (value: string) =>
  /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max
const oneOf =
  (...values: string[]) =>
  (value: string) =>
    values.includes(value)
const boolean = oneOf('true', 'false')

/** What a caller may set, in the order in which it is checked. */
const attributes: Readonly<Record<string, Attribute>> = {
  DelaySeconds: { standard: '0', check: wholeNumber(0, 900) },
  MaximumMessageSize: {
    standard: String(messageBytesMax),
    check: wholeNumber(1024, messageBytesMax),
  },
  MessageRetentionPeriod: { standard: '345600', check: wholeNumber(60, 1_209_600) },
  ReceiveMessageWaitTimeSeconds: { standard: '0', check: wholeNumber(0, 20) },
  VisibilityTimeout: { standard: '30', check: wholeNumber(0, visibilitySecondsMax) },
  Policy: { check: () => true },
  RedrivePolicy: { check: () => true },
  RedriveAllowPolicy: { check: () => true },
  KmsMasterKeyId: { check: (value) => value.length <= 2048 },
  KmsDataKeyReusePeriodSeconds: { check: wholeNumber(60, 86_400) },
  SqsManagedSseEnabled: { standard: 'true', check: boolean },
  FifoQueue: { fifoOnly: true, check: boolean },
  ContentBasedDeduplication: { standard: 'false', fifoOnly: true, check: boolean },
  DeduplicationScope: {
    standard: 'queue',
    fifoOnly: true,
    check: oneOf('queue', 'messageGroup'),
  },
  FifoThroughputLimit: {
    standard: 'perQueue',
    fifoOnly: true,
    check: oneOf('perQueue', 'perMessageGroupId'),
  },
}

/** A map, as callers choose the names that are looked up: `constructor` is no attribute. */
const settable: ReadonlyMap<string, Attribute> = new Map(Object.entries(attributes))

/** What nobody sets. */
const readOnly = new Set([
  'All',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
])

export function isQueueAttribute(name: string): boolean {
  return readOnly.has(name) || settable.has(name)
}

/** Attributes that an empty value takes away. */
const removable = new Set([
  'Policy',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
])

export function standardSettings(fifo: boolean): QueueSettings {
  const settings: Record<string, string> = {}
  for (const [name, { standard, fifoOnly }] of settable) {
    if (standard !== undefined && (fifo || fifoOnly !== true)) settings[name] = standard
  }
  if (fifo) settings['FifoQueue'] = 'true'
  return settings
}

/**
 * A queue with some attributes changed. Throws InvalidAttributeName and InvalidAttributeValue. Which
 * attributes a queue may have and what they may be is checked here and nowhere else.
 */
export function withAttributes(
  ctx: Context,
  queue: Queue,
  given: Readonly<Record<string, string>>,
): Queue {
  checkEncryption(given)
  const settings: Record<string, string> = { ...queue.settings }
  for (const [name, text] of Object.entries(given)) {
    // Recorded: sqs, CreateQueue takes `True` and answers `true`.
    const value = settable.get(name)?.check === boolean ? text.toLowerCase() : text
    checkAttribute(queue, name, value)
    if (name === 'Policy') continue // Kept apart, as it is read on every call.
    if (value === '' && removable.has(name)) delete settings[name]
    else settings[name] = value
  }
  if (given['KmsMasterKeyId']) settings['SqsManagedSseEnabled'] = 'false'
  if (given['SqsManagedSseEnabled']?.toLowerCase() === 'true') delete settings['KmsMasterKeyId']
  // The period is that of a key. Recorded: sqs, SetQueueAttributes with an empty key.
  if (settings['KmsMasterKeyId'] === undefined) delete settings['KmsDataKeyReusePeriodSeconds']
  else settings['KmsDataKeyReusePeriodSeconds'] ??= '300'
  checkThroughput(settings)
  return withDocuments(ctx, { ...queue, settings }, given)
}

function checkAttribute({ fifo }: Queue, name: string, value: string): void {
  const attribute = settable.get(name)
  if (attribute === undefined) throw unknownAttribute(name)
  if (attribute.fifoOnly === true && !fifo) throw notOnStandard(name)
  if (value === '' && removable.has(name)) return
  if (!attribute.check(value)) throw invalidAttributeValue(name)
  if (name === 'FifoQueue' && value !== 'true') {
    throw invalidAttributeValue('FifoQueue', 'Modifying queue type is not supported.')
  }
}

/** Recorded: sqs, CreateQueue. */
function notOnStandard(name: string): Error {
  if (name === 'DeduplicationScope' || name === 'FifoThroughputLimit') {
    return invalidAttributeName(`You can specify the ${name} only when FifoQueue is set to true.`)
  }
  return unknownAttribute(name)
}

function checkEncryption(given: Readonly<Record<string, string>>): void {
  if (given['KmsMasterKeyId'] && given['SqsManagedSseEnabled'] === 'true') {
    throw twoKindsOfEncryption()
  }
}

/** Source: SQS Developer Guide, "High throughput for FIFO queues". */
function checkThroughput(settings: QueueSettings): void {
  const perGroup = settings['FifoThroughputLimit'] === 'perMessageGroupId'
  if (perGroup && settings['DeduplicationScope'] !== 'messageGroup') {
    throw invalidAttributeValue(
      'FifoThroughputLimit',
      'The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup.',
    )
  }
}

/** Reads those attributes that are documents. */
function withDocuments(
  ctx: Context,
  queue: Queue,
  { Policy, RedrivePolicy, RedriveAllowPolicy }: Readonly<Record<string, string>>,
): Queue {
  const { policy, redrive, settings, ...rest } = queue
  const newPolicy =
    Policy === undefined ? policy : Policy === '' ? undefined : readQueuePolicy(ctx, Policy)
  const newRedrive =
    RedrivePolicy === undefined
      ? redrive
      : RedrivePolicy === ''
        ? undefined
        : readRedrivePolicy(ctx, RedrivePolicy, queue)
  if (RedriveAllowPolicy) checkRedriveAllowPolicy(RedriveAllowPolicy)
  return {
    ...rest,
    settings:
      newRedrive === undefined
        ? settings
        : { ...settings, RedrivePolicy: JSON.stringify(newRedrive) },
    ...(newPolicy === undefined ? {} : { policy: newPolicy }),
    ...(newRedrive === undefined ? {} : { redrive: newRedrive }),
  }
}

/** The first attribute in which a queue differs from what is asked for. */
export function differingAttribute(queue: Queue, asked: Queue, names: readonly string[]) {
  return names.find((name) =>
    name === 'Policy'
      ? JSON.stringify(queue.policy?.document) !== JSON.stringify(asked.policy?.document)
      : queue.settings[name] !== asked.settings[name],
  )
}
