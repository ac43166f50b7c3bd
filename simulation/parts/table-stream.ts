import { DescribeTable } from '@cloud-orrery/models/dynamodb'
import {
  type _Record,
  DescribeStream,
  GetRecords,
  GetShardIterator,
  type Shard,
} from '@cloud-orrery/models/dynamodbstreams'
import { holds } from '../violation.ts'
import type { Place, World } from '../world.ts'
import { read, readMaybe, rowText, type TableBook } from './table-book.ts'
import { TableName } from './table-shelf.ts'

/** Records are there for a day. Source: DynamoDB Developer Guide, "Change data capture for DynamoDB Streams". */
const retentionMs = 86_400_000

/** What the stream told of one change. */
interface Told {
  readonly before: string
  readonly after: string
  readonly isExpiry: boolean
}

/** Reads a table's stream with the streams' own API: each change once, in order for each item. */
export class StreamReader {
  readonly #world: World
  readonly #place: Place
  readonly #book: TableBook
  #streamArn = ''
  /** The last record read, by shard. */
  readonly #last = new Map<string, string>()
  readonly #told = new Map<string, Told[]>()
  /** From this moment on, nothing can have left the stream unread. */
  #readAtMs: number | undefined
  #isWhole = true

  constructor(world: World, place: Place, book: TableBook) {
    this.#world = world
    this.#place = place
    this.#book = book
  }

  /** Reads all that is there, in answers of at most so many records. */
  async readOn(Limit: number): Promise<string> {
    const arn = await this.#arn()
    if (arn === undefined) return 'read the stream: refused'
    const startedAtMs = this.#world.nowMs
    const lastMs = this.#readAtMs ?? 0
    if (this.#readAtMs !== undefined && startedAtMs - lastMs >= retentionMs) this.#isWhole = false
    const shards = await this.#shards(arn)
    if (shards === undefined) return 'read the stream: refused'
    let count = 0
    for (const { ShardId = '' } of inOrder(shards)) {
      const read = await this.#readShard(arn, ShardId, Limit)
      if (read === undefined) return `read the stream: refused after ${count}`
      count += read
    }
    this.#readAtMs = startedAtMs
    return `read the stream: ${count} records`
  }

  async #arn(): Promise<string | undefined> {
    if (this.#streamArn !== '') return this.#streamArn
    const { output } = await this.#world.attempt(DescribeTable, { TableName }, this.#place)
    this.#streamArn = output?.Table?.LatestStreamArn ?? ''
    return this.#streamArn === '' ? undefined : this.#streamArn
  }

  async #shards(StreamArn: string): Promise<readonly Shard[] | undefined> {
    const shards: Shard[] = []
    let from: string | undefined
    do {
      const { output } = await this.#world.attempt(
        DescribeStream,
        { StreamArn, ...(from === undefined ? {} : { ExclusiveStartShardId: from }) },
        this.#place,
      )
      if (output === undefined) return undefined
      shards.push(...(output.StreamDescription?.Shards ?? []))
      from = output.StreamDescription?.LastEvaluatedShardId
    } while (from !== undefined)
    return shards
  }

  /** How many records came; undefined where a call was refused. */
  async #readShard(StreamArn: string, ShardId: string, Limit: number): Promise<number | undefined> {
    const last = this.#last.get(ShardId)
    const iterator = await this.#world.attempt(
      GetShardIterator,
      last === undefined
        ? { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }
        : { StreamArn, ShardId, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: last },
      { ...this.#place, refusals: ['TrimmedDataAccessException'] },
    )
    if (iterator.output === undefined) {
      // Where its last record has left the stream, so have all before it.
      if (iterator.isFault) return undefined
      this.#isWhole = false
      this.#last.delete(ShardId)
      return undefined
    }
    let next = iterator.output.ShardIterator
    let count = 0
    for (let empty = 0; next !== undefined && empty < 2; ) {
      const { output, refusal } = await this.#world.attempt(
        GetRecords,
        { ShardIterator: next, Limit },
        // Slow calls may take longer than an iterator lives.
        { ...this.#place, refusals: this.#world.isSlow ? ['ExpiredIteratorException'] : [] },
      )
      if (output === undefined) return refusal === undefined ? count : undefined
      const records = output.Records ?? []
      holds(records.length <= Limit, 'stream', () => `${records.length} records for ${Limit}`)
      for (const record of records) this.#note(ShardId, record)
      count += records.length
      empty = records.length === 0 ? empty + 1 : 0
      next = output.NextShardIterator
    }
    return count
  }

  #note(shardId: string, { eventName, dynamodb = {}, userIdentity }: _Record): void {
    const { Keys = {}, OldImage, NewImage, SequenceNumber = '' } = dynamodb
    const last = this.#last.get(shardId)
    const isLater = last === undefined || BigInt(SequenceNumber) > BigInt(last)
    holds(isLater, 'order of a stream', () => `${SequenceNumber} after ${last}`)
    this.#last.set(shardId, SequenceNumber)
    const image = NewImage ?? OldImage ?? {}
    const { key } = read(image)
    holds(
      `${Keys['pk']?.S}/${Keys['sk']?.S}` === key,
      'stream',
      () => `${JSON.stringify(Keys)} of ${key}`,
    )
    const expected =
      OldImage === undefined ? 'INSERT' : NewImage === undefined ? 'REMOVE' : 'MODIFY'
    holds(eventName === expected, 'stream', () => `${eventName} of ${key}, not ${expected}`)
    const told = {
      before: rowText(readMaybe(OldImage)),
      after: rowText(readMaybe(NewImage)),
      isExpiry: userIdentity?.PrincipalId === 'dynamodb.amazonaws.com',
    }
    this.#told.set(key, [...(this.#told.get(key) ?? []), told])
  }

  /** Compares all that was told with all that was done. */
  checkComplete(): void {
    for (const key of new Set([...this.#book.changes.keys(), ...this.#told.keys()])) {
      const done = (this.#book.changes.get(key) ?? []).map(changeText)
      const told = (this.#told.get(key) ?? []).map(changeText)
      // What left the stream unread is missing at places that only the rest can show.
      const isRight = this.#isWhole ? String(told) === String(done) : isWithin(told, done)
      holds(isRight, 'changes in a stream', () => `${key}: told ${told}; done ${done}`)
    }
  }
}

function changeText({ before, after, isExpiry }: Told): string {
  return `${before} -> ${after}${isExpiry ? ' by itself' : ''}`
}

/** Whether the first has some of the second, in its order. */
function isWithin(some: readonly string[], all: readonly string[]): boolean {
  let index = 0
  for (const one of all) if (one === some[index]) index += 1
  return index === some.length
}

/** Parents come before their children. */
function inOrder(shards: readonly Shard[]): readonly Shard[] {
  const ids = new Set(shards.map(({ ShardId }) => ShardId))
  const ordered: Shard[] = []
  const add = (parent: string | undefined): void => {
    for (const shard of shards) {
      const { ParentShardId } = shard
      const isChild = parent === undefined ? !ids.has(ParentShardId) : ParentShardId === parent
      if (!isChild) continue
      ordered.push(shard)
      add(shard.ShardId ?? '')
    }
  }
  add(undefined)
  return ordered
}
