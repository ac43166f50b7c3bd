import { orderedKey, type Scope, table } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import type { Task } from '../define.ts'

/** A service that reads a stream, and is told by a task of its own when there may be new records. */
export interface StreamWatcher extends Scope {
  readonly streamArn: string
  /** `lambda.poll-stream` */
  readonly task: string
  /** A notice is on its way. */
  readonly told?: true
}

/** What a watcher's task gets. */
export interface StreamNotice {
  readonly streamArn: string
}

const watchers = table<StreamWatcher, 'stream'>('orrery.streamWatchers', {
  key: ({ streamArn, accountId, region }) => orderedKey(streamArn, accountId, region),
  partition: 'cloud',
  indexes: { stream: ({ streamArn }) => streamArn },
})

export function watchStream(ctx: Context, streamArn: string, task: string): void {
  const { accountId, region } = ctx
  if (watchers.has(ctx, orderedKey(streamArn, accountId, region))) return
  watchers.put(ctx, { streamArn, accountId, region, task })
}

export function unwatchStream(ctx: Context, streamArn: string): void {
  watchers.delete(ctx, orderedKey(streamArn, ctx.accountId, ctx.region))
}

/** Tells all who watch a stream, each in a turn of its own; one notice at a time is on its way. */
export function tellStreamWatchers(ctx: Context, streamArn: string): void {
  if (watchers.count(ctx) === 0) return
  for (const watcher of [...watchers.where(ctx, 'stream', streamArn)]) {
    if (watcher.told) continue
    const { accountId, region } = watcher
    // Tasks are found by their name when they run; what else one has is not asked for here.
    const task: Task<StreamNotice> = { name: watcher.task, run: () => {} }
    ctx.at({ accountId, region }).after(0, task, { streamArn })
    watchers.put(ctx, { ...watcher, told: true })
  }
}

/** For the watcher's task: the notice has come, and the next may be sent. */
export function streamNoticeCame(ctx: Context, { streamArn }: StreamNotice): void {
  const watcher = watchers.get(ctx, orderedKey(streamArn, ctx.accountId, ctx.region))
  if (watcher === undefined) return
  const { told: _, ...rest } = watcher
  watchers.put(ctx, rest)
}
