import { orderedKey, table } from '@cloud-orrery/kernel'
import type { Tag } from '../state.ts'

export interface SetParameter {
  readonly key: string
  readonly value: string
}

export type DriftStatus = 'DRIFTED' | 'IN_SYNC' | 'NOT_CHECKED'

/** What the last drift detection over a stack set found. */
export interface SetDrift {
  readonly status: 'DRIFTED' | 'IN_SYNC' | 'NOT_CHECKED'
  readonly detection: 'COMPLETED' | 'FAILED' | 'PARTIAL_SUCCESS' | 'IN_PROGRESS' | 'STOPPED'
  readonly checkedAtMs?: number
  readonly total: number
  readonly drifted: number
  readonly inSync: number
  readonly inProgress: number
  readonly failed: number
}

/** A template and its parameters, for stacks in many accounts and regions. Lives where it was made. */
export interface StackSet {
  /** `name:uuid` */
  readonly id: string
  readonly name: string
  readonly arn: string
  readonly status: 'ACTIVE' | 'DELETED'
  readonly createdAtMs: number
  readonly description?: string
  readonly template: string
  readonly parameters: readonly SetParameter[]
  readonly capabilities: readonly string[]
  readonly tags: readonly Tag[]
  readonly administrationRoleArn: string
  readonly executionRoleName: string
  /** Operations that come too early wait instead of being refused. */
  readonly managedExecution: boolean
  readonly token?: string
  readonly drift?: SetDrift
  /** How many operations there were, so that each has its place. */
  readonly operationCount: number
}

export type DetailedStatus =
  | 'PENDING'
  | 'RUNNING'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'CANCELLED'
  | 'INOPERABLE'

/** A stack set's stack in one account and region, whether it is there yet or not. */
export interface StackInstance {
  readonly setId: string
  readonly account: string
  readonly region: string
  readonly stackId?: string
  readonly status: 'CURRENT' | 'OUTDATED' | 'INOPERABLE'
  readonly detailedStatus: DetailedStatus
  readonly statusReason?: string
  readonly overrides: readonly SetParameter[]
  readonly lastOperationId: string
  readonly driftStatus: DriftStatus
  readonly driftCheckedAtMs?: number
}

export type RegionConcurrency = 'SEQUENTIAL' | 'PARALLEL'

export interface Preferences {
  readonly regionConcurrency?: RegionConcurrency
  readonly regionOrder: readonly string[]
  readonly failureToleranceCount?: number
  readonly failureTolerancePercentage?: number
  readonly maxConcurrentCount?: number
  readonly maxConcurrentPercentage?: number
  readonly concurrencyMode?: 'STRICT_FAILURE_TOLERANCE' | 'SOFT_FAILURE_TOLERANCE'
}

export type SetAction = 'CREATE' | 'UPDATE' | 'DELETE' | 'DETECT_DRIFT'

/** How many targets of a region there are, and how they stand. The rest has succeeded. */
export interface RegionCount {
  readonly all: number
  readonly pending: number
  readonly running: number
  readonly failed: number
  readonly cancelled: number
}

/** Work on some instances of a stack set. One runs at a time. */
export interface SetOperation {
  readonly setId: string
  readonly id: string
  readonly sequence: number
  readonly action: SetAction
  readonly status: 'QUEUED' | 'RUNNING' | 'STOPPING' | 'STOPPED' | 'SUCCEEDED' | 'FAILED'
  readonly createdAtMs: number
  readonly endedAtMs?: number
  readonly preferences: Preferences
  /** In the order in which they are worked on. */
  readonly regions: readonly string[]
  /** By region, so that each step costs the same however many targets there are. */
  readonly counts: Readonly<Record<string, RegionCount>>
  readonly retainStacks?: boolean
  readonly accounts?: readonly string[]
}

/** How an operation went in one account and region. */
export interface SetResult {
  readonly setId: string
  readonly operationId: string
  readonly account: string
  readonly region: string
  readonly status: 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED'
  readonly reason?: string
  readonly gate?: { readonly status: string; readonly reason?: string }
  /** Of the stack, where drift is looked for. */
  readonly detectionId?: string
}

export const stackSets = table<StackSet, 'name'>('cloudformation.stackSets', {
  key: (set) => set.id,
  resource: (set) => (set.status === 'ACTIVE' ? set.arn : undefined),
  partition: 'region',
  indexes: { name: (set) => (set.status === 'ACTIVE' ? set.name : undefined) },
})

export const stackInstances = table<StackInstance, 'set'>('cloudformation.stackInstances', {
  key: (instance) => instanceKey(instance.setId, instance.account, instance.region),
  partition: 'region',
  indexes: { set: (instance) => instance.setId },
})

export const setOperations = table<SetOperation, 'set' | 'open'>('cloudformation.setOperations', {
  key: (operation) => operationKey(operation.setId, operation.id),
  partition: 'region',
  indexes: {
    set: (operation) => operation.setId,
    open: (operation) => (isOpen(operation) ? operation.setId : undefined),
  },
})

export const setResults = table<SetResult, 'operation' | 'pending'>('cloudformation.setResults', {
  key: (result) => resultKey(result.setId, result.operationId, result.account, result.region),
  partition: 'region',
  indexes: {
    operation: (result) => operationKey(result.setId, result.operationId),
    pending: (result) =>
      result.status === 'PENDING' ? inRegion(result, result.region) : undefined,
  },
})

export function isOpen({ status }: SetOperation): boolean {
  return status === 'QUEUED' || status === 'RUNNING' || status === 'STOPPING'
}

export function instanceKey(setId: string, account: string, region: string): string {
  return orderedKey(setId, account, region)
}

export function operationKey(setId: string, operationId: string): string {
  return orderedKey(setId, operationId)
}

export function resultKey(
  setId: string,
  operationId: string,
  account: string,
  region: string,
): string {
  return orderedKey(setId, operationId, account, region)
}

/** What the index of results that are still to come looks up. */
export function inRegion(
  { setId, operationId }: { readonly setId: string; readonly operationId: string },
  region: string,
): string {
  return orderedKey(setId, operationId, region)
}
