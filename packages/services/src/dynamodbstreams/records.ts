import { orderedKey } from '@cloud-orrery/kernel'
import {
  type _Record,
  GetRecords,
  GetShardIterator,
  type GetShardIteratorInput,
} from '@cloud-orrery/models/dynamodbstreams'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { currentHead } from '../shared/table-streams/shards.ts'
import {
  type ChangeRecord,
  changeRecords,
  retentionMs,
  type StreamShard,
  sequenceOf,
  sequenceText,
  streamShards,
  type TableStream,
} from '../shared/table-streams/state.ts'
import {
  badIterator,
  badSequenceNumber,
  invalid,
  iteratorExpired,
  shardNotFound,
  trimmed,
} from './errors.ts'
import { imageToModel } from './image.ts'
import { iteratorText, readIterator, streamOfIterator } from './iterators.ts'
import { iteratorMs, recordsBytesMax, recordsMax } from './limits.ts'
import { accountOf, streamOf } from './streams.ts'

export const getShardIterator = operation(GetShardIterator, {
  authorize: ({ StreamArn }) => StreamArn,
  provenance: 'recorded',
  trail: { kind: 'data' },
  scope: ({ StreamArn }) => accountOf(StreamArn),
  run(ctx, input) {
    const { StreamArn: streamArn, ShardId: shardId } = input
    streamOf(ctx, streamArn)
    const shard = shardOf(ctx, streamArn, shardId)
    if (shard === undefined) throw shardNotFound(shardId, streamArn)
    const position = { streamArn, shardId, issuedAtMs: ctx.now(), ...startOf(ctx, shard, input) }
    return { ShardIterator: iteratorText(position) }
  },
})

function shardOf(ctx: Context, streamArn: string, shardId: string): StreamShard | undefined {
  currentHead(ctx, streamArn) // Closes what is four hours old.
  return streamShards.get(ctx, orderedKey(streamArn, shardId))
}

function startOf(
  ctx: Context,
  shard: StreamShard,
  input: GetShardIteratorInput,
): { sequence: number; fromMs?: number } {
  const { ShardIteratorType: type, SequenceNumber: text, Timestamp: fromMs } = input
  switch (type) {
    case 'TRIM_HORIZON':
      return { sequence: shard.firstSequence }
    case 'LATEST':
      return { sequence: (shard.lastSequence ?? lastOf(ctx, shard)) + 1 }
    case 'AT_TIMESTAMP':
      if (fromMs === undefined) throw invalid('Timestamp must be specified for AT_TIMESTAMP')
      return { sequence: shard.firstSequence, fromMs }
    default: {
      // The words are ours.
      if (text === undefined) throw invalid(`SequenceNumber must be specified for ${type}`)
      const sequence = sequenceOf(text)
      if (sequence === undefined || sequence < shard.firstSequence) throw badSequenceNumber(text)
      if (sequence > Math.max(lastOf(ctx, shard), shard.firstSequence))
        throw badSequenceNumber(text)
      if (isTrimmed(ctx, shard, sequence)) throw trimmed()
      return { sequence: type === 'AT_SEQUENCE_NUMBER' ? sequence : sequence + 1 }
    }
  }
}

/** The last sequence number that the stream has given. */
function lastOf(ctx: Context, { streamArn }: StreamShard): number {
  return currentHead(ctx, streamArn)?.sequence ?? 0
}

function isTrimmed(ctx: Context, { streamArn, id }: StreamShard, sequence: number): boolean {
  const record = changeRecords.get(ctx, orderedKey(streamArn, id, sequence))
  if (record !== undefined) return record.atMs < ctx.now() - retentionMs
  return firstKept(ctx, streamArn, id, sequence) !== undefined
}

/** A record behind a place where there is none: what was there was thrown away, or never was of this shard. */
function firstKept(ctx: Context, arn: string, shardId: string, sequence: number) {
  for (const record of changeRecords.scan(ctx, { prefix: orderedKey(arn, shardId, '') })) {
    return record.sequence > sequence && record.atMs < ctx.now() - retentionMs ? record : undefined
  }
  return undefined
}

export const getRecords = operation(GetRecords, {
  authorize: ({ ShardIterator }) => streamOfIterator(ShardIterator),
  provenance: 'recorded',
  trail: { kind: 'data' },
  scope: ({ ShardIterator }) => accountOf(ShardIterator?.split('|')[0]),
  run(ctx, { ShardIterator, Limit = recordsMax }) {
    const position = readIterator(ShardIterator)
    const { streamArn, shardId, issuedAtMs, fromMs } = position
    const now = ctx.now()
    if (issuedAtMs + iteratorMs < now) throw iteratorExpired()
    const stream = streamOf(ctx, streamArn)
    const shard = shardOf(ctx, streamArn, shardId)
    if (shard === undefined) throw badIterator()
    if (Limit > recordsMax) {
      throw invalid(
        `1 validation error detected: Value '${Limit}' at 'limit' failed to satisfy constraint: Member must have value less than or equal to ${recordsMax}`,
      )
    }
    const { records, next } = read(ctx, shard, position.sequence, fromMs, Limit)
    const isAtEnd = shard.lastSequence !== undefined && next > shard.lastSequence
    return {
      Records: records.map((record) => describe(ctx, stream, record)),
      ...(isAtEnd
        ? {}
        : {
            NextShardIterator: iteratorText({
              streamArn,
              shardId,
              sequence: next,
              issuedAtMs: now,
              ...(fromMs === undefined || records.length > 0 ? {} : { fromMs }),
            }),
          }),
    }
  },
})

/** Records from a position on, as many as one answer may have, and the position behind them. */
function read(
  ctx: Context,
  { streamArn, id, lastSequence }: StreamShard,
  sequence: number,
  fromMs: number | undefined,
  limit: number,
): { records: ChangeRecord[]; next: number } {
  const prefix = orderedKey(streamArn, id, '')
  const from = orderedKey(streamArn, id, sequence)
  const oldestMs = Math.max(ctx.now() - retentionMs, fromMs ?? 0)
  const records: ChangeRecord[] = []
  let bytes = 0
  for (const record of changeRecords.scan(ctx, { prefix, from })) {
    if (record.atMs < oldestMs) continue
    bytes += record.sizeBytes
    if (records.length === limit || (bytes > recordsBytesMax && records.length > 0)) {
      return { records, next: record.sequence }
    }
    records.push(record)
  }
  const last = lastSequence ?? currentHead(ctx, streamArn)?.sequence ?? 0
  return { records, next: Math.max(last + 1, sequence) }
}

/** Recorded: dynamodb, `test_transact_write_items_streaming`. */
function describe({ region }: Context, { viewType }: TableStream, record: ChangeRecord): _Record {
  const { newImage, oldImage } = record
  return {
    eventID: record.eventId,
    eventName: record.kind,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    dynamodb: {
      // Source: API reference, StreamRecord: the moment is approximate; what comes has whole seconds.
      ApproximateCreationDateTime: Math.floor(record.atMs / 1000) * 1000,
      Keys: imageToModel(record.keys),
      ...(newImage === undefined ? {} : { NewImage: imageToModel(newImage) }),
      ...(oldImage === undefined ? {} : { OldImage: imageToModel(oldImage) }),
      SequenceNumber: sequenceText(record.sequence),
      SizeBytes: record.sizeBytes,
      StreamViewType: viewType,
    },
    ...(record.expired
      ? { userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' } }
      : {}),
  }
}
