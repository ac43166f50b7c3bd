import type { TableDescription } from '@cloud-orrery/models/dynamodb'
import type { Context } from '../context.ts'
import { describedRestore } from './backups/described-restore.ts'
import { describedReplicas } from './global/replica-sets.ts'
import type { TableRecord } from './state.ts'
import { describedStream, stopFollowing } from './streams/specification.ts'

/*
 * What other folders keep of a table: its stream, its replicas. They add to its description, and are told when it
 * is gone.
 */

export function describedParts(ctx: Context, table: TableRecord): TableDescription {
  return {
    ...describedStream(ctx, table),
    ...describedReplicas(ctx, table),
    ...describedRestore(ctx, table),
  }
}

/** Called when a table is gone, before its record is. */
export function forgetParts(ctx: Context, table: TableRecord): void {
  stopFollowing(ctx, table)
}
