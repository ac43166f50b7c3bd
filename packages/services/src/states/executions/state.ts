import { type BlobRef, orderedKey, table } from '@cloud-orrery/kernel'
import type { ExecutionStatus, HistoryEvent } from '@cloud-orrery/models/states'
import type { Json, JsonObject } from '../asl/json.ts'
import type { ReaderRequest, WriterRequest } from './item-requests.ts'

/** One execution of a state machine: what DescribeExecution shows, and what it needs to go on. */
export interface Execution {
  readonly executionArn: string
  readonly name: string
  readonly stateMachineArn: string
  readonly stateMachineVersionArn?: string
  readonly stateMachineAliasArn?: string
  readonly type: 'STANDARD' | 'EXPRESS'
  readonly status: ExecutionStatus
  readonly startedAtMs: number
  readonly stoppedAtMs?: number
  /** JSON texts. */
  readonly input: string
  readonly output?: string
  readonly error?: string
  readonly cause?: string
  readonly roleArn: string
  readonly revisionId?: string
  /** The text of the definition with which it began. */
  readonly definition: BlobRef
  readonly traceHeader?: string
  readonly settings?: JsonObject
  readonly notify?: JsonObject
  readonly redriveCount: number
  readonly redrivenAtMs?: number
  /** The latest client tokens with which it was redriven. */
  readonly redriveTokens?: readonly RedriveToken[]
  /** A child of a distributed Map state. */
  readonly mapRunArn?: string
  readonly itemCount?: number
  /** Which of the run's items, or batches, it works on. */
  readonly itemIndex?: number
  /** The kernel task that ends it when it takes too long. */
  readonly expiryId?: string
  /** Events in its history so far. */
  readonly eventCount: number
}

export interface RedriveToken {
  readonly token: string
  readonly redrivenAtMs: number
}

export type ExecutionIndex = 'stateMachine' | 'mapRun'

/** Within an index the key sorts by start, so that the newest comes first in reverse. */
export const executions = table<Execution, ExecutionIndex>('states.executions', {
  key: ({ executionArn }) => executionArn,
  partition: 'region',
  indexes: {
    stateMachine: ({ stateMachineArn, startedAtMs }) => orderedKey(stateMachineArn, startedAtMs),
    mapRun: ({ mapRunArn, startedAtMs }) =>
      mapRunArn === undefined ? undefined : orderedKey(mapRunArn, startedAtMs),
  },
})

/** One event of a history. */
export interface KeptEvent {
  readonly executionArn: string
  readonly event: HistoryEvent
}

export const historyEvents = table<KeptEvent>('states.historyEvents', {
  key: ({ executionArn, event }) => orderedKey(executionArn, event.id),
  partition: 'region',
})

/** A run of a distributed Map state. */
export interface MapRun {
  readonly mapRunArn: string
  readonly executionArn: string
  /** The thread of the execution that waits for it. */
  readonly threadId: string
  readonly stateMachineArn: string
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED'
  readonly startedAtMs: number
  readonly stoppedAtMs?: number
  readonly maxConcurrency: number
  readonly toleratedFailureCount: number
  readonly toleratedFailurePercentage: number
  readonly itemCounts: RunCounts
  readonly executionCounts: RunCounts
  /** Its items are known, and with them its children. */
  readonly isBegun?: true
  readonly reader?: ReaderRequest
  readonly writer?: WriterRequest
  readonly redriveCount: number
  readonly redrivenAtMs?: number
}

export interface RunCounts {
  readonly pending: number
  readonly running: number
  readonly succeeded: number
  readonly failed: number
  readonly timedOut: number
  readonly aborted: number
  readonly total: number
  readonly resultsWritten: number
  /** Of a run that was redriven: those that wait for their turn. */
  readonly pendingRedrive?: number
}

export const mapRuns = table<MapRun, 'execution'>('states.mapRuns', {
  key: ({ mapRunArn }) => mapRunArn,
  partition: 'region',
  indexes: { execution: ({ executionArn }) => executionArn },
})

/** Items of each child of a run with batches: apart from its counts, which change with every child. */
export interface MapSizes {
  readonly mapRunArn: string
  readonly sizes: readonly number[]
}

export const mapSizes = table<MapSizes>('states.mapSizes', {
  key: ({ mapRunArn }) => mapRunArn,
  partition: 'region',
})

/** Variables of a scope: values by name. */
export type Variables = Readonly<Record<string, Json>>
