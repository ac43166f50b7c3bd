import { table } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { codeStorageExceeded } from './errors.ts'
import { storageBytesMax } from './limits.ts'
import type { StoredCode } from './state.ts'

/** What an account keeps in a region: counted as it changes. */
export interface UsageRecord {
  readonly key: 'usage'
  readonly codeBytes: number
}

export const usage = table<UsageRecord>('lambda.usage', {
  key: (it) => it.key,
  partition: 'region',
})

export function usedBytes(ctx: Context): number {
  return usage.get(ctx, 'usage')?.codeBytes ?? 0
}

/** Counts a package in, for each version that has it. Refuses what would not fit. */
export function countIn(ctx: Context, code: StoredCode): void {
  const codeBytes = usedBytes(ctx) + code.sizeBytes
  if (codeBytes > storageBytesMax) throw codeStorageExceeded()
  usage.put(ctx, { key: 'usage', codeBytes })
}

export function countOut(ctx: Context, code: StoredCode): void {
  usage.put(ctx, { key: 'usage', codeBytes: Math.max(0, usedBytes(ctx) - code.sizeBytes) })
}
