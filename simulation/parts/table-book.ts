import type { AttributeValue } from '@cloud-orrery/models/dynamodb'
import { holds } from '../violation.ts'

/** DynamoDB's way to write an item or key. */
export type Attributes = Readonly<Record<string, AttributeValue>>

/** The same as reads and streams give it back. */
export type ReadAttributes = Readonly<
  Record<string, { readonly S?: string | undefined; readonly N?: string | undefined }>
>

/** What an item holds besides its key. */
export interface Row {
  /** Another with each write that changes anything. */
  readonly token: string
  /** Raised by ADD only. */
  readonly count: number
  /** Partition of the global index; absent: the item is not in it. */
  readonly group?: string | undefined
  /** Sort key of both indexes. */
  readonly rank: number
  /** Time to Live, seconds since 1970. */
  readonly endsAt?: number | undefined
}

/** One acknowledged change of an item; absent rows: the item was not there. */
export interface Change {
  readonly before: string
  readonly after: string
  readonly fromMs: number
  /** When it was acknowledged. */
  readonly toMs: number
  /** Time to Live made it. */
  readonly isExpiry: boolean
}

export const absent = 'absent'

/** How long a read that is not consistent may be behind, ms. Source: `dynamodb.replicaLag` of the service. */
const lagMsMax = 1000

/** What one table must hold, by all that was acknowledged. */
export class TableBook {
  readonly rows = new Map<string, Row>()
  readonly changes = new Map<string, Change[]>()

  /** Notes a write that was acknowledged between two moments. One that changes nothing leaves no trace. */
  write(key: string, row: Row | undefined, fromMs: number, toMs: number, isExpiry = false): void {
    const before = rowText(this.rows.get(key))
    const after = rowText(row)
    if (row === undefined) this.rows.delete(key)
    else this.rows.set(key, row)
    if (before === after) return
    const change = { before, after, fromMs, toMs, isExpiry }
    this.changes.set(key, [...(this.changes.get(key) ?? []), change])
  }

  /** Expects an item as it was last written. */
  checkNow(key: string, found: Row | undefined, what: string): void {
    const expected = rowText(this.rows.get(key))
    const text = rowText(found)
    holds(text === expected, 'item', () => `${what}, ${key}: ${text}, not ${expected}`)
  }

  /** Expects an item as it is, or as it was within the time that replicas may be behind. */
  checkLately(key: string, found: Row | undefined, fromMs: number, what: string): void {
    const text = rowText(found)
    const possible = this.#lately(key, fromMs)
    holds(
      possible.has(text),
      'item read lately',
      () => `${what}, ${key}: ${text}, not ${[...possible]}`,
    )
  }

  /** Whether an item may be missing in a read that is not consistent. */
  mayBeMissing(key: string, fromMs: number): boolean {
    return this.#lately(key, fromMs).size > 1
  }

  #lately(key: string, fromMs: number): ReadonlySet<string> {
    const possible = new Set([rowText(this.rows.get(key))])
    for (const { before, toMs } of this.changes.get(key) ?? []) {
      if (toMs + lagMsMax >= fromMs) possible.add(before)
    }
    return possible
  }
}

/** A row in words that are equal for equal rows. */
export function rowText(row: Row | undefined): string {
  if (row === undefined) return absent
  const { token, count, group = '-', rank, endsAt = '-' } = row
  return `${token} count ${count} group ${group} rank ${rank} ends ${endsAt}`
}

/** `p1/s02` as a key of the table. */
export function keyOf(key: string): Attributes {
  const [pk = '', sk = ''] = key.split('/')
  return { pk: { S: pk }, sk: { S: sk } }
}

export function itemOf(key: string, row: Row): Attributes {
  const { token, count, group, rank, endsAt } = row
  return {
    ...keyOf(key),
    token: { S: token },
    count: { N: String(count) },
    ...(group === undefined ? {} : { group: { S: group } }),
    rank: { N: String(rank) },
    ...(endsAt === undefined ? {} : { endsAt: { N: String(endsAt) } }),
  }
}

/** An item's key, as the books write it, and its row. */
export function read(item: ReadAttributes): { readonly key: string; readonly row: Row } {
  const { pk, sk, token, count, group, rank, endsAt, ...others } = item
  holds(Object.keys(others).length === 0, 'item', () => `${JSON.stringify(item)} has more`)
  return {
    key: `${pk?.S}/${sk?.S}`,
    row: {
      token: token?.S ?? '',
      count: Number(count?.N),
      group: group?.S,
      rank: Number(rank?.N),
      endsAt: endsAt === undefined ? undefined : Number(endsAt.N),
    },
  }
}

export function readMaybe(item: ReadAttributes | undefined): Row | undefined {
  return item === undefined ? undefined : read(item).row
}
