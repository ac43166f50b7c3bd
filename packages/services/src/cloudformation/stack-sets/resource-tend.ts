import { AwsError } from '@cloud-orrery/models'
import {
  CreateStackInstances,
  DeleteStackInstances,
  DeleteStackSet,
  UpdateStackInstances,
} from '@cloud-orrery/models/cloudformation'
import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { type Operation, operations, type Step, stepKey, steps } from '../apply/operation.ts'
import { failureReason } from '../apply/reasons.ts'
import { DeployerContext } from '../apply/resource-context.ts'
import { currentResource, failNow } from '../apply/work.ts'
import { endStep } from '../outside/end-step.ts'
import { type Stack, stacks } from '../state.ts'
import { watchIntervalMs } from './limits.ts'
import { type InstancePart, preferencesOf } from './resource-plan.ts'
import {
  propertiesOf,
  stackSetResourceType,
  type Tending,
  tendAfter,
  tendTask,
} from './resource-tending.ts'
import { operationKey, setOperations, setResults } from './state.ts'

/** Waits for the operation that runs, then makes the next request; ends the step when none is left. */
export const tendStackSet = task<Tending>(tendTask, {
  async run(ctx, tending) {
    const { stackId, stepId, setId, parts, after } = tending
    const step = steps.get(ctx, stepKey(stackId, stepId))
    const operation = operations.get(ctx, stackId)
    const stack = stacks.get(ctx, stackId)
    if (step?.status !== 'initiated' || operation === undefined || stack === undefined) return
    if (setOperations.first(ctx, 'open', setId) !== undefined) {
      tendAfter(ctx, watchIntervalMs, tending)
      return
    }
    const failure = failureAfter(ctx, setId, after)
    if (failure !== undefined) {
      fail(ctx, operation, step, handlerMessage(failure, operation))
      return
    }
    const [next, ...rest] = parts
    try {
      if (next === undefined) {
        await finish(ctx, operation, step, stack, setId)
        return
      }
      await request(ctx, operation, step, stack, setId, next)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      fail(ctx, operation, step, reasonOf(ctx, operation, step, error))
      return
    }
    tendAfter(ctx, watchIntervalMs, { ...tending, parts: rest })
  },
})

/** Why an operation of this step has failed. Source: user reports. */
function failureAfter(ctx: Context, setId: string, after: number): string | undefined {
  for (const operation of setOperations.where(ctx, 'set', setId)) {
    const ended = operation.status === 'FAILED' || operation.status === 'STOPPED'
    if (operation.sequence <= after || !ended) continue
    const results = setResults.where(ctx, 'operation', operationKey(setId, operation.id))
    const reasons = [...results].flatMap(({ status, reason }) =>
      status === 'FAILED' && reason !== undefined ? [reason] : [],
    )
    return `Stack set operation [${operation.id}] was unexpectedly stopped or failed. status reason(s): [${reasons.join(', ')}]`
  }
  return undefined
}

async function finish(
  ctx: Context,
  operation: Operation,
  step: Step,
  stack: Stack,
  setId: string,
): Promise<void> {
  if (step.work === 'delete') {
    const deployer = deployerContext(ctx, operation, step, stack)
    await deployer.call(DeleteStackSet, { StackSetName: setId })
  }
  const now = steps.get(ctx, stepKey(step.stackId, step.id))
  if (now?.status === 'initiated') endStep(ctx, { operation, step: now, how: 'done' })
}

async function request(
  ctx: Context,
  operation: Operation,
  step: Step,
  stack: Stack,
  setId: string,
  { kind, regions, targets, overrides }: InstancePart,
): Promise<void> {
  const deployer = deployerContext(ctx, operation, step, stack)
  const wanted = step.target?.properties ?? currentResource(ctx, step).properties
  const properties = propertiesOf(wanted)
  const input = {
    StackSetName: setId,
    DeploymentTargets: { ...targets, AccountFilterType: targets.AccountFilterType as 'NONE' }, // The schema lists the API's values.
    Regions: regions,
    ...(properties === undefined ? {} : preferencesOf(properties, regions)),
  }
  if (kind === 'delete')
    await deployer.call(DeleteStackInstances, { ...input, RetainStacks: false })
  else {
    const descriptor = kind === 'create' ? CreateStackInstances : UpdateStackInstances
    await deployer.call(descriptor, { ...input, ParameterOverrides: overrides })
  }
}

function deployerContext(ctx: Context, operation: Operation, step: Step, stack: Stack) {
  return new DeployerContext(ctx, stack, step.logicalId, operation.requestToken)
}

function handlerMessage(message: string, { requestToken }: Operation): string {
  return `Resource handler returned message: "${message}" (RequestToken: ${requestToken}, HandlerErrorCode: InternalFailure)`
}

function reasonOf(ctx: Context, operation: Operation, step: Step, error: AwsError): string {
  const { physicalId } = step.target ?? currentResource(ctx, step)
  return failureReason({
    type: stackSetResourceType,
    error,
    identifier: physicalId,
    requestToken: operation.requestToken,
    requestId: ctx.ids.uuid(),
  })
}

function fail(ctx: Context, operation: Operation, step: Step, reason: string): void {
  failNow(ctx, operation, step, reason)
  endStep(ctx, { operation, step, how: 'failed' })
}
