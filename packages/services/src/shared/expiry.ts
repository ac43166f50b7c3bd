import type { Table } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'

/** Something kept for a while, by its key. */
export interface Expiring {
  readonly key: string
  readonly expiresAtMs: number
}

/** More than come with each that is put, so that they do not gather. */
const forgottenAtOnce = 4

/**
 * Removes a few records that are over: what is kept for each caller would pile up as new ones come. To be called
 * whenever one is put; `expiry` is an index of `orderedKey(expiresAtMs)`.
 */
export function forgetExpired<R extends Expiring>(ctx: Context, table: Table<R, 'expiry'>): void {
  const over: string[] = []
  for (const { key, expiresAtMs } of table.scanIndex(ctx, 'expiry')) {
    if (expiresAtMs > ctx.now() || over.length === forgottenAtOnce) break
    over.push(key)
  }
  for (const key of over) table.delete(ctx, key)
}
