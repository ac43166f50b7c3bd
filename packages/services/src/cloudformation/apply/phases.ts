import { invariant } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import type { Context } from '../../context.ts'
import { evaluate, evaluateText, noValue } from '../engine/evaluate.ts'
import { dependencyGraph, type Graph } from '../engine/graph.ts'
import { scalarText } from '../engine/json.ts'
import { templateError } from '../errors.ts'
import { changeSets, type Stack, type StackOutput, stacks, templates } from '../state.ts'
import { publishExports, recordImports, withdrawExports } from './exports.ts'
import { stackTransition } from './journal-events.ts'
import { type Operation, operations, type Phase, type Step, stepKey, steps } from './operation.ts'
import {
  cleanupSteps,
  creationRollbackSteps,
  deletionSteps,
  livingResources,
  stepsOf,
  updateRollbackSteps,
} from './plan.ts'
import { failedResources, rollbackReason } from './reasons.ts'
import { liveEnvironment, templateOf } from './values.ts'

/** A phase to start. */
export interface NextPhase {
  readonly operation: Operation
  readonly phase: Phase
  readonly steps: readonly Step[]
}

/** What comes after a phase: the stack moves on, and the next phase is given back if there is one. */
export function phaseEnded(ctx: Context, operation: Operation): NextPhase | undefined {
  const { phase, kind } = operation
  const failed = stepsOf(ctx, operation.stackId, phase).filter(isUnfinished)
  switch (phase) {
    case 'forward':
      return failed.length > 0 || operation.reason !== undefined
        ? forwardFailed(ctx, operation)
        : forwardDone(ctx, operation)
    case 'cleanup':
      return end(ctx, operation, 'UPDATE_COMPLETE')
    case 'rollback':
      if (failed.length > 0) return rollbackFailed(ctx, operation)
      return kind === 'CREATE'
        ? end(ctx, operation, 'ROLLBACK_COMPLETE')
        : cleanUpRollback(ctx, operation)
    case 'rollback-cleanup':
      return end(ctx, operation, 'UPDATE_ROLLBACK_COMPLETE')
    case 'delete':
      return failed.length > 0
        ? end(ctx, operation, 'DELETE_FAILED', failedReason(ctx, operation))
        : deleted(ctx, operation)
  }
}

function cleanUpRollback(ctx: Context, operation: Operation): NextPhase {
  const { stackId, token } = operation
  stackTransition(ctx, stackId, { status: 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', token })
  return {
    operation,
    phase: 'rollback-cleanup',
    steps: stepsOf(ctx, stackId, 'rollback-cleanup'),
  }
}

function isUnfinished({ status }: Step): boolean {
  return status !== 'done'
}

function forwardDone(ctx: Context, operation: Operation): NextPhase | undefined {
  const stack = stackOf(ctx, operation)
  let outputs: readonly StackOutput[]
  try {
    outputs = stackOutputs(ctx, stack)
    publishExports(ctx, stack, outputs)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return forwardFailed(ctx, operations.put(ctx, { ...operation, reason: error.message }))
  }
  recordImports(ctx, stack)
  if (operation.kind === 'CREATE') {
    return end(ctx, operation, 'CREATE_COMPLETE', undefined, { outputs })
  }
  stackTransition(
    ctx,
    stack.stackId,
    { status: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', token: operation.token },
    {
      outputs,
      ...(operation.kind === 'UPDATE' ? { updatedAtMs: stack.updatedAtMs ?? ctx.now() } : {}),
    },
  )
  // A nested stack keeps what it replaced until its root's update has succeeded.
  if (stack.parentId !== undefined && operation.nested === true) return undefined
  return cleanup(ctx, operation, stack)
}

export function cleanup(ctx: Context, operation: Operation, stack: Stack): NextPhase {
  return { operation, phase: 'cleanup', steps: cleanupSteps(ctx, stack, graphOf(ctx, stack)) }
}

/** Outputs of a template whose resources are all there. */
function stackOutputs(ctx: Context, stack: Stack): readonly StackOutput[] {
  const template = templateOf(ctx, stack)
  const env = liveEnvironment(ctx, stack, template)
  const outputs: StackOutput[] = []
  for (const [key, output] of Object.entries(template.outputs)) {
    if (output.condition !== undefined && !env.condition(output.condition)) continue
    const value = evaluate(output.value, env)
    const text = value === noValue ? undefined : scalarText(value)
    if (text === undefined) {
      throw templateError(`The Value field of every Outputs member must evaluate to a String.`)
    }
    outputs.push({
      key,
      value: text,
      ...(output.description === undefined ? {} : { description: output.description }),
      ...(output.exportName === undefined
        ? {}
        : { exportName: evaluateText(output.exportName, env, `the export name of ${key}`) }),
    })
  }
  return outputs
}

export function graphOf(ctx: Context, stack: Stack): Graph {
  const template = templateOf(ctx, stack)
  return dependencyGraph(template, liveEnvironment(ctx, stack, template).condition)
}

function forwardFailed(ctx: Context, operation: Operation): NextPhase | undefined {
  const reason = operation.reason ?? failedReason(ctx, operation)
  const failed = operations.put(ctx, { ...operation, reason })
  // A nested stack that can not be made stays as it is: its parent's rollback deletes it.
  if (
    operation.onFailure === 'DO_NOTHING' ||
    (operation.nested === true && operation.kind === 'CREATE')
  ) {
    return end(ctx, failed, `${operation.kind}_FAILED`, reason)
  }
  if (operation.onFailure === 'DELETE') {
    stackTransition(ctx, operation.stackId, {
      status: 'DELETE_IN_PROGRESS',
      reason: `${reason.replace(/\. $/, '')}. Delete requested by user.`,
      token: operation.token,
    })
    stacks.update(ctx, operation.stackId, { deletedAtMs: ctx.now() })
    return deletion(ctx, failed)
  }
  return rollback(ctx, failed, operation.kind === 'CREATE' ? rollbackReason(reason) : reason)
}

/** Which resources failed, in the words of the stack's own event. Cancelled ones failed too. */
function failedReason(ctx: Context, { stackId, phase }: Operation): string {
  const failed = { create: [] as string[], update: [] as string[], delete: [] as string[] }
  for (const { work, did, before, status, logicalId } of stepsOf(ctx, stackId, phase)) {
    if (status !== 'failed' && status !== 'cancelled') continue
    if (work === 'delete') failed.delete.push(logicalId)
    else if (did === 'created' || before === undefined) failed.create.push(logicalId)
    else failed.update.push(logicalId)
  }
  return failedResources(failed)
}

/** Takes an operation back: the way of a failure, a cancellation, or RollbackStack. */
export function rollback(
  ctx: Context,
  operation: Operation,
  reason: string | undefined,
): NextPhase {
  const { stackId, kind, previous, token } = operation
  if (kind === 'CREATE') {
    const facts = { status: 'ROLLBACK_IN_PROGRESS', reason, token }
    // Recorded: a creation that is taken back shows when its deletion began.
    stackTransition(ctx, stackId, facts, { deletedAtMs: ctx.now() })
    return { operation, phase: 'rollback', steps: creationRollbackSteps(ctx, operation) }
  }
  invariant(previous !== undefined, 'an update keeps what was before')
  const { restore, cleanup } = updateRollbackSteps(ctx, operation)
  const { description: _d, roleArn: _r, ...stack } = stackOf(ctx, operation)
  stacks.put(ctx, { ...stack, ...previous })
  publishExports(ctx, stackOf(ctx, operation), previous.outputs)
  stackTransition(ctx, stackId, { status: 'UPDATE_ROLLBACK_IN_PROGRESS', reason, token })
  for (const step of cleanup) steps.put(ctx, step)
  return { operation, phase: 'rollback', steps: restore }
}

function rollbackFailed(ctx: Context, operation: Operation): undefined {
  const status = operation.kind === 'CREATE' ? 'ROLLBACK_FAILED' : 'UPDATE_ROLLBACK_FAILED'
  return end(ctx, operation, status, failedReason(ctx, operation))
}

export function deletion(ctx: Context, operation: Operation): NextPhase {
  dropSteps(ctx, operation.stackId, 'delete')
  const going = livingResources(ctx, operation.stackId)
  return {
    operation,
    phase: 'delete',
    steps: deletionSteps('delete', going, ({ deletionPolicy }) =>
      deletionPolicy === 'RetainExceptOnCreate' ? 'Retain' : deletionPolicy,
    ),
  }
}

function deleted(ctx: Context, operation: Operation): undefined {
  const { stackId } = operation
  withdrawExports(ctx, stackId)
  for (const phase of ['forward', 'cleanup', 'rollback', 'rollback-cleanup', 'delete'] as const) {
    dropSteps(ctx, stackId, phase)
  }
  return end(ctx, operation, 'DELETE_COMPLETE')
}

export function dropSteps(ctx: Context, stackId: string, phase: Phase): void {
  for (const { id } of stepsOf(ctx, stackId, phase)) steps.delete(ctx, stepKey(stackId, id))
}

function end(
  ctx: Context,
  operation: Operation,
  status: string,
  reason?: string,
  fields: Partial<Stack> = {},
): undefined {
  const stack = stackTransition(
    ctx,
    operation.stackId,
    { status, reason, token: operation.token },
    fields,
  )
  finishChangeSet(ctx, stack)
  if (operation.previous !== undefined && !status.endsWith('FAILED')) {
    const stale =
      stack.templateKey === operation.previous.templateKey
        ? undefined
        : operation.previous.templateKey
    if (stale !== undefined) templates.delete(ctx, stale)
  }
}

/** The change set that an operation executed ends with it; a stack that is gone forgets it. */
function finishChangeSet(ctx: Context, stack: Stack): void {
  const { changeSetId, ...rest } = stack
  if (changeSetId === undefined) return
  const good = /^(CREATE|UPDATE)_COMPLETE$/.test(stack.status)
  if (changeSets.get(ctx, changeSetId)?.executionStatus === 'EXECUTE_IN_PROGRESS') {
    changeSets.update(ctx, changeSetId, {
      executionStatus: good ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED',
    })
  }
  if (/^(DELETE|ROLLBACK)_/.test(stack.status)) stacks.put(ctx, rest)
}

function stackOf(ctx: Context, { stackId }: Operation): Stack {
  const stack = stacks.get(ctx, stackId)
  invariant(stack !== undefined, `stack ${stackId} is gone`)
  return stack
}
