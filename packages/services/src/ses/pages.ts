import { pageToken, positionOf } from '../shared/page-tokens.ts'
import { invalidValue } from './errors.ts'

/** One page of a list in key order, and the token of the next. */
export function pageOf<R>(
  records: (after: string | undefined) => Iterable<R>,
  keyOf: (record: R) => string,
  { token, sizeMax, query }: { token: string | undefined; sizeMax: number; query: unknown },
  matching: (record: R) => boolean = () => true,
): { items: readonly R[]; next: { NextToken?: string } } {
  const after = token === undefined ? undefined : positionOf(token, query)
  if (token !== undefined && after === undefined) throw invalidValue('Invalid NextToken.')
  const items: R[] = []
  for (const record of records(after)) {
    if (!matching(record)) continue
    const last = items.at(-1)
    if (items.length === sizeMax && last !== undefined) {
      return { items, next: { NextToken: pageToken(keyOf(last), query) } }
    }
    items.push(record)
  }
  return { items, next: {} }
}
