import { pageToken, positionOf } from '../shared/page-tokens.ts'
import { invalidParameter } from './errors.ts'
import { pageSizeDefault } from './limits.ts'

/**
 * One page of an ordered list: `Limit` items (100 where it is left out) behind the place where the token
 * stands. `request` is what a token belongs to.
 */
export function pageOf<T>(
  all: Iterable<T>,
  keyOf: (item: T) => string,
  {
    NextToken,
    Limit = pageSizeDefault,
  }: { NextToken?: string | undefined; Limit?: number | undefined },
  request: unknown,
): { items: T[]; nextToken: string | undefined } {
  const after = NextToken === undefined ? undefined : positionOf(NextToken, request)
  if (NextToken !== undefined && after === undefined) throw invalidParameter('NextToken')
  const items: T[] = []
  for (const item of all) {
    if (after !== undefined && keyOf(item) <= after) continue
    if (items.length === Limit) {
      const last = items.at(-1)
      return { items, nextToken: last === undefined ? undefined : pageToken(keyOf(last), request) }
    }
    items.push(item)
  }
  return { items, nextToken: undefined }
}
