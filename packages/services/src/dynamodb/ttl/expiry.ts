import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import type { Task } from '../../define.ts'
import { itemKey } from '../keys.ts'
import type { ItemChange } from '../streams/item-changed.ts'
import type { Item } from '../values/index.ts'
import { expiries, sweeps } from './state.ts'

/** The task that removes what has expired, by name: `sweeping.ts` has it. */
export const sweepTask: Task<{ tableName: string; space: string }> = {
  name: 'dynamodb.sweep',
  run: () => {},
}

const fiveYearsMs = 5 * 365.25 * 86_400_000
const minuteMs = 60_000

/** When an item expires, in seconds since 1970; undefined where it never does: its attribute is no number. */
export function expiryOf(item: Item | undefined, attribute: string): number | undefined {
  const value = item?.[attribute]
  if (value === undefined || !('N' in value)) return undefined
  const seconds = Math.floor(Number(value.N))
  return seconds >= 0 && seconds <= Number.MAX_SAFE_INTEGER ? seconds : undefined
}

/** Lists an item under the moment at which it expires now. */
export function noteExpiry(ctx: Context, change: ItemChange, attribute: string): void {
  const { table, before, after } = change
  const was = expiryOf(before, attribute)
  const is = expiryOf(after, attribute)
  if (was === is) return
  const item = after ?? before
  if (item !== undefined) relist(ctx, table.name, table.space, itemKey(table, item), was, is)
}

export function relist(
  ctx: Context,
  tableName: string,
  space: string,
  key: string,
  was: number | undefined,
  is: number | undefined,
): void {
  if (was !== undefined) expiries.delete(ctx, orderedKey(space, was, key))
  if (is === undefined || isTooOld(ctx, is)) return
  expiries.put(ctx, { space, atSeconds: is, key })
  planSweep(ctx, tableName, space, is)
}

/** Source: Developer Guide, "Using time to live": what expired more than five years ago stays. */
export function isTooOld(ctx: Context, seconds: number): boolean {
  return seconds * 1000 < ctx.now() - fiveYearsMs
}

export function planSweep(ctx: Context, tableName: string, space: string, seconds: number): void {
  // A sweep passes at the end of the minute in which an item expires.
  const dueMs = Math.ceil((Math.max(seconds * 1000, ctx.now()) + 1) / minuteMs) * minuteMs
  const planned = sweeps.get(ctx, space)
  if (planned !== undefined && planned.atMs <= dueMs) return
  if (planned !== undefined) ctx.cancel(planned.taskId)
  // AWS removes items within a few days of their expiry.
  const lagMs = ctx.choose('dynamodb.ttlLagMs', [0, 3_600_000, 86_400_000, 172_800_000])
  const atMs = dueMs + lagMs
  const taskId = ctx.after(atMs - ctx.now(), sweepTask, { tableName, space })
  sweeps.put(ctx, { space, atMs: dueMs, taskId })
}

/** Forgets when the items of a table expire. */
export function forgetExpiries(ctx: Context, space: string): void {
  const planned = sweeps.delete(ctx, space)
  if (planned !== undefined) ctx.cancel(planned.taskId)
  const keys = [...expiries.scan(ctx, { prefix: orderedKey(space, '') })]
  for (const { atSeconds, key } of keys) expiries.delete(ctx, orderedKey(space, atSeconds, key))
}
