import { orderedKey } from '@cloud-orrery/kernel'
import { invalidArgument } from './errors.ts'
import { compareKeys, sortableKey } from './key-order.ts'
import { pageKeysMax } from './limits.ts'

/** Which keys a page shows. */
export interface ListingQuery {
  readonly prefix: string
  readonly delimiter: string | undefined
  /** Only what comes after this key; a common prefix in which it lies counts as shown already. */
  readonly after: string | undefined
  /** Entries and common prefixes together. */
  readonly limit: number
}

export interface ListingPage<T> {
  readonly entries: readonly T[]
  readonly commonPrefixes: readonly string[]
  readonly isTruncated: boolean
  /** The last entry or common prefix, in the order of the listing. */
  readonly last: { readonly entry: T } | { readonly commonPrefix: string } | undefined
}

/** Entries in listing order, from the first whose sortable key is at or past `from`. */
export type ListingSource<T> = (from: string) => Iterable<T>

/** Past every key that starts with a prefix: no key holds this unit next. See `sortableKey`. */
function pastPrefix(prefix: string): string {
  return `${sortableKey(prefix)}\uffff`
}

/**
 * One page of a listing. `before`: what is shown ahead of the source, where a page ended within a key. Keys under a common prefix are passed over in one step, so that its cost depends on
 * what it shows and not on how much there is.
 */
export function listPage<T extends { readonly key: string }>(
  { prefix, delimiter, after, limit }: ListingQuery,
  source: ListingSource<T>,
  before: Iterable<T> = [],
): ListingPage<T> {
  const entries: T[] = []
  const commonPrefixes: string[] = []
  let last: ListingPage<T>['last']
  let from = startOf(prefix, delimiter, after)
  const page = (isTruncated: boolean) => ({ entries, commonPrefixes, isTruncated, last })
  if (limit === 0) return page(false)
  for (const entry of before) {
    if (entries.length === limit) return page(true)
    entries.push(entry)
    last = { entry }
  }
  for (;;) {
    let skipped = false
    for (const entry of source(from)) {
      if (!entry.key.startsWith(prefix)) return page(false)
      if (entries.length + commonPrefixes.length === limit) return page(true)
      const common = commonPrefixOf(entry.key, prefix, delimiter)
      if (common === undefined) {
        entries.push(entry)
        last = { entry }
        continue
      }
      commonPrefixes.push(common)
      last = { commonPrefix: common }
      from = pastPrefix(common)
      skipped = true
      break
    }
    if (!skipped) return page(false)
  }
}

function startOf(prefix: string, delimiter: string | undefined, after: string | undefined): string {
  const first = sortableKey(prefix)
  if (after === undefined || after === '') return first
  const common = after.startsWith(prefix) ? commonPrefixOf(after, prefix, delimiter) : undefined
  // U+0000 parts a key from what follows it: past it lies the next key.
  const next = common === undefined ? `${sortableKey(after)}\u0001` : pastPrefix(common)
  if (next <= first) return first
  return next
}

/** What a key shares with others up to the delimiter; undefined where it stands for itself. */
function commonPrefixOf(
  key: string,
  prefix: string,
  delimiter: string | undefined,
): string | undefined {
  if (delimiter === undefined || delimiter === '') return undefined
  const at = key.indexOf(delimiter, prefix.length)
  return at < 0 ? undefined : key.slice(0, at + delimiter.length)
}

/** The start of a bucket's rows at or past a sortable key. */
export function rowsFrom(bucket: string, from: string): string {
  return orderedKey(bucket, from)
}

/** `max-keys`: at most a page; none asked for is a whole page. Throws InvalidArgument. */
export function pageLimit(name: string, asked: number | undefined): number {
  if (asked === undefined) return pageKeysMax
  if (asked < 0) {
    throw invalidArgument(
      `Argument ${name} must be an integer between 0 and 2147483647`,
      name,
      String(asked),
    )
  }
  return Math.min(asked, pageKeysMax)
}

/** How keys are written in an answer: as they are, or encoded for URLs as Java does it, slashes kept. */
export type KeyWriter = (key: string) => string

export function keyWriter(encodingType: string | undefined): KeyWriter {
  return encodingType === 'url' ? urlEncoded : (key) => key
}

function urlEncoded(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Continuation tokens are opaque: the last key shown, in Base64. */
export function writeToken(key: string): string {
  return Buffer.from(`1${key}`).toString('base64')
}

/** Throws InvalidArgument for what S3 did not give. */
export function readToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString()
  if (!text.startsWith('1') || Buffer.from(text).toString('base64') !== token) {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token')
  }
  return text.slice(1)
}

/** Whether a key comes after another in a listing. */
export function isPast(key: string, other: string): boolean {
  return compareKeys(key, other) > 0
}
