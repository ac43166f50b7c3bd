import { type PageOptions, pageOf as page } from '../shared/pages.ts'
import { invalidToken } from './errors.ts'

/** One page of an ordered list, a wrong token refused in the words of Logs. */
export function pageOf<T>(options: Omit<PageOptions<T>, 'refused'>): {
  items: T[]
  nextToken: string | undefined
} {
  return page({ ...options, refused: invalidToken })
}
