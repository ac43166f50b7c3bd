import { orderedKey, table } from '@cloud-orrery/kernel'
import type { LogLevel } from '@cloud-orrery/models/states'

export type MachineType = 'STANDARD' | 'EXPRESS'

export interface Logging {
  /** `ALL`, `ERROR`, `FATAL` or `OFF`. */
  readonly level: LogLevel
  readonly includeExecutionData: boolean
  /** ARNs of log groups, with `:*`; absent where none were ever given. */
  readonly destinations?: readonly string[]
}

export interface Encryption {
  readonly keyId: string
  readonly reuseSeconds: number
  /** A data key of KMS, encrypted, in Base64: whoever cannot decrypt it does not see what it protects. */
  readonly dataKey: string
}

export type Tags = Readonly<Record<string, string>>

/** What a revision fixes and a version keeps. */
export interface Configuration {
  readonly definition: string
  readonly roleArn: string
  readonly logging: Logging
  readonly tracing: boolean
  readonly encryption?: Encryption
  /** Absent for the revision with which the machine was made. */
  readonly revisionId?: string
}

export interface StateMachine extends Configuration {
  readonly arn: string
  readonly name: string
  readonly type: MachineType
  readonly status: 'ACTIVE' | 'DELETING'
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly tags: Tags
  /** Numbers of versions are never given twice. */
  readonly lastVersion: number
  /** `publish` and `versionDescription` of CreateStateMachine: a second one must say the same. */
  readonly publishedAtCreation?: string
}

export const stateMachines = table<StateMachine>('states.stateMachines', {
  key: ({ arn }) => arn,
  resource: ({ arn }) => arn,
  partition: 'region',
})

export interface Version extends Configuration {
  readonly arn: string
  readonly stateMachineArn: string
  readonly number: number
  readonly description?: string
  readonly createdAtMs: number
}

export const versions = table<Version>('states.versions', {
  key: ({ stateMachineArn, number }) => orderedKey(stateMachineArn, number),
  partition: 'region',
})

export interface Route {
  readonly versionArn: string
  /** Percent. */
  readonly weight: number
}

export interface Alias {
  readonly arn: string
  readonly stateMachineArn: string
  readonly name: string
  readonly description?: string
  readonly routes: readonly Route[]
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export const aliases = table<Alias>('states.aliases', {
  key: ({ stateMachineArn, name }) => orderedKey(stateMachineArn, name),
  partition: 'region',
})

/** Executions that have not ended: what a machine that is being deleted waits for. */
export interface OpenExecution {
  readonly stateMachineArn: string
  readonly executionArn: string
}

export const openExecutions = table<OpenExecution>('states.openExecutions', {
  key: ({ stateMachineArn, executionArn }) => orderedKey(stateMachineArn, executionArn),
  partition: 'region',
})

export interface Activity {
  readonly arn: string
  readonly name: string
  readonly createdAtMs: number
  readonly tags: Tags
  readonly encryption?: Encryption
}

export const activities = table<Activity>('states.activities', {
  key: ({ arn }) => arn,
  resource: ({ arn }) => arn,
  partition: 'region',
})

/** A task that waits for a worker of its activity. */
export interface ActivityTask {
  readonly activityArn: string
  /** Orders the tasks of an activity. */
  readonly number: number
  readonly token: string
  /** JSON text. */
  readonly input: string
}

export const activityTasks = table<ActivityTask>('states.activityTasks', {
  key: ({ activityArn, number }) => orderedKey(activityArn, number),
  partition: 'region',
})
