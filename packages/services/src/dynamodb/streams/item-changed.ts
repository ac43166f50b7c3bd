import type { Context } from '../../context.ts'
import { logChange } from '../backups/change-log.ts'
import { replicateChange } from '../global/replication.ts'
import type { TableRecord } from '../state.ts'
import { noteExpiry } from '../ttl/expiry.ts'
import { type Item, sameItems } from '../values/index.ts'
import { followers } from './followers.ts'
import { writeRecord } from './records.ts'

/** What a change must know of its table. */
export type ChangedTable = Pick<TableRecord, 'name' | 'arn' | 'key' | 'space'>

/** Who changed an item: a request, Time to Live, or another region of a global table. */
export type ChangedBy = 'request' | 'timeToLive' | 'replication'

/**
 * Called once for every committed change of an item, in the order of the changes, in the table's own account
 * and region. `before` is undefined for a new item, `after` for a removed one; both are items as they are
 * stored, and are kept, not copied. A write that leaves the item as it was may be told too: nothing follows.
 * A table that nobody follows costs one look-up.
 */
export function itemChanged(
  ctx: Context,
  table: ChangedTable,
  before: Item | undefined,
  after: Item | undefined,
  by: ChangedBy = 'request',
): void {
  const follower = followers.get(ctx, table.name)
  if (follower === undefined || before === after) return
  // Source: Developer Guide, "DynamoDB Streams": no record for a write that does not change the item.
  if (before !== undefined && after !== undefined && sameItems(before, after)) return
  const change = { table, before, after, by }
  if (follower.streamArn !== undefined) writeRecord(ctx, follower.streamArn, change)
  if (follower.expiryAttribute !== undefined) noteExpiry(ctx, change, follower.expiryAttribute)
  if (follower.loggedDays !== undefined) logChange(ctx, change, follower.loggedDays)
  if (follower.replicas !== undefined) replicateChange(ctx, change, follower.replicas)
}

/** A change of an item that really is one. */
export interface ItemChange {
  readonly table: ChangedTable
  readonly before: Item | undefined
  readonly after: Item | undefined
  readonly by: ChangedBy
}
