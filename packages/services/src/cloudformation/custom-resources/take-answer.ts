import type { Context } from '../../context.ts'
import { resourceTransition } from '../apply/journal-events.ts'
import {
  type Operation,
  operations,
  type Step,
  stepId,
  stepKey,
  steps,
} from '../apply/operation.ts'
import { currentResource, failNow } from '../apply/work.ts'
import { customAnswerBytesMax } from '../limits.ts'
import type { Ended } from '../outside/ended.ts'
import { resources } from '../state.ts'
import { type CustomAnswer, readAnswer } from './answer.ts'
import { type CustomRequest, customRequests } from './state.ts'

/** Source: user reports of custom resources whose update answered another physical id. */
const replacedReason = 'Requested update required the provider to create a new physical resource'

type Success = Extract<CustomAnswer, { kind: 'success' }>

/**
 * Takes an answer that was put under the key of a request. Undefined where nobody waits for it any more: the
 * time was up, the operation cancelled, or it was answered before.
 */
export function takeCustomAnswer(
  ctx: Context,
  key: string,
  sizeBytes: number,
  text: () => string,
): Ended | undefined {
  const requestId = key.slice(key.lastIndexOf('|') + 1)
  const request = customRequests.get(ctx, requestId)
  if (request === undefined) return undefined
  customRequests.delete(ctx, requestId)
  const operation = operations.get(ctx, request.stackId)
  const step = steps.get(ctx, stepKey(request.stackId, request.stepId))
  const waits = step?.status === 'begun' || step?.status === 'initiated'
  if (operation?.id !== request.operationId || step === undefined || !waits) return undefined
  // What is too long anyhow is not read.
  const answer = readAnswer(
    sizeBytes > customAnswerBytesMax ? ' '.repeat(customAnswerBytesMax + 1) : text(),
    request,
  )
  if (answer.kind === 'success') {
    return { operation, step: succeed(ctx, operation, step, request, answer), how: 'done' }
  }
  const { physicalId } = answer
  if (physicalId !== undefined && request.kind !== 'Delete') {
    const resource = currentResource(ctx, step)
    resources.put(ctx, { ...resource, physicalId })
  }
  failNow(ctx, operation, step, answer.reason)
  return { operation, step, how: 'failed' }
}

function succeed(
  ctx: Context,
  operation: Operation,
  step: Step,
  request: CustomRequest,
  answer: Success,
): Step {
  if (request.kind === 'Delete') return step
  if (request.kind === 'Create') {
    create(ctx, operation, step, request, answer)
    return step
  }
  return step.work === 'restore'
    ? restore(ctx, step, request, answer)
    : update(ctx, operation, step, request, answer)
}

function stateOf({ requestId }: CustomRequest, { data, noEcho }: Success) {
  return { requestId, data, ...(noEcho ? { noEcho } : {}) }
}

function create(
  ctx: Context,
  operation: Operation,
  step: Step,
  request: CustomRequest,
  answer: Success,
): void {
  const reason = 'Resource creation Initiated'
  const made = resources.put(ctx, {
    ...currentResource(ctx, step),
    physicalId: answer.physicalId,
    state: stateOf(request, answer),
    statusReason: reason,
    updatedAtMs: ctx.now(),
  })
  const status = step.did === 'replaced' ? 'UPDATE_IN_PROGRESS' : 'CREATE_IN_PROGRESS'
  resourceTransition(ctx, step.stackId, made, { status, reason, token: operation.token })
}

/** Another physical id means that the provider made a new resource: the old one goes in the clean-up. */
function update(
  ctx: Context,
  operation: Operation,
  step: Step,
  request: CustomRequest,
  answer: Success,
): Step {
  const { physicalId } = answer
  const resource = resources.put(ctx, {
    ...currentResource(ctx, step),
    physicalId,
    state: stateOf(request, answer),
    updatedAtMs: ctx.now(),
  })
  if (physicalId === request.physicalId) return step
  resources.put(ctx, { ...resource, statusReason: replacedReason })
  resourceTransition(ctx, step.stackId, resource, {
    status: 'UPDATE_IN_PROGRESS',
    reason: replacedReason,
    token: operation.token,
  })
  return steps.put(ctx, { ...step, did: 'replaced' })
}

/** The way back of an update: what the provider then left behind goes in the clean-up of the rollback. */
function restore(ctx: Context, step: Step, request: CustomRequest, answer: Success): Step {
  const now = currentResource(ctx, step)
  const { statusReason: _, ...before } = step.before ?? now
  const { physicalId } = answer
  resources.put(ctx, {
    ...before,
    physicalId,
    state: stateOf(request, answer),
    status: now.status,
    updatedAtMs: ctx.now(),
  })
  const id = stepId('rollback-cleanup', step.logicalId)
  const left = physicalId !== request.physicalId
  const { properties, state } = now
  const { stackId, logicalId, type } = step
  steps.put(ctx, {
    ...(steps.get(ctx, stepKey(stackId, id)) ?? { waitsFor: [] }),
    stackId,
    id,
    logicalId,
    type,
    phase: 'rollback-cleanup',
    work: 'delete',
    status: left ? 'waiting' : 'done',
    target: {
      physicalId: request.physicalId,
      type: now.type,
      properties: step.attempted ?? properties,
      ...(state === undefined ? {} : { state }),
    },
  })
  return step
}
