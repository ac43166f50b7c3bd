import {
  type AttributeValue,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { parts, sideBySide } from './side-by-side.ts'

/** What a sender learns of a mail that it would send: it may; somebody else is at it; or it was sent already. */
export type Claim = 'mine' | 'busy' | 'sent'

/**
 * How long a claim stands, in ms. Whoever finds one that has ended without a mark knows that its sender died; by then the
 * event of a mail that SES took has long marked it as sent.
 */
export const leaseMs = 5 * 60_000

/** How long the ledger remembers, in ms: longer than a message can wait in a queue. */
const keptMs = 15 * 86_400_000

/** Puts in one transaction and in one batch. Source: DynamoDB API Reference, TransactWriteItems, BatchWriteItem. */
const transactionMax = 100
const batchMax = 25

/** The memory of what was sent: one record a mail, written before it is sent and when it was. */
export class Ledger {
  readonly #db: DynamoDBClient
  readonly #table: string

  constructor(db: DynamoDBClient, table: string) {
    this.#db = db
    this.#table = table
  }

  /** Claims mails for `owner`; one answer a mail, in their order. */
  async claim(ids: readonly string[], owner: string, nowMs: number): Promise<Claim[]> {
    const claims = await sideBySide(parts(ids, transactionMax), (some) =>
      this.#claimTogether(some, owner, nowMs),
    )
    return claims.flat()
  }

  /** Gives a claim back: nothing was sent. */
  async release(id: string, owner: string): Promise<void> {
    try {
      await this.#db.send(
        new DeleteItemCommand({
          TableName: this.#table,
          Key: keyOf(id),
          ConditionExpression: '#owner = :owner AND #state = :sending',
          ExpressionAttributeNames: { '#owner': 'owner', '#state': 'state' },
          ExpressionAttributeValues: { ':owner': { S: owner }, ':sending': { S: 'sending' } },
        }),
      )
    } catch (error) {
      // Given back already, and the answer was lost; or ended meanwhile.
      if (!(error instanceof ConditionalCheckFailedException)) throw error
    }
  }

  /** Notes that mails were sent. What is noted twice stays noted. */
  async markSent(ids: readonly string[], nowMs: number): Promise<void> {
    const puts = [...new Set(ids)].map((id) => ({
      PutRequest: {
        Item: { ...keyOf(id), state: { S: 'sent' }, expires: expiry(nowMs) },
      },
    }))
    await sideBySide(parts(puts, batchMax), async (some) => {
      let left = some
      while (left.length > 0) {
        const { UnprocessedItems } = await this.#db.send(
          new BatchWriteItemCommand({ RequestItems: { [this.#table]: left } }),
        )
        // What comes back is what was handed in.
        left = (UnprocessedItems?.[this.#table] ?? []) as typeof left
      }
    })
  }

  async #claimTogether(ids: readonly string[], owner: string, nowMs: number): Promise<Claim[]> {
    const isRepeated = new Set(ids).size < ids.length
    if (ids.length > 1 && !isRepeated) {
      try {
        const TransactItems = ids.map((id) => ({ Put: this.#claimPut(id, owner, nowMs) }))
        await this.#db.send(new TransactWriteItemsCommand({ TransactItems }))
        return ids.map(() => 'mine')
      } catch (error) {
        // One of them is not free: then each is asked for.
        if (!(error instanceof TransactionCanceledException)) throw error
      }
    }
    const claims: Claim[] = []
    for (const id of ids) claims.push(await this.#claimOne(id, owner, nowMs))
    return claims
  }

  async #claimOne(id: string, owner: string, nowMs: number): Promise<Claim> {
    try {
      await this.#db.send(
        new PutItemCommand({
          ...this.#claimPut(id, owner, nowMs),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      )
      return 'mine'
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error
      const { Item: found = {} } = error
      if (found['state']?.S === 'sent') return 'sent'
      // The transaction or an earlier attempt was done, and its answer lost.
      return found['owner']?.S === owner ? 'mine' : 'busy'
    }
  }

  #claimPut(id: string, owner: string, nowMs: number) {
    const Item: Record<string, AttributeValue> = {
      ...keyOf(id),
      state: { S: 'sending' },
      owner: { S: owner },
      leaseUntilMs: { N: String(nowMs + leaseMs) },
      expires: expiry(nowMs),
    }
    return {
      TableName: this.#table,
      Item,
      ConditionExpression:
        'attribute_not_exists(pk) OR (#state = :sending AND leaseUntilMs < :now)',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':sending': { S: 'sending' }, ':now': { N: String(nowMs) } },
    }
  }
}

function keyOf(id: string): { pk: AttributeValue } {
  return { pk: { S: `mail#${id}` } }
}

/** Time to live, in seconds. */
function expiry(nowMs: number): AttributeValue {
  return { N: String(Math.floor((nowMs + keptMs) / 1000)) }
}
