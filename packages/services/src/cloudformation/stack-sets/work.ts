import { AwsError } from '@cloud-orrery/models'
import {
  CreateStack,
  DeleteStack,
  type Parameter,
  UpdateStack,
} from '@cloud-orrery/models/cloudformation'
import type { Caller, CallOptions, Context } from '../../context.ts'
import { events, type Stack, stacks } from '../state.ts'
import { askAccountGate } from './account-gate.ts'
import { detectInTarget, watchDetection } from './drift-work.ts'
import { executionCaller } from './roles.ts'
import {
  type DetailedStatus,
  instanceKey,
  resultKey,
  type SetOperation,
  type StackInstance,
  type StackSet,
  setResults,
  stackInstances,
  stackSets,
} from './state.ts'

interface Place {
  readonly account: string
  readonly region: string
}

export type TargetOutcome =
  | { readonly kind: 'busy' }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string }

/** Begins what an operation does in one account and region, as its execution role. */
export async function workOnTarget(
  ctx: Context,
  operation: SetOperation,
  place: Place,
): Promise<TargetOutcome> {
  const set = stackSets.get(ctx, operation.setId)
  const instance = instanceAt(ctx, operation, place)
  if (set === undefined || instance === undefined) return { kind: 'done' }
  if (operation.retainStacks === true) return { kind: 'done' }
  try {
    const caller = await executionCaller(ctx, set, place.account)
    const gate = await askAccountGate(ctx, operation, place, caller)
    noteGate(ctx, operation, place, gate)
    if (gate.status === 'FAILED') {
      return { kind: 'failed', reason: `Account gate check failed: ${gate.reason ?? ''}` }
    }
    return await beginWork(ctx, operation, set, instance, caller)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (error.message === 'No updates are to be performed.') return { kind: 'done' }
    noteGate(ctx, operation, place, { status: 'SKIPPED', reason: error.message })
    return { kind: 'failed', reason: error.message }
  }
}

async function beginWork(
  ctx: Context,
  operation: SetOperation,
  set: StackSet,
  instance: StackInstance,
  caller: Caller,
): Promise<TargetOutcome> {
  const place: CallOptions = {
    as: { caller },
    accountId: instance.account,
    region: instance.region,
  }
  const stack = stackOf(ctx, instance)
  switch (operation.action) {
    case 'DETECT_DRIFT':
      return await detectInTarget(ctx, operation, instance, place)
    case 'DELETE':
      if (stack === undefined) return { kind: 'done' }
      await ctx.call(DeleteStack, { StackName: stack.stackId }, place)
      return { kind: 'busy' }
    default:
      await makeStack(ctx, set, instance, stack, place)
      return { kind: 'busy' }
  }
}

/** Creates the stack of an instance, or updates the one that is there. */
async function makeStack(
  ctx: Context,
  set: StackSet,
  instance: StackInstance,
  stack: Stack | undefined,
  place: CallOptions,
): Promise<void> {
  const definition = {
    TemplateBody: set.template,
    Parameters: parametersOf(set, instance),
    Capabilities: set.capabilities as 'CAPABILITY_IAM'[], // The request's own.
    Tags: set.tags.map(({ key, value }) => ({ Key: key, Value: value })),
  }
  if (stack !== undefined) {
    await ctx.call(UpdateStack, { StackName: stack.stackId, ...definition }, place)
    return
  }
  const StackName = `StackSet-${set.name}-${ctx.ids.uuid()}`
  // Source: user guide, "Troubleshooting StackSets": the stack of a creation that failed is deleted.
  const input = { StackName, OnFailure: 'DELETE' as const, ...definition }
  const { StackId = '' } = await ctx.call(CreateStack, input, place)
  const now = stackInstances.get(ctx, keyOf(instance)) ?? instance
  stackInstances.put(ctx, { ...now, stackId: StackId })
}

/** The stack set's parameters with those that the instance overrides. */
function parametersOf(set: StackSet, { overrides }: StackInstance): readonly Parameter[] {
  const values = new Map(set.parameters.map(({ key, value }) => [key, value]))
  for (const { key, value } of overrides) values.set(key, value)
  return [...values].map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }))
}

/** How the work on a stack stands: AWS's own record of it, in its account and region. */
export function watchTarget(ctx: Context, operation: SetOperation, place: Place): TargetOutcome {
  if (operation.action === 'DETECT_DRIFT') return watchDetection(ctx, operation, place)
  const instance = instanceAt(ctx, operation, place)
  const stack = instance && stackOf(ctx, instance, 'deleted too')
  if (stack === undefined) return { kind: 'done' }
  const { status } = stack
  if (status.endsWith('_IN_PROGRESS')) return { kind: 'busy' }
  const deleting = operation.action === 'DELETE'
  const good = deleting
    ? status === 'DELETE_COMPLETE'
    : status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE'
  return good ? { kind: 'done' } : { kind: 'failed', reason: failureOf(ctx, stack) }
}

/** The first resource of a stack that failed by itself. Source: user reports of operation results. */
function failureOf(ctx: Context, stack: Stack): string {
  const [, , , region = '', accountId = ''] = stack.stackId.split(':')
  const failures = [...events.where(ctx.at({ accountId, region }), 'stack', stack.stackId)]
    .sort((a, b) => a.sequence - b.sequence)
    .filter(({ status, reason = '' }) => status.endsWith('_FAILED') && !/cancell?ed/i.test(reason))
  const last = failures.findLastIndex(({ logicalId }) => logicalId === stack.name)
  const failure = failures.find(({ type }) => type !== 'AWS::CloudFormation::Stack')
  if (failure === undefined) return failures[last]?.reason ?? stack.statusReason ?? stack.status
  const { logicalId, type, reason = '' } = failure
  return `ResourceLogicalId:${logicalId}, ResourceType:${type}, ResourceStatusReason:${reason}.`
}

/** Writes down how it ended in one account and region. */
export function targetEnded(
  ctx: Context,
  operation: SetOperation,
  place: Place,
  outcome: TargetOutcome,
): void {
  const failed = outcome.kind === 'failed'
  const key = resultKey(operation.setId, operation.id, place.account, place.region)
  const result = setResults.get(ctx, key)
  if (result !== undefined) {
    setResults.put(ctx, {
      ...result,
      status: failed ? 'FAILED' : 'SUCCEEDED',
      ...(failed ? { reason: outcome.reason } : {}),
    })
  }
  const instance = instanceAt(ctx, operation, place)
  if (instance === undefined) return
  if (operation.action === 'DELETE' && !failed) stackInstances.delete(ctx, keyOf(instance))
  else stackInstances.put(ctx, afterWork(ctx, operation, instance, outcome))
}

function afterWork(
  ctx: Context,
  { action }: SetOperation,
  instance: StackInstance,
  outcome: TargetOutcome,
): StackInstance {
  const { statusReason: _, ...rest } = instance
  const stack = stackOf(ctx, instance)
  if (outcome.kind !== 'failed') {
    const done = { ...rest, detailedStatus: 'SUCCEEDED' as const }
    if (action !== 'DETECT_DRIFT') return { ...done, status: 'CURRENT' }
    return { ...done, ...driftOf(stack) }
  }
  const stuck = action === 'DELETE' && stack?.status === 'DELETE_FAILED'
  const detailedStatus: DetailedStatus = stuck ? 'INOPERABLE' : 'FAILED'
  const status = action === 'DETECT_DRIFT' ? instance.status : stuck ? 'INOPERABLE' : 'OUTDATED'
  const failed = { ...rest, status, detailedStatus, statusReason: outcome.reason }
  if (stack !== undefined) return failed
  const { stackId: __, ...without } = failed
  return without
}

/** What the stack's own drift detection found. */
function driftOf(
  stack: Stack | undefined,
): Pick<StackInstance, 'driftStatus' | 'driftCheckedAtMs'> {
  const { driftStatus, driftCheckedAtMs } = stack ?? {}
  return {
    driftStatus:
      driftStatus === 'DRIFTED' || driftStatus === 'IN_SYNC' ? driftStatus : 'NOT_CHECKED',
    ...(driftCheckedAtMs === undefined ? {} : { driftCheckedAtMs }),
  }
}

function noteGate(
  ctx: Context,
  { setId, id }: SetOperation,
  { account, region }: Place,
  gate: { readonly status: string; readonly reason?: string },
): void {
  const result = setResults.get(ctx, resultKey(setId, id, account, region))
  if (result !== undefined && result.gate === undefined) setResults.put(ctx, { ...result, gate })
}

function instanceAt(
  ctx: Context,
  { setId }: SetOperation,
  { account, region }: Place,
): StackInstance | undefined {
  return stackInstances.get(ctx, instanceKey(setId, account, region))
}

function keyOf({ setId, account, region }: StackInstance): string {
  return instanceKey(setId, account, region)
}

/** The stack of an instance, unless it is deleted. */
function stackOf(
  ctx: Context,
  { account, region, stackId = '' }: StackInstance,
  which: 'living' | 'deleted too' = 'living',
): Stack | undefined {
  const stack = stacks.get(ctx.at({ accountId: account, region }), stackId)
  return stack?.status === 'DELETE_COMPLETE' && which === 'living' ? undefined : stack
}
