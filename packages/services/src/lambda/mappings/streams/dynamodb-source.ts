import {
  type _Record,
  type AttributeValue,
  DescribeStream,
  GetRecords,
  GetShardIterator,
  type Shard,
} from '@cloud-orrery/models/dynamodbstreams'
import type { SourceRecord, StreamSource } from './source.ts'

/** Records of one GetRecords. */
const recordsMax = 1000

export const dynamodbSource: StreamSource = {
  batchInfo: 'DDBStreamBatchInfo',
  tellsMs: false,
  retentionMs: 24 * 3_600_000,
  async shards(ctx, caller, StreamArn) {
    const shards: Shard[] = []
    let after: string | undefined
    do {
      const input = { StreamArn, ...(after === undefined ? {} : { ExclusiveStartShardId: after }) }
      const { StreamDescription: found } = await ctx.call(DescribeStream, input, { as: { caller } })
      shards.push(...(found?.Shards ?? []))
      after = found?.LastEvaluatedShardId
    } while (after !== undefined)
    return shards.map(({ ShardId = '', ParentShardId, SequenceNumberRange }) => ({
      id: ShardId,
      parentIds: ParentShardId === undefined ? [] : [ParentShardId],
      isOpen: SequenceNumberRange?.EndingSequenceNumber === undefined,
    }))
  },
  async iterator(ctx, caller, StreamArn, ShardId, position) {
    const input = {
      StreamArn,
      ShardId,
      ShardIteratorType: position.kind,
      ...(position.kind === 'AFTER_SEQUENCE_NUMBER'
        ? { SequenceNumber: position.sequenceNumber }
        : {}),
      ...(position.kind === 'AT_TIMESTAMP' ? { Timestamp: position.timestampMs } : {}),
    }
    const { ShardIterator = '' } = await ctx.call(GetShardIterator, input, { as: { caller } })
    return ShardIterator
  },
  async records(ctx, caller, streamArn, ShardIterator, countMax) {
    const input = { ShardIterator, Limit: Math.min(countMax, recordsMax) }
    const found = await ctx.call(GetRecords, input, { as: { caller } })
    return {
      records: (found.Records ?? []).map((record) => recordOf(streamArn, record)),
      ...(found.NextShardIterator === undefined ? {} : { next: found.NextShardIterator }),
    }
  },
}

/** Recorded: lambda, mappings of DynamoDB streams: the record, its members in this order. */
function recordOf(streamArn: string, record: _Record): SourceRecord {
  const { dynamodb: change = {}, userIdentity } = record
  const atMs = change.ApproximateCreationDateTime ?? 0
  const keys = imageOf(change.Keys ?? {})
  return {
    sequenceNumber: change.SequenceNumber ?? '',
    partitionKey: JSON.stringify(keys),
    atMs,
    event: {
      eventID: record.eventID,
      eventName: record.eventName,
      eventVersion: record.eventVersion,
      eventSource: record.eventSource,
      awsRegion: record.awsRegion,
      dynamodb: {
        ApproximateCreationDateTime: atMs / 1000,
        Keys: keys,
        ...(change.NewImage === undefined ? {} : { NewImage: imageOf(change.NewImage) }),
        ...(change.OldImage === undefined ? {} : { OldImage: imageOf(change.OldImage) }),
        SequenceNumber: change.SequenceNumber,
        SizeBytes: change.SizeBytes,
        StreamViewType: change.StreamViewType,
      },
      ...(userIdentity === undefined
        ? {}
        : { userIdentity: { type: userIdentity.Type, principalId: userIdentity.PrincipalId } }),
      eventSourceARN: streamArn,
    },
  }
}

type Image = Readonly<Record<string, AttributeValue>>

/** An item in the wire's JSON, which is what functions see. */
function imageOf(image: Image): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const name in image) {
    const value = image[name]
    if (value !== undefined) out[name] = plainValue(value)
  }
  return out
}

function plainValue(value: AttributeValue): unknown {
  if (value.B !== undefined) return { B: Buffer.from(value.B).toString('base64') }
  if (value.BS !== undefined)
    return { BS: value.BS.map((it) => Buffer.from(it).toString('base64')) }
  if (value.L !== undefined) return { L: value.L.map(plainValue) }
  if (value.M !== undefined) return { M: imageOf(value.M) }
  return value
}
