import type { Context } from '../../context.ts'
import type { Operation, Step } from '../apply/operation.ts'
import { currentResource, type WorkOutcome } from '../apply/work.ts'
import { unansweredReason, workOnCustomResource } from '../custom-resources/send.ts'
import { isCustomResource, waitConditionType } from '../engine/custom-types.ts'
import { stackSetResourceType } from '../stack-sets/resource-tending.ts'
import { workOnStackSetResource } from '../stack-sets/resource-work.ts'
import type { Stack } from '../state.ts'
import { missingSignalsReason, workOnWaitCondition } from '../wait-conditions/wait.ts'

/** Resources whose work is done by someone outside, who says when it is done. */

export type Worker = (
  ctx: Context,
  operation: Operation,
  step: Step,
  stack: Stack,
) => Promise<WorkOutcome>

export function outsideWorker(type: string): Worker | undefined {
  if (isCustomResource(type)) return workOnCustomResource
  if (type === stackSetResourceType) return workOnStackSetResource
  return type === waitConditionType ? workOnWaitCondition : undefined
}

/** Why a step fails whose time is up. */
export function expiryReason(ctx: Context, operation: Operation, step: Step): string {
  const type = step.target?.type ?? currentResource(ctx, step).type
  if (type === stackSetResourceType) return 'Exceeded attempts to wait'
  return isCustomResource(type)
    ? unansweredReason(ctx, operation, step)
    : missingSignalsReason(ctx, step)
}
