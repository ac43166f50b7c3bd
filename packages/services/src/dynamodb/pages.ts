import type { Context } from '../context.ts'
import { invalid } from './errors.ts'
import {
  type CompiledCondition,
  type CompiledProjection,
  matches,
  project,
} from './expressions/index.ts'
import { checkKey, entryKey, itemKey, type KeyRange, keyAttributes } from './keys.ts'
import { pageBytesMax } from './limits.ts'
import { only, projectedNames } from './projection.ts'
import { seenEarlier } from './read-lag.ts'
import { type IndexRecord, type ItemRecord, items, type TableRecord } from './state.ts'
import { type AttributeValue, type Item, sizeOf, typeOf } from './values/index.ts'

/** What Query and Scan read, one page of it. */
export interface PageRequest {
  readonly table: TableRecord
  readonly index: IndexRecord | undefined
  readonly range: KeyRange
  readonly start: Item | undefined
  readonly reverse: boolean
  readonly limit: number | undefined
  readonly consistent: boolean
  readonly filter: CompiledCondition | undefined
  readonly projection: CompiledProjection | undefined
  /** Items come whole although the index has not all of them: local indexes fetch what they lack. */
  readonly fetched: boolean
  readonly countOnly: boolean
}

export interface Page {
  readonly items: readonly Item[]
  readonly count: number
  readonly scanned: number
  readonly lastKey: Item | undefined
  /** Bytes read: of the table or, where one is read, the index. */
  readonly bytes: number
  /** Bytes of the items that were fetched from the table beside the index. */
  readonly fetchedBytes: readonly number[]
}

/** Reads from where the request starts until its limit, 1 MB, or the end. */
export function readPage(ctx: Context, request: PageRequest): Page {
  const { table, index, limit, filter, projection, fetched, countOnly } = request
  const names = index === undefined ? undefined : projectedNames(table, index)
  const found: Item[] = []
  const fetchedBytes: number[] = []
  let [count, scanned, bytes] = [0, 0, 0]
  let last: Item | undefined
  for (const record of records(ctx, request)) {
    if (scanned === limit || bytes >= pageBytesMax) {
      return { items: found, count, scanned, lastKey: last, bytes, fetchedBytes }
    }
    const ofIndex = names === undefined ? record.item : only(record.item, names)
    const item = fetched ? record.item : ofIndex
    scanned += 1
    bytes += names === undefined ? record.size : sizeOf(ofIndex)
    if (fetched) fetchedBytes.push(record.size)
    last = record.item
    if (filter !== undefined && !matches(filter, item)) continue
    count += 1
    if (!countOnly) found.push(projection === undefined ? item : project(projection, item))
  }
  // A full page tells where to go on, although nothing may be there.
  const isFull = scanned === limit || bytes >= pageBytesMax
  return { items: found, count, scanned, lastKey: isFull ? last : undefined, bytes, fetchedBytes }
}

/** The part of an item that a page ends with: the keys of the table and of the index. */
export function lastEvaluatedKey(
  table: TableRecord,
  index: IndexRecord | undefined,
  last: Item,
): Item {
  const key = keyAttributes(table.key, last)
  return index === undefined ? key : { ...key, ...keyAttributes(index.key, last) }
}

function* records(ctx: Context, request: PageRequest): Generator<ItemRecord, void, undefined> {
  const { table, index, range, start, reverse, consistent } = request
  const after =
    start === undefined
      ? undefined
      : index === undefined
        ? itemKey(table, start)
        : entryKey(index, table, start)
  const options = { ...range, reverse, ...(after === undefined ? {} : { after }) }
  const earlier = consistent ? undefined : seenEarlier(ctx, table.space)
  const source =
    index === undefined ? items.scan(ctx, options) : items.scanIndex(ctx, 'entries', options)
  if (earlier === undefined) {
    yield* source
    return
  }
  // Deviation: of what changed its place, or was deleted, only the new state is left out; the old does not reappear.
  for (const record of source) {
    if (!earlier.has(record.key)) yield record
    else {
      const before = earlier.get(record.key)
      if (before !== undefined && isSamePlace(request, before, record)) yield before
    }
  }
}

function isSamePlace({ index }: PageRequest, before: ItemRecord, now: ItemRecord): boolean {
  if (index === undefined) return true
  const entry = (of: ItemRecord) => of.entries?.find((it) => it.startsWith(index.space))
  return entry(before) === entry(now)
}

const invalidStart = 'The provided starting key is invalid'

/** Checks `ExclusiveStartKey`: the keys of the table and of the index, no others. */
export function checkStart(
  table: TableRecord,
  index: IndexRecord | undefined,
  start: Item,
  isQuery: boolean,
): void {
  const names = new Set<string>()
  for (const { hash, range } of index === undefined ? [table.key] : [table.key, index.key]) {
    names.add(hash)
    if (range !== undefined) names.add(range)
  }
  if (Object.keys(start).length !== names.size) {
    throw invalid(
      isQuery || index !== undefined
        ? invalidStart
        : `${invalidStart}: The provided key element does not match the schema`,
    )
  }
  for (const name of names) {
    const value = start[name]
    if (value === undefined) throw invalid(invalidStart)
    if (typeOf(value) !== table.attributes[name]) {
      throw invalid(
        index === undefined && isQuery
          ? 'The provided key element does not match the schema'
          : `${invalidStart}: The provided key element does not match the schema`,
      )
    }
  }
  checkKey(table, keyAttributes(table.key, start))
}

export function sameKey(a: AttributeValue, b: AttributeValue | undefined): boolean {
  return b !== undefined && JSON.stringify(a) === JSON.stringify(b)
}
