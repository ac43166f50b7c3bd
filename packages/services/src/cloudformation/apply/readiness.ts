import { AwsError } from '@cloud-orrery/models'
import type { Context } from '../../context.ts'
import { typedProperties } from '../engine/property-validation.ts'
import { schemaOf } from '../engine/resource-types.ts'
import type { Stack } from '../state.ts'
import { type Operation, type Step, stepKey, steps } from './operation.ts'
import { DeployerContext } from './resource-context.ts'
import { currentResource, failNow } from './work.ts'

export type Readiness = 'ready' | 'not yet' | 'failed' | 'overtaken'

/** Between two questions to a resource that is not ready yet, in ms. */
export const readinessDelayMs = 5_000

/** Asks the handler of a step's resource whether it is ready. What it throws fails the step. */
export async function readiness(
  ctx: Context,
  operation: Operation,
  step: Step,
  stack: Stack,
): Promise<Readiness> {
  const { type, properties, state = {} } = currentResource(ctx, step)
  const handler = await ctx.resourceHandler(type)
  if (handler?.isReady === undefined) return 'ready'
  const schema = schemaOf(type)
  const typed = schema === undefined ? properties : typedProperties(schema, properties)
  const rctx = new DeployerContext(ctx, stack, step.logicalId, operation.requestToken)
  const isRunning = () => steps.get(ctx, stepKey(step.stackId, step.id))?.status === 'initiated'
  try {
    const isReady = await handler.isReady(rctx, state, typed)
    if (!isRunning()) return 'overtaken'
    return isReady ? 'ready' : 'not yet'
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (!isRunning()) return 'overtaken'
    failNow(ctx, operation, step, error.message)
    return 'failed'
  }
}
