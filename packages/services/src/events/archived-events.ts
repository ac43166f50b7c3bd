import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { matches } from '../shared/event-pattern/matching.ts'
import { patternOf } from './compiled-patterns.ts'
import type { BusEvent } from './envelope.ts'
import {
  type Archive,
  type ArchivedEvent,
  archivedEvents,
  archivedKey,
  archives,
  keyPrefix,
} from './state.ts'

const dayMs = 86_400_000

/** Keeps an event in every archive of its bus that wants it; replayed events are kept by none. */
export function keepInArchives(ctx: Context, bus: string, event: BusEvent, value: object): void {
  if (event.replayName !== undefined) return
  for (const archive of archives.where(ctx, 'byBus', bus)) {
    const pattern = patternOf(archive)
    if (pattern !== undefined && !matches(pattern, value)) continue
    archivedEvents.put(ctx, { archive: archive.name, event })
    const eventCount = archive.eventCount + 1
    const sizeBytes = archive.sizeBytes + event.sizeBytes
    const kept = archives.put(ctx, { ...archive, eventCount, sizeBytes })
    if (archive.sweepTaskId === undefined) planSweep(ctx, kept)
  }
}

/** Sets the moment at which the oldest event of an archive is past its retention. */
export function planSweep(ctx: Context, archive: Archive): void {
  if (archive.sweepTaskId !== undefined) ctx.cancel(archive.sweepTaskId)
  const { sweepTaskId: _, ...rest } = archive
  const [oldest] = oldestFirst(ctx, archive.name)
  if (archive.retentionDays === 0 || oldest === undefined) {
    archives.put(ctx, rest)
    return
  }
  const dueMs = oldest.event.ingestedAtMs + archive.retentionDays * dayMs
  const sweepTaskId = ctx.after(Math.max(0, dueMs - ctx.now()), sweep, { archive: archive.name })
  archives.put(ctx, { ...rest, sweepTaskId })
}

/** Deletes events past their retention, and comes again when the oldest one left is due. */
export const sweep = task<{ archive: string }>('events.sweep', {
  run(ctx, { archive: name }) {
    const archive = archives.get(ctx, name)
    if (archive === undefined) return
    let { eventCount, sizeBytes } = archive
    const keptFromMs = ctx.now() - archive.retentionDays * dayMs
    for (const { event } of oldestFirst(ctx, name)) {
      if (event.ingestedAtMs > keptFromMs) break
      archivedEvents.delete(ctx, archivedKey(name, event))
      eventCount -= 1
      sizeBytes -= event.sizeBytes
    }
    planSweep(ctx, { ...archive, eventCount, sizeBytes })
  },
})

export function forgetAll(ctx: Context, archive: Archive): void {
  if (archive.sweepTaskId !== undefined) ctx.cancel(archive.sweepTaskId)
  for (const { event } of archivedEvents.scan(ctx, { prefix: keyPrefix(archive.name) })) {
    archivedEvents.delete(ctx, archivedKey(archive.name, event))
  }
}

function oldestFirst(ctx: Context, archive: string): Iterable<ArchivedEvent> {
  return archivedEvents.scanIndex(ctx, 'byAge', { prefix: keyPrefix(archive) })
}
