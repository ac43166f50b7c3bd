import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { invoke } from './deliver.ts'
import { nextRunMs, parseExpression } from './expressions.ts'
import { type Schedule, scheduleKey, schedules } from './state.ts'

const minuteMs = 60_000

/** A moment at which a schedule runs. */
interface Tick {
  readonly group: string
  readonly name: string
  readonly arn: string
  readonly revision: number
  readonly atMs: number
}

/**
 * Sets the first run of a new or changed schedule on the clock. A rate without a start date runs at once.
 * Source: EventBridge Scheduler User Guide, "Schedule types", "Rate-based schedules".
 */
export function planFirst(ctx: Context, schedule: Schedule): void {
  const isRate = parseExpression(schedule.expression)?.kind === 'rate'
  planNext(ctx, schedule, isRate ? ctx.now() - 1 : ctx.now())
}

/** False when no run is to come. */
function planNext(ctx: Context, schedule: Schedule, afterMs: number): boolean {
  const { group, name, arn, revision, state } = schedule
  if (state === 'DISABLED') return true
  const atMs = nextRunMs(schedule, afterMs)
  const { taskId: _, ...rest } = schedule
  if (atMs === undefined) {
    schedules.put(ctx, rest)
    return false
  }
  const delayMs = Math.max(0, atMs - ctx.now())
  const taskId = ctx.after(delayMs, tick, { group, name, arn, revision, atMs })
  schedules.put(ctx, { ...rest, taskId })
  return true
}

/** A schedule's moment has come: the next one is planned, and its target is called within the window. */
export const tick = task<Tick>('scheduler.tick', {
  run(ctx, { group, name, revision, arn, atMs }) {
    const schedule = schedules.get(ctx, scheduleKey(group, name))
    if (schedule?.arn !== arn || schedule.revision !== revision) return
    const isLast = !planNext(ctx, schedule, atMs)
    const run = {
      group,
      name,
      arn,
      revision,
      target: schedule.target,
      scheduledAtMs: atMs,
      isLast,
      attempt: 1,
    }
    ctx.after(delayMs(ctx, schedule), invoke, run)
    // An invocation comes at least once. Source: EventBridge Scheduler User Guide, "What is EventBridge Scheduler".
    if (ctx.choose('scheduler.duplicate', [false, true])) {
      ctx.after(delayMs(ctx, schedule), invoke, { ...run, isLast: false })
    }
  },
})

/** Within the flexible window, or within a minute. Source: User Guide, "Schedule types", note on precision. */
function delayMs(ctx: Context, { window }: Schedule): number {
  if (window.Mode !== 'FLEXIBLE') return ctx.choose('scheduler.delay', [0, 1_000, 15_000, 59_000])
  const windowMs = (window.MaximumWindowInMinutes ?? 0) * minuteMs
  return Math.floor(windowMs * ctx.choose('scheduler.window', [0, 0.25, 0.5, 0.75, 0.99]))
}

export function removeSchedule(ctx: Context, { group, name, taskId }: Schedule): void {
  if (taskId !== undefined) ctx.cancel(taskId)
  schedules.delete(ctx, scheduleKey(group, name))
}
