import type { Context } from '../../context.ts'
import { unsupportedAttribute } from '../engine/attribute-check.ts'
import { evaluate } from '../engine/evaluate.ts'
import type { Graph } from '../engine/graph.ts'
import { validationError } from '../errors.ts'
import { policyDenial } from '../stack-policy.ts'
import { resourceKey, resources, type Stack } from '../state.ts'
import type { Operation } from './operation.ts'
import { graphOf, type NextPhase } from './phases.ts'
import { forwardSteps, livingResources } from './plan.ts'
import { failResource } from './progress.ts'
import { failedResources } from './reasons.ts'
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
  const graph = graphOf(ctx, stack)
  refuseProtectedRemovals(ctx, operation, stack, graph)
  return { operation, phase: 'forward', steps: forwardSteps(ctx, stack, template, graph) }
}

/** What the new template no longer has is protected by the stack policy like the rest. */
function refuseProtectedRemovals(
  ctx: Context,
  operation: Operation,
  stack: Stack,
  graph: Graph,
): void {
  const denied: string[] = []
  for (const resource of livingResources(ctx, stack.stackId)) {
    if (graph.has(resource.logicalId)) continue
    const reason = policyDenial(stack.policy, operation.policyDuringUpdate, resource, 'Delete')
    if (reason === undefined) continue
    failResource(ctx, operation, resource, 'UPDATE_FAILED', reason)
    denied.push(resource.logicalId)
  }
  if (denied.length > 0) {
    throw validationError(failedResources({ create: [], update: denied, delete: [] }))
  }
}
