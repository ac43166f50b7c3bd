import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { type Execution, executions, type MapRun, mapSizes, type RunCounts } from './state.ts'

export type Count = Exclude<keyof RunCounts, 'total' | 'resultsWritten'>

export const noCounts: RunCounts = {
  pending: 0,
  running: 0,
  succeeded: 0,
  failed: 0,
  timedOut: 0,
  aborted: 0,
  total: 0,
  resultsWritten: 0,
}

export function moved(counts: RunCounts, from: Count, to: Count, by: number): RunCounts {
  return { ...counts, [from]: (counts[from] ?? 0) - by, [to]: (counts[to] ?? 0) + by }
}

const endings: Readonly<Partial<Record<Execution['status'], Count>>> = {
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'aborted',
}

/** As what an execution is counted. */
export function endingOf(status: Execution['status']): Count {
  return endings[status] ?? 'failed'
}

/** The children of a run in the order of their items; of those that took each other's place, the last. */
export function latestChildren(ctx: Context, mapRunArn: string): Execution[] {
  const children: Execution[] = []
  for (const child of executions.scanIndex(ctx, 'mapRun', { prefix: orderedKey(mapRunArn, '') })) {
    const index = child.itemIndex ?? 0
    if (child.redriveCount >= (children[index]?.redriveCount ?? 0)) children[index] = child
  }
  return children
}

/** What became of a run's children and their items, counted anew. */
export function countsOf(
  ctx: Context,
  { mapRunArn, itemCounts, executionCounts }: MapRun,
  children: readonly Execution[],
): Pick<MapRun, 'itemCounts' | 'executionCounts'> {
  const pending = executionCounts.total - children.length
  const sizes = mapSizes.get(ctx, mapRunArn)?.sizes
  const pendingItems = sizes?.slice(children.length).reduce((sum, size) => sum + size, 0) ?? pending
  let byExecution: RunCounts = { ...noCounts, pending, total: executionCounts.total }
  let byItem: RunCounts = { ...noCounts, pending: pendingItems, total: itemCounts.total }
  for (const { status, itemCount = 1 } of children) {
    const count = endingOf(status)
    byExecution = { ...byExecution, [count]: (byExecution[count] ?? 0) + 1 }
    byItem = { ...byItem, [count]: (byItem[count] ?? 0) + itemCount }
  }
  return { executionCounts: byExecution, itemCounts: byItem }
}
