import type { Json } from '../asl/json.ts'
import { latestChildren, moved, noCounts } from './map-children.ts'
import { redriveStatus } from './redrive-status.ts'
import type { Run } from './run.ts'
import { executions, type MapRun, mapRuns, type RunCounts } from './state.ts'
import { mapRunTask } from './task-names.ts'
import { itemsKey, mapItems, type Thread } from './threads.ts'

/** Starts the child of an item or batch anew, and tells how many items it has. */
export type StartChild = (itemIndex: number, redriveCount?: number) => number

/** What is left of a run that ended too early begins again, in a kernel task that is due now. */
export function redriveMapRun(run: Run, thread: Thread, mapRun: MapRun): void {
  const { ctx } = run
  const { mapRunArn, stoppedAtMs: _stopped, ...rest } = mapRun
  const redriveCount = mapRun.redriveCount + 1
  const lost = latestChildren(ctx, mapRunArn).filter(({ status }) => status !== 'SUCCEEDED')
  const lostItems = lost.reduce((sum, { itemCount = 1 }) => sum + itemCount, 0)
  mapRuns.put(ctx, {
    ...rest,
    mapRunArn,
    status: 'RUNNING',
    redriveCount,
    redrivenAtMs: ctx.now(),
    executionCounts: countsToRedrive(mapRun.executionCounts, lost.length),
    itemCounts: countsToRedrive(mapRun.itemCounts, lostItems),
  })
  const { executionArn, id: threadId } = thread
  const items: Json[] = lost.map(({ executionArn }) => executionArn)
  mapItems.put(ctx, { executionArn, threadId: queueOf(thread), generation: redriveCount, items })
  run.event(thread.id, 'MapRunRedriven', {
    mapRunRedrivenEventDetails: { mapRunArn, redriveCount },
  })
  ctx.after(0, mapRunTask, { executionArn, threadId, of: mapRunArn, step: 'redrive' })
}

function countsToRedrive(counts: RunCounts, pendingRedrive: number): RunCounts {
  const { pending, succeeded, total } = counts
  return { ...noCounts, pending, succeeded, total, pendingRedrive }
}

/** Where the children that are to be redriven stand in line, among the items of Map states. */
function queueOf({ id }: Thread): string {
  return `${id}/redrive`
}

/**
 * Redrives children while there is room: Standard ones go on where they failed, Express ones, and those that can
 * no longer be redriven, start again. Source: Developer Guide, "Redriving Map Runs".
 */
export function redriveChildren(
  run: Run,
  thread: Thread,
  mapRun: MapRun,
  most: number,
  startChild: StartChild,
): MapRun {
  const { ctx, engine } = run
  let now = mapRun
  const waiting = now.executionCounts.pendingRedrive ?? 0
  if (waiting === 0) return now
  const key = itemsKey(thread.executionArn, queueOf(thread), now.redriveCount)
  const queue = mapItems.get(ctx, key)?.items ?? []
  const next = queue.slice(queue.length - waiting)
  for (const arn of next) {
    if (now.executionCounts.running >= most) break
    const child = executions.get(ctx, String(arn))
    if (child === undefined) throw new TypeError(`no execution ${String(arn)}`)
    const { itemIndex = 0, itemCount = 1, type, redriveCount } = child
    const isRedrivable =
      type === 'STANDARD' &&
      redriveStatus(ctx, { ...child, mapRunArn: undefined }).status === 'REDRIVABLE'
    if (isRedrivable) engine.redriveExecution(ctx, child.executionArn)
    else startChild(itemIndex, redriveCount + 1)
    now = mapRuns.update(ctx, now.mapRunArn, {
      executionCounts: moved(now.executionCounts, 'pendingRedrive', 'running', 1),
      itemCounts: moved(now.itemCounts, 'pendingRedrive', 'running', itemCount),
    })
  }
  if (now.executionCounts.pendingRedrive === 0) mapItems.delete(ctx, key)
  return now
}
