import { type PageOptions, pageOf } from '../shared/pages.ts'
import { invalidMarker } from './errors.ts'

/** A page as KMS gives it: with its marker, and whether there is more. */
export function page<T>(options: Omit<PageOptions<T>, 'refused'>): {
  items: T[]
  NextMarker: string | undefined
  Truncated: boolean
} {
  const { items, nextToken } = pageOf({ ...options, refused: invalidMarker })
  return { items, NextMarker: nextToken, Truncated: nextToken !== undefined }
}
