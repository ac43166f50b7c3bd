import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { readLagMsMax } from './limits.ts'
import { earlierItems, type ItemRecord, items } from './state.ts'

/*
 * Reads that are not strongly consistent may see the state before the last change for a moment. Whether a change
 * leaves such a moment, and whether a read falls into it, are choices; the calm answers are no and no.
 * Source: DynamoDB Developer Guide, "DynamoDB read consistency".
 */

/** Called with each change: what was there before it, if anything. */
export function noteEarlier(ctx: Context, key: string, before: ItemRecord | undefined): void {
  const lagMs = ctx.choose('dynamodb.replicaLag', [0, 200, readLagMsMax])
  if (lagMs === 0) {
    if (earlierItems.count(ctx) > 0) earlierItems.delete(ctx, key)
    return
  }
  const untilMs = ctx.now() + lagMs
  earlierItems.put(ctx, { key, untilMs, ...(before === undefined ? {} : { before }) })
  ctx.after(lagMs, catchUp, { key, untilMs })
}

/** All replicas have the change. */
export const catchUp = task<{ key: string; untilMs: number }>('dynamodb.catchUp', {
  run(ctx, { key, untilMs }) {
    if (earlierItems.get(ctx, key)?.untilMs === untilMs) earlierItems.delete(ctx, key)
  },
})

/** An item as one read sees it. */
export function seen(ctx: Context, key: string, consistent: boolean): ItemRecord | undefined {
  const now = items.get(ctx, key)
  if (consistent || earlierItems.count(ctx) === 0) return now
  const earlier = earlierItems.get(ctx, key)
  if (earlier === undefined || !isLagging(ctx)) return now
  return earlier.before
}

/** Items among those of a read that it sees as they were: by key, undefined where the item was not there yet. */
export function seenEarlier(
  ctx: Context,
  prefix: string,
): ReadonlyMap<string, ItemRecord | undefined> | undefined {
  if (earlierItems.count(ctx) === 0) return undefined
  const found = new Map<string, ItemRecord | undefined>()
  for (const { key, before } of earlierItems.scan(ctx, { prefix })) {
    if (isLagging(ctx)) found.set(key, before)
  }
  return found.size === 0 ? undefined : found
}

function isLagging(ctx: Context): boolean {
  return ctx.choose('dynamodb.readLag', [false, true])
}
