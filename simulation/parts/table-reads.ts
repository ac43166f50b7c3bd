import {
  BatchGetItem,
  DescribeTable,
  GetItem,
  Query,
  Scan,
  TransactGetItems,
} from '@cloud-orrery/models/dynamodb'
import type { Draw } from '../draw.ts'
import { holds } from '../violation.ts'
import type { World } from '../world.ts'
import { type Attributes, keyOf, type Row, read, rowText } from './table-book.ts'
import { noteExpiry, type Shelf, TableName } from './table-shelf.ts'

/** Where and how a list is read. */
interface Reading {
  readonly what: string
  readonly consistent: boolean
  /** One page, from where the last one ended. */
  page(from: Attributes | undefined): Promise<Page | string>
  /** Which rows belong to it. */
  has(key: string, row: Row): boolean
  /** Negative where the first has to come before the second; absent where no order is promised. */
  order?(one: Found, other: Found): number
}

interface Page {
  readonly Items?: readonly Attributes[] | undefined
  readonly LastEvaluatedKey?: Attributes | undefined
}

type Found = ReturnType<typeof read>

/** One item, or several, by their keys. */
export async function getItems(world: World, shelf: Shelf, draw: Draw): Promise<string> {
  const keys = [...new Set(Array.from({ length: draw.int(1, 8) }, () => anyKey(draw)))]
  const way = draw.pick(['one', 'one', 'batch', 'transaction'])
  const ConsistentRead = draw.chance(0.5)
  const { place } = shelf
  const fromMs = world.nowMs
  const [first = ''] = keys
  if (way === 'one') {
    const input = { TableName, Key: keyOf(first), ConsistentRead }
    const { output, refusal } = await world.attempt(GetItem, input, place)
    if (output === undefined) return `get ${first}: ${refusal}`
    check(world, shelf, [first], output.Item === undefined ? [] : [output.Item], {
      fromMs,
      consistent: ConsistentRead,
      what: 'get',
    })
    return `get ${first}: as it was written`
  }
  if (way === 'batch') {
    const RequestItems = { [TableName]: { Keys: keys.map(keyOf), ConsistentRead } }
    const { output, refusal } = await world.attempt(BatchGetItem, { RequestItems }, place)
    if (output === undefined) return `get ${keys.length} in a batch: ${refusal}`
    const left = JSON.stringify(output.UnprocessedKeys ?? {})
    holds(left === '{}', 'batch answers', () => left)
    const items = output.Responses?.[TableName] ?? []
    check(world, shelf, keys, items, { fromMs, consistent: ConsistentRead, what: 'batch' })
    return `get ${keys.length} in a batch: as they were written`
  }
  const TransactItems = keys.map((key) => ({ Get: { TableName, Key: keyOf(key) } }))
  const refusals = world.isCalm ? [] : ['TransactionCanceledException']
  const { output, refusal } = await world.attempt(
    TransactGetItems,
    { TransactItems },
    { ...place, refusals },
  )
  if (output === undefined) return `get ${keys.length} in a transaction: ${refusal}`
  const items = (output.Responses ?? []).flatMap(({ Item }) => (Item === undefined ? [] : [Item]))
  check(world, shelf, keys, items, { fromMs, consistent: true, what: 'transaction' })
  return `get ${keys.length} in a transaction: as they were written`
}

/** Compares what was found of some keys with the book. */
function check(
  world: World,
  { book }: Shelf,
  keys: readonly string[],
  items: readonly Attributes[],
  how: { readonly fromMs: number; readonly consistent: boolean; readonly what: string },
): void {
  const found = new Map(items.map(read).map(({ key, row }) => [key, row]))
  holds(found.size === items.length, 'item', () => `${how.what}: ${JSON.stringify(items)}`)
  for (const key of found.keys()) {
    holds(keys.includes(key), 'item', () => `${how.what}: ${key} was not asked for`)
  }
  for (const key of keys) {
    const row = found.get(key)
    if (how.consistent) {
      noteExpiry(world, book, key, row)
      book.checkNow(key, row, how.what)
    } else if (row !== undefined || !mayHaveEnded(world, book.rows.get(key))) {
      book.checkLately(key, row, how.fromMs, how.what)
    }
  }
}

/** All of a partition, an index or the table, in pages of any size. */
export async function listItems(world: World, shelf: Shelf, draw: Draw): Promise<string> {
  const limit = draw.chance(0.8) ? draw.int(1, 12) : undefined
  const forward = draw.chance(0.5)
  const partition = `p${draw.int(0, 3)}`
  const way = draw.pick(['partition', 'ranks', 'groups', 'scan', 'segments', 'scan of groups'])
  if (way === 'segments') return await listSegments(world, shelf, draw.int(2, 5), limit)
  const readings: Record<string, () => Reading> = {
    partition: () => ofPartition(world, shelf, partition, { limit, forward }),
    ranks: () => ofRanks(world, shelf, partition, { limit, forward }),
    groups: () => ofGroup(world, shelf, `g${draw.int(0, 2)}`, { limit, forward }),
    scan: () => ofAll(world, shelf, { limit }),
    'scan of groups': () => ofAll(world, shelf, { limit, index: 'groups' }),
  }
  const reading = readings[way]?.() ?? ofAll(world, shelf, { limit })
  return await list(world, shelf, reading)
}

/** When all is at rest: the table, each of its indexes, and its count. */
export async function checkAll(world: World, shelf: Shelf): Promise<void> {
  await list(world, shelf, ofAll(world, shelf, { limit: 7 }))
  await list(world, shelf, ofAll(world, shelf, { limit: 5, index: 'groups' }))
  await list(world, shelf, ofAll(world, shelf, { limit: undefined, index: 'ranks' }))
  await listSegments(world, shelf, 3, 4)
  const { Table } = await world.done(DescribeTable, { TableName }, shelf.place)
  const count = shelf.book.rows.size
  holds(Table?.ItemCount === count, 'count of items', () => `${Table?.ItemCount}, not ${count}`)
}

async function listSegments(
  world: World,
  shelf: Shelf,
  TotalSegments: number,
  limit: number | undefined,
): Promise<string> {
  const found: Found[] = []
  const fromMs = world.nowMs
  for (let Segment = 0; Segment < TotalSegments; Segment += 1) {
    const reading = ofAll(world, shelf, { limit, segment: { Segment, TotalSegments } })
    const part = await pagesOf(reading)
    if (typeof part === 'string') return `${reading.what} in ${TotalSegments} segments: ${part}`
    found.push(...part)
  }
  const whole = ofAll(world, shelf, { limit })
  compare(world, shelf, whole, found, fromMs)
  return `${whole.what} in ${TotalSegments} segments: ${found.length}`
}

async function list(world: World, shelf: Shelf, reading: Reading): Promise<string> {
  const fromMs = world.nowMs
  const found = await pagesOf(reading)
  if (typeof found === 'string') return `${reading.what}: ${found}`
  compare(world, shelf, reading, found, fromMs)
  return `${reading.what}: ${found.length}`
}

/** Everything, or the code of a refusal. */
async function pagesOf(reading: Reading): Promise<readonly Found[] | string> {
  const found: Found[] = []
  let from: Attributes | undefined
  for (let pages = 0; pages < 1000; pages += 1) {
    const page = await reading.page(from)
    if (typeof page === 'string') return page
    found.push(...(page.Items ?? []).map(read))
    from = page.LastEvaluatedKey
    if (from === undefined) return found
  }
  holds(false, 'pages of a table', () => `${reading.what} does not end`)
}

function compare(
  world: World,
  { book }: Shelf,
  reading: Reading,
  found: readonly Found[],
  fromMs: number,
): void {
  const { what, consistent } = reading
  const rows = new Map(found.map(({ key, row }) => [key, row]))
  const twice = consistent && rows.size !== found.length
  holds(!twice, 'pages of a table', () => `${what}: ${found.map(({ key }) => key)}`)
  for (const { key, row } of found) {
    holds(reading.has(key, row), 'index', () => `${what}: ${key} ${rowText(row)}`)
    if (consistent) book.checkNow(key, row, what)
    else book.checkLately(key, row, fromMs, what)
  }
  for (const [key, row] of [...book.rows]) {
    if (rows.has(key) || !reading.has(key, row) || mayHaveEnded(world, row)) continue
    const isBehind = !consistent && book.mayBeMissing(key, fromMs)
    holds(isBehind, 'index', () => `${what}: ${key} ${rowText(row)} is missing`)
  }
  if (consistent && reading.what === 'scan') {
    for (const key of [...book.rows.keys()]) noteExpiry(world, book, key, rows.get(key))
  }
  // A list that is read while items move may show them where they were.
  if (!consistent && !world.isCalm) return
  for (const [index, one] of found.entries()) {
    const next = found[index + 1]
    if (next === undefined || reading.order === undefined) continue
    holds(reading.order(one, next) <= 0, 'order of items', () => `${what}: ${one.key}, ${next.key}`)
  }
}

function mayHaveEnded({ nowMs }: World, row: Row | undefined): boolean {
  return row?.endsAt !== undefined && row.endsAt * 1000 <= nowMs
}

interface Pages {
  readonly limit: number | undefined
  readonly forward: boolean
}

function ofPartition(world: World, { place }: Shelf, pk: string, pages: Pages): Reading {
  const sign = pages.forward ? 1 : -1
  return {
    what: `query ${pk}`,
    consistent: true,
    page: async (from) => {
      const input = {
        TableName,
        KeyConditionExpression: 'pk = :pk AND sk >= :least',
        ExpressionAttributeValues: { ':pk': { S: pk }, ':least': { S: 's' } },
        ConsistentRead: true,
        ...pageOf(pages, from),
      }
      const { output, refusal } = await world.attempt(Query, input, place)
      return output ?? refusal
    },
    has: (key) => key.startsWith(`${pk}/`),
    order: (one, other) => sign * (one.key < other.key ? -1 : 1),
  }
}

function ofRanks(world: World, { place }: Shelf, pk: string, pages: Pages): Reading {
  const sign = pages.forward ? 1 : -1
  return {
    what: `query ranks of ${pk}`,
    consistent: true,
    page: async (from) => {
      const input = {
        TableName,
        IndexName: 'ranks',
        KeyConditionExpression: 'pk = :pk AND #rank BETWEEN :from AND :to',
        FilterExpression: '#count < :many',
        ExpressionAttributeNames: { '#rank': 'rank', '#count': 'count' },
        ExpressionAttributeValues: {
          ':pk': { S: pk },
          ':from': { N: '-1' },
          ':to': { N: '9' },
          ':many': { N: '4' },
        },
        ConsistentRead: true,
        ...pageOf(pages, from),
      }
      const { output, refusal } = await world.attempt(Query, input, place)
      return output ?? refusal
    },
    has: (key, { rank, count }) => key.startsWith(`${pk}/`) && rank >= -1 && rank <= 9 && count < 4,
    order: (one, other) => sign * (one.row.rank - other.row.rank),
  }
}

function ofGroup(world: World, { place }: Shelf, group: string, pages: Pages): Reading {
  const sign = pages.forward ? 1 : -1
  return {
    what: `query ${group}`,
    consistent: world.isCalm,
    page: async (from) => {
      const input = {
        TableName,
        IndexName: 'groups',
        KeyConditionExpression: '#group = :group',
        ExpressionAttributeNames: { '#group': 'group' },
        ExpressionAttributeValues: { ':group': { S: group } },
        ...pageOf(pages, from),
      }
      const { output, refusal } = await world.attempt(Query, input, place)
      return output ?? refusal
    },
    has: (_, row) => row.group === group,
    order: (one, other) => sign * (one.row.rank - other.row.rank),
  }
}

interface ScanOf {
  readonly limit: number | undefined
  readonly index?: 'groups' | 'ranks'
  readonly segment?: { readonly Segment: number; readonly TotalSegments: number }
}

function ofAll(
  world: World,
  { place }: Shelf,
  { limit, index, segment = undefined }: ScanOf,
): Reading {
  const consistent = index !== 'groups'
  return {
    what: index === undefined ? 'scan' : `scan ${index}`,
    consistent: consistent || world.isCalm,
    page: async (from) => {
      const input = {
        TableName,
        ...(index === undefined ? {} : { IndexName: index }),
        ...(consistent ? { ConsistentRead: true } : {}),
        ...(segment ?? {}),
        ...(limit === undefined ? {} : { Limit: limit }),
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }
      const { output, refusal } = await world.attempt(Scan, input, place)
      return output ?? refusal
    },
    has: (_, row) => index !== 'groups' || row.group !== undefined,
  }
}

function pageOf({ limit, forward }: Pages, from: Attributes | undefined) {
  return {
    ScanIndexForward: forward,
    ...(limit === undefined ? {} : { Limit: limit }),
    ...(from === undefined ? {} : { ExclusiveStartKey: from }),
  }
}

function anyKey(draw: Draw): string {
  const kind = draw.chance(0.8) ? `s${draw.int(0, 7)}` : `t${draw.int(0, 3)}`
  return `p${draw.int(0, 3)}/${kind}`
}
