import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { dayMs, eventOverheadBytes, sweptEventsMax } from './limits.ts'
import { expiredBeforeMs } from './lookup.ts'
import { eventKeys, type LogEvent, type LogGroup, logEvents, logGroups } from './state.ts'

/** Bytes that an event counts as. */
export function bytesOf(message: string): number {
  return Buffer.byteLength(message) + eventOverheadBytes
}

/**
 * Plans the day when the first event of a group expires, where it has a retention and no such plan. What
 * has expired is not shown already; this frees its room, at most once a day.
 */
export function planSweep(ctx: Context, name: string): void {
  const group = logGroups.get(ctx, name)
  if (group?.retentionInDays === undefined || group.sweepTaskId !== undefined) return
  const first = firstEvent(ctx, group)
  if (first === undefined) return
  const dueMs = Math.max(dayMs, first.atMs + group.retentionInDays * dayMs + 1 - ctx.now())
  const sweepTaskId = ctx.after(dueMs, expireEvents, { name, groupId: group.id })
  logGroups.update(ctx, name, { sweepTaskId })
}

/** Takes the plan back: the retention changed. */
export function cancelSweep(ctx: Context, group: LogGroup): LogGroup {
  const { sweepTaskId, ...rest } = group
  if (sweepTaskId !== undefined) ctx.cancel(sweepTaskId)
  return logGroups.put(ctx, rest)
}

export const expireEvents = task<{ name: string; groupId: string }>('logs.expireEvents', {
  run(ctx, { name, groupId }) {
    const group = logGroups.get(ctx, name)
    if (group?.id !== groupId) return // Deleted meanwhile.
    const { sweepTaskId: _, ...rest } = group
    const before = orderedKey(groupId, expiredBeforeMs(ctx, group))
    const { count, bytes } = remove(
      ctx,
      logEvents.scanIndex(ctx, 'group', { ...within(groupId), before }),
    )
    logGroups.put(ctx, { ...rest, storedBytes: Math.max(0, group.storedBytes - bytes) })
    if (count < sweptEventsMax) return planSweep(ctx, name)
    const sweepTaskId = ctx.after(0, expireEvents, { name, groupId })
    logGroups.update(ctx, name, { sweepTaskId })
  },
})

/** Takes away the events of a group or a stream that was deleted. */
export const dropEvents = task<{ groupId?: string; streamId?: string; name?: string }>(
  'logs.dropEvents',
  {
    run(ctx, input) {
      const { groupId = '', streamId, name } = input
      const events =
        streamId === undefined
          ? logEvents.scanIndex(ctx, 'group', within(groupId))
          : logEvents.scan(ctx, within(streamId))
      const { count, bytes } = remove(ctx, events)
      const group = name === undefined ? undefined : logGroups.get(ctx, name)
      if (group !== undefined && group.id === groupId) {
        logGroups.put(ctx, { ...group, storedBytes: Math.max(0, group.storedBytes - bytes) })
      }
      if (count === sweptEventsMax) ctx.after(0, dropEvents, input)
    },
  },
)

/** Deletes events, not more than one task may. */
function remove(ctx: Context, events: Iterable<LogEvent>): { count: number; bytes: number } {
  let count = 0
  let bytes = 0
  for (const event of events) {
    if (count === sweptEventsMax) break
    logEvents.delete(ctx, eventKeys.stream(event))
    count += 1
    bytes += bytesOf(event.message)
  }
  return { count, bytes }
}

function firstEvent(ctx: Context, { id }: LogGroup): LogEvent | undefined {
  for (const event of logEvents.scanIndex(ctx, 'group', within(id))) return event
  return undefined
}

function within(id: string): { prefix: string } {
  return { prefix: orderedKey(id, '') }
}
