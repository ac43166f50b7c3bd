import type { Context } from '../../context.ts'
import { resourceTransition } from '../apply/journal-events.ts'
import { type Operation, type Step, stepKey, steps } from '../apply/operation.ts'
import { liveEnvironment, templateOf } from '../apply/values.ts'
import { currentResource, failNow, readyProperties, type WorkOutcome } from '../apply/work.ts'
import { evaluate, noValue } from '../engine/evaluate.ts'
import { isObject, type Json, type JsonObject, scalarText } from '../engine/json.ts'
import { waitSecondsMax } from '../limits.ts'
import { resources, type Stack } from '../state.ts'
import { receiverArn, signalKey, type WaitSignal, waitSignals } from './state.ts'

/** What a wait condition waits for. */
export interface Awaited {
  readonly receiver: string
  readonly count: number
  readonly seconds: number
  /** By SignalResource; else by the URL of a handle. */
  readonly byPolicy: boolean
}

export async function workOnWaitCondition(
  ctx: Context,
  operation: Operation,
  step: Step,
  stack: Stack,
): Promise<WorkOutcome> {
  if (step.work === 'delete' || step.work === 'restore') return { kind: 'initiated', durationMs: 0 }
  const fail = (reason: string): WorkOutcome => {
    failNow(ctx, operation, step, reason)
    return { kind: 'failed' }
  }
  // Source: CloudFormation User Guide, AWS::CloudFormation::WaitCondition: updates are not supported.
  if (step.did !== 'created') {
    return fail('Update to resource type AWS::CloudFormation::WaitCondition is not supported.')
  }
  const wanted = currentResource(ctx, step).properties
  const properties = await readyProperties(ctx, operation, step, stack, wanted)
  if (properties === undefined) return { kind: 'failed' }
  const awaited = awaitedOf(ctx, stack, step, properties)
  if (typeof awaited === 'string') return fail(awaited)
  if (steps.get(ctx, stepKey(step.stackId, step.id))?.status !== 'begun')
    return { kind: 'overtaken' }
  const reason = 'Resource creation Initiated'
  const { receiver } = awaited
  // A signal that came before is counted; one by policy can only come from now on.
  if (awaited.byPolicy) forgetSignals(ctx, receiver)
  const made = resources.put(ctx, {
    ...currentResource(ctx, step),
    physicalId: receiver,
    state: { physicalId: receiver, awaited: { ...awaited } },
    statusReason: reason,
    updatedAtMs: ctx.now(),
  })
  const facts = { status: 'CREATE_IN_PROGRESS', reason, token: operation.token }
  resourceTransition(ctx, step.stackId, made, facts)
  const verdict = judge(ctx, awaited)
  if (verdict === 'waiting') return { kind: 'outside', limitMs: awaited.seconds * 1000 }
  if (verdict !== 'enough') return fail(verdict)
  keepData(ctx, step, awaited)
  return { kind: 'initiated', durationMs: 0 }
}

export function forgetSignals(ctx: Context, receiver: string): void {
  for (const { uniqueId } of [...waitSignals.where(ctx, 'receiver', receiver)]) {
    waitSignals.delete(ctx, signalKey(receiver, uniqueId))
  }
}

/** What the properties or the creation policy ask for. A text: what is wrong with them. */
function awaitedOf(
  ctx: Context,
  stack: Stack,
  step: Step,
  properties: JsonObject,
): Awaited | string {
  const policy = signalPolicy(ctx, stack, step.logicalId)
  if (policy !== undefined) {
    const seconds = durationSeconds(scalarText(policy['Timeout']) ?? 'PT5M')
    if (seconds === undefined) {
      return `Invalid Timeout ${scalarText(policy['Timeout']) ?? ''} in CreationPolicy: it is no ISO 8601 duration`
    }
    const count = Number(scalarText(policy['Count']) ?? '1')
    const receiver = receiverArn(step.stackId, step.logicalId)
    return { receiver, count, seconds, byPolicy: true }
  }
  const url = scalarText(properties['Handle'])
  if (url === undefined) return 'Property Handle cannot be empty.'
  const timeout = scalarText(properties['Timeout'])
  if (timeout === undefined) return 'Property Timeout cannot be empty.'
  const seconds = Number(timeout)
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > waitSecondsMax) {
    return `Value of property Timeout must be between 0 and ${waitSecondsMax}`
  }
  const receiver = receiverOf(url)
  if (receiver === undefined)
    return 'Value of property Handle must be the URL of a WaitConditionHandle'
  return {
    receiver,
    count: Number(scalarText(properties['Count']) ?? '1'),
    seconds,
    byPolicy: false,
  }
}

/** `ResourceSignal` of a resource's creation policy, functions worked out. */
export function signalPolicy(
  ctx: Context,
  stack: Stack,
  logicalId: string,
): JsonObject | undefined {
  const template = templateOf(ctx, stack)
  const policy = template.resources[logicalId]?.creationPolicy
  if (policy === undefined) return undefined
  const value = evaluate(policy, liveEnvironment(ctx, stack, template))
  const signal: Json | undefined =
    value !== noValue && isObject(value) ? value['ResourceSignal'] : undefined
  return isObject(signal) ? signal : {}
}

/** The handle that a URL leads to. */
function receiverOf(url: string): string | undefined {
  const path = URL.parse(url)?.pathname
  const arn = path === undefined ? '' : decodeURIComponent(path.slice(1))
  return arn.startsWith('arn:') ? arn : undefined
}

/** Seconds of an ISO 8601 duration in days, hours, minutes and seconds. */
function durationSeconds(text: string): number | undefined {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text)
  if (match === null || text.length < 3) return undefined
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)
}

/** Whether the signals are there. Another text: why the condition has failed. */
export function judge(ctx: Context, { receiver, count, byPolicy }: Awaited): string {
  const signals = [...waitSignals.where(ctx, 'receiver', receiver)]
  const failed = signals.find(({ status }) => status !== 'SUCCESS')
  if (failed !== undefined) return failureReason(failed, byPolicy)
  return signals.length >= count ? 'enough' : 'waiting'
}

/** Source: user reports of wait conditions and of creation policies. */
function failureReason({ status, reason, uniqueId }: WaitSignal, byPolicy: boolean): string {
  if (byPolicy) return `Received FAILURE signal with UniqueId ${uniqueId}`
  if (status === 'unparsable') return 'Unparsable WaitCondition data'
  return `WaitCondition received failed message: '${reason}' for uniqueId: ${uniqueId}`
}

/** The condition's `Data`: what each signal said, by its id. */
export function keepData(ctx: Context, step: Step, { receiver }: Awaited): void {
  const resource = currentResource(ctx, step)
  const said = [...waitSignals.where(ctx, 'receiver', receiver)].map(({ uniqueId, data }) => [
    uniqueId,
    data,
  ])
  const Data = JSON.stringify(Object.fromEntries(said))
  resources.put(ctx, { ...resource, state: { ...resource.state, Data } })
}

/** What a resource that waits keeps of it; undefined for others. */
export function awaitedBy({ state }: { readonly state?: JsonObject }): Awaited | undefined {
  const awaited = state?.['awaited']
  // Written by `workOnWaitCondition` only.
  return isObject(awaited) ? (awaited as unknown as Awaited) : undefined
}

/** Source: user reports of wait conditions and of creation policies. */
export function missingSignalsReason(ctx: Context, step: Step): string {
  const awaited = awaitedBy(currentResource(ctx, step))
  const { receiver = '', count = 0, byPolicy = false } = awaited ?? {}
  const received = [...waitSignals.where(ctx, 'receiver', receiver)].length
  return byPolicy
    ? `Failed to receive ${count - received} resource signal(s) within the specified duration`
    : `WaitCondition timed out. Received ${received} conditions when expecting ${count}`
}
