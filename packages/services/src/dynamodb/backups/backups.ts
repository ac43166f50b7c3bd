import { orderedKey } from '@cloud-orrery/kernel'
import {
  type BackupDescription,
  type BackupDetails,
  CreateBackup,
  DeleteBackup,
  DescribeBackup,
  ListBackups,
} from '@cloud-orrery/models/dynamodb'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { arnOf, nameOf } from '../arns.ts'
import { tableInUse } from '../errors.ts'
import type { IndexRecord } from '../state.ts'
import { schemaOf } from '../table-schema.ts'
import { backedUpTable } from './backed-up-table.ts'
import { backupInUse, backupNotFound } from './errors.ts'
import { keepBackup } from './kept-backup.ts'
import { type BackupRecord, backupItems, backups } from './state.ts'

/** How long a backup is CREATING. Deviation: AWS names no figure. */
const creatingMs = 1000

/** Backups that ListBackups names at once. Source: API reference, ListBackups. */
const listMax = 100

export const createBackup = operation(CreateBackup, {
  authorize: ({ TableName }, ctx) => arnOf(ctx, TableName),
  provenance: 'modelled',
  run(ctx, { TableName, BackupName }) {
    const table = backedUpTable(ctx, TableName)
    if (table.status === 'CREATING') throw tableInUse(table.name, 'created')
    if (table.status === 'DELETING') throw tableInUse(table.name, 'deleted')
    const backup = keepBackup(ctx, table, BackupName, 'USER')
    return { BackupDetails: detailsOf(ctx, backup) }
  },
})

/** A backup that is there: one of the system's own goes when its time is up. */
export function theBackup(ctx: Context, arn: string): BackupRecord {
  const backup = backups.get(ctx, arn)
  if (backup === undefined || isOver(ctx, backup)) throw backupNotFound(arn)
  return backup
}

function isOver(ctx: Context, { expiresAtMs = Number.POSITIVE_INFINITY }: BackupRecord): boolean {
  return expiresAtMs <= ctx.now()
}

function statusOf(ctx: Context, { createdAtMs }: BackupRecord): 'CREATING' | 'AVAILABLE' {
  return ctx.now() < createdAtMs + creatingMs ? 'CREATING' : 'AVAILABLE'
}

function detailsOf(ctx: Context, backup: BackupRecord): BackupDetails {
  return {
    BackupArn: backup.arn,
    BackupName: backup.name,
    BackupSizeBytes: backup.bytes,
    BackupStatus: statusOf(ctx, backup),
    BackupType: backup.kind,
    BackupCreationDateTime: backup.createdAtMs,
    ...(backup.expiresAtMs === undefined ? {} : { BackupExpiryDateTime: backup.expiresAtMs }),
  }
}

function describe(ctx: Context, backup: BackupRecord): BackupDescription {
  const { table, stream, timeToLive } = backup
  const { readUnits, writeUnits } = table.throughput
  const infoOf = (index: IndexRecord) => ({
    IndexName: index.name,
    KeySchema: schemaOf(index.key),
    Projection: {
      ProjectionType: index.projection.type,
      ...(index.projection.attributes === undefined
        ? {}
        : { NonKeyAttributes: index.projection.attributes }),
    },
  })
  const locals = table.indexes.filter(({ kind }) => kind === 'local').map(infoOf)
  const globals = table.indexes
    .filter(({ kind }) => kind === 'global')
    .map((index) => ({
      ...infoOf(index),
      ProvisionedThroughput: {
        ReadCapacityUnits: index.throughput.readUnits,
        WriteCapacityUnits: index.throughput.writeUnits,
      },
    }))
  return {
    BackupDetails: detailsOf(ctx, backup),
    SourceTableDetails: {
      TableName: table.name,
      TableId: table.id,
      TableArn: table.arn,
      TableSizeBytes: backup.bytes,
      KeySchema: table.keySchema,
      TableCreationDateTime: table.createdAtMs,
      ProvisionedThroughput: { ReadCapacityUnits: readUnits, WriteCapacityUnits: writeUnits },
      ItemCount: backup.items,
      BillingMode: table.billingMode,
    },
    SourceTableFeatureDetails: {
      ...(locals.length === 0 ? {} : { LocalSecondaryIndexes: locals }),
      ...(globals.length === 0 ? {} : { GlobalSecondaryIndexes: globals }),
      ...(stream === undefined ? {} : { StreamDescription: stream }),
      ...(timeToLive === undefined ? {} : { TimeToLiveDescription: timeToLive }),
      ...(table.sse === undefined ? {} : { SSEDescription: table.sse }),
    },
  }
}

export const describeBackup = operation(DescribeBackup, {
  authorize: ({ BackupArn }) => BackupArn,
  provenance: 'modelled',
  run: (ctx, { BackupArn }) => ({ BackupDescription: describe(ctx, theBackup(ctx, BackupArn)) }),
})

export const deleteBackup = operation(DeleteBackup, {
  authorize: ({ BackupArn }) => BackupArn,
  provenance: 'modelled',
  run(ctx, { BackupArn }) {
    const backup = theBackup(ctx, BackupArn)
    if (statusOf(ctx, backup) === 'CREATING') throw backupInUse(BackupArn)
    const description = describe(ctx, backup)
    const prefix = orderedKey(BackupArn, '')
    for (const { key } of backupItems.scan(ctx, { prefix })) {
      backupItems.delete(ctx, orderedKey(BackupArn, key))
    }
    backups.delete(ctx, BackupArn)
    return {
      BackupDescription: {
        ...description,
        BackupDetails: { ...detailsOf(ctx, backup), BackupStatus: 'DELETED' },
      },
    }
  },
})

export const listBackups = operation(ListBackups, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, input) {
    const { TableName, Limit = listMax, ExclusiveStartBackupArn: after } = input
    const { TimeRangeLowerBound: from = 0, TimeRangeUpperBound: to } = input
    const kind = input.BackupType ?? 'USER'
    const page: BackupRecord[] = []
    let more = false
    for (const backup of backups.scan(ctx, after === undefined ? {} : { after })) {
      const { table, createdAtMs } = backup
      if (isOver(ctx, backup) || (kind !== 'ALL' && backup.kind !== kind)) continue
      if (TableName !== undefined && table.name !== nameOf(TableName)) continue
      if (createdAtMs < from || createdAtMs >= (to ?? Number.POSITIVE_INFINITY)) continue
      more = page.length >= Math.min(Limit, listMax)
      if (more) break
      page.push(backup)
    }
    const last = page.at(-1)?.arn
    return {
      BackupSummaries: page.map((backup) => ({
        ...detailsOf(ctx, backup),
        TableName: backup.table.name,
        TableId: backup.table.id,
        TableArn: backup.table.arn,
      })),
      ...(more && last !== undefined ? { LastEvaluatedBackupArn: last } : {}),
    }
  },
})
