import { orderedKey, type Scope, table } from '@cloud-orrery/kernel'
import type { OpsItemDataValue } from '@cloud-orrery/models/ssm'

/** Statuses of an issue; all others of the model belong to change requests. */
export type IssueStatus = 'Open' | 'InProgress' | 'Resolved'

export interface OpsItemRecord {
  readonly id: string
  readonly arn: string
  readonly title: string
  readonly source: string
  readonly description: string
  readonly status: IssueStatus
  readonly priority?: number
  readonly category?: string
  readonly severity?: string
  readonly operationalData: Readonly<Record<string, OpsItemDataValue>>
  /** ARNs of SNS topics. */
  readonly notifications: readonly string[]
  /** Ids of OpsItems. */
  readonly relatedOpsItems: readonly string[]
  readonly version: number
  readonly createdBy: string
  readonly createdAtMs: number
  readonly lastModifiedBy: string
  readonly lastModifiedAtMs: number
  /** What makes two items the same: dedup string and resources. Absent: never a duplicate. */
  readonly dedup?: string
  readonly tags: Readonly<Record<string, string>>
}

/** What items are listed under: all by age, those of one status by age. */
export const itemKeys = {
  age: (item: OpsItemRecord) => orderedKey(item.createdAtMs),
  statusAge: (item: OpsItemRecord) => orderedKey(item.status, item.createdAtMs),
}

export const opsItems = table<OpsItemRecord, 'age' | 'statusAge' | 'unresolved'>('ssm.opsItems', {
  key: (item) => item.id,
  partition: 'region',
  indexes: {
    ...itemKeys,
    unresolved: (item) => (item.status === 'Resolved' ? undefined : item.dedup),
  },
  resource: (item) => item.arn,
})

/** How many items were created in a month (`2026-01`), whether they are still there or not. */
export const opsItemMonths = table<{ readonly month: string; readonly created: number }>(
  'ssm.opsItemMonths',
  { key: ({ month }) => month, partition: 'region' },
)

/** A related item: an incident, a runbook run. */
export interface RelatedItem {
  readonly opsItemId: string
  readonly associationId: string
  readonly associationType: string
  readonly resourceType: string
  readonly resourceUri: string
  readonly createdBy: string
  readonly createdAtMs: number
}

export const relatedItems = table<RelatedItem, 'item'>('ssm.opsItemRelatedItems', {
  key: (item) => item.associationId,
  partition: 'region',
  indexes: { item: (item) => item.opsItemId },
})

/** What happened to an OpsItem: what `ListOpsItemEvents` shows. */
export interface OpsItemEvent {
  readonly id: string
  readonly opsItemId: string
  readonly detailType: string
  /** JSON */
  readonly detail: string
  readonly createdBy: string
  readonly createdAtMs: number
}

/** What events are listed under: all by age, one item's by age. */
export const eventKeys = {
  age: (event: OpsItemEvent) => orderedKey(event.createdAtMs),
  item: (event: OpsItemEvent) => orderedKey(event.opsItemId, event.createdAtMs),
}

export const opsItemEvents = table<OpsItemEvent, 'age' | 'item'>('ssm.opsItemEvents', {
  key: (event) => event.id,
  partition: 'region',
  indexes: eventKeys,
})

export function opsItemArn({ accountId, region }: Scope, id: string): string {
  return `arn:aws:ssm:${region}:${accountId}:opsitem/${id}`
}
