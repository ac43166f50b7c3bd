import { orderedKey, table } from '@cloud-orrery/kernel'
import type { Json, JsonObject } from '../asl/json.ts'
import type { TaskOutcome } from './contract.ts'
import type { Variables } from './state.ts'

/** From the definition down to a block of states: which Parallel state's which branch, or which Map state. */
export interface BlockStep {
  readonly state: string
  /** Index of a branch; 0 for a Map state's processor. */
  readonly branch: number
}

/** The branches or iterations that a Parallel or Map state waits for. */
export interface Group {
  readonly kind: 'Parallel' | 'Map'
  /** Changes with every attempt, so that children of an earlier one are never taken for those of this one. */
  readonly generation: number
  readonly total: number
  /** Children started so far; they start in the order of their index. */
  readonly started: number
  readonly succeeded: number
  readonly concurrency: number
}

/** A task that was asked for and has not ended. */
export interface PendingTask {
  readonly token: string
  readonly resource: string
  readonly parameters: Json
  readonly credentialsRoleArn?: string
  readonly timeoutSeconds?: number
  readonly heartbeatSeconds?: number
  /** TaskSubmitted is in the history, or ActivityScheduled: an answer by token ends it. */
  readonly submitted: boolean
  /** An answer by token that came before `submitted`. */
  readonly early?: TaskOutcome
  /** Pending kernel tasks. */
  readonly timeoutId?: string
  readonly heartbeatId?: string
}

/**
 * Where an execution stands: the state that one of its branches is in. The root thread is `0`; a branch or
 * iteration is `<parent>.<generation>.<index>`.
 */
export interface Thread {
  readonly executionArn: string
  readonly id: string
  readonly parentId?: string
  readonly index: number
  readonly block: readonly BlockStep[]
  readonly state: string
  /** What its next step does; `waiting` and `ended` threads have none until something happens. */
  readonly phase: 'enter' | 'attempt' | 'leave' | 'waiting' | 'ended'
  /** Input of the state, before InputPath. */
  readonly input: Json
  readonly enteredAtMs: number
  readonly enteredEventId: number
  /** The event before the one that entered the state. */
  readonly beforeEventId: number
  readonly lastEventId: number
  /** Assigned in its own block; those of outer blocks are its parents'. */
  readonly variables: Variables
  /** Attempts made again, by index of the state's retriers, and in all. */
  readonly retries: readonly number[]
  readonly retryCount: number
  readonly generation: number
  /** `$$.Map.Item` within an iteration. */
  readonly mapItem?: JsonObject
  /** The kernel task that ends a Wait, or a delay before a retry. */
  readonly timerId?: string
  readonly task?: PendingTask
  readonly group?: Group
  /** A distributed Map state's run. */
  readonly mapRunArn?: string
  /** Its end was told to its parent. */
  readonly joined?: true
  /** Output of an ended thread. */
  readonly output?: Json
}

export const threads = table<Thread>('states.threads', {
  key: ({ executionArn, id }) => threadKey(executionArn, id),
  partition: 'region',
})

export function threadKey(executionArn: string, id: string): string {
  return orderedKey(executionArn, id)
}

/** Whether a thread is another, or one below it. */
export function isWithin(id: string, other: string): boolean {
  return id === other || id.startsWith(`${other}.`)
}

/** Items of a Map state's attempt, kept apart so that its thread stays small. */
export interface MapItems {
  readonly executionArn: string
  readonly threadId: string
  readonly generation: number
  readonly items: readonly Json[]
}

export const mapItems = table<MapItems>('states.mapItems', {
  key: ({ executionArn, threadId, generation }) => itemsKey(executionArn, threadId, generation),
  partition: 'region',
})

export function itemsKey(executionArn: string, threadId: string, generation: number): string {
  return orderedKey(executionArn, threadId, generation)
}

/** A task token that was handed out. Kept after its end, since a late answer is told so. */
export interface TaskToken {
  readonly token: string
  readonly executionArn: string
  readonly threadId: string
  readonly ended: boolean
}

export const taskTokens = table<TaskToken>('states.taskTokens', {
  key: ({ token }) => token,
  partition: 'region',
})
