import type { Context } from '../../context.ts'
import { resourceKey, resources, type StackResource } from '../state.ts'
import { resourceTransition } from './journal-events.ts'
import { type Operation, type Step, stepKey, steps } from './operation.ts'

/** Reading and marking of steps, without deciding what comes next. */

/** Ids of the steps that waited for this one and for nothing else any more. */
export function released(ctx: Context, stackId: string, id: string): string[] {
  const ready: string[] = []
  for (const step of steps.where(ctx, 'waitsFor', stepKey(stackId, id))) {
    const waits = step.waitsFor.some(
      (other) => steps.get(ctx, stepKey(stackId, other))?.status !== 'done',
    )
    if (!waits) ready.push(step.id)
  }
  return ready
}

export function isRunning(ctx: Context, stackId: string): boolean {
  return steps.first(ctx, 'running', stackId) !== undefined
}

/** True once a failure on the way forward has called the rest off. */
export function isStopping(ctx: Context, operation: Operation): boolean {
  const { stackId, phase, onFailure, reason } = operation
  if (phase !== 'forward') return false
  if (reason !== undefined) return true
  return onFailure !== 'DO_NOTHING' && steps.first(ctx, 'failed', stackId) !== undefined
}

/** What runs besides a failing resource is cancelled, and says so. Returns the steps it was. */
export function cancelRunning(ctx: Context, operation: Operation): readonly Step[] {
  const running = [...steps.where(ctx, 'running', operation.stackId)]
  for (const step of running) {
    if (step.taskId !== undefined) ctx.cancel(step.taskId)
    steps.put(ctx, { ...step, status: 'cancelled' })
    failStep(
      ctx,
      operation,
      step,
      step.did === 'created' ? 'Resource creation cancelled' : 'Resource update cancelled',
    )
  }
  return running
}

/**
 * Marks the resource of a step as failed. What was not changed is on record as it was before, so that the
 * next update sees what is still to do.
 */
export function failStep(ctx: Context, operation: Operation, step: Step, reason: string): void {
  const resource = resources.get(ctx, resourceKey(step.stackId, step.logicalId))
  if (resource === undefined) return
  const status = step.did === 'created' ? 'CREATE_FAILED' : 'UPDATE_FAILED'
  failResource(ctx, operation, resource, status, reason)
  const { before } = step
  if (before !== undefined && before.physicalId === resource.physicalId) {
    resources.put(ctx, { ...before, status, statusReason: reason, updatedAtMs: ctx.now() })
  }
}

/** Marks a resource as failed, with its event. */
export function failResource(
  ctx: Context,
  operation: Operation,
  resource: StackResource,
  status: string,
  reason: string,
): void {
  resources.put(ctx, { ...resource, status, statusReason: reason, updatedAtMs: ctx.now() })
  resourceTransition(ctx, resource.stackId, resource, { status, reason, token: operation.token })
}
