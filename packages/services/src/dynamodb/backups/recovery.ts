import {
  type ContinuousBackupsDescription,
  DescribeContinuousBackups,
  UpdateContinuousBackups,
} from '@cloud-orrery/models/dynamodb'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { arnOf, placeOf } from '../arns.ts'
import { invalid } from '../errors.ts'
import type { TableRecord } from '../state.ts'
import { follow } from '../streams/followers.ts'
import { backedUpTable } from './backed-up-table.ts'
import { forgetLog } from './change-log.ts'
import { keepBackup } from './kept-backup.ts'
import { type RecoveryRecord, recoveries } from './state.ts'

/** Source: Developer Guide, "Point-in-time recovery": one to 35 days. */
const periodDaysMax = 35
const dayMs = 86_400_000

/** The latest moment that can be restored lies so far back. Source: as above: typically five minutes. */
const lagMs = 300_000

export const updateContinuousBackups = operation(UpdateContinuousBackups, {
  authorize: ({ TableName }, ctx) => arnOf(ctx, TableName),
  provenance: 'modelled',
  scope: ({ TableName }) => placeOf(TableName),
  run(ctx, { TableName, PointInTimeRecoverySpecification: spec }) {
    const table = backedUpTable(ctx, TableName)
    const { PointInTimeRecoveryEnabled: enabled, RecoveryPeriodInDays: days } = spec
    if (!enabled && days !== undefined) {
      // The words are ours.
      throw invalid(
        'One or more parameter values were invalid: RecoveryPeriodInDays can be set only where point in time recovery is enabled',
      )
    }
    setRecovery(ctx, table, enabled, days)
    return { ContinuousBackupsDescription: describe(ctx, table) }
  },
})

export function setRecovery(
  ctx: Context,
  { name: tableName, space }: TableRecord,
  enabled: boolean,
  days: number | undefined,
): void {
  if (!enabled) {
    recoveries.delete(ctx, tableName)
    follow(ctx, tableName, { loggedDays: undefined })
    forgetLog(ctx, space)
    return
  }
  const before = recoveries.get(ctx, tableName)
  const periodDays = days ?? before?.periodDays ?? periodDaysMax
  recoveries.put(ctx, {
    tableName,
    enabledAtMs: before?.enabledAtMs ?? ctx.now(),
    periodDays,
  })
  follow(ctx, tableName, { loggedDays: periodDays })
}

export const describeContinuousBackups = operation(DescribeContinuousBackups, {
  authorize: ({ TableName }, ctx) => arnOf(ctx, TableName),
  provenance: 'modelled',
  scope: ({ TableName }) => placeOf(TableName),
  run: (ctx, { TableName }) => ({
    ContinuousBackupsDescription: describe(ctx, backedUpTable(ctx, TableName)),
  }),
})

function describe(ctx: Context, { name }: TableRecord): ContinuousBackupsDescription {
  const recovery = recoveries.get(ctx, name)
  if (recovery === undefined) {
    return {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
    }
  }
  const { earliestMs, latestMs } = restorable(ctx, recovery)
  return {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: {
      PointInTimeRecoveryStatus: 'ENABLED',
      RecoveryPeriodInDays: recovery.periodDays,
      EarliestRestorableDateTime: earliestMs,
      LatestRestorableDateTime: latestMs,
    },
  }
}

/** The moments to which a table can be restored, in ms. */
export function restorable(
  ctx: Context,
  { enabledAtMs, periodDays }: RecoveryRecord,
): { readonly earliestMs: number; readonly latestMs: number } {
  const earliestMs = Math.max(enabledAtMs, ctx.now() - periodDays * dayMs)
  return { earliestMs, latestMs: Math.max(earliestMs, ctx.now() - lagMs) }
}

/** A table that had recovery leaves a backup for 35 days. Source: as above, "Deleting a table". */
export function endRecovery(ctx: Context, table: TableRecord): void {
  if (!recoveries.has(ctx, table.name)) return
  keepBackup(ctx, table, `${table.name}$DeletedTableBackup`, 'SYSTEM')
  recoveries.delete(ctx, table.name)
  forgetLog(ctx, table.space)
}
