import { randomUUID } from 'node:crypto'
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'

/** How far ahead moments are given away, in ms: senders may start up to half of it late and no moment is lost. */
const aheadMs = 2000

/**
 * Moments at which mails may go, given away one by one: all senders of one pace share a record of the next free one. Mails
 * that keep to them never come faster than the rate, in any second, however late and however many senders run.
 */
export class Pace {
  readonly #db: DynamoDBClient
  readonly #table: string
  readonly #key: { pk: { S: string } }
  readonly #intervalMs: number
  /** The next free moment, as it was last seen. */
  #seenMs: number | undefined

  /** `perSecond`: mails a second, above 0. */
  constructor(db: DynamoDBClient, table: string, name: string, perSecond: number) {
    this.#db = db
    this.#table = table
    this.#key = { pk: { S: `pace#${name}` } }
    this.#intervalMs = 1000 / perSecond
  }

  /** How many moments may be asked for now. */
  async free(nowMs: number): Promise<number> {
    this.#seenMs = await this.#next()
    const nextMs = Math.max(nowMs, this.#seenMs)
    return Math.max(0, Math.floor((nowMs + aheadMs - nextMs) / this.#intervalMs + 1e-6))
  }

  /** `count` moments, ms since 1970, evenly apart. */
  async take(count: number, now: () => number): Promise<number[]> {
    for (;;) {
      const nextMs = this.#seenMs ?? (await this.#next())
      this.#seenMs = undefined
      const firstMs = Math.max(now(), nextMs)
      const endMs = firstMs + count * this.#intervalMs
      if (await this.#moved(nextMs, endMs)) {
        return Array.from({ length: count }, (_, index) =>
          Math.ceil(firstMs + index * this.#intervalMs - 1e-6),
        )
      }
    }
  }

  async #next(): Promise<number> {
    const { Item } = await this.#db.send(
      new GetItemCommand({ TableName: this.#table, Key: this.#key, ConsistentRead: true }),
    )
    return Number(Item?.['nextMs']?.N ?? 0)
  }

  /** False where another sender was first. An answer that was lost on its way is recognised by its mark. */
  async #moved(fromMs: number, toMs: number): Promise<boolean> {
    const mark = randomUUID()
    try {
      await this.#db.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: this.#key,
          UpdateExpression: 'SET nextMs = :to, mark = :mark',
          ConditionExpression: 'attribute_not_exists(pk) OR nextMs = :from',
          ExpressionAttributeValues: {
            ':to': { N: String(toMs) },
            ':from': { N: String(fromMs) },
            ':mark': { S: mark },
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      )
      return true
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error
      return error.Item?.['mark']?.S === mark
    }
  }
}
