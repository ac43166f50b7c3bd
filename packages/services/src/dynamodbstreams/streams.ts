import {
  DescribeStream,
  ListStreams,
  type StreamDescription,
} from '@cloud-orrery/models/dynamodbstreams'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { isThere, shardsOf } from '../shared/table-streams/shards.ts'
import {
  type StreamShard,
  sequenceText,
  type TableStream,
  tableStreams,
} from '../shared/table-streams/state.ts'
import { shardNotFound, streamNotFound } from './errors.ts'
import { changingMs, shardsMax, streamsMax } from './limits.ts'

/** The stream that an operation names; gone a day after it was disabled. */
export function streamOf(ctx: Context, arn: string): TableStream {
  const stream = tableStreams.get(ctx, arn)
  if (stream === undefined || !isThere(stream, ctx.now())) throw streamNotFound(arn)
  return stream
}

/** Streams live where their ARN says. */
export function accountOf(arn: string | undefined): { accountId?: string } {
  const accountId = arn?.split(':')[4]
  return accountId !== undefined && /^\d{12}$/.test(accountId) ? { accountId } : {}
}

export const describeStream = operation(DescribeStream, {
  authorize: ({ StreamArn }) => StreamArn,
  provenance: 'recorded',
  scope: ({ StreamArn }) => accountOf(StreamArn),
  run(ctx, { StreamArn, Limit = shardsMax, ExclusiveStartShardId: after, ShardFilter }) {
    const stream = streamOf(ctx, StreamArn)
    let shards = shardsOf(ctx, StreamArn)
    if (ShardFilter?.ShardId !== undefined) {
      const parentId = ShardFilter.ShardId
      if (!shards.some(({ id }) => id === parentId)) throw shardNotFound(parentId, StreamArn)
      shards = shards.filter((shard) => shard.parentId === parentId)
    }
    const rest = after === undefined ? shards : shards.filter(({ id }) => id > after)
    const page = rest.slice(0, Math.min(Limit, shardsMax))
    const last = page.at(-1)?.id
    return {
      StreamDescription: {
        StreamArn,
        StreamLabel: stream.label,
        StreamStatus: statusOf(ctx, stream),
        StreamViewType: stream.viewType,
        CreationRequestDateTime: stream.createdAtMs,
        TableName: stream.tableName,
        KeySchema: schemaOf(stream),
        Shards: page.map(describeShard),
        ...(page.length < rest.length && last !== undefined ? { LastEvaluatedShardId: last } : {}),
      },
    }
  },
})

function statusOf(ctx: Context, { createdAtMs, disabledAtMs }: TableStream) {
  if (disabledAtMs !== undefined) {
    return ctx.now() < disabledAtMs + changingMs ? 'DISABLING' : 'DISABLED'
  }
  return ctx.now() < createdAtMs + changingMs ? 'ENABLING' : 'ENABLED'
}

function schemaOf({
  key: { hash, range },
}: TableStream): NonNullable<StreamDescription['KeySchema']> {
  const first = { AttributeName: hash, KeyType: 'HASH' } as const
  return range === undefined ? [first] : [first, { AttributeName: range, KeyType: 'RANGE' }]
}

function describeShard({ id, parentId, firstSequence, lastSequence }: StreamShard) {
  return {
    ShardId: id,
    SequenceNumberRange: {
      StartingSequenceNumber: sequenceText(firstSequence),
      ...(lastSequence === undefined
        ? {}
        : { EndingSequenceNumber: sequenceText(Math.max(lastSequence, firstSequence)) }),
    },
    ...(parentId === undefined ? {} : { ParentShardId: parentId }),
  }
}

export const listStreams = operation(ListStreams, {
  authorize: () => '*',
  provenance: 'recorded',
  run(ctx, { TableName, Limit = streamsMax, ExclusiveStartStreamArn: after }) {
    const start = after === undefined ? {} : { after }
    const all =
      TableName === undefined
        ? tableStreams.scan(ctx, start)
        : tableStreams.where(ctx, 'table', nameOf(TableName), start)
    const page: TableStream[] = []
    let more = false
    for (const stream of all) {
      if (!isThere(stream, ctx.now())) continue
      more = page.length >= Math.min(Limit, streamsMax)
      if (more) break
      page.push(stream)
    }
    const last = page.at(-1)?.arn
    return {
      Streams: page.map(({ arn, label, tableName }) => ({
        StreamArn: arn,
        TableName: tableName,
        StreamLabel: label,
      })),
      ...(more && last !== undefined ? { LastEvaluatedStreamArn: last } : {}),
    }
  },
})

/** A table's name may be given as its ARN. */
function nameOf(text: string): string {
  return text.startsWith('arn:') ? (text.split('/')[1] ?? text) : text
}
