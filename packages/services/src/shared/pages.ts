import type { AwsError } from '@cloud-orrery/models'
import { pageToken, positionOf as tokenPosition } from './page-tokens.ts'

/** How a list is cut into pages. */
export interface PageOptions<T> {
  /** The list from a position on; from its start where `after` is not given. */
  readonly list: (start: { after?: string }) => Iterable<T>
  /** Where an item stands, as `after` takes it. */
  readonly positionOf: (item: T) => string
  /** Items that belong to the answer. Default: all. */
  readonly wanted?: (item: T) => boolean
  readonly itemsMax: number
  readonly token: string | undefined
  /** What a token belongs to. */
  readonly request: unknown
  /** The service's words for a token that is not one of this request. */
  readonly refused: () => AwsError
}

/** One page of an ordered list that can be entered anywhere: its cost is that of the page. */
export function pageOf<T>(options: PageOptions<T>): { items: T[]; nextToken: string | undefined } {
  const { list, positionOf, wanted = () => true, itemsMax, token, request } = options
  const after = token === undefined ? undefined : tokenPosition(token, request)
  if (token !== undefined && after === undefined) throw options.refused()
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
