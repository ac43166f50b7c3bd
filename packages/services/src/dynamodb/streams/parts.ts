import type { OperationHandler, ServiceOptions, Task } from '../../define.ts'
import {
  changeRecords,
  streamHeads,
  streamShards,
  tableStreams,
} from '../../shared/table-streams/state.ts'
import { createBackup, deleteBackup, describeBackup, listBackups } from '../backups/backups.ts'
import { describeContinuousBackups, updateContinuousBackups } from '../backups/recovery.ts'
import { restoreTableFromBackup, restoreTableToPointInTime } from '../backups/restores.ts'
import {
  backupItems,
  backups,
  changeLog,
  changeLogHeads,
  recoveries,
  restores,
} from '../backups/state.ts'
import { describeExport, exportTableToPointInTime, listExports } from '../exports/exports.ts'
import { exports } from '../exports/state.ts'
import { writeExport } from '../exports/writing.ts'
import { replicate } from '../global/replicating.ts'
import { itemStamps, replicaSets, replicationRoads, replications } from '../global/state.ts'
import { expiries, sweeps, timesToLive } from '../ttl/state.ts'
import { listExpiries, sweep } from '../ttl/sweeping.ts'
import { describeTimeToLive, updateTimeToLive } from '../ttl/time-to-live.ts'
import { followers } from './followers.ts'

/*
 * What this folder and those beside it (ttl, backups, exports, global) add to DynamoDB's table of contents:
 * service.ts spreads the three lists. Of tables: CreateTable calls `checkNewStream` and `setStream`, UpdateTable
 * `checkStreamUpdate` and `setStream`, DeleteTable `stopFollowing`, DescribeTable `describedStream`; see
 * specification.ts.
 */

export const streamOperations: readonly OperationHandler[] = [
  createBackup,
  deleteBackup,
  describeBackup,
  describeContinuousBackups,
  describeExport,
  describeTimeToLive,
  exportTableToPointInTime,
  listBackups,
  listExports,
  restoreTableFromBackup,
  restoreTableToPointInTime,
  updateContinuousBackups,
  updateTimeToLive,
]

export const streamTasks: readonly Task<never>[] = [listExpiries, replicate, sweep, writeExport]

export const streamTables: NonNullable<ServiceOptions['tables']> = [
  backupItems,
  backups,
  changeLog,
  changeLogHeads,
  changeRecords,
  expiries,
  exports,
  followers,
  itemStamps,
  recoveries,
  replicaSets,
  replicationRoads,
  replications,
  restores,
  streamHeads,
  streamShards,
  sweeps,
  tableStreams,
  timesToLive,
]
