import { table } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { transactionConflict } from './errors.ts'
import { itemKey } from './keys.ts'
import type { TableRecord } from './state.ts'
import type { Item } from './values/index.ts'

/** An item that a transaction is still at, as others see it. */
export interface OngoingItem {
  readonly key: string
  readonly untilMs: number
}

export const ongoingItems = table<OngoingItem>('dynamodb.ongoingItems', {
  key: ({ key }) => key,
  partition: 'region',
})

/**
 * How long a transaction keeps others from its items is left open, none in the calm case: calls are answered in an
 * instant. Source: Developer Guide, "Amazon DynamoDB Transactions: how it works", transaction conflict handling.
 */
export function noteOngoing(ctx: Context, keys: readonly string[]): void {
  const lastsMs = ctx.choose('dynamodb.transactionTime', [0, 50])
  if (lastsMs === 0) return
  for (const key of keys) ongoingItems.put(ctx, { key, untilMs: ctx.now() + lastsMs })
}

export function isOngoing(ctx: Context, key: string): boolean {
  if (ongoingItems.count(ctx) === 0) return false
  const ongoing = ongoingItems.get(ctx, key)
  if (ongoing === undefined) return false
  if (ongoing.untilMs > ctx.now()) return true
  ongoingItems.delete(ctx, key)
  return false
}

/** Throws `TransactionConflictException` where a transaction is at the item of a single write. */
export function checkNotOngoing(ctx: Context, of: TableRecord, item: Item): void {
  if (ongoingItems.count(ctx) > 0 && isOngoing(ctx, itemKey(of, item))) throw transactionConflict()
}
