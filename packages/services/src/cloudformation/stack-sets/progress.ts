import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { driftFound } from './drift-sum.ts'
import { targetDelayMs, watchIntervalMs } from './limits.ts'
import { concurrency, failureTolerance } from './preferences.ts'
import {
  inRegion,
  instanceKey,
  operationKey,
  type RegionCount,
  type SetOperation,
  type SetResult,
  setOperations,
  setResults,
  stackInstances,
  stackSets,
} from './state.ts'
import { type TargetOutcome, targetEnded, watchTarget, workOnTarget } from './work.ts'

/** One account and region of an operation. */
export interface Target {
  readonly setId: string
  readonly operationId: string
  readonly account: string
  readonly region: string
}

/** Does the work of an operation in one account and region, or begins it. */
export const workInTarget = task<Target>('cloudformation.workInTarget', {
  async run(ctx, target) {
    const operation = operationOf(ctx, target)
    if (operation === undefined) return
    settle(ctx, target, await workOnTarget(ctx, operation, target))
  },
})

/** Looks at a stack that is being worked on, until it has come to rest. */
export const watchInTarget = task<Target>('cloudformation.watchInTarget', {
  run(ctx, target) {
    const operation = operationOf(ctx, target)
    if (operation !== undefined) settle(ctx, target, watchTarget(ctx, operation, target))
  },
})

function operationOf(ctx: Context, { setId, operationId }: Target): SetOperation | undefined {
  return setOperations.get(ctx, operationKey(setId, operationId))
}

function settle(ctx: Context, target: Target, outcome: TargetOutcome): void {
  if (outcome.kind === 'busy') {
    ctx.after(watchIntervalMs, watchInTarget, target)
    return
  }
  const operation = operationOf(ctx, target)
  if (operation === undefined) return
  targetEnded(ctx, operation, target, outcome)
  const { region } = target
  const { running, failed } = countIn(operation, region)
  const lost = outcome.kind === 'failed' ? 1 : 0
  advanceOperation(ctx, counted(operation, region, { running: running - 1, failed: failed + lost }))
}

const noCount: RegionCount = { all: 0, pending: 0, running: 0, failed: 0, cancelled: 0 }

function countIn({ counts }: SetOperation, region: string): RegionCount {
  return counts[region] ?? noCount
}

function counted(
  operation: SetOperation,
  region: string,
  change: Partial<RegionCount>,
): SetOperation {
  const count = { ...countIn(operation, region), ...change }
  return { ...operation, counts: { ...operation.counts, [region]: count } }
}

/**
 * Starts work where the preferences allow it, and ends the operation when nothing is left. A region that fails
 * more often than tolerated stops, and those after it are not begun.
 */
export function advanceOperation(ctx: Context, given: SetOperation): void {
  let operation = given
  const { preferences, status, regions } = operation
  if (status !== 'RUNNING' && status !== 'STOPPING') return
  const sequential = preferences.regionConcurrency !== 'PARALLEL'
  let exceeded = false
  let busy = false
  for (const region of regions) {
    const { all, failed } = countIn(operation, region)
    const tooMany = failed > failureTolerance(preferences, all)
    const skipped = exceeded && sequential
    exceeded ||= tooMany
    operation =
      skipped || tooMany || status === 'STOPPING'
        ? cancelPending(ctx, operation, region)
        : begin(ctx, operation, region)
    busy ||= countIn(operation, region).running > 0
    if (busy && sequential && !exceeded && status !== 'STOPPING') break
  }
  if (busy) setOperations.put(ctx, operation)
  else end(ctx, operation, exceeded)
}

/** Begins as many targets of a region as may run beside those that do, in the order of the accounts' numbers. */
function begin(ctx: Context, operation: SetOperation, region: string): SetOperation {
  const { all, failed, running, pending } = countIn(operation, region)
  const room = concurrency(operation.preferences, all, failed) - running
  const next = pendingIn(ctx, operation, region, Math.min(room, pending))
  for (const result of next) {
    const { setId, operationId, account } = result
    setResults.put(ctx, { ...result, status: 'RUNNING' })
    const instance = stackInstances.get(ctx, instanceKey(setId, account, region))
    if (instance !== undefined) {
      stackInstances.put(ctx, { ...instance, detailedStatus: 'RUNNING' })
    }
    ctx.after(targetDelayMs, workInTarget, { setId, operationId, account, region })
  }
  const change = { running: running + next.length, pending: pending - next.length }
  return counted(operation, region, change)
}

function pendingIn(
  ctx: Context,
  { setId, id }: SetOperation,
  region: string,
  most: number,
): readonly SetResult[] {
  const found: SetResult[] = []
  if (most <= 0) return found
  for (const result of setResults.where(
    ctx,
    'pending',
    inRegion({ setId, operationId: id }, region),
  )) {
    found.push(result)
    if (found.length === most) break
  }
  return found
}

function cancelPending(ctx: Context, operation: SetOperation, region: string): SetOperation {
  const { pending, cancelled } = countIn(operation, region)
  const why =
    operation.status === 'STOPPING'
      ? 'Cancelled since the operation was stopped'
      : 'Cancelled since failure tolerance has exceeded'
  for (const result of pendingIn(ctx, operation, region, pending)) {
    const { setId, operationId, account } = result
    setResults.put(ctx, { ...result, status: 'CANCELLED', reason: why })
    const instance = stackInstances.get(ctx, instanceKey(setId, account, region))
    if (instance?.lastOperationId !== operationId) continue
    stackInstances.put(ctx, { ...instance, detailedStatus: 'CANCELLED', statusReason: why })
  }
  return counted(operation, region, { pending: 0, cancelled: cancelled + pending })
}

function end(ctx: Context, operation: SetOperation, failed: boolean): void {
  const stopped = operation.status === 'STOPPING'
  const ended = setOperations.put(ctx, {
    ...operation,
    status: stopped ? 'STOPPED' : failed ? 'FAILED' : 'SUCCEEDED',
    endedAtMs: ctx.now(),
  })
  if (ended.action === 'DETECT_DRIFT') {
    stackSets.update(ctx, ended.setId, { drift: driftFound(ctx, ended) })
  }
  const queued = [...setOperations.where(ctx, 'open', ended.setId)].sort(
    (a, b) => a.sequence - b.sequence,
  )
  const [next] = queued
  if (next?.status !== 'QUEUED') return
  advanceOperation(ctx, setOperations.put(ctx, { ...next, status: 'RUNNING' }))
}
