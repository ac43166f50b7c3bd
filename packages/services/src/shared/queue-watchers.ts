import { orderedKey, type Scope, type TableContext, table } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import type { Task } from '../define.ts'

/** A service that takes the messages of a queue, and is told by a task of its own when there may be some. */
export interface QueueWatcher extends Scope {
  readonly queueArn: string
  /** `lambda.poll-queue` */
  readonly task: string
  /** When it is told next, and by which task. */
  readonly told?: { readonly atMs: number; readonly taskId: string }
}

/** What a watcher's task gets. */
export interface QueueNotice {
  readonly queueArn: string
}

const watchers = table<QueueWatcher, 'queue'>('orrery.queueWatchers', {
  key: ({ queueArn, accountId, region }) => orderedKey(queueArn, accountId, region),
  partition: 'cloud',
  indexes: { queue: ({ queueArn }) => queueArn },
})

export function isQueueWatched(ctx: TableContext, queueArn: string): boolean {
  return watchers.count(ctx) > 0 && watchers.first(ctx, 'queue', queueArn) !== undefined
}

export function watchQueue(ctx: Context, queueArn: string, task: string): void {
  const { accountId, region } = ctx
  if (watchers.has(ctx, orderedKey(queueArn, accountId, region))) return
  watchers.put(ctx, { queueArn, accountId, region, task })
}

export function unwatchQueue(ctx: Context, queueArn: string): void {
  const { accountId, region } = ctx
  const gone = watchers.delete(ctx, orderedKey(queueArn, accountId, region))
  if (gone?.told !== undefined) ctx.cancel(gone.told.taskId)
}

/** Tells all who watch a queue at a moment, each in a turn of its own; one notice at a time is on its way. */
export function tellQueueWatchers(ctx: Context, queueArn: string, atMs: number): void {
  for (const watcher of [...watchers.where(ctx, 'queue', queueArn)]) {
    const { told, accountId, region } = watcher
    if (told !== undefined && told.atMs <= atMs) continue
    if (told !== undefined) ctx.cancel(told.taskId)
    // Tasks are found by their name when they run; what else one has is not asked for here.
    const task: Task<QueueNotice> = { name: watcher.task, run: () => {} }
    const delayMs = Math.max(0, atMs - ctx.now())
    const taskId = ctx.at({ accountId, region }).after(delayMs, task, { queueArn })
    watchers.put(ctx, { ...watcher, told: { atMs, taskId } })
  }
}

/** For the watcher's task: the notice has come, and the next may be sent. */
export function noticeCame(ctx: Context, { queueArn }: QueueNotice): void {
  const key = orderedKey(queueArn, ctx.accountId, ctx.region)
  const watcher = watchers.get(ctx, key)
  if (watcher === undefined) return
  const { told: _, ...rest } = watcher
  watchers.put(ctx, rest)
}
