import { invariant } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import type { Context } from '../../context.ts'
import { type Task, task } from '../../define.ts'
import { nestedStackType } from '../engine/resource-types.ts'
import { handlerDelayMs, operationDelayMs } from '../limits.ts'
import { expiryReason, outsideWorker } from '../outside/work.ts'
import { stacks } from '../state.ts'
import { begin } from './begin.ts'
import { forwardPhase } from './forward.ts'
import { childCleanups, childOutcome, workOnChild } from './nested.ts'
import {
  type NewOperation,
  type Operation,
  operations,
  type Phase,
  type Step,
  stepKey,
  steps,
} from './operation.ts'
import { deletion, type NextPhase, phaseEnded } from './phases.ts'
import { cancelRunning, isRunning, isStopping, released } from './progress.ts'
import { readiness, readinessDelayMs } from './readiness.ts'
import { completeStep, doWork, failNow } from './work.ts'

/**
 * The machine that works off stack operations. A phase is a set of steps; each begins when those it waits
 * for are done, all that can run run side by side, and when nothing runs any more the phase has ended.
 * All of it is records and tasks, so that a snapshot or a fork made halfway goes on the same.
 */

interface OperationInput {
  readonly stackId: string
  readonly operationId: string
}

export interface StepInput extends OperationInput {
  readonly stepId: string
}

/** Makes an operation of a stack whose record is written, and schedules its work. */
export function startOperation(ctx: Context, facts: NewOperation): Operation {
  const { stackId } = facts
  const stack = stacks.get(ctx, stackId)
  invariant(stack !== undefined, `stack ${stackId} is gone`)
  for (const { id } of [...steps.where(ctx, 'stack', stackId)])
    steps.delete(ctx, stepKey(stackId, id))
  const operation = operations.put(ctx, {
    ...facts,
    id: ctx.ids.uuid(),
    requestToken: ctx.ids.uuid(),
    phase: facts.kind === 'DELETE' ? 'delete' : 'forward',
  })
  const input = { stackId, operationId: operation.id }
  ctx.after(operationDelayMs, start, input)
  if (facts.kind === 'CREATE' && stack.timeoutMinutes !== undefined) {
    ctx.after(stack.timeoutMinutes * 60_000, timeOut, input)
  }
  return operation
}

/** First turn of an operation. */
export const start = task<OperationInput>('cloudformation.start', {
  run(ctx, input) {
    const operation = currentOperation(ctx, input)
    const stack = stacks.get(ctx, input.stackId)
    if (operation === undefined || stack === undefined) return
    if (operation.kind === 'DELETE') {
      startPhase(ctx, deletion(ctx, operation))
      return
    }
    // A transform failed: there is nothing to begin with.
    if (operation.reason !== undefined) {
      goOn(ctx, operation)
      return
    }
    try {
      startPhase(ctx, forwardPhase(ctx, operation, stack))
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      callOff(ctx, operation, error.message)
    }
  },
})

/** Starts a phase with its steps. What is ready begins at once. */
export function startPhase(ctx: Context, next: NextPhase): void {
  const operation = operations.put(ctx, { ...next.operation, phase: next.phase })
  for (const step of next.steps) steps.put(ctx, step)
  const ready = next.steps.filter(
    ({ status, waitsFor }) =>
      status === 'waiting' &&
      waitsFor.every((id) => steps.get(ctx, stepKey(operation.stackId, id))?.status === 'done'),
  )
  run(
    ctx,
    operation,
    ready.map(({ id }) => id),
  )
}

/** Begins steps, and what becomes ready by those that end at once; then looks whether the phase has ended. */
function run(ctx: Context, operation: Operation, ready: readonly string[]): void {
  const queue = [...ready]
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    if (isStopping(ctx, operation)) break
    const step = steps.get(ctx, stepKey(operation.stackId, id))
    if (step === undefined || step.status !== 'waiting') continue
    const beginning = begin(ctx, operation, step)
    if (beginning === 'begun') schedule(ctx, operation, id, handlerDelayMs, work)
    else if (beginning === 'done') queue.push(...released(ctx, operation.stackId, id))
  }
  if (isStopping(ctx, operation)) cancelRunning(ctx, operation)
  if (!isRunning(ctx, operation.stackId)) {
    const { stackId, id: operationId, phase } = operation
    // A turn of its own: phases that end at once would otherwise call each other ever deeper.
    ctx.after(0, settle, { stackId, operationId, phase })
  }
}

function schedule(
  ctx: Context,
  operation: Operation,
  stepId: string,
  delayMs: number,
  turn: Task<StepInput>,
): void {
  const { stackId, id: operationId } = operation
  const taskId = ctx.after(delayMs, turn, { stackId, operationId, stepId })
  steps.update(ctx, stepKey(stackId, stepId), { taskId })
}

/** The turn after a phase in which nothing runs any more. */
export const settle = task<OperationInput & { readonly phase: Phase }>('cloudformation.settle', {
  run(ctx, input) {
    const operation = currentOperation(ctx, input)
    if (operation?.phase !== input.phase || isRunning(ctx, input.stackId)) return
    goOn(ctx, operation)
  },
})

function goOn(ctx: Context, operation: Operation): void {
  const next = phaseEnded(ctx, operation)
  if (next?.phase === 'cleanup')
    for (const child of childCleanups(ctx, operation)) startPhase(ctx, child)
  if (next !== undefined) startPhase(ctx, next)
  tellParent(ctx, operation.stackId)
}

/** Calls a resource's handler. */
export const work = task<StepInput>('cloudformation.work', {
  async run(ctx, input) {
    const operation = currentOperation(ctx, input)
    const step = steps.get(ctx, stepKey(input.stackId, input.stepId))
    const stack = stacks.get(ctx, input.stackId)
    if (operation === undefined || step?.status !== 'begun' || stack === undefined) return
    const type = step.target?.type ?? step.type
    const worker = type === nestedStackType ? workOnChild : (outsideWorker(type) ?? doWork)
    const outcome = await worker(ctx, operation, step, stack)
    switch (outcome.kind) {
      case 'initiated':
        steps.update(ctx, stepKey(input.stackId, input.stepId), { status: 'initiated' })
        schedule(
          ctx,
          operation,
          input.stepId,
          outcome.durationMs,
          outcome.settles ? stabilize : finish,
        )
        return
      case 'failed':
        stepFailed(ctx, operation, input.stepId)
        return
      case 'outside':
        steps.update(ctx, stepKey(input.stackId, input.stepId), { status: 'initiated' })
        schedule(ctx, operation, input.stepId, outcome.limitMs, expire)
        return
      case 'child':
        steps.update(ctx, stepKey(input.stackId, input.stepId), { status: 'initiated' })
        if (outcome.phase !== undefined) startPhase(ctx, outcome.phase)
        if (outcome.operation !== undefined) startOperation(ctx, outcome.operation)
        return
      case 'overtaken':
    }
  },
})

/** A nested stack has moved on: the step of its parent that waits for it ends, if it is done for. */
export const childMoved = task<{ parentId: string; logicalId: string }>(
  'cloudformation.childMoved',
  {
    run(ctx, { parentId, logicalId }) {
      const operation = operations.get(ctx, parentId)
      if (operation === undefined) return
      for (const step of [...steps.where(ctx, 'running', parentId)]) {
        if (step.logicalId !== logicalId || step.status !== 'initiated') continue
        const outcome = childOutcome(ctx, operation, step)
        if (outcome === 'done') stepDone(ctx, operation, step)
        else if (outcome === 'failed') stepFailed(ctx, operation, step.id)
      }
    },
  },
)

function tellParent(ctx: Context, stackId: string): void {
  const stack = stacks.get(ctx, stackId)
  if (stack?.parentId === undefined || stack.parentLogicalId === undefined) return
  ctx.after(0, childMoved, { parentId: stack.parentId, logicalId: stack.parentLogicalId })
}

/** Asks a resource that was made whether it is ready; if not, again a little later. */
export const stabilize = task<StepInput>('cloudformation.stabilize', {
  async run(ctx, input) {
    const operation = currentOperation(ctx, input)
    const step = steps.get(ctx, stepKey(input.stackId, input.stepId))
    const stack = stacks.get(ctx, input.stackId)
    if (operation === undefined || step?.status !== 'initiated' || stack === undefined) return
    switch (await readiness(ctx, operation, step, stack)) {
      case 'ready':
        stepDone(ctx, operation, step)
        return
      case 'not yet':
        schedule(ctx, operation, input.stepId, readinessDelayMs, stabilize)
        return
      case 'failed':
        stepFailed(ctx, operation, input.stepId)
        return
      case 'overtaken':
    }
  },
})

/** The resource of a step is ready. */
export const finish = task<StepInput>('cloudformation.finish', {
  run(ctx, input) {
    const operation = currentOperation(ctx, input)
    const step = steps.get(ctx, stepKey(input.stackId, input.stepId))
    if (operation === undefined || step?.status !== 'initiated') return
    stepDone(ctx, operation, step)
  },
})

/** What a step waits for outside did not come in time. */
export const expire = task<StepInput>('cloudformation.expire', {
  run(ctx, input) {
    const operation = currentOperation(ctx, input)
    const step = steps.get(ctx, stepKey(input.stackId, input.stepId))
    if (operation === undefined || step?.status !== 'initiated') return
    failNow(ctx, operation, step, expiryReason(ctx, operation, step))
    stepFailed(ctx, operation, step.id)
  },
})

/** Ends a step well and begins what waited for it. */
export function stepDone(ctx: Context, operation: Operation, step: Step): void {
  completeStep(ctx, operation, step)
  steps.update(ctx, stepKey(step.stackId, step.id), { status: 'done' })
  run(ctx, operation, released(ctx, operation.stackId, step.id))
}

/**
 * Ends a step badly. On the way forward the others are cancelled, unless what was made is to be kept; on
 * the way back and in clean-ups whatever does not depend on it goes on.
 */
export function stepFailed(ctx: Context, operation: Operation, stepId: string): void {
  steps.update(ctx, stepKey(operation.stackId, stepId), { status: 'failed' })
  run(ctx, operation, [])
}

/** Calls an operation off on its way forward, for a reason that is no resource's. */
export function callOff(ctx: Context, operation: Operation, reason: string): void {
  const stopped = operations.put(ctx, { ...operation, reason })
  cancelRunning(ctx, stopped)
  goOn(ctx, stopped)
}

export const timeOut = task<OperationInput>('cloudformation.timeOut', {
  run(ctx, input) {
    const operation = currentOperation(ctx, input)
    const stack = stacks.get(ctx, input.stackId)
    if (operation?.phase !== 'forward' || stack?.status !== 'CREATE_IN_PROGRESS') return
    callOff(ctx, operation, 'Stack creation time exceeded the specified timeout')
  },
})

/** The operation that a task is about, if it is still the stack's. */
function currentOperation(
  ctx: Context,
  { stackId, operationId }: OperationInput,
): Operation | undefined {
  const operation = operations.get(ctx, stackId)
  return operation?.id === operationId ? operation : undefined
}

export function operationOf(ctx: Context, stackId: string): Operation {
  const operation = operations.get(ctx, stackId)
  invariant(operation !== undefined, `stack ${stackId} has no operation`)
  return operation
}
