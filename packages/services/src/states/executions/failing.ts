import type { HistoryEventType } from '@cloud-orrery/models/states'
import type { Catcher, Retrier, State } from '../asl/definition.ts'
import { type Failure, FieldFailure, StateFailure } from '../asl/failures.ts'
import type { JsonObject } from '../asl/json.ts'
import { placed } from '../asl/payload.ts'
import type { Step } from '../asl/surroundings.ts'
import { abortOthers } from './aborting.ts'
import { assignedBy, type Handover, jsonataHandover, outputPathed } from './data-flow.ts'
import { abortMapRun, endExecution, release } from './endings.ts'
import { leave } from './moves.ts'
import type { Run } from './run.ts'
import { wakeTask } from './task-names.ts'
import type { Thread } from './threads.ts'

/** Defaults of a retrier. Source: Amazon States Language, "Retrying after error". */
const intervalSecondsDefault = 1
export const attemptsDefault = 3
const backoffDefault = 2

/** An exception of a step as the failure of its state; anything else is a bug and goes on. */
export function failureOf(error: unknown, thread: Thread): Failure {
  if (error instanceof StateFailure) return error.failure
  if (!(error instanceof FieldFailure)) throw error
  if (error.error === 'States.DataLimitExceeded') {
    return { error: error.error, cause: error.message, terminal: true }
  }
  const where = `An error occurred while executing the state '${thread.state}' (entered at the event id #${thread.enteredEventId}).`
  const { location } = error
  return {
    error: error.error,
    cause: `${where} ${error.message}`,
    aliases: error.aliases,
    ...(error.error === 'States.QueryEvaluationError'
      ? {
          evaluation: {
            ...(location === undefined ? {} : { location }),
            ...(error.afterEntry ? { afterEntry: true } : {}),
          },
        }
      : {}),
  }
}

/** A state failed: it is retried, or its failure caught, or it takes its block, and so its parent, with it. */
export function* fail(run: Run, threadId: string, failure: Failure): Step<void> {
  let thread = known(run, threadId)
  const state = run.stateOf(thread)
  if (failure.evaluation !== undefined) thread = evaluationFailed(run, thread, state, failure)
  if (retries(run, thread, state, failure)) return
  const catcher = state.Catch?.findIndex(({ ErrorEquals }) => matches(ErrorEquals, failure)) ?? -1
  const caught = state.Catch?.[catcher]
  if (caught === undefined) return yield* uncaught(run, thread, state, failure)
  thread = groupFailed(run, thread, state, failure, 'forget')
  try {
    const handover = yield* caughtHandover(run, thread, state, caught, failure, catcher)
    leave(run, thread, state, handover, caught.Next)
  } catch (error) {
    const next = failureOf(error, thread)
    if (next.evaluation !== undefined) thread = evaluationFailed(run, thread, state, next)
    yield* failThread(run, thread, state, next)
  }
}

/** Whoever redrives the execution finds what had succeeded below the state, unless its data had grown too large. */
function* uncaught(run: Run, thread: Thread, state: State, failure: Failure): Step<void> {
  const below = failure.error === 'States.DataLimitExceeded' ? 'forget' : 'keep'
  yield* failThread(run, groupFailed(run, thread, state, failure, below), state, failure)
}

function known(run: Run, threadId: string): Thread {
  const thread = run.thread(threadId)
  if (thread === undefined) throw new TypeError(`no thread ${threadId}`)
  return thread
}

/** The event stands after what was there when the fields were worked out: before the state's own first event. */
function evaluationFailed(run: Run, thread: Thread, state: State, failure: Failure): Thread {
  const { error, cause, evaluation } = failure
  const atEntry = thread.lastEventId === thread.enteredEventId && evaluation?.afterEntry !== true
  run.event(
    thread.id,
    'EvaluationFailed',
    {
      evaluationFailedEventDetails: {
        ...(error === undefined ? {} : { error }),
        ...(cause === undefined ? {} : { cause }),
        ...(evaluation?.location === undefined ? {} : { location: evaluation.location }),
        state: thread.state,
      },
    },
    atEntry ? { previous: thread.beforeEventId } : {},
  )
  if (state.Type === 'Map' && thread.group === undefined) run.event(thread.id, 'MapStateFailed')
  return known(run, thread.id)
}

/** Whether a list of error names is meant for a failure. */
export function matches(names: readonly string[], failure: Failure): boolean {
  const { error, aliases = [], terminal } = failure
  if (terminal === true) return false
  const known = [...(error === undefined ? [] : [error]), ...aliases]
  return names.some((name) => {
    if (known.includes(name)) return true
    if (error === 'States.Runtime') return false
    if (name === 'States.TaskFailed') return error !== undefined && error !== 'States.Timeout'
    return name === 'States.ALL'
  })
}

/** Source: Developer Guide, "Handling errors in Step Functions workflows": a States.Runtime error is not retriable. */
function retriable(names: readonly string[]): readonly string[] {
  return names.filter((name) => name !== 'States.Runtime')
}

function retries(run: Run, thread: Thread, state: State, failure: Failure): boolean {
  const at =
    state.Retry?.findIndex(({ ErrorEquals }) => matches(retriable(ErrorEquals), failure)) ?? -1
  const retrier = state.Retry?.[at]
  const made = thread.retries[at] ?? 0
  if (retrier === undefined || made >= (retrier.MaxAttempts ?? attemptsDefault)) return false
  const counts = [...(state.Retry ?? [])].map((_, index) => thread.retries[index] ?? 0)
  if (thread.group !== undefined) abandonChildren(run, thread)
  if (thread.mapRunArn !== undefined) mapRunFailed(run, thread, failure, 'forget')
  const { task, group, mapRunArn, ...rest } = known(run, thread.id)
  const delayMs = Math.round(delaySeconds(run, retrier, made) * 1000)
  const { executionArn, id, enteredEventId } = thread
  const timerId = run.ctx.after(delayMs, wakeTask, {
    executionArn,
    threadId: id,
    of: enteredEventId,
  })
  run.put({
    ...rest,
    phase: 'waiting',
    retries: counts.with(at, made + 1),
    retryCount: thread.retryCount + 1,
    timerId,
  })
  return true
}

export function delaySeconds(run: Pick<Run, 'ctx'>, retrier: Retrier, made: number): number {
  const { IntervalSeconds = intervalSecondsDefault, BackoffRate = backoffDefault } = retrier
  const grown = IntervalSeconds * BackoffRate ** made
  const delay = Math.min(grown, retrier.MaxDelaySeconds ?? grown)
  return retrier.JitterStrategy === 'FULL' ? run.ctx.random.float() * delay : delay
}

/** What a catcher hands on: the error's name and cause, put where it says. */
export function* caughtHandover(
  run: Run,
  thread: Thread,
  state: State,
  catcher: Catcher,
  failure: Failure,
  index: number,
): Step<Handover> {
  const errorOutput: JsonObject = { Error: failure.error ?? null, Cause: failure.cause ?? null }
  if (run.languageOf(state) === 'JSONata') {
    const extras = { errorOutput }
    return yield* jsonataHandover(run, thread, catcher, extras, errorOutput, `Catch[${index}]/`)
  }
  const { ResultPath = '$' } = catcher
  const combined =
    ResultPath === null ? thread.input : placed(thread.input, ResultPath, errorOutput)
  return {
    output: outputPathed(run, thread, state, combined),
    assigned: assignedBy(catcher.Assign, run.around(thread, errorOutput)),
  }
}

/** A Parallel or Map state's own event. */
function groupFailed(
  run: Run,
  thread: Thread,
  state: State,
  failure: Failure,
  below: 'forget' | 'keep',
): Thread {
  if (thread.mapRunArn !== undefined) return mapRunFailed(run, thread, failure, below)
  if (thread.group === undefined) return thread
  if (below === 'forget') abandonChildren(run, thread)
  run.event(thread.id, `${state.Type}StateFailed` as HistoryEventType)
  if (below === 'keep') return known(run, thread.id)
  const { group, ...rest } = known(run, thread.id)
  return run.put(rest)
}

function mapRunFailed(
  run: Run,
  thread: Thread,
  { error, cause }: Failure,
  below: 'forget' | 'keep',
): Thread {
  const { mapRunArn, ...rest } = thread
  if (mapRunArn !== undefined) abortMapRun(run, mapRunArn, 'FAILED')
  if (below === 'forget') run.put(rest)
  run.event(thread.id, 'MapRunFailed', {
    mapRunFailedEventDetails: {
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    },
  })
  run.event(thread.id, 'MapStateFailed')
  return known(run, thread.id)
}

/** The children that still run are aborted, and all are forgotten. */
function abandonChildren(run: Run, thread: Thread): void {
  for (const child of run.children(thread.id, thread.generation)) {
    run.remove(child.id, (gone) => release(run, gone))
  }
  release(run, known(run, thread.id))
}

/** A thread without catcher: the execution's end, or its parent's failure. */
function* failThread(run: Run, thread: Thread, state: State, failure: Failure): Step<void> {
  const { error, cause } = failure
  const reason = {
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  }
  if (thread.parentId === undefined) {
    endExecution(run, { status: 'FAILED', ...reason }, thread.lastEventId)
    return
  }
  const parent = known(run, thread.parentId)
  abortOthers(run, thread, parent)
  if (parent.group?.kind === 'Map') {
    run.event(
      thread.id,
      'MapIterationFailed',
      { mapIterationFailedEventDetails: { name: parent.state, index: thread.index } },
      { aside: true },
    )
  } else if (state.Type === 'Task') run.event(thread.id, 'TaskStateAborted', {}, { aside: true })
  run.update(parent.id, { lastEventId: thread.lastEventId })
  const { evaluation, ...told } = failure
  yield* fail(run, parent.id, told)
}
