import type { Context } from '../../context.ts'
import { unsupportedAttribute } from '../engine/attribute-check.ts'
import { evaluate } from '../engine/evaluate.ts'
import { validationError } from '../errors.ts'
import { resourceKey, resources, type Stack } from '../state.ts'
import type { Operation } from './operation.ts'
import { graphOf, type NextPhase } from './phases.ts'
import { forwardSteps } from './plan.ts'
import { identityOf, plannedEnvironment, templateOf } from './values.ts'

/**
 * The way forward of a creation or an update. Everything is worked out once before anything is made: a
 * missing export or attribute stops the stack here, with its reason as the message of what is thrown.
 */
export function forwardPhase(ctx: Context, operation: Operation, stack: Stack): NextPhase {
  const template = templateOf(ctx, stack)
  const refusal = unsupportedAttribute(template)
  if (refusal !== undefined) throw validationError(refusal)
  const env = plannedEnvironment(
    ctx,
    identityOf(ctx, stack),
    template,
    stack.parameters,
    (logicalId) => resources.get(ctx, resourceKey(stack.stackId, logicalId)),
  )
  for (const { condition, properties } of Object.values(template.resources)) {
    if (condition === undefined || env.condition(condition)) evaluate(properties, env)
  }
  return { operation, phase: 'forward', steps: forwardSteps(ctx, stack, graphOf(ctx, stack)) }
}
