import type { Context } from '../../context.ts'
import {
  type SetDrift,
  type SetOperation,
  type StackSet,
  setOperations,
  stackInstances,
} from './state.ts'

/** What drift detection over a stack set found, or has found so far; undefined before the first one. */
export function driftOf(ctx: Context, set: StackSet): SetDrift | undefined {
  for (const operation of setOperations.where(ctx, 'open', set.id)) {
    if (operation.action === 'DETECT_DRIFT') return driftFound(ctx, operation)
  }
  return set.drift
}

/** Counts what an operation has found. */
export function driftFound(ctx: Context, operation: SetOperation): SetDrift {
  let total = 0
  let drifted = 0
  let inSync = 0
  for (const { driftStatus } of stackInstances.where(ctx, 'set', operation.setId)) {
    total += 1
    if (driftStatus === 'DRIFTED') drifted += 1
    if (driftStatus === 'IN_SYNC') inSync += 1
  }
  const counts = Object.values(operation.counts)
  const sum = (part: 'failed' | 'pending' | 'running') =>
    counts.reduce((all, count) => all + count[part], 0)
  return {
    status: drifted > 0 ? 'DRIFTED' : inSync > 0 ? 'IN_SYNC' : 'NOT_CHECKED',
    detection: detectionOf(operation, sum('failed')),
    total,
    drifted,
    inSync,
    inProgress: sum('pending') + sum('running'),
    failed: sum('failed'),
    ...(operation.endedAtMs === undefined ? {} : { checkedAtMs: operation.endedAtMs }),
  }
}

/** Source: API reference, StackSetDriftDetectionDetails, `DriftDetectionStatus`. */
function detectionOf({ status }: SetOperation, failed: number): SetDrift['detection'] {
  if (status === 'FAILED') return 'FAILED'
  if (status === 'STOPPED') return 'STOPPED'
  if (status === 'SUCCEEDED') return failed > 0 ? 'PARTIAL_SUCCESS' : 'COMPLETED'
  return 'IN_PROGRESS'
}
