import type { HistoryEventType } from '@cloud-orrery/models/states'
import { taskResource } from '../asl/task-resource.ts'
import { countsOf, latestChildren } from './map-children.ts'
import { dataDetails } from './moves.ts'
import type { EventDetails, Run } from './run.ts'
import { mapRuns } from './state.ts'
import { abortTask, mapRunTask } from './task-names.ts'
import { itemsKey, mapItems, type Thread, taskTokens, threadKey, threads } from './threads.ts'

type Ending =
  | { readonly status: 'SUCCEEDED'; readonly output: string }
  | {
      readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'
      readonly error?: string
      readonly cause?: string
    }

/** Longest error and cause, in characters. Source: Step Functions API Reference, SensitiveError and SensitiveCause. */
const errorLengthMax = 256
const causeLengthMax = 32_768

/** Ends an execution: its last event, its status, and nothing of it pending any more. */
export function endExecution(run: Run, ending: Ending, previous: number): void {
  const { type, details } = lastEvent(ending)
  run.event(undefined, type, details, { previous })
  const { expiryId, ...rest } = run.execution
  if (expiryId !== undefined) run.ctx.cancel(expiryId)
  const stoppedAtMs = run.ctx.now()
  if (ending.status === 'SUCCEEDED') {
    run.execution = { ...rest, status: ending.status, stoppedAtMs, output: ending.output }
  } else {
    const { status, ...reason } = ending
    run.execution = { ...rest, status, stoppedAtMs, ...shortened(reason) }
  }
  run.ready.length = 0
  if (ending.status === 'SUCCEEDED' || run.execution.type === 'EXPRESS') {
    run.remove('0', (thread) => release(run, thread))
  } else halt(run)
  run.ports.statusChanged?.(run.ctx, run.execution, run.engine)
  run.ctx.wake(endedKey(run.execution.executionArn))
  tellMapRun(run)
}

/** The run of a distributed Map state hears of its children's ends. */
function tellMapRun(run: Run): void {
  const { mapRunArn, executionArn } = run.execution
  const mapRun = mapRunArn === undefined ? undefined : mapRuns.get(run.ctx, mapRunArn)
  if (mapRun === undefined || mapRun.status !== 'RUNNING') return
  run.ctx.after(0, mapRunTask, {
    executionArn: mapRun.executionArn,
    threadId: mapRun.threadId,
    of: mapRun.mapRunArn,
    step: 'child',
    childArn: executionArn,
  })
}

/** The children of a run that came to an end too early. */
export function abortMapRun(run: Run, mapRunArn: string, status: 'FAILED' | 'ABORTED'): void {
  const { ctx } = run
  const mapRun = mapRuns.update(ctx, mapRunArn, { status, stoppedAtMs: ctx.now() })
  for (const { executionArn, status } of latestChildren(ctx, mapRunArn)) {
    if (status === 'RUNNING') run.engine.stopExecution(ctx, executionArn)
  }
  mapRuns.update(ctx, mapRunArn, countsOf(ctx, mapRun, latestChildren(ctx, mapRunArn)))
}

/** Who waits for the end of an execution waits for this. */
export function endedKey(executionArn: string): string {
  return `states.ended/${executionArn}`
}

function shortened(reason: { readonly error?: string; readonly cause?: string }): typeof reason {
  const { error, cause } = reason
  return {
    ...(error === undefined ? {} : { error: error.slice(0, errorLengthMax) }),
    ...(cause === undefined ? {} : { cause: cause.slice(0, causeLengthMax) }),
  }
}

function lastEvent(ending: Ending): { type: HistoryEventType; details: EventDetails } {
  if (ending.status === 'SUCCEEDED') {
    const { output } = ending
    return {
      type: 'ExecutionSucceeded',
      details: { executionSucceededEventDetails: { output, outputDetails: dataDetails } },
    }
  }
  const { status, ...reason } = ending
  const shown = shortened(reason)
  if (status === 'FAILED') {
    return { type: 'ExecutionFailed', details: { executionFailedEventDetails: shown } }
  }
  if (status === 'TIMED_OUT') {
    return { type: 'ExecutionTimedOut', details: { executionTimedOutEventDetails: shown } }
  }
  return { type: 'ExecutionAborted', details: { executionAbortedEventDetails: shown } }
}

/** Threads of an execution that did not succeed stay for a redrive, with nothing pending. */
function halt(run: Run): void {
  const { executionArn } = run.execution
  run.commitThreads()
  for (const thread of threads.scan(run.ctx, { prefix: threadKey(executionArn, '0') })) {
    release(run, thread, { keepItems: true })
    const { task, timerId, ...rest } = thread
    if (task !== undefined || timerId !== undefined) run.put(rest)
  }
}

/** Cancels what a thread waits for. */
export function release(
  run: Run,
  thread: Thread,
  options: { readonly keepItems?: boolean } = {},
): void {
  const { ctx } = run
  if (thread.timerId !== undefined) ctx.cancel(thread.timerId)
  if (thread.mapRunArn !== undefined && mapRuns.get(ctx, thread.mapRunArn)?.status === 'RUNNING') {
    abortMapRun(run, thread.mapRunArn, 'ABORTED')
  }
  const isGroup = thread.group !== undefined || thread.mapRunArn !== undefined
  if (isGroup && options.keepItems !== true) {
    mapItems.delete(ctx, itemsKey(thread.executionArn, thread.id, thread.generation))
  }
  const { task } = thread
  if (task === undefined) return
  releaseTask(run, thread)
  const resource = taskResource(task.resource)
  if (task.submitted && resource !== undefined) {
    const { roleArn, stateMachineArn } = run.execution
    const { executionArn } = thread
    const { token } = task
    ctx.after(0, abortTask, { executionArn, stateMachineArn, resource, token, roleArn })
  }
}

/** Ends a task's timers and its token. */
export function releaseTask(run: Run, thread: Thread): void {
  const { ctx } = run
  const { task } = thread
  if (task === undefined) return
  if (task.timeoutId !== undefined) ctx.cancel(task.timeoutId)
  if (task.heartbeatId !== undefined) ctx.cancel(task.heartbeatId)
  if (taskTokens.has(ctx, task.token)) taskTokens.update(ctx, task.token, { ended: true })
}
