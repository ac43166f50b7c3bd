import type { Context } from '../context.ts'
import { conditionFailed, invalid } from './errors.ts'
import {
  applyUpdate,
  type CompiledCondition,
  type CompiledUpdate,
  matches,
  type Updated,
} from './expressions/index.ts'
import { type Written, writeItem } from './item-store.ts'
import { checkIndexKeys, checkItem, checkKey, itemKey } from './keys.ts'
import { itemBytesMax } from './limits.ts'
import { checkKeysNotNested, checkKeysNotUpdated } from './named-keys.ts'
import { type ItemRecord, items, type TableRecord } from './state.ts'
import { type Item, itemToModel, sizeOf } from './values/index.ts'

/** One write of one item, whoever asks for it: a call, a part of a batch or transaction, a statement. */
export interface ItemWrite {
  readonly kind: 'put' | 'update' | 'delete' | 'check'
  /** The new item of a put, else the key. */
  readonly item: Item
  readonly condition?: CompiledCondition | undefined
  /** Of updates; absent, the item is made of its key if it is not there. */
  readonly update?: CompiledUpdate | undefined
}

/** What a write will have done when it is committed. */
export interface Outcome {
  readonly key: string
  readonly before: ItemRecord | undefined
  readonly after: Item | undefined
  /** Bytes of `after`. */
  readonly size: number
  readonly updated?: Updated
}

/** Checks a write against its table: keys, types, sizes of keys. Throws `ValidationException`. */
export function checkWrite(table: TableRecord, write: ItemWrite): void {
  if (write.kind === 'put') checkItem(table, write.item)
  else checkKey(table, write.item)
  if (write.update !== undefined) checkKeysNotUpdated(table, write.update)
  checkKeysNotNested(table, write.condition)
  checkKeysNotNested(table, write.update)
}

/** What a checked write comes to, if its condition holds; undefined where it does not. */
export function outcomeOf(
  ctx: Context,
  table: TableRecord,
  write: ItemWrite,
): Outcome | { readonly failed: ItemRecord | undefined } {
  const key = itemKey(table, write.item)
  const before = items.get(ctx, key)
  if (write.condition !== undefined && !matches(write.condition, before?.item)) {
    return { failed: before }
  }
  switch (write.kind) {
    case 'put':
      return { key, before, after: write.item, size: checkedSize(write.item, 'Item size') }
    case 'update':
      return updateOutcome(table, write, key, before)
    case 'delete':
      return { key, before, after: undefined, size: 0 }
    case 'check':
      return { key, before, after: before?.item, size: before?.size ?? 0 }
  }
}

function updateOutcome(
  table: TableRecord,
  { item: key, update }: ItemWrite,
  itemKeyText: string,
  before: ItemRecord | undefined,
): Outcome {
  if (update === undefined) {
    const after = before?.item ?? key
    return { key: itemKeyText, before, after, size: before?.size ?? sizeOf(after) }
  }
  const updated = applyUpdate(update, before?.item, key)
  for (const index of table.indexes) checkIndexKeys(table, index, updated.item)
  const size = checkedSize(updated.item, 'Item size to update')
  return { key: itemKeyText, before, after: updated.item, size, updated }
}

function checkedSize(item: Item, what: string): number {
  const size = sizeOf(item)
  if (size > itemBytesMax) throw invalid(`${what} has exceeded the maximum allowed size`)
  return size
}

/** Makes one write that stands by itself. Throws `ConditionalCheckFailedException`. */
export function makeWrite(
  ctx: Context,
  table: TableRecord,
  write: ItemWrite,
  onFailure: string | undefined,
): { readonly outcome: Outcome; readonly written: Written } {
  const outcome = outcomeOf(ctx, table, write)
  if ('failed' in outcome) {
    const { failed } = outcome
    const shown = onFailure === 'ALL_OLD' && failed !== undefined
    throw conditionFailed(shown ? itemToModel(failed.item) : undefined)
  }
  return { outcome, written: commit(ctx, table, outcome) }
}

export function commit(ctx: Context, table: TableRecord, outcome: Outcome): Written {
  return writeItem(ctx, table, outcome.key, outcome.after, 'request', outcome.size)
}
