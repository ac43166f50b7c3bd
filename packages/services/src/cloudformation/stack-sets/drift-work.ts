import { DetectStackDrift } from '@cloud-orrery/models/cloudformation'
import type { CallOptions, Context } from '../../context.ts'
import { detections } from '../drift.ts'
import { resultKey, type SetOperation, type StackInstance, setResults } from './state.ts'
import type { TargetOutcome } from './work.ts'

/** Begins drift detection of an instance's stack. */
export async function detectInTarget(
  ctx: Context,
  operation: SetOperation,
  { stackId, account, region }: StackInstance,
  place: CallOptions,
): Promise<TargetOutcome> {
  if (stackId === undefined) return { kind: 'failed', reason: 'The stack instance has no stack.' }
  const { StackDriftDetectionId = '' } = await ctx.call(
    DetectStackDrift,
    { StackName: stackId },
    place,
  )
  const key = resultKey(operation.setId, operation.id, account, region)
  setResults.update(ctx, key, { detectionId: StackDriftDetectionId })
  return { kind: 'busy' }
}

/** How the detection stands. */
export function watchDetection(
  ctx: Context,
  operation: SetOperation,
  { account, region }: { readonly account: string; readonly region: string },
): TargetOutcome {
  const result = setResults.get(ctx, resultKey(operation.setId, operation.id, account, region))
  const there = ctx.at({ accountId: account, region })
  const detection = detections.get(there, result?.detectionId ?? '')
  if (detection?.status === 'DETECTION_IN_PROGRESS') return { kind: 'busy' }
  if (detection?.status === 'DETECTION_COMPLETE') return { kind: 'done' }
  return { kind: 'failed', reason: detection?.reason ?? 'The drift detection is gone.' }
}
