import { orderedKey, type Scope, table } from '@cloud-orrery/kernel'
import type { Target } from '@cloud-orrery/models/events'
import type { BusEvent } from './envelope.ts'

export type Tags = Readonly<Record<string, string>>

/** An event bus. The default bus has a record only once something was set on it. */
export interface EventBus {
  readonly name: string
  readonly arn: string
  readonly description?: string
  /** The resource policy, as its JSON text. */
  readonly policy?: string
  readonly tags: Tags
  readonly createdAtMs: number
  readonly modifiedAtMs: number
}

export interface Rule {
  readonly bus: string
  readonly name: string
  readonly arn: string
  /** The event pattern's JSON text. */
  readonly pattern?: string
  readonly schedule?: string
  readonly state: 'ENABLED' | 'DISABLED' | 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'
  readonly description?: string
  readonly roleArn?: string
  /** The AWS service that made the rule and alone may change it. */
  readonly managedBy?: string
  /** Account of whoever made it. */
  readonly createdBy: string
  readonly tags: Tags
  /** The pending task of its schedule. */
  readonly scheduleTaskId?: string
}

export interface RuleTarget {
  readonly bus: string
  readonly rule: string
  readonly target: Target
}

export interface Archive {
  readonly name: string
  readonly arn: string
  /** Name of the bus whose events it keeps. */
  readonly bus: string
  readonly description?: string
  readonly pattern?: string
  /** Days; 0 keeps events for ever. */
  readonly retentionDays: number
  readonly createdAtMs: number
  readonly eventCount: number
  readonly sizeBytes: number
  /** The pending task that deletes what is past its retention. */
  readonly sweepTaskId?: string
}

export interface ArchivedEvent {
  readonly archive: string
  readonly event: BusEvent
}

export interface Replay {
  readonly name: string
  readonly archive: string
  readonly bus: string
  readonly ruleArns?: readonly string[]
  readonly description?: string
  readonly fromMs: number
  readonly toMs: number
  readonly state: 'STARTING' | 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED'
  readonly startedAtMs: number
  readonly endedAtMs?: number
  /** Time of the latest event replayed. */
  readonly lastReplayedMs?: number
}

/** An event on its way from one bus to another, which keeps its envelope. */
export interface Forward {
  readonly id: string
  readonly event: BusEvent
}

export const defaultBus = 'default'

export const eventBuses = table<EventBus>('events.buses', {
  key: (bus) => bus.name,
  resource: (bus, scope) => busArn(scope, bus.name),
  partition: 'region',
})

export const rules = table<Rule>('events.rules', {
  key: (rule) => ruleKey(rule.bus, rule.name),
  resource: (rule, scope) => ruleArn(scope, rule.bus, rule.name),
  partition: 'region',
})

export const targets = table<RuleTarget, 'byArn'>('events.targets', {
  key: ({ bus, rule, target }) => targetKey(bus, rule, target.Id),
  partition: 'region',
  indexes: { byArn: ({ bus, target }) => orderedKey(bus, target.Arn) },
})

export const archives = table<Archive, 'byBus'>('events.archives', {
  key: (archive) => archive.name,
  resource: (archive, scope) => archiveArn(scope, archive.name),
  partition: 'region',
  indexes: { byBus: (archive) => archive.bus },
})

export const archivedEvents = table<ArchivedEvent, 'byAge'>('events.archivedEvents', {
  key: ({ archive, event }) => archivedKey(archive, event),
  partition: 'region',
  indexes: { byAge: ({ archive, event }) => orderedKey(archive, event.ingestedAtMs) },
})

export const replays = table<Replay>('events.replays', {
  key: (replay) => replay.name,
  partition: 'region',
})

export const forwards = table<Forward>('events.forwards', {
  key: (forward) => forward.id,
  partition: 'cloud',
})

export function ruleKey(bus: string, rule: string): string {
  return orderedKey(bus, rule)
}

export function targetKey(bus: string, rule: string, id: string): string {
  return orderedKey(bus, rule, id)
}

/** Archived events lie in the order of their own times. */
export function archivedKey(archive: string, event: BusEvent): string {
  return orderedKey(archive, event.timeMs, event.id)
}

/** Prefix of the keys of everything that belongs to `parts`. */
export function keyPrefix(...parts: readonly string[]): string {
  return orderedKey(...parts, '')
}

export function busArn({ accountId, region }: Scope, name: string): string {
  return `arn:aws:events:${region}:${accountId}:event-bus/${name}`
}

export function ruleArn({ accountId, region }: Scope, bus: string, rule: string): string {
  const path = bus === defaultBus ? rule : `${bus}/${rule}`
  return `arn:aws:events:${region}:${accountId}:rule/${path}`
}

export function archiveArn({ accountId, region }: Scope, name: string): string {
  return `arn:aws:events:${region}:${accountId}:archive/${name}`
}

export function replayArn({ accountId, region }: Scope, name: string): string {
  return `arn:aws:events:${region}:${accountId}:replay/${name}`
}
