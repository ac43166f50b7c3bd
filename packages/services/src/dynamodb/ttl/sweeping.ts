import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { measure } from '../../shared/metrics.ts'
import { writeItem } from '../item-store.ts'
import { items, tables } from '../state.ts'
import { followers } from '../streams/followers.ts'
import { expiryOf, isTooOld, planSweep, relist } from './expiry.ts'
import { expiries, type SweepRecord, sweeps } from './state.ts'

/** Items that one task removes or lists. */
const pageItems = 1000

/** Removes what has expired, in pages, and plans the next sweep. */
export const sweep = task<{ tableName: string; space: string }>('dynamodb.sweep', {
  run(ctx, { tableName, space }) {
    sweeps.delete(ctx, space)
    const table = tables.get(ctx, tableName)
    const attribute = followers.get(ctx, tableName)?.expiryAttribute
    if (table === undefined || table.space !== space || attribute === undefined) return
    let count = 0
    let removed = 0
    for (const expiry of [...due(ctx, space)]) {
      if (count === pageItems) break
      count += 1
      expiries.delete(ctx, orderedKey(space, expiry.atSeconds, expiry.key))
      const item = items.get(ctx, expiry.key)?.item
      if (expiryOf(item, attribute) !== expiry.atSeconds || isTooOld(ctx, expiry.atSeconds))
        continue
      writeItem(ctx, table, expiry.key, undefined, 'timeToLive')
      removed += 1
    }
    if (removed > 0) measureRemoved(ctx, tableName, removed)
    if (count === pageItems) {
      const taskId = ctx.after(0, sweep, { tableName, space })
      const planned: SweepRecord = { space, atMs: ctx.now(), taskId }
      sweeps.put(ctx, planned)
      return
    }
    for (const next of expiries.scan(ctx, { prefix: orderedKey(space, '') })) {
      return planSweep(ctx, tableName, space, next.atSeconds)
    }
  },
})

/** Source: Developer Guide, "DynamoDB metrics and dimensions". */
function measureRemoved(ctx: Context, TableName: string, value: number): void {
  const dimensions = { TableName }
  const name = 'TimeToLiveDeletedItemCount'
  measure(ctx, { namespace: 'AWS/DynamoDB', name, dimensions, value, unit: 'Count' })
}

function* due(ctx: Context, space: string) {
  let count = 0
  for (const expiry of expiries.scan(ctx, { prefix: orderedKey(space, '') })) {
    if (expiry.atSeconds * 1000 > ctx.now() || count > pageItems) return
    count += 1
    yield expiry
  }
}

/** Lists the items that were there when Time to Live was enabled, in pages. */
export const listExpiries = task<{ tableName: string; space: string; after?: string }>(
  'dynamodb.list-expiries',
  {
    run(ctx, { tableName, space, after }) {
      const attribute = followers.get(ctx, tableName)?.expiryAttribute
      if (attribute === undefined) return
      let count = 0
      for (const { key, item } of items.scan(ctx, {
        prefix: space,
        ...(after === undefined ? {} : { after }),
      })) {
        relist(ctx, tableName, space, key, undefined, expiryOf(item, attribute))
        count += 1
        if (count < pageItems) continue
        ctx.after(0, listExpiries, { tableName, space, after: key })
        return
      }
    },
  },
)
