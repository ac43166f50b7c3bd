import { validationError } from './errors.ts'
import { pageItemsDefault } from './limits.ts'

export interface PageRequest {
  readonly Marker?: string | undefined
  readonly MaxItems?: number | undefined
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly rest: { readonly IsTruncated: boolean; readonly Marker?: string }
}

/**
 * One page of a listing. `from` gives the items after a key, in key order; `keyOf` gives an item's key.
 * Markers are opaque on AWS; here they are the last key, encoded.
 */
export function page<T>(
  { Marker, MaxItems = pageItemsDefault }: PageRequest,
  from: (after: string | undefined) => Iterable<T>,
  keyOf: (item: T) => string,
): Page<T> {
  const after = Marker === undefined ? undefined : readMarker(Marker)
  const items: T[] = []
  for (const item of from(after)) {
    if (items.length === MaxItems) {
      const last = items.at(-1)
      const key = last === undefined ? '' : keyOf(last)
      return { items, rest: { IsTruncated: true, Marker: writeMarker(key) } }
    }
    items.push(item)
  }
  return { items, rest: { IsTruncated: false } }
}

/** A page of a list that one record holds; it is bounded by a quota. */
export function pageOfList<T>(request: PageRequest, all: readonly T[]): Page<T> {
  const numbered = all.map((item, index) => ({ item, index }))
  const { items, rest } = page(
    request,
    (after) => numbered.slice(after === undefined ? 0 : Number(after) + 1),
    ({ index }) => String(index),
  )
  return { items: items.map(({ item }) => item), rest }
}

const version = 'AAE'

function writeMarker(key: string): string {
  return version + Buffer.from(key).toString('base64url')
}

function readMarker(marker: string): string {
  if (!marker.startsWith(version)) throw validationError('Invalid Marker.')
  return Buffer.from(marker.slice(version.length), 'base64url').toString()
}
