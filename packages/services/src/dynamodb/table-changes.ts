import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { entriesOf } from './item-store.ts'
import { entryOf } from './keys.ts'
import {
  backfillItemsPerSecond,
  creatingMs,
  deletingMs,
  indexCreatingMs,
  updatingMs,
} from './limits.ts'
import { projectedSize } from './projection.ts'
import { buckets, counts, type IndexRecord, items, type TableRecord, tables } from './state.ts'
import { forgetParts } from './table-parts.ts'

/** Whoever waits for a table: CloudFormation, waiters inside. */
export function tableKey({ accountId, region, name }: TableRecord): string {
  return `dynamodb.table/${accountId}/${region}/${name}`
}

/** Begins a change that ends by itself. The record has the new settings already. */
export function begin(ctx: Context, table: TableRecord): TableRecord {
  const change = ctx.ids.hex(16)
  const created = table.indexes.find(({ status }) => status === 'CREATING')
  const delayMs = table.status === 'CREATING' ? creatingMs : updatingMs
  const isBackfill = created !== undefined && table.status !== 'CREATING'
  ctx.after(isBackfill ? indexCreatingMs : delayMs, isBackfill ? backfill : settle, {
    name: table.name,
    change,
  })
  return tables.put(ctx, { ...table, change })
}

interface Change {
  readonly name: string
  readonly change: string
}

/** Ends a change: all that is on its way is there. */
export const settle = task<Change>('dynamodb.settle', {
  run(ctx, { name, change }) {
    const table = tables.get(ctx, name)
    if (table?.change !== change) return
    const removed = table.indexes.filter(({ status }) => status === 'DELETING')
    const { change: _, sse, ...rest } = table
    const settled = tables.put(ctx, {
      ...rest,
      status: 'ACTIVE',
      indexes: table.indexes.filter((it) => !removed.includes(it)).map(active),
      ...(table.billingMode === 'PAY_PER_REQUEST' && table.onDemandSinceMs === undefined
        ? { onDemandSinceMs: table.billingModeShown ? ctx.now() : table.createdAtMs }
        : {}),
      // A table that left KMS has a key of DynamoDB's own, of which nothing is shown.
      ...(sse === undefined || table.keyCiphertext === undefined
        ? {}
        : { sse: { ...sse, Status: 'ENABLED' as const } }),
    })
    if (removed.length > 0) {
      relist(ctx, settled)
      for (const { space } of removed) forgetSpace(ctx, space)
    }
    ctx.wake(tableKey(settled), Number.POSITIVE_INFINITY)
  },
})

function active({ backfilling: _, ...index }: IndexRecord): IndexRecord {
  return { ...index, status: 'ACTIVE' }
}

/** A new index takes new writes from its beginning; now it takes what is there, and then has to be filled. */
export const backfill = task<Change>('dynamodb.backfill', {
  run(ctx, { name, change }) {
    const table = tables.get(ctx, name)
    if (table?.change !== change) return
    tables.put(ctx, {
      ...table,
      indexes: table.indexes.map((it) =>
        it.status === 'CREATING' ? { ...it, backfilling: true } : it,
      ),
    })
    relist(ctx, table)
    for (const index of table.indexes) if (index.status === 'CREATING') recount(ctx, table, index)
    const { items: found = 0 } = counts.get(ctx, table.space) ?? {}
    ctx.after((found / backfillItemsPerSecond) * 1000, settle, { name, change })
  },
})

/** Lists all items of a table in the indexes that it has now. */
export function relist(ctx: Context, table: TableRecord): void {
  for (const record of items.scan(ctx, { prefix: table.space })) {
    const { entries: _, ...rest } = record
    const entries = entriesOf(table, record.item)
    items.put(ctx, { ...rest, ...(entries === undefined ? {} : { entries }) })
  }
}

function recount(ctx: Context, table: TableRecord, index: IndexRecord): void {
  let [found, bytes] = [0, 0]
  for (const { item } of items.scan(ctx, { prefix: table.space })) {
    if (entryOf(index, item) === undefined) continue
    found += 1
    bytes += projectedSize(table, index, item)
  }
  counts.put(ctx, { space: index.space, items: found, bytes })
}

/** Begins the end of a table. */
export function beginDeletion(ctx: Context, table: TableRecord): TableRecord {
  const change = ctx.ids.hex(16)
  ctx.after(deletingMs, remove, { name: table.name, change })
  return tables.put(ctx, { ...table, status: 'DELETING', change })
}

/** A table is gone, with its items. */
export const remove = task<Change>('dynamodb.remove', {
  run(ctx, { name, change }) {
    const table = tables.get(ctx, name)
    if (table?.change !== change) return
    forgetParts(ctx, table)
    for (const { key } of items.scan(ctx, { prefix: table.space })) items.delete(ctx, key)
    for (const { space } of [table, ...table.indexes]) forgetSpace(ctx, space)
    tables.delete(ctx, name)
    ctx.wake(tableKey(table), Number.POSITIVE_INFINITY)
  },
})

function forgetSpace(ctx: Context, space: string): void {
  counts.delete(ctx, space)
  buckets.delete(ctx, space)
}
