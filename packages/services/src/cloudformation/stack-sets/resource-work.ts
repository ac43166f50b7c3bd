import type { AwsCloudFormationStackSetProperties as Properties } from '@cloud-orrery/models/cloudformation'
import type { Context } from '../../context.ts'
import type { Operation, Step } from '../apply/operation.ts'
import { currentResource, doWork, type WorkOutcome } from '../apply/work.ts'
import type { JsonObject } from '../engine/json.ts'
import type { Stack } from '../state.ts'
import { resourceLimitMs, watchIntervalMs } from './limits.ts'
import { changedParts, firstParts, type InstancePart, lastParts } from './resource-plan.ts'
import { propertiesOf, tendAfter } from './resource-tending.ts'
import { stackInstances, stackSets } from './state.ts'

/** Does a step's work on the resource: the stack set itself at once, its instances one request after the other. */
export async function workOnStackSetResource(
  ctx: Context,
  operation: Operation,
  step: Step,
  stack: Stack,
): Promise<WorkOutcome> {
  const before = step.before
  const deleting = step.work === 'delete'
  const now = deleting ? undefined : currentResource(ctx, step)
  const old = now === undefined ? undefined : propertiesOf(previousProperties(step, now.properties))
  const known = stateId(step.target?.state ?? before?.state)
  const sequence = stackSets.get(ctx, known)?.operationCount ?? 0
  if (!deleting) {
    const outcome = await doWork(ctx, operation, step, stack)
    if (outcome.kind !== 'initiated') return outcome
  }
  const setId = deleting ? known : stateId(currentResource(ctx, step).state)
  const parts = deleting
    ? lastParts([...stackInstances.where(ctx, 'set', setId)])
    : partsOf(ctx, step, old)
  const tending = { stackId: step.stackId, stepId: step.id, setId, parts, after: sequence }
  tendAfter(ctx, watchIntervalMs, tending)
  return { kind: 'outside', limitMs: resourceLimitMs }
}

/** What an update started from, and what its way back starts from. */
function previousProperties(step: Step, now: JsonObject): JsonObject | undefined {
  return step.work === 'restore' ? (step.attempted ?? now) : step.before?.properties
}

function partsOf(ctx: Context, step: Step, old: Properties | undefined): readonly InstancePart[] {
  const made = step.did === 'created' || step.did === 'replaced'
  const wanted = propertiesOf(currentResource(ctx, step).properties) ?? old
  if (wanted === undefined) return []
  if (old === undefined || (made && step.work !== 'restore')) return firstParts(wanted)
  return changedParts(wanted, old)
}

function stateId(state: JsonObject | undefined): string {
  return String(state?.['StackSetId'] ?? '')
}
