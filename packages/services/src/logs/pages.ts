import { pageToken, positionOf as tokenPosition } from '../shared/page-tokens.ts'
import { invalidToken } from './errors.ts'

/** One page of an ordered list that can be entered anywhere: its cost is that of the page. */
export function pageOf<T>(options: {
  /** The list from a position on; from its start where `after` is not given. */
  readonly list: (start: { after?: string }) => Iterable<T>
  /** Where an item stands, as `after` takes it. */
  readonly positionOf: (item: T) => string
  readonly wanted?: (item: T) => boolean
  readonly itemsMax: number
  readonly token: string | undefined
  /** What a token belongs to. */
  readonly request: unknown
}): { items: T[]; nextToken: string | undefined } {
  const { list, positionOf, wanted = () => true, itemsMax, token, request } = options
  const after = token === undefined ? undefined : tokenPosition(token, request)
  if (token !== undefined && after === undefined) throw invalidToken()
  const items: T[] = []
  for (const item of list(after === undefined ? {} : { after })) {
    if (!wanted(item)) continue
    const last = items.at(-1)
    if (items.length === itemsMax && last !== undefined) {
      return { items, nextToken: pageToken(positionOf(last), request) }
    }
    items.push(item)
  }
  return { items, nextToken: undefined }
}
