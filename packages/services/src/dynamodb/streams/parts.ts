import type { OperationHandler, ServiceOptions, Task } from '../../define.ts'
import {
  changeRecords,
  streamHeads,
  streamShards,
  tableStreams,
} from '../../shared/table-streams/state.ts'
import { followers } from './followers.ts'

/*
 * What this folder and those beside it (ttl, backups, exports, global) add to DynamoDB's table of contents:
 * service.ts spreads the three lists. Of tables: CreateTable calls `checkNewStream` and `setStream`, UpdateTable
 * `checkStreamUpdate` and `setStream`, DeleteTable `stopFollowing`, DescribeTable `describedStream`; see
 * specification.ts.
 */

export const streamOperations: readonly OperationHandler[] = []

export const streamTasks: readonly Task<never>[] = []

export const streamTables: NonNullable<ServiceOptions['tables']> = [
  changeRecords,
  followers,
  streamHeads,
  streamShards,
  tableStreams,
]
