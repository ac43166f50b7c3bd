import type { Context } from '../../context.ts'
import {
  operationKey,
  type SetDrift,
  type SetOperation,
  setResults,
  stackInstances,
  stackSets,
} from './state.ts'

/** Counts what drift detection over a stack set has found so far. */
export function sumDrift(ctx: Context, operation: SetOperation): void {
  const instances = [...stackInstances.where(ctx, 'set', operation.setId)]
  const results = [
    ...setResults.where(ctx, 'operation', operationKey(operation.setId, operation.id)),
  ]
  const count = (status: string) => results.filter((result) => result.status === status).length
  const drifted = instances.filter(({ driftStatus }) => driftStatus === 'DRIFTED').length
  const inSync = instances.filter(({ driftStatus }) => driftStatus === 'IN_SYNC').length
  const failed = count('FAILED')
  const drift: SetDrift = {
    status: drifted > 0 ? 'DRIFTED' : inSync > 0 ? 'IN_SYNC' : 'NOT_CHECKED',
    detection: detectionOf(operation, failed),
    total: instances.length,
    drifted,
    inSync,
    inProgress: count('RUNNING') + count('PENDING'),
    failed,
    ...(operation.endedAtMs === undefined ? {} : { checkedAtMs: operation.endedAtMs }),
  }
  stackSets.update(ctx, operation.setId, { drift })
}

/** Source: API reference, StackSetDriftDetectionDetails, `DriftDetectionStatus`. */
function detectionOf({ status }: SetOperation, failed: number): SetDrift['detection'] {
  if (status === 'FAILED') return 'FAILED'
  if (status === 'STOPPED') return 'STOPPED'
  if (status === 'SUCCEEDED') return failed > 0 ? 'PARTIAL_SUCCESS' : 'COMPLETED'
  return 'IN_PROGRESS'
}
