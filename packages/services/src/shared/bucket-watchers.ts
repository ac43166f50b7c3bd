import { type BlobRef, type TableContext, table } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import type { Task } from '../define.ts'

/** A bucket of an AWS service, which learns of what is put there by a task of its own. */
export interface BucketWatcher {
  readonly bucket: string
  /** `cloudformation.respond` */
  readonly task: string
}

/** An object that was written. The body is that of this very write, whatever was written since. */
export interface ObjectArrival {
  readonly bucket: string
  readonly key: string
  readonly sizeBytes: number
  readonly body: readonly BlobRef[]
}

const watchers = table<BucketWatcher>('orrery.bucketWatchers', {
  key: (watcher) => watcher.bucket,
  partition: 'cloud',
})

export function isWatched(ctx: TableContext, bucket: string): boolean {
  return watchers.has(ctx, bucket)
}

export function watchBucket(ctx: TableContext, bucket: string, task: string): void {
  watchers.put(ctx, { bucket, task })
}

/** Tells whoever watches a bucket, in a turn of its own. */
export function tellWatcher(ctx: Context, arrival: ObjectArrival): void {
  const watcher = watchers.get(ctx, arrival.bucket)
  if (watcher === undefined) return
  const { bucket, key, sizeBytes, body } = arrival
  // Tasks are found by their name when they run; what else one has is not asked for here.
  const task: Task<ObjectArrival> = { name: watcher.task, run: () => {} }
  ctx.after(0, task, { bucket, key, sizeBytes, body })
}
