import type { Draw } from '../draw.ts'
import type { Place, World } from '../world.ts'
import type { Row, TableBook } from './table-book.ts'
import type { StreamReader } from './table-stream.ts'

export const TableName = 'things'

/** A table in one account and Region, with its book. */
export interface Shelf {
  readonly place: Place
  readonly book: TableBook
  readonly stream: StreamReader
}

/** Refusals that AWS may give to a write because a transaction is at its item. */
export function conflictsOf({ isCalm }: World): readonly string[] {
  return isCalm ? [] : ['TransactionConflictException']
}

export function lastingKey(draw: Draw): string {
  return `p${draw.int(0, 3)}/s${draw.int(0, 7)}`
}

export function drawnRow(world: World, draw: Draw): Row {
  return {
    token: world.token('item'),
    count: draw.int(0, 5),
    group: draw.chance(0.7) ? `g${draw.int(0, 2)}` : undefined,
    rank: draw.int(-3, 12),
  }
}

/** An item of which Time to Live makes an end may be gone from then on, and is when it is not found. */
export function noteExpiry(
  { nowMs }: World,
  book: TableBook,
  key: string,
  found: Row | undefined,
): void {
  const known = book.rows.get(key)
  if (found !== undefined || known?.endsAt === undefined || known.endsAt * 1000 > nowMs) return
  book.write(key, undefined, known.endsAt * 1000, nowMs, true)
}
