import { pageToken, positionOf } from '../shared/page-tokens.ts'
import { invalidNextToken } from './errors.ts'

export interface PageQuery<R> {
  /** In key order, after a key. */
  readonly records: (after: string | undefined) => Iterable<R>
  readonly keyOf: (record: R) => string
  readonly matching?: (record: R) => boolean
  readonly token: string | undefined
  readonly sizeMax: number
  /** What a token belongs to. */
  readonly query: unknown
}

/** One page of a list, and the token of the next. */
export function pageOf<R>(query: PageQuery<R>): { items: readonly R[]; next?: string } {
  const after = query.token === undefined ? undefined : positionOf(query.token, query.query)
  if (query.token !== undefined && after === undefined) throw invalidNextToken()
  const items: R[] = []
  for (const record of query.records(after)) {
    if (query.matching?.(record) === false) continue
    const last = items.at(-1)
    if (items.length === query.sizeMax && last !== undefined) {
      return { items, next: pageToken(query.keyOf(last), query.query) }
    }
    items.push(record)
  }
  return { items }
}
