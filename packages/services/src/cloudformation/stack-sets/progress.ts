import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { sumDrift } from './drift-sum.ts'
import { targetDelayMs, watchIntervalMs } from './limits.ts'
import { concurrency, failureTolerance } from './preferences.ts'
import {
  inRegion,
  instanceKey,
  operationKey,
  type SetOperation,
  type SetResult,
  setOperations,
  setResults,
  stackInstances,
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
  advanceOperation(ctx, operation)
}

/**
 * Starts work where the preferences allow it, and ends the operation when nothing is left. A region that fails
 * more often than tolerated stops, and those after it are not begun.
 */
export function advanceOperation(ctx: Context, { setId, id }: SetOperation): void {
  const operation = setOperations.get(ctx, operationKey(setId, id))
  if (operation?.status !== 'RUNNING' && operation?.status !== 'STOPPING') return
  if (operation.action === 'DETECT_DRIFT') sumDrift(ctx, operation)
  const counts = countsByRegion(ctx, operation)
  let exceeded = false
  let busy = false
  for (const region of operation.regions) {
    const count = counts.get(region) ?? noCount
    const tolerance = failureTolerance(operation.preferences, count.all)
    if (exceeded && operation.preferences.regionConcurrency !== 'PARALLEL') {
      cancelPending(ctx, operation, region)
      continue
    }
    const stopped = operation.status === 'STOPPING' || count.failed > tolerance
    if (count.failed > tolerance) exceeded = true
    if (stopped) cancelPending(ctx, operation, region)
    else busy = begin(ctx, operation, region, count) || busy
    if (count.running > 0) busy = true
    if (busy && operation.preferences.regionConcurrency !== 'PARALLEL' && !exceeded) break
  }
  if (!busy) end(ctx, operation, exceeded)
}

interface Count {
  readonly all: number
  readonly failed: number
  readonly running: number
}

const noCount: Count = { all: 0, failed: 0, running: 0 }

function countsByRegion(ctx: Context, { setId, id }: SetOperation): Map<string, Count> {
  const counts = new Map<string, Count>()
  for (const { region, status } of setResults.where(ctx, 'operation', operationKey(setId, id))) {
    const { all, failed, running } = counts.get(region) ?? noCount
    counts.set(region, {
      all: all + 1,
      failed: failed + (status === 'FAILED' ? 1 : 0),
      running: running + (status === 'RUNNING' ? 1 : 0),
    })
  }
  return counts
}

/** Begins as many targets of a region as may run beside those that do. True: something was begun. */
function begin(ctx: Context, operation: SetOperation, region: string, count: Count): boolean {
  const room = concurrency(operation.preferences, count.all, count.failed) - count.running
  const next = pendingIn(ctx, operation, region).slice(0, Math.max(0, room))
  for (const result of next) {
    const { setId, operationId, account } = result
    setResults.put(ctx, { ...result, status: 'RUNNING' })
    const instance = stackInstances.get(ctx, instanceKey(setId, account, region))
    if (instance !== undefined) {
      stackInstances.put(ctx, { ...instance, detailedStatus: 'RUNNING' })
    }
    ctx.after(targetDelayMs, workInTarget, { setId, operationId, account, region })
  }
  return next.length > 0
}

/** In the order of the accounts' numbers. */
function pendingIn(ctx: Context, { setId, id }: SetOperation, region: string): SetResult[] {
  const found = [...setResults.where(ctx, 'pending', inRegion({ setId, operationId: id }, region))]
  return found.sort((a, b) => (a.account < b.account ? -1 : 1))
}

function cancelPending(ctx: Context, operation: SetOperation, region: string): void {
  for (const result of pendingIn(ctx, operation, region)) {
    const { setId, operationId, account } = result
    const reason = 'Cancelled since failure tolerance has exceeded'
    const stopped = operation.status === 'STOPPING'
    const why = stopped ? 'Cancelled since the operation was stopped' : reason
    setResults.put(ctx, { ...result, status: 'CANCELLED', reason: why })
    const instance = stackInstances.get(ctx, instanceKey(setId, account, region))
    if (instance?.lastOperationId !== operationId) continue
    stackInstances.put(ctx, { ...instance, detailedStatus: 'CANCELLED', statusReason: why })
  }
}

function end(ctx: Context, operation: SetOperation, failed: boolean): void {
  const stopped = operation.status === 'STOPPING'
  const ended = setOperations.put(ctx, {
    ...operation,
    status: stopped ? 'STOPPED' : failed ? 'FAILED' : 'SUCCEEDED',
    endedAtMs: ctx.now(),
  })
  if (ended.action === 'DETECT_DRIFT') sumDrift(ctx, ended)
  const queued = [...setOperations.where(ctx, 'open', ended.setId)].sort(
    (a, b) => a.sequence - b.sequence,
  )
  const [next] = queued
  if (next?.status !== 'QUEUED') return
  advanceOperation(ctx, setOperations.put(ctx, { ...next, status: 'RUNNING' }))
}
