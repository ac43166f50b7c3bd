import { orderedKey, type Scope, table } from '@cloud-orrery/kernel'

export type Tags = Readonly<Record<string, string>>

/** The key of a group, and the data key that it gave. */
export interface GroupEncryption {
  /** ARN. */
  readonly kmsKeyId: string
  /** Base64. */
  readonly dataKey: string
  /** When KMS last opened it. */
  readonly openedAtMs: number
}

export interface LogGroup {
  readonly name: string
  /** Twelve hex digits that tell it from an earlier group of the same name. */
  readonly id: string
  readonly arn: string
  readonly createdAtMs: number
  /** Absent: events never expire. */
  readonly retentionInDays?: number
  readonly deletionProtection: boolean
  readonly tags: Tags
  readonly encryption?: GroupEncryption
  readonly storedBytes: number
  /** Number of the next event: events of one moment keep the order in which they came. */
  readonly nextSequence: number
  /** The task that takes expired events away, while it is pending. */
  readonly sweepTaskId?: string
}

export const logGroups = table<LogGroup>('logs.logGroups', {
  key: ({ name }) => name,
  partition: 'region',
  resource: ({ arn }) => arn,
})

export interface LogStream {
  /** Twelve hex digits. */
  readonly id: string
  readonly groupId: string
  readonly name: string
  readonly createdAtMs: number
  readonly firstEventAtMs?: number
  readonly lastEventAtMs?: number
  readonly lastIngestedAtMs?: number
  readonly sequenceToken?: string
}

export const streamKeys = {
  name: ({ groupId, name }: LogStream) => orderedKey(groupId, name),
  /** Streams without events come first. */
  lastEvent: ({ groupId, lastEventAtMs = 0 }: LogStream) => orderedKey(groupId, lastEventAtMs),
}

export const logStreams = table<LogStream, 'id' | 'lastEvent'>('logs.logStreams', {
  key: streamKeys.name,
  partition: 'region',
  indexes: { id: ({ id }) => id, lastEvent: streamKeys.lastEvent },
})

export interface LogEvent {
  readonly streamId: string
  readonly groupId: string
  readonly atMs: number
  readonly ingestedAtMs: number
  readonly sequence: number
  readonly message: string
}

export const eventKeys = {
  stream: ({ streamId, atMs, sequence }: LogEvent) => orderedKey(streamId, atMs, sequence),
  group: ({ groupId, atMs, ingestedAtMs, sequence }: LogEvent) =>
    orderedKey(groupId, atMs, ingestedAtMs, sequence),
}

/** A stream's events in their order; by the index, a group's. */
export const logEvents = table<LogEvent, 'group'>('logs.logEvents', {
  key: eventKeys.stream,
  partition: 'region',
  indexes: { group: eventKeys.group },
})

/** What sends a group's events on as they come. */
export interface SubscriptionFilterRecord {
  readonly groupId: string
  readonly groupName: string
  readonly name: string
  readonly pattern: string
  readonly destinationArn: string
  readonly distribution: 'Random' | 'ByLogStream'
  readonly createdAtMs: number
}

export const subscriptionFilters = table<SubscriptionFilterRecord>('logs.subscriptionFilters', {
  key: ({ groupId, name }) => orderedKey(groupId, name),
  partition: 'region',
})

export interface ResourcePolicyRecord {
  readonly name: string
  /** JSON as it was put. */
  readonly document: string
  readonly updatedAtMs: number
}

export const resourcePolicies = table<ResourcePolicyRecord>('logs.resourcePolicies', {
  key: ({ name }) => name,
  partition: 'region',
})

export function logGroupArn({ accountId, region }: Scope, name: string): string {
  return `arn:aws:logs:${region}:${accountId}:log-group:${name}`
}
