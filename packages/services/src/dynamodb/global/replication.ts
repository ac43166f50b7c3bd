import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import type { Task } from '../../define.ts'
import { itemKey } from '../keys.ts'
import type { ChangedBy, ItemChange } from '../streams/item-changed.ts'
import { keysOf } from '../streams/records.ts'
import { itemStamps, replicationRoads, replications } from './state.ts'

/** The task that brings writes to a region, by name: `replicating.ts` has it. */
export const replicateTask: Task<{ tableName: string; region: string }> = {
  name: 'dynamodb.replicate',
  run: () => {},
}

/** How long a write is on its way: usually within a second. Source: Developer Guide, "Global tables". */
export const lagsMs = [500, 0, 5000, 60_000] as const

/** Sends a change on its way to the other regions, unless it came from one. */
export function replicateChange(
  ctx: Context,
  change: ItemChange,
  regions: readonly string[],
): void {
  const { table, before, after, by } = change
  const item = after ?? before
  if (item === undefined || isFromElsewhere(by)) return
  const keys = keysOf(item, table.key)
  const { space, name: tableName } = table
  itemStamps.put(ctx, { space, key: itemKey(table, item), atMs: ctx.now(), region: ctx.region })
  for (const region of regions) {
    const road = replicationRoads.get(ctx, orderedKey(tableName, region))
    const sequence = (road?.sequence ?? 0) + 1
    replications.put(ctx, {
      tableName,
      region,
      sequence,
      atMs: ctx.now(),
      keys,
      ...(after === undefined ? {} : { after }),
    })
    replicationRoads.put(ctx, { tableName, region, sequence, busy: true })
    if (road?.busy) continue
    ctx.after(ctx.choose('dynamodb.replicationLagMs', lagsMs), replicateTask, { tableName, region })
  }
}

function isFromElsewhere(by: ChangedBy): boolean {
  return by === 'replication'
}
