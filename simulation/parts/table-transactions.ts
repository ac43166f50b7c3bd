import { type TransactWriteItem, TransactWriteItems } from '@cloud-orrery/models/dynamodb'
import type { Draw } from '../draw.ts'
import { holds } from '../violation.ts'
import type { World } from '../world.ts'
import { itemOf, keyOf, type Row } from './table-book.ts'
import { drawnRow, lastingKey, type Shelf, TableName } from './table-shelf.ts'

/** A client token is known for so long. Source: DynamoDB API reference, TransactWriteItems, `ClientRequestToken`. */
const tokenLifeMs = 600_000

/** One action of a transaction, and what it comes to. */
interface Deed {
  readonly key: string
  readonly item: TransactWriteItem
  readonly isMet: boolean
  /** Absent: there is nothing afterwards. */
  readonly after: Row | undefined
}

interface Done {
  readonly shelf: Shelf
  readonly token: string
  readonly items: readonly TransactWriteItem[]
  readonly atMs: number
}

/** Writes that are done all or not at all, and once under one token. */
export class TableTransactions {
  readonly #world: World
  readonly #done: Done[] = []

  constructor(world: World) {
    this.#world = world
  }

  async write(shelf: Shelf, draw: Draw): Promise<string> {
    const { place, book } = shelf
    const keys = [...new Set(Array.from({ length: draw.int(1, 6) }, () => lastingKey(draw)))]
    const deeds = keys.map((key) => this.#deed(key, book.rows.get(key), draw))
    const isMet = deeds.every((deed) => deed.isMet)
    const items = deeds.map(({ item }) => item)
    const token = this.#world.token('transaction')
    const fromMs = this.#world.nowMs
    const isCancelledByRight = !isMet || !this.#world.isCalm
    const { output, refusal } = await this.#world.attempt(
      TransactWriteItems,
      { TransactItems: items, ClientRequestToken: token },
      { ...place, refusals: isCancelledByRight ? ['TransactionCanceledException'] : [] },
    )
    const what = `transaction ${token} on ${keys.join(' ')}, met ${isMet}`
    if (output === undefined) return `${what}: ${refusal}`
    holds(isMet, 'transaction', () => what)
    for (const { key, after, item } of deeds) {
      if (item.ConditionCheck === undefined) book.write(key, after, fromMs, this.#world.nowMs)
    }
    this.#done.push({ shelf, token, items, atMs: this.#world.nowMs })
    return `${what}: done`
  }

  /** The same again: known for ten minutes, and without effect. */
  async writeAgain(draw: Draw): Promise<string> {
    const known = this.#done.filter(({ atMs }) => this.#world.nowMs - atMs < tokenLifeMs)
    const done = draw.maybe(known)
    if (done === undefined) return 'a transaction again: none is known'
    const { shelf, token, items, atMs } = done
    const isOther = draw.chance(0.3)
    const input = {
      ClientRequestToken: token,
      TransactItems: isOther ? [...items, lone(token)] : items,
    }
    // A slow call may come after the token was forgotten.
    if (this.#world.isSlow && this.#world.nowMs - atMs > tokenLifeMs - 60_000) {
      return `${token} again: not now`
    }
    const { output, refusal } = await this.#world.attempt(TransactWriteItems, input, {
      ...shelf.place,
      refusals: isOther ? ['IdempotentParameterMismatchException'] : [],
    })
    const isRight = !isOther || output === undefined
    holds(isRight, 'client token', () => `${token} was taken for something else`)
    return `${token} again${isOther ? ', with more' : ''}: ${refusal ?? 'known'}`
  }

  #deed(key: string, known: Row | undefined, draw: Draw): Deed {
    const kind = draw.pick(['put', 'put', 'add', 'delete', 'check'])
    const Key = keyOf(key)
    const row = drawnRow(this.#world, draw)
    if (kind === 'put') {
      const isNew = draw.chance(0.2)
      const condition = isNew ? { ConditionExpression: 'attribute_not_exists(pk)' } : {}
      const Put = { TableName, Item: itemOf(key, row), ...condition }
      return { key, item: { Put }, isMet: !isNew || known === undefined, after: row }
    }
    const ConditionExpression = 'attribute_exists(pk)'
    if (kind === 'check') {
      const ConditionCheck = { TableName, Key, ConditionExpression }
      return { key, item: { ConditionCheck }, isMet: known !== undefined, after: known }
    }
    if (kind === 'delete')
      return { key, item: { Delete: { TableName, Key } }, isMet: true, after: undefined }
    const Update = {
      TableName,
      Key,
      ConditionExpression,
      UpdateExpression: 'ADD #count :one',
      ExpressionAttributeNames: { '#count': 'count' },
      ExpressionAttributeValues: { ':one': { N: '1' } },
    }
    const after = known === undefined ? undefined : { ...known, count: known.count + 1 }
    return { key, item: { Update }, isMet: known !== undefined, after }
  }
}

/** An action that no other transaction has. */
function lone(token: string): TransactWriteItem {
  return { Delete: { TableName, Key: keyOf(`p9/${token}`) } }
}
