import {
  CancelUpdateStack,
  ContinueUpdateRollback,
  RollbackStack,
} from '@cloud-orrery/models/cloudformation'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { stackTransition } from './apply/journal-events.ts'
import { callOff, operationOf, startPhase } from './apply/machine.ts'
import { operations, type Step, steps } from './apply/operation.ts'
import { rollback } from './apply/phases.ts'
import { stepsOf } from './apply/plan.ts'
import { stackMissing, stackWithIdMissing, validationError } from './errors.ts'
import { aboutStack, stackOrThrow } from './stack-lookup.ts'
import { checkRole } from './stacks.ts'
import { resources, stacks } from './state.ts'

export const cancelUpdateStack = operation(CancelUpdateStack, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName),
  provenance: 'modelled',
  run(ctx, { StackName, ClientRequestToken }) {
    const stack = stackOrThrow(ctx, StackName, stackMissing)
    if (stack.status !== 'UPDATE_IN_PROGRESS') {
      throw validationError(`CancelUpdateStack cannot be called from current stack status`)
    }
    const found = operationOf(ctx, stack.stackId)
    const cancelled = operations.put(ctx, {
      ...found,
      onFailure: 'ROLLBACK',
      ...(ClientRequestToken === undefined ? {} : { token: ClientRequestToken }),
    })
    callOff(ctx, cancelled, 'User Initiated')
    return {}
  },
})

export const continueUpdateRollback = operation(ContinueUpdateRollback, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName, { RoleARN: input.RoleARN }),
  provenance: 'modelled',
  refuses: ['ForceRollback'],
  async run(ctx, { StackName, RoleARN, ResourcesToSkip = [], ClientRequestToken }) {
    await checkRole(ctx, RoleARN)
    const stack = stackOrThrow(ctx, StackName, stackWithIdMissing)
    const { stackId } = stack
    if (stack.status !== 'UPDATE_ROLLBACK_FAILED') {
      throw validationError(
        `Stack:${stackId} is in ${stack.status} state and can not continue rolling back.`,
      )
    }
    refuseSkipping(ctx, stackId, ResourcesToSkip)
    const found = operationOf(ctx, stackId)
    stacks.update(ctx, stackId, {
      caller: ctx.caller,
      ...(RoleARN === undefined ? {} : { roleArn: RoleARN }),
    })
    const resumed = operations.put(ctx, {
      ...found,
      id: ctx.ids.uuid(),
      resumedBy: 'CONTINUE_ROLLBACK',
      ...(ClientRequestToken === undefined ? {} : { token: ClientRequestToken }),
    })
    stackTransition(ctx, stackId, {
      status: 'UPDATE_ROLLBACK_IN_PROGRESS',
      reason: 'User Initiated',
      token: resumed.token,
    })
    const left = stepsOf(ctx, stackId, 'rollback').filter(({ status }) => status !== 'done')
    const again = left.map((step): Step => {
      if (!ResourcesToSkip.includes(step.logicalId)) return { ...step, status: 'waiting' }
      return { ...step, status: 'done' }
    })
    for (const step of again) if (step.status === 'done') skip(ctx, step)
    startPhase(ctx, { operation: resumed, phase: 'rollback', steps: again })
    return {}
  },
})

/** AWS marks what it skips as updated, whatever the resource really is. Source: API reference, `ResourcesToSkip`. */
function skip(ctx: Context, step: Step): void {
  steps.put(ctx, step)
  const { before } = step
  if (before === undefined) return
  resources.put(ctx, { ...before, status: 'UPDATE_COMPLETE', updatedAtMs: ctx.now() })
}

/** Only what failed on the way back can be skipped. Source: API reference, `ResourcesToSkip`. */
function refuseSkipping(ctx: Context, stackId: string, names: readonly string[]): void {
  const failed = new Set(
    stepsOf(ctx, stackId, 'rollback')
      .filter(({ status }) => status === 'failed')
      .map(({ logicalId }) => logicalId),
  )
  const wrong = names.filter((name) => !failed.has(name))
  if (wrong.length > 0) {
    throw validationError(
      `ResourcesToSkip [${wrong.join(', ')}] are not in UPDATE_FAILED state. Only resources in UPDATE_FAILED state can be skipped.`,
    )
  }
}

export const rollbackStack = operation(RollbackStack, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName, { RoleARN: input.RoleARN }),
  provenance: 'modelled',
  async run(ctx, { StackName, RoleARN, ClientRequestToken, RetainExceptOnCreate }) {
    await checkRole(ctx, RoleARN)
    const stack = stackOrThrow(ctx, StackName, stackWithIdMissing)
    const { stackId } = stack
    if (stack.status !== 'CREATE_FAILED' && stack.status !== 'UPDATE_FAILED') {
      throw validationError(
        `Stack:${stackId} is in ${stack.status} state and can not be rolled back.`,
      )
    }
    stacks.update(ctx, stackId, {
      caller: ctx.caller,
      ...(RoleARN === undefined ? {} : { roleArn: RoleARN }),
    })
    const resumed = operations.put(ctx, {
      ...operationOf(ctx, stackId),
      id: ctx.ids.uuid(),
      resumedBy: 'ROLLBACK',
      retainExceptOnCreate: RetainExceptOnCreate ?? false,
      ...(ClientRequestToken === undefined ? {} : { token: ClientRequestToken }),
    })
    startPhase(ctx, rollback(ctx, resumed, 'User Initiated'))
    return { StackId: stackId, OperationId: resumed.id }
  },
})
