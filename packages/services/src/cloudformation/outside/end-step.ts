import type { Context } from '../../context.ts'
import { stepDone, stepFailed } from '../apply/machine.ts'
import type { Ended } from './ended.ts'

/** Ends a step that waited for someone outside. */
export function endStep(ctx: Context, { operation, step, how }: Ended): void {
  if (step.taskId !== undefined) ctx.cancel(step.taskId)
  if (how === 'done') stepDone(ctx, operation, step)
  else stepFailed(ctx, operation, step.id)
}
