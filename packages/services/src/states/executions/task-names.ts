import type { Task } from '../../define.ts'
import type { TaskOutcome, TaskRequest } from './contract.ts'

/**
 * The kernel tasks by which executions move, by name. What they do is in engine.ts; here are their names and what
 * they are given, so that every file can schedule them.
 */
function named<I>(name: `states.${string}`): Task<I> {
  const notRun = (): void => {
    throw new TypeError(`${name} is run by the engine`)
  }
  return { name, run: notRun }
}

export interface ThreadsInput {
  readonly executionArn: string
  /** Threads that have a step to do, in the order of their turns. */
  readonly threads: readonly string[]
}

export interface ThreadInput {
  readonly executionArn: string
  readonly threadId: string
  /** The event by which the state was entered, or the attempt's token: a late task of an earlier one does nothing. */
  readonly of: number | string
}

/** Steps of threads that are ready. */
export const advanceTask = named<ThreadsInput>('states.advance')
/** The end of a Wait, or of the delay before a retry. */
export const wakeTask = named<ThreadInput>('states.wake')
/** Does what a Task state asked for. */
export const performTask = named<ThreadInput>('states.perform')
/** An answer by token. */
export const settleTask = named<ThreadInput & { readonly outcome: TaskOutcome }>('states.settle')
export const timeoutTask = named<ThreadInput & { readonly heartbeat: boolean }>('states.timeOut')
/** The whole execution took too long. */
export const expireTask = named<{ readonly executionArn: string; readonly redriveCount: number }>(
  'states.expire',
)
export const abortTask =
  named<Pick<TaskRequest, 'executionArn' | 'stateMachineArn' | 'resource' | 'token' | 'roleArn'>>(
    'states.abort',
  )

/** A step of a distributed Map state's run: it begins, begins again, a child of it ended, all have. */
export interface MapRunInput extends ThreadInput {
  readonly step: 'begin' | 'redrive' | 'child' | 'end'
  readonly childArn?: string
}
export const mapRunTask = named<MapRunInput>('states.runMap')
