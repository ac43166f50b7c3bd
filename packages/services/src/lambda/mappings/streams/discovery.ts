import { AwsError } from '@cloud-orrery/models'
import type { Context } from '../../../context.ts'
import { task } from '../../../define.ts'
import { pollerCaller } from '../poller-session.ts'
import { functionOf, isPolling } from '../polling.ts'
import { type MappingRecord, mappings, type StreamSettings } from '../state.ts'
import { noteFailure } from './outcome.ts'
import { readShardTask } from './reader-tasks.ts'
import { type SourceShard, streamSource } from './source.ts'
import {
  type ReaderName,
  type ReaderRecord,
  readerKey,
  readers,
  readersOf,
  type StreamItem,
} from './state.ts'

/** A stream that could not be looked at is looked at again so soon. Deviation: AWS does not say how soon. */
const againMs = 10_000

/** Looks for shards of a mapping's stream that have no readers yet, and makes them. */
export const discoverShards = task<{ uuid: string }>('lambda.discover-shards', {
  async run(ctx, { uuid }) {
    const mapping = mappings.get(ctx, uuid)
    const found = mapping === undefined ? undefined : functionOf(ctx, mapping)
    const source = mapping === undefined ? undefined : streamSource(mapping.sourceArn)
    if (mapping === undefined || found === undefined || source === undefined) return
    if (!isPolling(mapping)) return
    try {
      const as = await pollerCaller(ctx, found.version.deployment.settings.roleArn)
      const shards = await source.shards(ctx, as, mapping.sourceArn)
      const now = mappings.get(ctx, uuid)
      if (now?.stream !== undefined) makeReaders(ctx, now, now.stream, shards)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      if (noteFailure(ctx, uuid, error)) ctx.after(againMs, discoverShards, { uuid })
    }
  },
})

function makeReaders(
  ctx: Context,
  { uuid }: MappingRecord,
  stream: StreamSettings,
  shards: readonly SourceShard[],
): void {
  const known = new Map<string, ReaderRecord[]>()
  for (const reader of readersOf(ctx, uuid)) {
    known.set(reader.shardId, [...(known.get(reader.shardId) ?? []), reader])
  }
  const listed = new Set(shards.map(({ id }) => id))
  for (const [id, of] of known) {
    if (listed.has(id) || !of.every(({ ended }) => ended)) continue
    for (const reader of of) readers.delete(ctx, readerKey(reader))
  }
  const isDone = (id: string) => !listed.has(id) || known.get(id)?.every(({ ended }) => ended)
  const isFirst = stream.discovered !== true
  for (const { id, parentIds, isOpen } of shards) {
    if (known.has(id)) continue
    const passedOver = isFirst && stream.startingPosition === 'LATEST' && !isOpen
    if (!passedOver && !isFirst && !parentIds.every(isDone)) continue
    // Shards that come later are read from their beginning.
    const from = isFirst ? stream.startingPosition : 'TRIM_HORIZON'
    if (!passedOver && from === 'TRIM_HORIZON' && !parentIds.every(isDone)) continue
    for (let lane = 0; lane < stream.parallelization; lane += 1) {
      const reader = newReader(ctx, { uuid, shardId: id, lane }, stream.parallelization, from)
      readers.put(ctx, passedOver ? { ...reader, ended: true } : reader)
      if (!passedOver) ctx.after(0, readShardTask, { uuid, shardId: id, lane })
    }
    known.set(
      id,
      readersOf(ctx, uuid).filter((reader) => reader.shardId === id),
    )
  }
  if (isFirst) mappings.update(ctx, uuid, { stream: { ...stream, discovered: true } })
}

function newReader(
  ctx: Context,
  name: ReaderName,
  lanes: number,
  from: ReaderRecord['from'],
): ReaderRecord {
  return {
    ...name,
    lanes,
    from,
    sinceMs: ctx.now(),
    gathered: [],
    gatheredBytes: 0,
    batches: [],
  }
}

/** Wakes a mapping's readers: there may be records. */
export function wakeReaders(ctx: Context, uuid: string): void {
  const active = readersOf(ctx, uuid).filter(({ ended }) => !ended)
  if (active.length === 0) ctx.after(0, discoverShards, { uuid })
  for (const { shardId, lane, busyUntilMs = 0, again, batches, wakeAtMs } of active) {
    const name = { uuid, shardId, lane }
    // What waits to try a batch again will look for itself.
    if (batches.length > 0 && wakeAtMs !== undefined && wakeAtMs > ctx.now()) continue
    if (busyUntilMs <= ctx.now()) ctx.after(0, readShardTask, name)
    else if (!again) readers.update(ctx, readerKey(name), { again: true })
  }
}

/** Gives the readers of a mapping as many lanes as it has now. Records between the lanes' positions come twice. */
export function relane(ctx: Context, { uuid, stream }: MappingRecord): void {
  if (stream === undefined) return
  const byShard = Map.groupBy(readersOf(ctx, uuid), ({ shardId }) => shardId)
  for (const [shardId, old] of byShard) {
    const [first] = old
    if (first === undefined || old.length === stream.parallelization) continue
    const waiting = old.flatMap(({ batches, gathered }) => [
      ...batches.flatMap(({ items }) => items),
      ...gathered,
    ])
    waiting.sort((a, b) => inOrder(a.sequenceNumber, b.sequenceNumber))
    const places = old.map(({ after }) => after)
    const lowest = places.includes(undefined)
      ? undefined
      : places.filter((it) => it !== undefined).sort(inOrder)[0]
    for (const reader of old) readers.delete(ctx, readerKey(reader))
    for (let lane = 0; lane < stream.parallelization; lane += 1) {
      const { after: _, iterator: _iterator, window: _window, ...rest } = first
      const mine = waiting.filter(({ hash }) => hash % stream.parallelization === lane)
      readers.put(ctx, {
        ...rest,
        shardId,
        lane,
        lanes: stream.parallelization,
        ...(lowest === undefined ? {} : { after: lowest }),
        batches: [],
        gathered: mine,
        gatheredBytes: bytesOf(mine),
      })
    }
  }
}

export function bytesOf(items: readonly StreamItem[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** Sequence numbers are decimal numbers of any length. */
function inOrder(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1)
}

export function forgetReaders(ctx: Context, uuid: string): void {
  for (const reader of readersOf(ctx, uuid)) readers.delete(ctx, readerKey(reader))
}
