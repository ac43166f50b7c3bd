import { orderedKey, table } from '@cloud-orrery/kernel'
import type { Context } from '../../../context.ts'

/** A record of a stream on its way to a function. */
export interface StreamItem {
  readonly sequenceNumber: string
  /** When it came into the stream. */
  readonly atMs: number
  /** As the function sees it. */
  readonly event: Readonly<Record<string, unknown>>
  /** Of the event's JSON. */
  readonly bytes: number
  /** Of its partition key: says which lane it belongs to. */
  readonly hash: number
}

/** Records that go to the function together. */
export interface Batch {
  readonly items: readonly StreamItem[]
  /** Invocations that ended in an error of the function. */
  readonly failures: number
  /** Attempts that Lambda could not make, or that were split. */
  readonly putOff: number
  readonly notBeforeMs?: number
  /** Without records: the last of a tumbling window. */
  readonly closes?: true
}

/** A window over the records of a shard, and what the function keeps in it. */
export interface TumblingWindow {
  readonly startMs: number
  readonly endMs: number
  /** JSON text. */
  readonly state: string
  readonly terminatedEarly?: true
}

/** One reader of a shard. A shard has as many as may work at the same time; each has its own keys. */
export interface ReaderRecord {
  readonly uuid: string
  readonly shardId: string
  readonly lane: number
  readonly lanes: number
  /** Where reading begins, as long as nothing was read. */
  readonly from: 'TRIM_HORIZON' | 'LATEST'
  /** When it was made: of `LATEST`, what is older is not its own. */
  readonly sinceMs: number
  /** The last record that was read. */
  readonly after?: string
  readonly iterator?: string
  /** Read, and waiting for their batch to be full or its window to be over. */
  readonly gathered: readonly StreamItem[]
  readonly gatheredBytes: number
  readonly gatheringSinceMs?: number
  /** In order; the first is at work or will be tried again. */
  readonly batches: readonly Batch[]
  readonly window?: TumblingWindow
  /** A task is at work until then, or was lost with the simulator's process. */
  readonly busyUntilMs?: number
  /** New records came while it was at work. */
  readonly again?: true
  /** When it looks again by itself. */
  readonly wakeAtMs?: number
  /** Reads that failed in a row, and the moment of the first. */
  readonly failedReads?: number
  readonly failingSinceMs?: number
  /** The shard is closed and was read to its end; what was read may still be at work. */
  readonly atEnd?: true
  /** All of the shard is done. */
  readonly ended?: true
}

export const readers = table<ReaderRecord>('lambda.stream-readers', {
  key: readerKey,
  partition: 'region',
})

/** Which reader a task is for. */
export interface ReaderName {
  readonly uuid: string
  readonly shardId: string
  readonly lane: number
}

export function readerKey({ uuid, shardId, lane }: ReaderName): string {
  return orderedKey(uuid, shardId, lane)
}

export type ReaderChange = { readonly [K in keyof ReaderRecord]?: ReaderRecord[K] | undefined }

/** Changes a reader, unless it is gone; what is undefined now is no longer there. */
export function changeReader(ctx: Context, name: ReaderName, change: ReaderChange): void {
  const before = readers.get(ctx, readerKey(name))
  if (before === undefined) return
  const entries = Object.entries({ ...before, ...change })
  // What is left are a reader's members without those that are absent.
  readers.put(
    ctx,
    Object.fromEntries(
      entries.filter(([, value]) => value !== undefined),
    ) as unknown as ReaderRecord,
  )
}

export function readersOf(ctx: Context, uuid: string): ReaderRecord[] {
  return [...readers.scan(ctx, { prefix: orderedKey(uuid, '') })]
}
