import { AwsError } from '@cloud-orrery/models'
import type { Caller, Context } from '../../../context.ts'
import type { Found } from '../../lookup.ts'
import { passesAs } from '../filters.ts'
import { pollerCaller } from '../poller-session.ts'
import type { MappingRecord, StreamSettings } from '../state.ts'
import { bytesOf } from './discovery.ts'
import { noteFailure } from './outcome.ts'
import { type SourceRecord, type StreamSource, streamSource } from './source.ts'
import {
  type Batch,
  changeReader,
  type ReaderRecord,
  readerKey,
  readers,
  type StreamItem,
} from './state.ts'

/** Largest event of a batch, in bytes: that of a synchronous invocation, less what surrounds the records. */
const batchBytesMax = 5_500_000

/** After a read that failed, the next: pauses grow. Deviation: AWS does not say how soon. */
const againFirstMs = 10_000
const againMsMax = 3_600_000

/** What comes of a look at a shard. */
export type Gathered =
  /** A batch is ready. */
  | { readonly kind: 'ready' }
  /** Nothing to do before that moment, or before the stream tells of records. */
  | { readonly kind: 'wait'; readonly untilMs?: number }
  | { readonly kind: 'ended' }

/** Reads a shard until a batch is full or its window over. */
export async function gather(
  ctx: Context,
  mapping: MappingRecord,
  stream: StreamSettings,
  found: Found,
  reader: ReaderRecord,
): Promise<Gathered> {
  const source = streamSource(mapping.sourceArn)
  if (source === undefined) return { kind: 'wait' }
  if (!reader.atEnd && reader.gathered.length < mapping.batchSize) {
    try {
      const as = await pollerCaller(ctx, found.version.deployment.settings.roleArn)
      await readOn(ctx, mapping, source, as, reader)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      if (reader.gathered.length === 0) return failedRead(ctx, source, reader, error)
    }
  }
  const now = readers.get(ctx, readerKey(reader))
  return now === undefined ? { kind: 'wait' } : cut(ctx, mapping, stream, now)
}

function failedRead(
  ctx: Context,
  source: StreamSource,
  reader: ReaderRecord,
  error: AwsError,
): Gathered {
  // The shard was thrown away, as it was read or before: what follows is in its children.
  if (error.code === 'ResourceNotFoundException') return { kind: 'ended' }
  if (error.code === 'TrimmedDataAccessException') {
    changeReader(ctx, reader, { after: undefined, iterator: undefined, from: 'TRIM_HORIZON' })
    return { kind: 'wait', untilMs: ctx.now() }
  }
  noteFailure(ctx, reader.uuid, error)
  const failedReads = (reader.failedReads ?? 0) + 1
  const failingSinceMs = reader.failingSinceMs ?? ctx.now()
  changeReader(ctx, reader, { failedReads, failingSinceMs, iterator: undefined })
  // Past the retention there is nothing left of what there was to read.
  if (ctx.now() > failingSinceMs + source.retentionMs) return { kind: 'wait' }
  const pauseMs = Math.min(againFirstMs * 2 ** (failedReads - 1), againMsMax)
  return { kind: 'wait', untilMs: ctx.now() + pauseMs }
}

async function readOn(
  ctx: Context,
  mapping: MappingRecord,
  source: StreamSource,
  as: Caller,
  start: ReaderRecord,
): Promise<void> {
  const { sourceArn, batchSize } = mapping
  let reader = start
  let count = reader.gathered.length
  let bytes = reader.gatheredBytes
  while (count < batchSize && bytes < batchBytesMax) {
    const wanted = (batchSize - count) * reader.lanes
    const { records, next } = await read(ctx, source, as, sourceArn, reader, wanted)
    const items = records.flatMap((record) => itemsOf(mapping, reader, record))
    const last = records.at(-1)?.sequenceNumber ?? reader.after
    const gathered = items.length === 0 ? reader.gathered : [...reader.gathered, ...items]
    count = gathered.length
    bytes = reader.gatheredBytes + bytesOf(items)
    changeReader(ctx, reader, {
      after: last,
      iterator: next,
      gathered,
      gatheredBytes: bytes,
      gatheringSinceMs: reader.gatheringSinceMs ?? (count > 0 ? ctx.now() : undefined),
      failedReads: undefined,
      failingSinceMs: undefined,
      atEnd: next === undefined ? true : undefined,
    })
    const now = readers.get(ctx, readerKey(reader))
    if (next === undefined || records.length === 0 || now === undefined) return
    reader = now
  }
}

async function read(
  ctx: Context,
  source: StreamSource,
  as: Caller,
  arn: string,
  reader: ReaderRecord,
  countMax: number,
): ReturnType<StreamSource['records']> {
  if (reader.iterator !== undefined) {
    try {
      return await source.records(ctx, as, arn, reader.iterator, countMax)
    } catch (error) {
      // An iterator lasts for some minutes: the next begins where it stood.
      if (!(error instanceof AwsError) || error.code !== 'ExpiredIteratorException') throw error
    }
  }
  const { shardId, after, from, sinceMs } = reader
  const position =
    after !== undefined
      ? ({ kind: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: after } as const)
      : from === 'LATEST' && ctx.now() > sinceMs
        ? ({ kind: 'AT_TIMESTAMP', timestampMs: sinceMs } as const)
        : ({ kind: from } as const)
  const iterator = await source.iterator(ctx, as, arn, shardId, position)
  return await source.records(ctx, as, arn, iterator, countMax)
}

/** The record as an item, if it is of the reader's lane and a filter lets it through. */
function itemsOf(
  { filters }: MappingRecord,
  { lane, lanes }: ReaderRecord,
  { partitionKey, sequenceNumber, atMs, event }: SourceRecord,
): StreamItem[] {
  const hash = lanes === 1 ? 0 : hashOf(partitionKey)
  if (hash % lanes !== lane || !passesAs(filters, event)) return []
  return [{ sequenceNumber, atMs, event, hash, bytes: Buffer.byteLength(JSON.stringify(event)) }]
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  return hash >>> 0
}

/** Makes a batch of what was gathered, if it is time. */
function cut(
  ctx: Context,
  { batchSize, windowSeconds }: MappingRecord,
  { tumblingSeconds }: StreamSettings,
  reader: ReaderRecord,
): Gathered {
  const { gathered, gatheredBytes, gatheringSinceMs = ctx.now(), window, atEnd } = reader
  const [first] = gathered
  if (window !== undefined && (first === undefined || first.atMs >= window.endMs)) {
    if (first === undefined && ctx.now() < window.endMs && !atEnd) {
      return { kind: 'wait', untilMs: window.endMs }
    }
    return ready(ctx, reader, { items: [], failures: 0, putOff: 0, closes: true }, gathered)
  }
  if (first === undefined) return atEnd ? { kind: 'ended' } : { kind: 'wait' }
  const isFull = gathered.length >= batchSize || gatheredBytes >= batchBytesMax
  const overMs = gatheringSinceMs + windowSeconds * 1000
  if (!isFull && !atEnd && ctx.now() < overMs) return { kind: 'wait', untilMs: overMs }
  const beforeMs =
    tumblingSeconds === 0 ? Number.POSITIVE_INFINITY : windowOf(first.atMs, tumblingSeconds).endMs
  let count = 0
  let bytes = 0
  for (const item of gathered) {
    if (count === batchSize || item.atMs >= beforeMs) break
    if (count > 0 && bytes + item.bytes > batchBytesMax) break
    bytes += item.bytes
    count += 1
  }
  const items = gathered.slice(0, count)
  return ready(ctx, reader, { items, failures: 0, putOff: 0 }, gathered.slice(count))
}

function ready(
  ctx: Context,
  reader: ReaderRecord,
  batch: Batch,
  gathered: readonly StreamItem[],
): Gathered {
  changeReader(ctx, reader, {
    batches: [batch],
    gathered,
    gatheredBytes: bytesOf(gathered),
    gatheringSinceMs: gathered.length > 0 ? ctx.now() : undefined,
  })
  return { kind: 'ready' }
}

/** The tumbling window that a moment is in. */
export function windowOf(atMs: number, seconds: number): { startMs: number; endMs: number } {
  const startMs = Math.floor(atMs / (seconds * 1000)) * seconds * 1000
  return { startMs, endMs: startMs + seconds * 1000 }
}
