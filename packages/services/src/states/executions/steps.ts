import type { State } from '../asl/definition.ts'
import { isDistributed } from '../asl/definition.ts'
import { textOf } from '../asl/json.ts'
import type { Step } from '../asl/surroundings.ts'
import { distributedMapState } from './distributed-map.ts'
import { endExecution } from './endings.ts'
import { fail, failureOf } from './failing.ts'
import { childSucceeded, inlineMapState, parallelState } from './groups.ts'
import { entered, leave } from './moves.ts'
import { eventsMax, HistoryFull, type Run } from './run.ts'
import {
  choiceState,
  failState,
  passState,
  succeedState,
  throughHandover,
  waitState,
} from './simple-states.ts'
import { advanceTask } from './task-names.ts'
import { taskState } from './task-states.ts'
import type { Thread } from './threads.ts'

/** Steps that one kernel task does before others get their turn. */
const stepsPerTurn = 500

/**
 * Once an Express execution, whose history has no limit, has made as many events as a Standard one may, each
 * further turn takes it this long: an endless loop meets its five minutes. Deviation: on AWS every step takes time.
 */
const longTurnMs = 1000

/** Does the steps of the threads that are ready, in turns, until all wait or the execution ended. */
export function* advance(run: Run): Step<void> {
  for (let steps = 0; run.isRunning && run.ready.length > 0; steps += 1) {
    if (steps >= stepsPerTurn) {
      const isLong = run.execution.eventCount > eventsMax
      const { executionArn } = run.execution
      run.ctx.after(isLong ? longTurnMs : 0, advanceTask, { executionArn, threads: [...run.ready] })
      break
    }
    const id = run.ready.shift()
    const thread = id === undefined ? undefined : run.thread(id)
    if (thread !== undefined) yield* guarded(run, thread, step(run, thread))
  }
  run.commit()
}

/** Does a thread's work, and makes its exceptions the failure of the state that they belong to. */
export function* guarded(run: Run, thread: Thread, work: Step<void>): Step<void> {
  try {
    try {
      yield* work
    } catch (error) {
      const owner = ownerOf(run, thread)
      yield* fail(run, owner.id, failureOf(error, owner))
    }
  } catch (error) {
    if (!(error instanceof HistoryFull)) throw error
    const cause = `The execution reached the maximum number of history events (${eventsMax}).`
    const previous = run.execution.eventCount
    endExecution(run, { status: 'FAILED', error: 'States.Runtime', cause }, previous)
  }
}

/** What follows from a child's end is its parent's. */
function ownerOf(run: Run, thread: Thread): Thread {
  const now = run.thread(thread.id) ?? thread
  if (thread.phase !== 'ended') return now
  return run.thread(thread.parentId ?? '') ?? now
}

function* step(run: Run, thread: Thread): Step<void> {
  if (thread.phase === 'waiting') return
  if (thread.phase === 'ended') {
    if (thread.parentId !== undefined) return yield* childSucceeded(run, thread)
    const output = textOf(thread.output ?? null)
    return endExecution(run, { status: 'SUCCEEDED', output }, thread.lastEventId)
  }
  const state = run.stateOf(thread)
  if (thread.phase === 'leave') {
    return leave(run, thread, state, yield* throughHandover(run, thread, state), state.Next)
  }
  const now = thread.phase === 'enter' ? entered(run, thread, state) : thread
  yield* attempt(run, now, state)
}

export function* attempt(run: Run, thread: Thread, state: State): Step<void> {
  switch (state.Type) {
    case 'Pass':
      return yield* passState(run, thread, state)
    case 'Choice':
      return yield* choiceState(run, thread, state)
    case 'Wait':
      return yield* waitState(run, thread, state)
    case 'Succeed':
      return yield* succeedState(run, thread, state)
    case 'Fail':
      return yield* failState(run, thread, state)
    case 'Task':
      return yield* taskState(run, thread, state)
    case 'Parallel':
      return yield* parallelState(run, thread, state)
    case 'Map':
      if (isDistributed(state)) return yield* distributedMapState(run, thread, state)
      return yield* inlineMapState(run, thread, state)
  }
}
