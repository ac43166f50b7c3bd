import {
  BatchWriteItem,
  CreateTable,
  DeleteItem,
  PutItem,
  UpdateItem,
  UpdateTimeToLive,
} from '@cloud-orrery/models/dynamodb'
import type { Draw } from '../draw.ts'
import type { Action, Part } from '../part.ts'
import { holds } from '../violation.ts'
import { abroad, home, type World } from '../world.ts'
import {
  type Attributes,
  itemOf,
  keyOf,
  type Row,
  readMaybe,
  rowText,
  TableBook,
} from './table-book.ts'
import { checkAll, getItems, listItems } from './table-reads.ts'
import {
  conflictsOf,
  drawnRow,
  lastingKey,
  noteExpiry,
  type Shelf,
  TableName,
} from './table-shelf.ts'
import { StreamReader } from './table-stream.ts'
import { TableTransactions } from './table-transactions.ts'
import { TableWatcher } from './table-watcher.ts'

/** Tables with indexes and streams: what was acknowledged is read, everywhere, and told once. */
export class Tables implements Part {
  readonly name = 'tables'
  readonly #world: World
  readonly #shelves: readonly Shelf[]
  readonly #transactions: TableTransactions
  readonly #watchers: readonly TableWatcher[]

  constructor(world: World) {
    this.#world = world
    this.#shelves = [home, abroad].map((place) => {
      const book = new TableBook()
      return { place, book, stream: new StreamReader(world, place, book) }
    })
    this.#transactions = new TableTransactions(world)
    const watched = this.#shelves.slice(0, world.settings.parts.has('functions') ? 1 : 0)
    this.#watchers = watched.map(({ book }) => new TableWatcher(world, book))
  }

  async prepare(): Promise<void> {
    for (const { place } of this.#shelves) {
      await this.#world.done(CreateTable, tableOf(), place)
      await this.#world.cloud.advance({ seconds: 30 })
      const TimeToLiveSpecification = { Enabled: true, AttributeName: 'endsAt' }
      await this.#world.done(UpdateTimeToLive, { TableName, TimeToLiveSpecification }, place)
    }
    for (const watcher of this.#watchers) await watcher.prepare()
    await this.#world.cloud.advance({ hours: 1 })
  }

  readonly actions: Readonly<Record<string, Action>> = {
    'tables.put': (draw) => this.#put(draw),
    'tables.putTemporary': (draw) => this.#putTemporary(draw),
    'tables.update': (draw) => this.#update(draw),
    'tables.updateMore': (draw) => this.#update(draw),
    'tables.delete': (draw) => this.#delete(draw),
    'tables.batch': (draw) => this.#batch(draw),
    'tables.addAtOnce': (draw) => this.#addAtOnce(draw),
    'tables.transact': (draw) => this.#transactions.write(draw.pick(this.#shelves), draw),
    'tables.transactAgain': (draw) => this.#transactions.writeAgain(draw),
    'tables.get': (draw) => getItems(this.#world, draw.pick(this.#shelves), draw),
    'tables.list': (draw) => listItems(this.#world, draw.pick(this.#shelves), draw),
    'tables.stream': (draw) => draw.pick(this.#shelves).stream.readOn(draw.int(1, 100)),
  }

  async #put(draw: Draw): Promise<string> {
    const { place, book } = draw.pick(this.#shelves)
    const key = lastingKey(draw)
    const known = book.rows.get(key)
    const isAgain = known !== undefined && draw.chance(0.1)
    const row = isAgain ? known : drawnRow(this.#world, draw)
    const condition = drawnCondition(draw, known)
    const fromMs = this.#world.nowMs
    const { output, refusal } = await this.#world.attempt(
      PutItem,
      { TableName, Item: itemOf(key, row), ...condition.input, ReturnValues: 'ALL_OLD' },
      { ...place, refusals: [...conflictsOf(this.#world), 'ConditionalCheckFailedException'] },
    )
    if (output !== undefined) {
      const old = rowText(readMaybe(output.Attributes))
      holds(old === rowText(known), 'old item', () => `${key}: ${old}, not ${rowText(known)}`)
      book.write(key, row, fromMs, this.#world.nowMs)
    }
    condition.judge(key, refusal)
    return `put ${key} ${row.token} ${condition.text}: ${refusal ?? 'put'}`
  }

  /** Items that end, among keys of their own: whether they are there is open for a while. */
  async #putTemporary(draw: Draw): Promise<string> {
    const { place, book } = draw.pick(this.#shelves)
    const key = `p${draw.int(0, 3)}/t${draw.int(0, 3)}`
    const endsAt = Math.floor(this.#world.nowMs / 1000) + draw.pick([0, 60, 3600, 20_000, 900_000])
    const row = { ...drawnRow(this.#world, draw), endsAt }
    const fromMs = this.#world.nowMs
    const { output, refusal } = await this.#world.attempt(
      PutItem,
      { TableName, Item: itemOf(key, row), ReturnValues: 'ALL_OLD' },
      { ...place, refusals: conflictsOf(this.#world) },
    )
    if (output === undefined) return `put ${key} for a while: ${refusal}`
    const known = book.rows.get(key)
    const old = readMaybe(output.Attributes)
    noteExpiry(this.#world, book, key, old)
    const text = rowText(book.rows.get(key))
    holds(rowText(old) === text, 'old item', () => `${key}: ${rowText(old)}, not ${rowText(known)}`)
    book.write(key, row, fromMs, this.#world.nowMs)
    return `put ${key} ${row.token} until ${endsAt}: put`
  }

  async #update(draw: Draw): Promise<string> {
    const { place, book } = draw.pick(this.#shelves)
    const key = lastingKey(draw)
    const known = book.rows.get(key)
    const { token, group, rank } = drawnRow(this.#world, draw)
    const by = draw.pick([1, 1, -1, 10])
    const condition = drawnCondition(draw, known)
    const row: Row = { token, group, rank, count: (known?.count ?? 0) + by }
    const fromMs = this.#world.nowMs
    const { ExpressionAttributeNames, ExpressionAttributeValues, ...others } = condition.input
    const { output, refusal } = await this.#world.attempt(
      UpdateItem,
      {
        TableName,
        Key: keyOf(key),
        UpdateExpression:
          group === undefined
            ? 'SET #token = :new, #rank = :rank REMOVE #group ADD #count :by'
            : 'SET #token = :new, #rank = :rank, #group = :group ADD #count :by',
        ...others,
        ExpressionAttributeNames: { ...names, ...ExpressionAttributeNames },
        ExpressionAttributeValues: {
          ...ExpressionAttributeValues,
          ':new': { S: token },
          ':rank': { N: String(rank) },
          ':by': { N: String(by) },
          ...(group === undefined ? {} : { ':group': { S: group } }),
        },
        ReturnValues: 'ALL_NEW',
      },
      { ...place, refusals: [...conflictsOf(this.#world), 'ConditionalCheckFailedException'] },
    )
    if (output !== undefined) {
      const now = rowText(readMaybe(output.Attributes))
      holds(now === rowText(row), 'new item', () => `${key}: ${now}, not ${rowText(row)}`)
      book.write(key, row, fromMs, this.#world.nowMs)
    }
    condition.judge(key, refusal)
    return `update ${key} ${token} by ${by} ${condition.text}: ${refusal ?? 'updated'}`
  }

  async #delete(draw: Draw): Promise<string> {
    const { place, book } = draw.pick(this.#shelves)
    const key = lastingKey(draw)
    const known = book.rows.get(key)
    const condition = drawnCondition(draw, known)
    const fromMs = this.#world.nowMs
    const { output, refusal } = await this.#world.attempt(
      DeleteItem,
      { TableName, Key: keyOf(key), ...condition.input, ReturnValues: 'ALL_OLD' },
      { ...place, refusals: [...conflictsOf(this.#world), 'ConditionalCheckFailedException'] },
    )
    if (output !== undefined) {
      const old = rowText(readMaybe(output.Attributes))
      holds(old === rowText(known), 'old item', () => `${key}: ${old}, not ${rowText(known)}`)
      book.write(key, undefined, fromMs, this.#world.nowMs)
    }
    condition.judge(key, refusal)
    return `delete ${key} ${condition.text}: ${refusal ?? 'deleted'}`
  }

  async #batch(draw: Draw): Promise<string> {
    const { place, book } = draw.pick(this.#shelves)
    const keys = [...new Set(Array.from({ length: draw.int(1, 25) }, () => lastingKey(draw)))]
    const rows = keys.map((key) => ({
      key,
      row: draw.chance(0.25) ? undefined : drawnRow(this.#world, draw),
    }))
    const requests = rows.map(({ key, row }) =>
      row === undefined
        ? { DeleteRequest: { Key: keyOf(key) } }
        : { PutRequest: { Item: itemOf(key, row) } },
    )
    const fromMs = this.#world.nowMs
    const { output, refusal } = await this.#world.attempt(
      BatchWriteItem,
      { RequestItems: { [TableName]: requests } },
      { ...place, refusals: conflictsOf(this.#world) },
    )
    if (output === undefined) return `write ${keys.length} at once: ${refusal}`
    const unprocessed = output.UnprocessedItems?.[TableName] ?? []
    const left = unprocessed.map(({ PutRequest, DeleteRequest }) => {
      const { pk, sk } = PutRequest?.Item ?? DeleteRequest?.Key ?? {}
      return `${pk?.S}/${sk?.S}`
    })
    for (const { key, row } of rows) {
      if (!left.includes(key)) book.write(key, row, fromMs, this.#world.nowMs)
    }
    holds(!this.#world.isCalm || left.length === 0, 'batch answers', () => `left: ${left}`)
    return `write ${keys.join(' ')} at once, left ${left}`
  }

  /** Several that add to one counter side by side: none is lost. */
  async #addAtOnce(draw: Draw): Promise<string> {
    const { place, book } = draw.pick(this.#shelves)
    const key = lastingKey(draw)
    const known = book.rows.get(key)
    if (known === undefined) return `add at once: ${key} is not there`
    const adders = draw.int(2, 6)
    const fromMs = this.#world.nowMs
    const input = {
      TableName,
      Key: keyOf(key),
      UpdateExpression: 'ADD #count :one',
      ExpressionAttributeNames: { '#count': 'count' },
      ExpressionAttributeValues: { ':one': { N: '1' } },
      ReturnValues: 'UPDATED_NEW' as const,
    }
    const answers = await Promise.all(
      Array.from({ length: adders }, () =>
        this.#world.attempt(UpdateItem, input, { ...place, refusals: conflictsOf(this.#world) }),
      ),
    )
    const counts = answers.flatMap(({ output }) => Number(output?.Attributes?.['count']?.N ?? []))
    const expected = counts.map((_, index) => known.count + 1 + index)
    counts.sort((a, b) => a - b)
    holds(String(counts) === String(expected), 'counter', () => `${key}: ${counts}, ${expected}`)
    for (const count of counts) book.write(key, { ...known, count }, fromMs, this.#world.nowMs)
    return `add ${adders} times at once to ${key}: ${counts}`
  }

  /** Before the rest is long enough for records to leave the streams. */
  async quiet(): Promise<void> {
    for (const { stream } of this.#shelves) await stream.readOn(100)
  }

  async end(): Promise<void> {
    for (const shelf of this.#shelves) {
      await checkAll(this.#world, shelf)
      await shelf.stream.readOn(100)
      shelf.stream.checkComplete()
    }
    for (const watcher of this.#watchers) await watcher.check()
  }
}

function tableOf() {
  const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType })
  const attribute = (AttributeName: string, AttributeType: 'S' | 'N') => ({
    AttributeName,
    AttributeType,
  })
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST' as const,
    KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
    AttributeDefinitions: [
      attribute('pk', 'S'),
      attribute('sk', 'S'),
      attribute('group', 'S'),
      attribute('rank', 'N'),
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'groups',
        KeySchema: [key('group', 'HASH'), key('rank', 'RANGE')],
        Projection: { ProjectionType: 'ALL' as const },
      },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: 'ranks',
        KeySchema: [key('pk', 'HASH'), key('rank', 'RANGE')],
        Projection: { ProjectionType: 'ALL' as const },
      },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' as const },
  }
}

/** `token`, `count`, `group` and some more are reserved words. */
const names = {
  '#token': 'token',
  '#count': 'count',
  '#group': 'group',
  '#rank': 'rank',
} as const

/** A condition for a write, or none; `judge` compares what it came to with what the book says. */
function drawnCondition(draw: Draw, known: Row | undefined) {
  const kind = draw.pick(['none', 'none', 'none', 'new', 'token', 'stale', 'least'])
  const token = kind === 'stale' ? 'tok-other-0.' : (known?.token ?? 'tok-none-0.')
  const least = draw.int(0, 6)
  const byKind: Record<string, { readonly input: ConditionInput; readonly isMet: boolean }> = {
    none: { input: {}, isMet: true },
    new: {
      input: { ConditionExpression: 'attribute_not_exists(pk)' },
      isMet: known === undefined,
    },
    token: { input: tokenIs(token), isMet: known !== undefined },
    stale: { input: tokenIs(token), isMet: false },
    least: {
      input: {
        ConditionExpression: '#count >= :least AND NOT contains(#token, :no)',
        ExpressionAttributeNames: { '#count': 'count', '#token': 'token' },
        ExpressionAttributeValues: { ':least': { N: String(least) }, ':no': { S: 'denied' } },
      },
      isMet: known !== undefined && known.count >= least,
    },
  }
  const { input = {}, isMet = true } = byKind[kind] ?? {}
  return {
    input,
    text: `if ${kind}`,
    judge(key: string, refusal: string | undefined): void {
      const isRefused = refusal?.startsWith('ConditionalCheckFailed') === true
      const isRight = isMet ? !isRefused : refusal !== undefined
      holds(isRight, 'condition', () => `${key}, ${kind}, met ${isMet}: ${refusal ?? 'done'}`)
    },
  }
}

interface ConditionInput {
  readonly ConditionExpression?: string
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>
  readonly ExpressionAttributeValues?: Attributes
}

function tokenIs(token: string): ConditionInput {
  return {
    ConditionExpression: '#token = :token',
    ExpressionAttributeNames: { '#token': 'token' },
    ExpressionAttributeValues: { ':token': { S: token } },
  }
}
