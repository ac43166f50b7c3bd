import type { Context } from '../../context.ts'
import { tellStreamWatchers } from '../../shared/stream-watchers.ts'
import { currentHead } from '../../shared/table-streams/shards.ts'
import {
  type ChangeKind,
  changeRecords,
  type StreamHead,
  streamHeads,
  tableStreams,
  type ViewType,
} from '../../shared/table-streams/state.ts'
import { attributeOf, type Item, setAttribute, sizeOf } from '../values/index.ts'
import type { ItemChange } from './item-changed.ts'

/** Adds the record of a change to a stream, and tells who watches it. */
export function writeRecord(ctx: Context, streamArn: string, change: ItemChange): void {
  const { table, before, after, by } = change
  const stream = tableStreams.get(ctx, streamArn)
  const head = currentHead(ctx, streamArn)
  const item = after ?? before
  if (stream === undefined || head === undefined || item === undefined) return
  const sequence = head.sequence + 1
  const keys = keysOf(item, table.key)
  const [newImage, oldImage] = imagesOf(stream.viewType, before, after)
  streamHeads.put(ctx, { ...head, sequence })
  changeRecords.put(ctx, {
    streamArn,
    shardId: shardOf(head, keys, table.key.hash),
    sequence,
    eventId: ctx.ids.hex(32),
    atMs: ctx.now(),
    kind: kindOf(before, after),
    keys,
    ...(newImage === undefined ? {} : { newImage }),
    ...(oldImage === undefined ? {} : { oldImage }),
    // Recorded: dynamodb, `test_transact_write_items_streaming`: keys and images together.
    sizeBytes: sizeOf(keys) + sizeOf(newImage ?? {}) + sizeOf(oldImage ?? {}),
    ...(by === 'timeToLive' ? { expired: true } : {}),
  })
  tellStreamWatchers(ctx, streamArn)
}

export function keysOf(item: Item, { hash, range }: ItemChange['table']['key']): Item {
  const keys: Record<string, Item[string]> = {}
  for (const name of range === undefined ? [hash] : [hash, range]) {
    const value = attributeOf(item, name)
    if (value !== undefined) setAttribute(keys, name, value)
  }
  return keys
}

function kindOf(before: Item | undefined, after: Item | undefined): ChangeKind {
  if (before === undefined) return 'INSERT'
  return after === undefined ? 'REMOVE' : 'MODIFY'
}

function imagesOf(
  viewType: ViewType,
  before: Item | undefined,
  after: Item | undefined,
): readonly [newImage: Item | undefined, oldImage: Item | undefined] {
  const withNew = viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES'
  const withOld = viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES'
  return [withNew ? after : undefined, withOld ? before : undefined]
}

/** All records of a partition key are in one lane, hence in order. */
function shardOf({ open }: StreamHead, keys: Item, hash: string): string {
  if (open.length === 1) return open[0]?.id ?? ''
  let sum = 0x811c9dc5
  for (const character of JSON.stringify(keys[hash])) {
    sum = Math.imul(sum ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return open[(sum >>> 0) % open.length]?.id ?? ''
}
