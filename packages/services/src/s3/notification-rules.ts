import type {
  _Event as Event,
  FilterRule,
  NotificationConfiguration,
  NotificationConfigurationFilter,
} from '@cloud-orrery/models/s3'
import { invalidArgument } from './errors.ts'

export type DestinationKind = 'queue' | 'topic' | 'function'

/** One rule of a bucket's notifications. */
export interface NotificationRule {
  readonly id: string
  readonly kind: DestinationKind
  readonly arn: string
  /** `s3:ObjectCreated:*` */
  readonly events: readonly Event[]
  readonly filter: NotificationConfigurationFilter | undefined
}

/** The rules of a configuration, topics first, then queues, then functions. */
export function rulesOf(configuration: NotificationConfiguration): NotificationRule[] {
  const { TopicConfigurations, QueueConfigurations, LambdaFunctionConfigurations } = configuration
  return [
    ...(TopicConfigurations ?? []).map(({ Id = '', TopicArn, Events, Filter }) =>
      rule(Id, 'topic', TopicArn, Events, Filter),
    ),
    ...(QueueConfigurations ?? []).map(({ Id = '', QueueArn, Events, Filter }) =>
      rule(Id, 'queue', QueueArn, Events, Filter),
    ),
    ...(LambdaFunctionConfigurations ?? []).map(({ Id = '', LambdaFunctionArn, Events, Filter }) =>
      rule(Id, 'function', LambdaFunctionArn, Events, Filter),
    ),
  ]
}

function rule(
  id: string,
  kind: DestinationKind,
  arn: string,
  events: readonly Event[],
  filter: NotificationConfigurationFilter | undefined,
): NotificationRule {
  return { id, kind, arn, events, filter }
}

/** Whether a rule wants to hear of an event (`ObjectCreated:Put`) of a key. */
export function wants({ events, filter }: NotificationRule, event: string, key: string): boolean {
  const { prefix, suffix } = bounds(filter)
  return (
    key.startsWith(prefix) &&
    key.endsWith(suffix) &&
    events.some((pattern) => covers(pattern, `s3:${event}`))
  )
}

/** `s3:ObjectCreated:*` covers every event of its kind. */
function covers(pattern: string, event: string): boolean {
  return pattern.endsWith('*') ? event.startsWith(pattern.slice(0, -1)) : pattern === event
}

function bounds(filter: NotificationConfigurationFilter | undefined) {
  const rules = filter?.Key?.FilterRules ?? []
  const boundOf = (name: string) =>
    rules.find((one) => one.Name?.toLowerCase() === name)?.Value ?? ''
  return { prefix: boundOf('prefix'), suffix: boundOf('suffix') }
}

/** Filter names as S3 gives them back. Throws InvalidArgument. */
export function checkedFilter(
  filter: NotificationConfigurationFilter | undefined,
): NotificationConfigurationFilter | undefined {
  const rules = filter?.Key?.FilterRules
  if (rules === undefined) return undefined
  const checked = rules.map(checkedRule)
  if (new Set(checked.map(({ Name }) => Name)).size < checked.length) {
    const { Name = '' } = checked[0] ?? {}
    throw invalidArgument(
      `Cannot specify more than one ${Name.toLowerCase()} rule in a filter.`,
      'FilterRule.Name',
      Name.toLowerCase(),
    )
  }
  return { Key: { FilterRules: checked } }
}

/** Recorded: S3, PutBucketNotificationConfiguration with invalid filter rules. */
function checkedRule({ Name = '', Value = '' }: FilterRule): FilterRule {
  // The model writes them in lower case; S3 takes any and answers so.
  const known = { prefix: 'Prefix', suffix: 'Suffix' }[Name.toLowerCase()]
  if (known === undefined) {
    throw invalidArgument(
      'filter rule name must be either prefix or suffix',
      'FilterRule.Name',
      Name,
    )
  }
  if (Buffer.byteLength(Value) > 1024) {
    throw invalidArgument('filter rule value cannot exceed 1024 bytes', 'FilterRule.Value', Value)
  }
  return { Name: known as 'prefix', Value }
}

/** Throws InvalidArgument where two rules could both hear of one event. */
export function checkOverlaps(rules: readonly NotificationRule[]): void {
  for (const [index, one] of rules.entries()) {
    if (one.events.length === 0) {
      throw invalidArgument('A configuration must have at least one event.', 'Event')
    }
    for (const other of rules.slice(index + 1)) {
      if (sharesEvent(one, other) && sharesKey(one, other)) {
        throw invalidArgument(
          'Configurations overlap. Configurations on the same bucket cannot share a common event type.',
          'Event',
        )
      }
    }
  }
}

function sharesEvent(one: NotificationRule, other: NotificationRule): boolean {
  return one.events.some((a) => other.events.some((b) => covers(a, b) || covers(b, a)))
}

/** Prefixes that contain one another, and suffixes that do, leave keys that both match. */
function sharesKey(one: NotificationRule, other: NotificationRule): boolean {
  const a = bounds(one.filter)
  const b = bounds(other.filter)
  const prefixes = a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix)
  return prefixes && (a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix))
}
