import { orderedKey, table } from '@cloud-orrery/kernel'
import type { FlexibleTimeWindow, Target } from '@cloud-orrery/models/scheduler'
import type { Context } from '../context.ts'

/** The group of schedules that name none. It is always there. */
export const defaultGroup = 'default'

export interface Group {
  readonly name: string
  readonly arn: string
  readonly state: 'ACTIVE' | 'DELETING'
  readonly createdAtMs: number
  readonly modifiedAtMs: number
  readonly tags: Readonly<Record<string, string>>
  /** Of the request that made it. */
  readonly clientToken?: string
}

export interface Schedule {
  readonly group: string
  readonly name: string
  readonly arn: string
  readonly expression: string
  readonly timezone: string
  readonly startMs?: number
  readonly endMs?: number
  readonly description?: string
  readonly state: 'ENABLED' | 'DISABLED'
  readonly target: Target
  readonly window: FlexibleTimeWindow
  readonly afterCompletion: 'NONE' | 'DELETE'
  readonly createdAtMs: number
  readonly modifiedAtMs: number
  /** Of the request that made it. */
  readonly clientToken?: string
  /** Counts up with every change, so that work for an earlier form knows that it is out of date. */
  readonly revision: number
  /** Of the next invocation; absent when none is to come. */
  readonly taskId?: string
}

export const groups = table<Group>('scheduler.groups', {
  key: ({ name }) => name,
  partition: 'region',
  resource: ({ name, arn }) => (name === defaultGroup ? undefined : arn),
})

export const schedules = table<Schedule>('scheduler.schedules', {
  key: ({ group, name }) => scheduleKey(group, name),
  partition: 'region',
  resource: ({ arn }) => arn,
})

export function scheduleKey(group: string, name: string): string {
  return orderedKey(group, name)
}

export function groupArn({ partition, region, accountId }: Context, name: string): string {
  return `arn:${partition}:scheduler:${region}:${accountId}:schedule-group/${name}`
}

export function scheduleArn(
  { partition, region, accountId }: Context,
  group: string,
  name: string,
): string {
  return `arn:${partition}:scheduler:${region}:${accountId}:schedule/${group}/${name}`
}
