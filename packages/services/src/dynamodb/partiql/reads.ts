import type { Context } from '../../context.ts'
import { pageToken, positionOf } from '../../shared/page-tokens.ts'
import { pageUnits, readUnits, type Usage, usageOf } from '../capacity.ts'
import type { CompiledCondition, Path } from '../expressions/ast.ts'
import { matches, valueAt } from '../expressions/matching.ts'
import { itemKey, type KeyRange, partitionKey, rangeOf } from '../keys.ts'
import { pageBytesMax } from '../limits.ts'
import { lastEvaluatedKey, readPage } from '../pages.ts'
import { projectedNames } from '../projection.ts'
import { seen } from '../read-lag.ts'
import type { IndexRecord, TableRecord } from '../state.ts'
import { type AttributeValue, type Item, setAttribute, typeOf } from '../values/attribute-value.ts'
import { validationException } from '../values/errors.ts'
import { conditionOf } from './conditions.ts'
import { keyIn, partitionReads } from './key-search.ts'
import type { Parameters } from './literals.ts'
import type { Select } from './syntax.ts'

/** A SELECT of one table or index, ready to run. */
export interface SelectPlan {
  readonly table: TableRecord
  readonly index: IndexRecord | undefined
  /** The one item that it asks for, where it names the table's whole key. */
  readonly key: Item | undefined
  /** It asks for the key alone: all that batches and transactions take. */
  readonly isKeyAlone: boolean
  readonly ranges: readonly KeyRange[]
  readonly filter: CompiledCondition | undefined
  readonly projection: readonly Path[] | undefined
  readonly reverse: boolean
  readonly fetched: boolean
}

/** Throws `ValidationException` where the statement does not fit the table. */
export function selectPlan(select: Select, table: TableRecord, parameters: Parameters): SelectPlan {
  const { where, projection, indexName } = select
  const index = indexName === undefined ? undefined : indexNamed(table, indexName)
  const filter = where === undefined ? undefined : conditionOf(where, parameters)
  const key = index?.key ?? table.key
  const space = index?.space ?? table.space
  const whole = index === undefined ? wholeKey(where, table, parameters) : undefined
  const reads = partitionReads(where, key, table.attributes, parameters)
  const isKeyed = reads !== undefined && where?.kind !== 'or'
  return {
    table,
    index,
    key: whole?.key,
    isKeyAlone: whole?.rest.length === 0,
    ranges: reads?.map(({ hash, range }) => rangeOf(partitionKey(space, hash), range)) ?? [
      { prefix: space },
    ],
    filter,
    projection,
    reverse: isReverse(select, key, reads !== undefined),
    fetched:
      index !== undefined && isFetched(table, index, isKeyed ? filter : undefined, projection),
  }
}

/** A value of another type than the key's names no item. */
function wholeKey(where: Select['where'], table: TableRecord, parameters: Parameters) {
  const found = keyIn(where, table.key, parameters)
  if (found === undefined) return undefined
  const values = Object.entries(found.key)
  const fits = values.every(([name, value]) => typeOf(value) === table.attributes[name])
  return fits ? found : undefined
}

function indexNamed(table: TableRecord, name: string): IndexRecord {
  const index = table.indexes.find((index) => index.name === name)
  if (index === undefined || index.status === 'DELETING' || index.status === 'CREATING') {
    throw validationException('The table does not have the specified index')
  }
  return index
}

const invalid = 'One or more parameter values were invalid: '

/**
 * Whether items come from the table beside the index. Filters may not need that where the read has a partition; where
 * it has none they find nothing there. Observed on AWS, 2026-08.
 */
function isFetched(
  table: TableRecord,
  index: IndexRecord,
  filter: CompiledCondition | undefined,
  projection: readonly Path[] | undefined,
): boolean {
  const names = projectedNames(table, index)
  if (names === undefined) return false
  const unfiltered = (filter?.attributes ?? []).filter((name) => !names.has(name))
  if (unfiltered.length > 0) {
    throw validationException(
      `${invalid}Secondary index ${index.name} does not project one or more filter attributes: [${unfiltered.join(', ')}]`,
    )
  }
  const lacking = (projection ?? [])
    .map(([head]) => String(head))
    .filter((name) => !names.has(name))
  if (lacking.length === 0) return false
  if (index.kind === 'local') return true
  throw validationException(
    `${invalid}Global secondary index ${index.name} does not project [${lacking.join(', ')}]`,
  )
}

/** ORDER BY can only follow the keys. */
function isReverse(
  { orderBy, where }: Select,
  { hash, range }: TableRecord['key'],
  hasPartition: boolean,
): boolean {
  if (orderBy === undefined) return false
  if (where === undefined) {
    throw validationException('Must have WHERE clause in the statement when using ORDER BY clause.')
  }
  if (!hasPartition) {
    throw validationException(
      'Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.',
    )
  }
  for (const { name } of orderBy) {
    if (name !== hash && name !== range) {
      throw validationException(
        `Variable reference ${name} in ORDER BY clause must be part of the primary key`,
      )
    }
  }
  return orderBy.some(({ name, descending }) => name === range && descending)
}

export interface Selected {
  readonly items: readonly Item[]
  readonly nextToken?: string
  readonly lastKey?: Item
  readonly usage: Usage
}

interface Asked {
  readonly consistent: boolean
  readonly limit?: number | undefined
  readonly nextToken?: string | undefined
  /** What a token belongs to. */
  readonly request: unknown
}

/** Where a page ended: which of the ranges, and the last key that was read there. */
interface Place {
  readonly range: number
  readonly start?: Item
}

/** Runs a SELECT, one page of it. Throws `ValidationException`. */
export function runSelect(ctx: Context, plan: SelectPlan, asked: Asked): Selected {
  if (plan.index?.kind === 'global' && asked.consistent) {
    throw validationException(
      'Strongly consistent read is not supported on Global Secondary Indexes',
    )
  }
  if (plan.key !== undefined) {
    const { item, usage } = readOne(ctx, plan, plan.key, asked.consistent)
    return { items: item === undefined ? [] : [item], usage }
  }
  return readRanges(ctx, plan, asked)
}

/** The item that a SELECT names by its whole key, if its other conditions hold. */
export function readOne(
  ctx: Context,
  { table, filter, projection }: SelectPlan,
  key: Item,
  consistent: boolean,
): { readonly item: Item | undefined; readonly usage: Usage } {
  const found = seen(ctx, itemKey(table, key), consistent)
  const strength = consistent ? 'consistent' : 'eventual'
  const usage = usageOf(table, readUnits(found?.size ?? 0, strength))
  const isWanted = found !== undefined && (filter === undefined || matches(filter, found.item))
  return { item: isWanted ? projected(found.item, projection) : undefined, usage }
}

function readRanges(ctx: Context, plan: SelectPlan, asked: Asked): Selected {
  const { table, index, filter, projection, reverse, fetched } = plan
  const { consistent, limit, request } = asked
  let place = placeOf(asked)
  const items: Item[] = []
  let [bytes, scanned, fetchedUnits] = [0, 0, 0]
  let lastKey: Item | undefined
  while (place.range < plan.ranges.length) {
    const page = readPage(ctx, {
      table,
      index,
      range: plan.ranges[place.range] ?? {},
      start: place.start,
      reverse,
      limit: limit === undefined ? undefined : limit - scanned,
      consistent,
      filter,
      projection: undefined,
      fetched,
      countOnly: false,
    })
    for (const item of page.items) items.push(projected(item, projection))
    bytes += page.bytes
    const strength = consistent ? 'consistent' : 'eventual'
    for (const size of page.fetchedBytes) fetchedUnits += readUnits(size, strength)
    scanned += page.scanned
    lastKey = page.lastKey === undefined ? undefined : lastEvaluatedKey(table, index, page.lastKey)
    place =
      lastKey === undefined ? { range: place.range + 1 } : { range: place.range, start: lastKey }
    if (lastKey !== undefined || bytes >= pageBytesMax) break
  }
  const usage = usageOf(table, fetchedUnits)
  const units = pageUnits(bytes, consistent)
  if (index === undefined) usage.tableUnits = units
  else usage.indexUnits.set(index, units)
  const isMore = lastKey !== undefined || place.range < plan.ranges.length
  return {
    items,
    usage,
    ...(isMore ? { nextToken: pageToken(JSON.stringify(place), request) } : {}),
    ...(lastKey === undefined ? {} : { lastKey }),
  }
}

function placeOf({ nextToken, request }: Asked): Place {
  if (nextToken === undefined) return { range: 0 }
  const position = positionOf(nextToken, request)
  if (position === undefined) {
    throw validationException('Given NextToken does not match the statement or its parameters')
  }
  return JSON.parse(position) as Place // Written by `readRanges`.
}

/**
 * A path gives an attribute of its last name.
 * Deviation: what AWS calls the result of a path that ends in an index is not documented; here `name[0]`.
 */
function projected(item: Item, paths: readonly Path[] | undefined): Item {
  if (paths === undefined) return item
  const result: Record<string, AttributeValue> = {}
  for (const path of paths) {
    const value = valueAt(path, item)
    if (value === undefined) continue
    const at = path.findLastIndex((step) => typeof step === 'string')
    const name = path
      .slice(at)
      .map((step, i) => (i === 0 ? step : `[${step}]`))
      .join('')
    setAttribute(result, name, value)
  }
  return result
}
