import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { measure } from '../../shared/metrics.ts'
import { writeItem } from '../item-store.ts'
import { itemKey } from '../keys.ts'
import { type TableRecord, tables } from '../state.ts'
import { lagsMs, replicateTask } from './replication.ts'
import { itemStamps, type Replication, replicationRoads, replications } from './state.ts'

/** Writes that one task brings. */
const pageWrites = 1000

/** A region that takes no writes now is tried again so soon. */
const againMs = 1000

/** Brings writes to another region, in their order. The fault `dynamodb.replicate` holds them up. */
export const replicate = task<{ tableName: string; region: string }>(
  replicateTask.name as 'dynamodb.replicate',
  {
    run(ctx, { tableName, region }) {
      const there = ctx.at({ region })
      const table = tables.get(there, tableName)
      const road = orderedKey(tableName, region)
      if (table === undefined || !replicationRoads.has(ctx, road)) return forgetRoad(ctx, road)
      if (ctx.struck('dynamodb.replicate') || table.status === 'CREATING') {
        ctx.after(againMs, replicateTask, { tableName, region })
        return
      }
      let count = 0
      let oldestMs = ctx.now()
      for (const write of [...page(ctx, road)]) {
        apply(there, table, write, ctx.region)
        replications.delete(ctx, orderedKey(tableName, region, write.sequence))
        count += 1
        oldestMs = Math.min(oldestMs, write.atMs)
      }
      if (count > 0) measureLatency(ctx, tableName, region, ctx.now() - oldestMs)
      if (count < pageWrites) {
        const { busy: _, ...rest } = replicationRoads.get(ctx, road) ?? {
          tableName,
          region,
          sequence: 0,
        }
        replicationRoads.put(ctx, rest)
      } else
        ctx.after(ctx.choose('dynamodb.replicationLagMs', lagsMs), replicateTask, {
          tableName,
          region,
        })
    },
  },
)

/** Source: Developer Guide, "DynamoDB metrics and dimensions". The longest of what was brought together. */
function measureLatency(
  ctx: Context,
  TableName: string,
  ReceivingRegion: string,
  value: number,
): void {
  const dimensions = { TableName, ReceivingRegion }
  const name = 'ReplicationLatency'
  measure(ctx, { namespace: 'AWS/DynamoDB', name, dimensions, value, unit: 'Milliseconds' })
}

function* page(ctx: Context, road: string) {
  let count = 0
  for (const write of replications.scan(ctx, { prefix: `${road}\u0000` })) {
    if (count === pageWrites) return
    count += 1
    yield write
  }
}

/** The last writer wins; of two at the same moment, the one whose region's name sorts last. */
function apply(there: Context, table: TableRecord, write: Replication, from: string): void {
  const key = itemKey(table, write.keys)
  const stamp = itemStamps.get(there, orderedKey(table.space, key))
  const isLater =
    stamp === undefined ||
    write.atMs > stamp.atMs ||
    (write.atMs === stamp.atMs && from > stamp.region)
  if (!isLater) return
  itemStamps.put(there, { space: table.space, key, atMs: write.atMs, region: from })
  writeItem(there, table, key, write.after, 'replication')
}

function forgetRoad(ctx: Context, road: string): void {
  for (const { tableName, region, sequence } of [
    ...replications.scan(ctx, { prefix: `${road}\u0000` }),
  ]) {
    replications.delete(ctx, orderedKey(tableName, region, sequence))
  }
  replicationRoads.delete(ctx, road)
}
