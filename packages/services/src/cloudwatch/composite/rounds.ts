import type { Context } from '../../context.ts'
import type { Task } from '../../define.ts'
import { alarms, type CompositeAlarmRecord } from '../state.ts'
import { suppressorChanged } from './suppression.ts'

/** A composite alarm is to be looked at. */
export interface Round {
  readonly alarmName: string
  /** The alarm whose change is the reason; absent for a new rule. */
  readonly because?: string
  /** Alarms whose changes led here. Source: PutCompositeAlarm: evaluation stops where a path is a cycle. */
  readonly path: readonly string[]
}

export const roundName = 'cloudwatch.evaluateComposite'

/** For `after`: tasks are found by their name when they run. */
const round: Task<Round> = { name: roundName, run: () => {} }

/** An alarm changed its state: those whose rule names it are looked at. */
export function parentsChanged(
  ctx: Context,
  alarmName: string,
  path: readonly string[] = [],
): void {
  for (const parent of [...alarms.where(ctx, 'child', alarmName)]) {
    if (path.includes(parent.name)) continue
    ctx.after(0, round, { alarmName: parent.name, because: alarmName, path: [...path, alarmName] })
  }
  for (const parent of [...alarms.where(ctx, 'suppressor', alarmName)]) {
    if (parent.kind === 'composite') suppressorChanged(ctx, parent)
  }
}

/** A rule is new. */
export function beginComposite(ctx: Context, alarm: CompositeAlarmRecord): void {
  ctx.after(0, round, { alarmName: alarm.name, path: [] })
}
