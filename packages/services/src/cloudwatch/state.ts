import { orderedKey, type Scope, table } from '@cloud-orrery/kernel'
import type { MetricDataQuery } from '@cloud-orrery/models/cloudwatch'

export type StateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
export type Tags = Readonly<Record<string, string>>

/** What an alarm's state is, and why. */
export interface AlarmState {
  readonly value: StateValue
  readonly reason: string
  /** JSON. */
  readonly reasonData?: string
  /** When it was last written. */
  readonly updatedAtMs: number
  /** When the value last changed. */
  readonly transitionedAtMs: number
}

interface AlarmBasics {
  readonly name: string
  readonly arn: string
  readonly description?: string
  readonly actionsEnabled: boolean
  readonly okActions: readonly string[]
  readonly alarmActions: readonly string[]
  readonly insufficientDataActions: readonly string[]
  readonly configuredAtMs: number
  readonly state: AlarmState
  readonly tags: Tags
}

/** What a metric alarm looks at: one metric, or what one of several queries gives. */
export type AlarmSubject =
  | {
      readonly kind: 'metric'
      readonly namespace: string
      readonly metricName: string
      readonly dimensions: readonly { readonly Name: string; readonly Value: string }[]
      readonly period: number
      readonly unit?: string
      readonly statistic?: string
      readonly extendedStatistic?: string
      /** Tells its metric apart in events; AWS makes one up. */
      readonly queryId: string
    }
  | { readonly kind: 'queries'; readonly queries: readonly MetricDataQuery[] }

export interface MetricAlarmRecord extends AlarmBasics {
  readonly kind: 'metric'
  readonly subject: AlarmSubject
  readonly evaluationPeriods: number
  readonly datapointsToAlarm?: number
  readonly threshold: number
  readonly comparison: string
  readonly treatMissingData?: string
  readonly lowSampleCount?: string
}

export interface CompositeAlarmRecord extends AlarmBasics {
  readonly kind: 'composite'
  readonly rule: string
  /** Names of the alarms in the rule. */
  readonly children: readonly string[]
  readonly suppressor?: {
    readonly name: string
    readonly waitSeconds: number
    readonly extensionSeconds: number
  }
  /** Why its actions are held back at present. */
  readonly suppressed?: {
    readonly by: 'Alarm' | 'WaitPeriod' | 'ExtensionPeriod'
    readonly reason: string
  }
  /** The task that ends a wait or an extension. */
  readonly suppressionTaskId?: string
  /** The last state whose actions were run. */
  readonly actedOn?: StateValue
}

export type AlarmRecord = MetricAlarmRecord | CompositeAlarmRecord

export const alarms = table<AlarmRecord, 'child' | 'suppressor'>('cloudwatch.alarms', {
  key: ({ name }) => name,
  partition: 'region',
  resource: ({ arn }) => arn,
  indexes: {
    child: (alarm) => (alarm.kind === 'composite' ? alarm.children : undefined),
    suppressor: (alarm) => (alarm.kind === 'composite' ? alarm.suppressor?.name : undefined),
  },
})

export type HistoryItemType = 'ConfigurationUpdate' | 'StateUpdate' | 'Action'

export interface HistoryRecord {
  readonly alarmName: string
  readonly alarmKind: AlarmRecord['kind']
  readonly atMs: number
  /** Items of one moment keep the order in which they came. */
  readonly sequence: number
  readonly type: HistoryItemType
  readonly summary: string
  /** JSON. */
  readonly data: string
}

export const historyKeys = {
  alarm: ({ alarmName, atMs, sequence }: HistoryRecord) => orderedKey(alarmName, atMs, sequence),
  time: ({ atMs, sequence }: HistoryRecord) => orderedKey(atMs, sequence),
}

/** By time; by the index, an alarm's own. */
export const history = table<HistoryRecord, 'alarm'>('cloudwatch.history', {
  key: historyKeys.time,
  partition: 'region',
  indexes: { alarm: historyKeys.alarm },
})

export interface DashboardRecord {
  readonly name: string
  readonly arn: string
  readonly body: string
  readonly modifiedAtMs: number
  readonly tags: Tags
}

/** Dashboards are of the account, in every region the same. */
export const dashboards = table<DashboardRecord>('cloudwatch.dashboards', {
  key: ({ name }) => name,
  partition: 'account',
  resource: ({ arn }) => arn,
})

export function alarmArn({ accountId, region }: Scope, name: string): string {
  return `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`
}

export function dashboardArn({ accountId }: Scope, name: string): string {
  return `arn:aws:cloudwatch::${accountId}:dashboard/${name}`
}
