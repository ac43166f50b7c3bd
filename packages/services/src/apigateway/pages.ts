import { pageOf } from '../shared/pages.ts'
import { badRequest, invalidPosition } from './errors.ts'
import { pageItemsDefault, pageItemsMax } from './limits.ts'

/** One page of a list whose items have names that sort: `position` of API Gateway. */
export function page<R, T>(
  input: { readonly position?: string | undefined; readonly limit?: number | undefined },
  request: unknown,
  list: (start: { after?: string }) => Iterable<R>,
  positionOf: (record: R) => string,
  shown: (record: R) => T,
  wanted?: (record: R) => boolean,
): { items: T[]; position?: string } {
  const { limit = pageItemsDefault, position } = input
  // Recorded: apigateway, GetApiKeys, `get-api-keys-invalid-limit`.
  if (limit < 1) throw badRequest('Invalid limit. Limit must be an integer between 1 and 500.')
  const { items, nextToken } = pageOf<R>({
    list,
    positionOf,
    itemsMax: Math.min(limit, pageItemsMax),
    token: position,
    request,
    refused: invalidPosition,
    ...(wanted === undefined ? {} : { wanted }),
  })
  return {
    items: items.map(shown),
    ...(nextToken === undefined ? {} : { position: nextToken }),
  }
}
