import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { itemKey } from '../keys.ts'
import { items } from '../state.ts'
import type { ItemChange } from '../streams/item-changed.ts'
import type { Item } from '../values/index.ts'
import { changeLog, changeLogHeads } from './state.ts'

const dayMs = 86_400_000

/** How often what is past the recovery period is thrown away, at the most. */
const trimEveryMs = 3_600_000

/** Keeps what an item was before a change, for as long as it may be asked for. */
export function logChange(ctx: Context, change: ItemChange, days: number): void {
  const { table, before, after } = change
  const item = before ?? after
  if (item === undefined) return
  const { space } = table
  const now = ctx.now()
  const head = changeLogHeads.get(ctx, space) ?? { space, sequence: 0, trimmedAtMs: now }
  const sequence = head.sequence + 1
  const key = itemKey(table, item)
  changeLog.put(ctx, {
    space,
    atMs: now,
    sequence,
    key,
    ...(before === undefined ? {} : { before }),
  })
  const isDue = now >= head.trimmedAtMs + trimEveryMs
  if (isDue) trim(ctx, space, now - days * dayMs)
  changeLogHeads.put(ctx, { space, sequence, trimmedAtMs: isDue ? now : head.trimmedAtMs })
}

function trim(ctx: Context, space: string, beforeMs: number): void {
  const old = [
    ...changeLog.scan(ctx, {
      prefix: orderedKey(space, ''),
      before: orderedKey(space, Math.max(0, beforeMs)),
    }),
  ]
  for (const { atMs, sequence } of old) changeLog.delete(ctx, orderedKey(space, atMs, sequence))
}

export function forgetLog(ctx: Context, space: string): void {
  trim(ctx, space, Number.MAX_SAFE_INTEGER)
  changeLogHeads.delete(ctx, space)
}

/** What each item that was changed after a moment was at that moment, by its key. */
export function earlierStates(
  ctx: Context,
  space: string,
  atMs: number,
): Map<string, Item | undefined> {
  const states = new Map<string, Item | undefined>()
  const from = orderedKey(space, Math.floor(atMs) + 1)
  for (const { key, before } of changeLog.scan(ctx, { prefix: orderedKey(space, ''), from })) {
    if (!states.has(key)) states.set(key, before)
  }
  return states
}

/** The items of a table as they were at a moment, by their keys. */
export function* itemsAt(
  ctx: Context,
  space: string,
  atMs: number,
): Generator<readonly [key: string, item: Item]> {
  const states = earlierStates(ctx, space, atMs)
  for (const { key, item } of items.scan(ctx, { prefix: space })) {
    if (!states.has(key)) yield [key, item]
  }
  for (const [key, item] of states) if (item !== undefined) yield [key, item]
}
