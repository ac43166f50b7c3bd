import { orderedKey, table } from '@cloud-orrery/kernel'
import type { StreamSpecification, TimeToLiveDescription } from '@cloud-orrery/models/dynamodb'
import type { TableRecord } from '../state.ts'
import type { Item } from '../values/index.ts'

/** What a backup keeps of its table besides the items. */
export type BackedUpTable = Omit<TableRecord, 'policy' | 'tags' | 'change' | 'keyCiphertext'>

export interface BackupRecord {
  readonly arn: string
  readonly name: string
  readonly kind: 'USER' | 'SYSTEM'
  readonly table: BackedUpTable
  readonly createdAtMs: number
  readonly expiresAtMs?: number
  readonly bytes: number
  readonly items: number
  readonly stream?: StreamSpecification
  readonly timeToLive?: TimeToLiveDescription
}

export const backups = table<BackupRecord>('dynamodb.backups', {
  key: ({ arn }) => arn,
  partition: 'region',
  resource: ({ arn, kind }) => (kind === 'USER' ? arn : undefined),
})

/** An item in a backup; the item itself is shared with the table. */
export interface BackupItem {
  readonly backupArn: string
  /** Of the item, in its table. */
  readonly key: string
  readonly item: Item
}

export const backupItems = table<BackupItem>('dynamodb.backup-items', {
  key: ({ backupArn, key }) => orderedKey(backupArn, key),
  partition: 'region',
})

/** Point-in-time recovery of a table. */
export interface RecoveryRecord {
  readonly tableName: string
  readonly enabledAtMs: number
  readonly periodDays: number
}

export const recoveries = table<RecoveryRecord>('dynamodb.recoveries', {
  key: ({ tableName }) => tableName,
  partition: 'region',
})

/** What an item was before a change. */
export interface LoggedChange {
  /** Of the table. */
  readonly space: string
  readonly atMs: number
  readonly sequence: number
  /** Of the item. */
  readonly key: string
  readonly before?: Item
}

export const changeLog = table<LoggedChange>('dynamodb.change-log', {
  key: ({ space, atMs, sequence }) => orderedKey(space, atMs, sequence),
  partition: 'region',
})

export interface ChangeLogHead {
  readonly space: string
  readonly sequence: number
  readonly trimmedAtMs: number
}

export const changeLogHeads = table<ChangeLogHead>('dynamodb.change-log-heads', {
  key: ({ space }) => space,
  partition: 'region',
})

/** From what a table was restored. */
export interface RestoreRecord {
  readonly tableName: string
  readonly backupArn?: string
  readonly sourceTableArn: string
  readonly atMs: number
}

export const restores = table<RestoreRecord>('dynamodb.restores', {
  key: ({ tableName }) => tableName,
  partition: 'region',
})
