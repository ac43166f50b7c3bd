import { SignalResource } from '@cloud-orrery/models/cloudformation'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { resourceTransition } from '../apply/journal-events.ts'
import { operations, type Step, steps } from '../apply/operation.ts'
import { failNow } from '../apply/work.ts'
import { waitConditionType } from '../engine/custom-types.ts'
import { isObject, type JsonObject, scalarText } from '../engine/json.ts'
import { resourceMissing, stackMissing, stackNotReady, validationError } from '../errors.ts'
import { endStep } from '../outside/end-step.ts'
import type { Ended } from '../outside/ended.ts'
import { aboutStack, stackOrThrow } from '../stack-lookup.ts'
import { resourceKey, resources, type StackResource } from '../state.ts'
import { signalKey, type WaitSignal, waitSignals } from './state.ts'
import { awaitedBy, judge, keepData } from './wait.ts'

/** Takes what was put to the URL of a handle. Undefined where no condition ends by it. */
export function takeWaitSignal(
  ctx: Context,
  receiver: string,
  text: () => string,
): Ended | undefined {
  const signal = readSignal(receiver, text())
  // The same signal again changes nothing: its sender did not hear that it had come.
  if (!waitSignals.has(ctx, signalKey(signal.receiver, signal.uniqueId)))
    waitSignals.put(ctx, signal)
  for (const resource of resources.where(ctx, 'physicalId', receiver)) {
    const ended = resource.type === waitConditionType ? ending(ctx, resource) : undefined
    if (ended !== undefined) return ended
  }
  return undefined
}

/** Source: CloudFormation User Guide, "Wait condition signal JSON format". */
function readSignal(receiver: string, text: string): WaitSignal {
  const body = parsed(text)
  const { Status: status, UniqueId: uniqueId, Reason: reason, Data: data } = body
  const isStatus = status === 'SUCCESS' || status === 'FAILURE'
  if (!isStatus || typeof uniqueId !== 'string' || uniqueId === '') {
    return { receiver, uniqueId: '', status: 'unparsable', reason: '', data: '' }
  }
  const said = scalarText(data) ?? (data === undefined ? '' : JSON.stringify(data))
  return { receiver, uniqueId, status, reason: scalarText(reason) ?? '', data: said }
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return {}
  }
}

/** How the step of a waiting resource ends now; undefined while it goes on waiting. */
function ending(ctx: Context, resource: StackResource): Ended | undefined {
  const awaited = awaitedBy(resource)
  const step = waitingStep(ctx, resource)
  const current = operations.get(ctx, resource.stackId)
  if (awaited === undefined || step === undefined || current === undefined) return undefined
  const verdict = judge(ctx, awaited)
  if (verdict === 'waiting') return undefined
  if (verdict === 'enough') {
    keepData(ctx, step, awaited)
    return { operation: current, step, how: 'done' }
  }
  failNow(ctx, current, step, verdict)
  return { operation: current, step, how: 'failed' }
}

function waitingStep(ctx: Context, { stackId, logicalId }: StackResource): Step | undefined {
  for (const step of steps.where(ctx, 'running', stackId)) {
    const waits = step.status === 'initiated' && step.phase === 'forward'
    if (step.logicalId === logicalId && waits) return step
  }
  return undefined
}

export const signalResource = operation(SignalResource, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName),
  provenance: 'modelled',
  run(ctx, { StackName, LogicalResourceId, UniqueId, Status }) {
    const status = Status === 'SUCCESS' ? 'SUCCESS' : 'FAILURE' // The model has no third.
    const stack = stackOrThrow(ctx, StackName, stackMissing)
    if (!stack.status.endsWith('_IN_PROGRESS')) {
      throw stackNotReady(stack.stackId, stack.status, 'signaled')
    }
    const resource = resources.get(ctx, resourceKey(stack.stackId, LogicalResourceId))
    if (resource === undefined) throw resourceMissing(LogicalResourceId, stack.name)
    const awaited = awaitedBy(resource)
    if (awaited?.byPolicy !== true || waitingStep(ctx, resource) === undefined) {
      throw validationError(
        `Resource ${LogicalResourceId} is in ${resource.status} state and can not be signaled.`,
      )
    }
    const signal: WaitSignal = {
      receiver: awaited.receiver,
      uniqueId: UniqueId,
      status,
      reason: '',
      data: '',
    }
    // Source: user reports of cfn-signal.
    if (waitSignals.has(ctx, signalKey(signal.receiver, signal.uniqueId)) && Status === 'SUCCESS') {
      throw validationError(
        `Signal with ID ${UniqueId} for resource ${LogicalResourceId} already exists. Signals may only be updated with a FAILURE status.`,
      )
    }
    waitSignals.put(ctx, signal)
    resourceTransition(ctx, stack.stackId, resource, {
      status: 'CREATE_IN_PROGRESS',
      reason: `Received ${Status} signal with UniqueId ${UniqueId}`,
    })
    const ended = ending(ctx, resource)
    if (ended !== undefined) endStep(ctx, ended)
    return {}
  },
})
