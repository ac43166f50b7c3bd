import { orderedKey } from '@cloud-orrery/kernel'
import {
  RestoreTableFromBackup,
  type RestoreTableFromBackupInput,
  RestoreTableToPointInTime,
  type RestoreTableToPointInTimeInput,
  type TableDescription,
} from '@cloud-orrery/models/dynamodb'
import type { Context } from '../../context.ts'
import { type Authorization, operation } from '../../define.ts'
import { arnOf, nameOf, tableArn } from '../arns.ts'
import { describe } from '../description.ts'
import { invalid } from '../errors.ts'
import { writeItem } from '../item-store.ts'
import { itemKey } from '../keys.ts'
import { type TableRecord, tables } from '../state.ts'
import { begin } from '../table-changes.ts'
import type { Item } from '../values/index.ts'
import { backedUpTable } from './backed-up-table.ts'
import { theBackup } from './backups.ts'
import { itemsAt } from './change-log.ts'
import { invalidRestoreTime, recoveryUnavailable, tableAlreadyExists } from './errors.ts'
import { restorable } from './recovery.ts'
import {
  type BackedUpTable,
  backupItems,
  type RestoreRecord,
  recoveries,
  restores,
} from './state.ts'

/** What a restore does to the new table. Source: Service Authorization Reference, dependent actions. */
const dependent = [
  'BatchWriteItem',
  'DeleteItem',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'UpdateItem',
] as const

function judged(ctx: Context, source: string, target: string): readonly Authorization[] {
  const resource = tableArn(ctx, target)
  return [
    { resource: source },
    { resource, creates: true },
    ...dependent.map((name) => ({ action: `dynamodb:${name}`, resource, creates: true })),
  ]
}

export const restoreTableFromBackup = operation(RestoreTableFromBackup, {
  authorize: ({ BackupArn, TargetTableName }, ctx) => judged(ctx, BackupArn, TargetTableName),
  provenance: 'modelled',
  refuses: ['SSESpecificationOverride', 'VectorIndexOverride'],
  run(ctx, input) {
    const { BackupArn, TargetTableName } = input
    const backup = theBackup(ctx, BackupArn)
    const from = {
      tableName: TargetTableName,
      backupArn: BackupArn,
      sourceTableArn: backup.table.arn,
      atMs: backup.createdAtMs,
    }
    return { TableDescription: restore(ctx, backup.table, itemsOf(ctx, BackupArn), input, from) }
  },
})

function* itemsOf(ctx: Context, arn: string): Generator<Item> {
  for (const { item } of backupItems.scan(ctx, { prefix: orderedKey(arn, '') })) yield item
}

export const restoreTableToPointInTime = operation(RestoreTableToPointInTime, {
  authorize: ({ SourceTableArn, SourceTableName = '', TargetTableName }, ctx) =>
    judged(ctx, arnOf(ctx, SourceTableArn ?? SourceTableName), TargetTableName),
  provenance: 'modelled',
  refuses: ['SSESpecificationOverride', 'VectorIndexOverride'],
  run(ctx, input) {
    const { SourceTableArn, SourceTableName, TargetTableName, RestoreDateTime } = input
    const named = SourceTableArn ?? SourceTableName
    // The words are ours.
    if (named === undefined) throw invalid('SourceTableArn or SourceTableName must be specified')
    const source = backedUpTable(ctx, named)
    const recovery = recoveries.get(ctx, nameOf(named))
    if (recovery === undefined) throw recoveryUnavailable(source.name)
    const { earliestMs, latestMs } = restorable(ctx, recovery)
    if (RestoreDateTime === undefined && input.UseLatestRestorableTime !== true) {
      throw invalid('RestoreDateTime or UseLatestRestorableTime must be specified')
    }
    const atMs = RestoreDateTime ?? latestMs
    // Moments are of whole seconds.
    if (atMs < Math.floor(earliestMs / 1000) * 1000 || atMs > latestMs) {
      throw invalidRestoreTime(earliestMs, latestMs)
    }
    const from = { tableName: TargetTableName, sourceTableArn: source.arn, atMs }
    return { TableDescription: restore(ctx, source, earlier(ctx, source, atMs), input, from) }
  },
})

function* earlier(ctx: Context, { space }: TableRecord, atMs: number): Generator<Item> {
  for (const [, item] of itemsAt(ctx, space, atMs)) yield item
}

type Overrides = Pick<
  RestoreTableFromBackupInput | RestoreTableToPointInTimeInput,
  | 'BillingModeOverride'
  | 'GlobalSecondaryIndexOverride'
  | 'LocalSecondaryIndexOverride'
  | 'ProvisionedThroughputOverride'
  | 'OnDemandThroughputOverride'
>

/**
 * Makes a table with these items. Not restored: stream, Time to Live, recovery, tags, policy, deletion protection.
 * Deviation: a table that was encrypted with a key of KMS is restored with DynamoDB's own.
 */
function restore(
  ctx: Context,
  source: BackedUpTable,
  found: Iterable<Item>,
  overrides: Overrides,
  from: RestoreRecord,
): TableDescription {
  const { tableName: name } = from
  if (tables.has(ctx, name)) throw tableAlreadyExists(name)
  const { sse: _sse, onDemandSinceMs: _since, ...rest } = source
  const { BillingModeOverride, ProvisionedThroughputOverride: units } = overrides
  const billingMode = (BillingModeOverride ?? source.billingMode) as TableRecord['billingMode'] // The model's enum.
  const given = units && {
    readUnits: units.ReadCapacityUnits,
    writeUnits: units.WriteCapacityUnits,
    decreases: 0,
  }
  const onDemand = { readUnits: 0, writeUnits: 0, decreases: 0 }
  const throughput = given ?? (billingMode === 'PAY_PER_REQUEST' ? onDemand : source.throughput)
  const table = begin(ctx, {
    ...rest,
    name,
    arn: tableArn(ctx, name),
    id: ctx.ids.uuid(),
    space: ctx.ids.hex(8),
    status: 'CREATING',
    createdAtMs: ctx.now(),
    billingMode,
    billingModeShown: billingMode === 'PAY_PER_REQUEST',
    throughput,
    indexes: keptIndexes(ctx, source, overrides),
    deletionProtection: false,
    tags: [],
  })
  for (const item of found) writeItem(ctx, table, itemKey(table, item), item, 'request')
  restores.put(ctx, from)
  return describe(ctx, table, false)
}

/** Indexes that the request does not leave out. */
function keptIndexes(ctx: Context, { indexes }: BackedUpTable, overrides: Overrides) {
  const named = (list: readonly { readonly IndexName: string }[] | undefined) =>
    list?.map(({ IndexName }) => IndexName)
  const wanted = {
    global: named(overrides.GlobalSecondaryIndexOverride),
    local: named(overrides.LocalSecondaryIndexOverride),
  }
  return indexes
    .filter(({ name, kind }) => wanted[kind]?.includes(name) ?? true)
    .map(({ backfilling: _, ...index }) => ({
      ...index,
      space: ctx.ids.hex(8),
      status: 'CREATING' as const,
    }))
}
