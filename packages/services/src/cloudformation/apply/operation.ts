import { orderedKey, table } from '@cloud-orrery/kernel'
import type { JsonObject } from '../engine/json.ts'
import type { StackOutput, StackResource, StackSettings } from '../state.ts'

/**
 * What a stack operation is doing. `forward` makes and updates, `cleanup` deletes what an update left over;
 * `rollback` and `rollback-cleanup` take an operation back; `delete` takes a stack away.
 */
export type Phase = 'forward' | 'cleanup' | 'rollback' | 'rollback-cleanup' | 'delete'

/** What a stack operation knows besides its steps. One per stack; the last one stays for RollbackStack. */
export interface Operation {
  readonly stackId: string
  readonly id: string
  readonly kind: 'CREATE' | 'UPDATE' | 'DELETE'
  /** The request that took the operation up again; absent for the one that began it. */
  readonly resumedBy?: 'ROLLBACK' | 'CONTINUE_ROLLBACK'
  readonly phase: Phase
  /** `ClientRequestToken` of the request. */
  readonly token?: string
  /** Shown in the messages of failing handlers. */
  readonly requestToken: string
  readonly onFailure: 'ROLLBACK' | 'DELETE' | 'DO_NOTHING'
  /** Why it failed, as the stack's events say. */
  readonly reason?: string
  /** The stack as it was, for the way back. */
  readonly previous?: StackSettings & { readonly outputs: readonly StackOutput[] }
  /** Logical ids that a deletion leaves in place, or a rollback passes over. */
  readonly spared: readonly string[]
  /** New resources go away on rollback even if their policy is to be retained. */
  readonly retainExceptOnCreate: boolean
  /** Started by the parent's operation. */
  readonly nested?: boolean
  /** Policy that this one update replaces the stack's with. */
  readonly policyDuringUpdate?: string
}

/** What a request makes of an operation; the machine adds the rest. */
export type NewOperation = Omit<Operation, 'id' | 'requestToken' | 'phase'>

/**
 * `create`, `update`: make a resource as the template wants it. `restore`: make it as it was before.
 * `delete`: take the resource of `target` away.
 */
export type Work = 'create' | 'update' | 'restore' | 'delete'

/** A physical resource to delete: the current one, or one that a replacement left behind. */
export interface Target {
  readonly physicalId: string
  readonly type: string
  readonly state?: JsonObject
  readonly properties: JsonObject
  readonly policy?: string
}

/** One resource's part of a phase, as data: pending work survives snapshots and forks. */
export interface Step {
  readonly stackId: string
  readonly id: string
  readonly phase: Phase
  readonly logicalId: string
  /** Of the resource that is made; deletions have it in their target. */
  readonly type: string
  readonly work: Work
  /** `begun`: the handler was not called yet; `initiated`: it was, and AWS would still be busy. */
  readonly status: 'waiting' | 'begun' | 'initiated' | 'done' | 'failed' | 'cancelled'
  /** Ids of steps. */
  readonly waitsFor: readonly string[]
  readonly taskId?: string
  /** The resource before this step; absent where there was none. */
  readonly before?: StackResource
  /** What the step did that a rollback must take back. */
  readonly did?: 'created' | 'updated' | 'replaced'
  readonly target?: Target
  /** What an update wanted: where it failed, the way back starts from there. */
  readonly attempted?: JsonObject
}

export const operations = table<Operation>('cloudformation.operations', {
  key: (operation) => operation.stackId,
  partition: 'region',
})

export const steps = table<Step, 'stack' | 'running' | 'failed' | 'waitsFor'>(
  'cloudformation.steps',
  {
    key: (step) => stepKey(step.stackId, step.id),
    partition: 'region',
    indexes: {
      stack: (step) => step.stackId,
      running: (step) =>
        step.status === 'begun' || step.status === 'initiated' ? step.stackId : undefined,
      failed: (step) =>
        step.status === 'failed' && step.phase === 'forward' ? step.stackId : undefined,
      waitsFor: (step) =>
        step.status === 'waiting' ? step.waitsFor.map((id) => stepKey(step.stackId, id)) : [],
    },
  },
)

export function stepKey(stackId: string, id: string): string {
  return orderedKey(stackId, id)
}

export function stepId(phase: Phase, logicalId: string): string {
  return `${phase}/${logicalId}`
}
