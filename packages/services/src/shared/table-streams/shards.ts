import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import {
  changeRecords,
  retentionMs,
  type StreamHead,
  type StreamShard,
  streamHeads,
  streamShards,
  type TableStream,
  tableStreams,
} from './state.ts'

/** A shard takes records for about four hours; then a child goes on. Source: Developer Guide, "DynamoDB Streams". */
export const shardOpenMs = 4 * 3_600_000

/** How often what is older than a day is thrown away, at the most. */
const trimEveryMs = 3_600_000

/** Opens the first shards of a new stream. */
export function openStream(ctx: Context, { arn }: TableStream): void {
  // AWS has a shard for each partition of the table, and does not say how many there are.
  const lanes = ctx.choose('dynamodb.shards', [1, 2, 4])
  const open = Array.from({ length: lanes }, () => openShard(ctx, arn, ctx.now(), 0))
  streamHeads.put(ctx, { arn, sequence: 0, trimmedAtMs: ctx.now(), open })
}

function openShard(
  ctx: Context,
  streamArn: string,
  openedAtMs: number,
  afterSequence: number,
  parentId?: string,
): { id: string; openedAtMs: number } {
  const id = `shardId-${String(openedAtMs).padStart(20, '0')}-${ctx.ids.hex(8)}`
  streamShards.put(ctx, {
    streamArn,
    id,
    ...(parentId === undefined ? {} : { parentId }),
    openedAtMs,
    firstSequence: afterSequence + 1,
  })
  return { id, openedAtMs }
}

/**
 * The stream's head with shards as they are now: those that are four hours old have been closed.
 * Deviation: shards that would have opened and closed without a record in between are left out.
 */
export function currentHead(ctx: Context, arn: string): StreamHead | undefined {
  const head = streamHeads.get(ctx, arn)
  if (head === undefined) return undefined
  const now = ctx.now()
  const isOld = head.open.some(({ openedAtMs }) => openedAtMs + shardOpenMs <= now)
  if (!isOld && now < head.trimmedAtMs + trimEveryMs) return head
  const open = head.open.map((shard) => {
    if (shard.openedAtMs + shardOpenMs > now) return shard
    close(ctx, arn, shard.id, shard.openedAtMs + shardOpenMs, head.sequence)
    const turns = Math.floor((now - shard.openedAtMs) / shardOpenMs)
    return openShard(ctx, arn, shard.openedAtMs + turns * shardOpenMs, head.sequence, shard.id)
  })
  trim(ctx, arn)
  return streamHeads.put(ctx, { ...head, open, trimmedAtMs: now })
}

function close(ctx: Context, arn: string, id: string, closedAtMs: number, last: number): void {
  streamShards.update(ctx, orderedKey(arn, id), { closedAtMs, lastSequence: last })
}

/** The stream takes no more records; what it has can be read for another day. */
export function disableStream(ctx: Context, arn: string): void {
  const head = currentHead(ctx, arn)
  if (head === undefined) return
  for (const { id } of head.open) close(ctx, arn, id, ctx.now(), head.sequence)
  streamHeads.put(ctx, { ...head, open: [] })
  tableStreams.update(ctx, arn, { disabledAtMs: ctx.now() })
}

/** Whether the stream can still be read: a disabled one for a day. */
export function isThere({ disabledAtMs }: TableStream, nowMs: number): boolean {
  return disabledAtMs === undefined || nowMs < disabledAtMs + retentionMs
}

export function shardsOf(ctx: Context, arn: string): readonly StreamShard[] {
  currentHead(ctx, arn)
  const oldestMs = ctx.now() - retentionMs
  return [...streamShards.scan(ctx, { prefix: orderedKey(arn, '') })].filter(
    ({ closedAtMs = Number.POSITIVE_INFINITY }) => closedAtMs > oldestMs,
  )
}

/** Throws away what is older than a day. */
function trim(ctx: Context, arn: string): void {
  const oldestMs = ctx.now() - retentionMs
  for (const { id, closedAtMs } of [...streamShards.scan(ctx, { prefix: orderedKey(arn, '') })]) {
    const old: string[] = []
    for (const record of changeRecords.scan(ctx, { prefix: orderedKey(arn, id, '') })) {
      if (record.atMs >= oldestMs) break
      old.push(orderedKey(arn, id, record.sequence))
    }
    for (const key of old) changeRecords.delete(ctx, key)
    if (closedAtMs !== undefined && closedAtMs <= oldestMs) {
      streamShards.delete(ctx, orderedKey(arn, id))
    }
  }
}

/** Throws away what is left of streams of a table that were disabled more than a day ago. */
export function sweepStreams(ctx: Context, tableName: string): void {
  for (const stream of [...tableStreams.where(ctx, 'table', tableName)]) {
    if (isThere(stream, ctx.now())) continue
    trim(ctx, stream.arn)
    streamHeads.delete(ctx, stream.arn)
    tableStreams.delete(ctx, stream.arn)
  }
}
