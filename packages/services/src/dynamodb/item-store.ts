import type { Context } from '../context.ts'
import { entryOf } from './keys.ts'
import { projectedSize, sameProjection } from './projection.ts'
import { noteEarlier } from './read-lag.ts'
import { counts, type IndexRecord, type ItemRecord, items, type TableRecord } from './state.ts'
import { type ChangedBy, itemChanged } from './streams/item-changed.ts'
import { type Item, sizeOf } from './values/index.ts'

/** What a write did to an index: bytes before and after, undefined where the item did not stand in it. */
export interface IndexChange {
  readonly index: IndexRecord
  readonly before: number | undefined
  readonly after: number | undefined
  /** The item stands at another place in the index. */
  readonly moved: boolean
  /** Nothing that the index has of the item is different. */
  readonly same: boolean
}

/** What a write did. Bytes are 0 where there was or is no item. */
export interface Written {
  readonly before: ItemRecord | undefined
  readonly sizeBefore: number
  readonly sizeAfter: number
  readonly indexes: readonly IndexChange[]
}

export function readItem(ctx: Context, key: string): ItemRecord | undefined {
  return items.get(ctx, key)
}

/**
 * Puts an item into its table (or takes it out) and into the table's indexes, counts it, and tells the streams.
 * The one road for every change of items: of calls, time to live, restores, replication. The caller checked keys,
 * sizes and conditions. `key` is `itemKey` of the item.
 */
export function writeItem(
  ctx: Context,
  table: TableRecord,
  key: string,
  after: Item | undefined,
  by: ChangedBy,
  size = after === undefined ? 0 : sizeOf(after),
): Written {
  const before = items.get(ctx, key)
  if (after === undefined) {
    if (before !== undefined) items.delete(ctx, key)
  } else {
    const entries = entriesOf(table, after)
    items.put(ctx, { key, item: after, size, ...(entries === undefined ? {} : { entries }) })
  }
  noteEarlier(ctx, key, before)
  const indexes =
    table.indexes.length === 0 ? none : table.indexes.map((it) => change(table, it, before, after))
  count(ctx, table.space, before?.size, after === undefined ? undefined : size)
  for (const { index, before: was, after: is } of indexes) count(ctx, index.space, was, is)
  if (before !== undefined || after !== undefined) {
    itemChanged(ctx, table, before?.item, after, by)
  }
  return { before, sizeBefore: before?.size ?? 0, sizeAfter: size, indexes }
}

const none: readonly IndexChange[] = []

/** Where an item stands in the indexes of its table; undefined where the table has none. */
export function entriesOf(table: TableRecord, item: Item): readonly string[] | undefined {
  if (table.indexes.length === 0) return undefined
  const entries: string[] = []
  for (const index of table.indexes) {
    const entry = entryOf(index, item)
    if (entry !== undefined) entries.push(entry)
  }
  return entries
}

/** Bytes of an item in an index, and where it stands there. */
function change(
  table: TableRecord,
  index: IndexRecord,
  before: ItemRecord | undefined,
  after: Item | undefined,
): IndexChange {
  const was = before === undefined ? undefined : entryOf(index, before.item)
  const is = after === undefined ? undefined : entryOf(index, after)
  const sizeBefore =
    before === undefined || was === undefined ? undefined : projectedSize(table, index, before.item)
  const sizeAfter =
    after === undefined || is === undefined ? undefined : projectedSize(table, index, after)
  const moved = was !== is
  return {
    index,
    before: sizeBefore,
    after: sizeAfter,
    moved,
    same: !moved && isSameIn(table, index, before?.item, after),
  }
}

function isSameIn(
  table: TableRecord,
  index: IndexRecord,
  before: Item | undefined,
  after: Item | undefined,
): boolean {
  if (before === undefined || after === undefined) return before === after
  return sameProjection(table, index, before, after)
}

function count(
  ctx: Context,
  space: string,
  before: number | undefined,
  after: number | undefined,
): void {
  if (before === after) return
  const known = counts.get(ctx, space) ?? { space, items: 0, bytes: 0 }
  counts.put(ctx, {
    space,
    items: known.items + (after === undefined ? 0 : 1) - (before === undefined ? 0 : 1),
    bytes: known.bytes + (after ?? 0) - (before ?? 0),
  })
}
