import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { stamp } from '../alarms/reasons.ts'
import { enterState } from '../alarms/transitions.ts'
import { alarms, type CompositeAlarmRecord } from '../state.ts'
import { type Round, roundName } from './rounds.ts'
import { alarmsIn, holds, parseRule } from './rule.ts'
import { actionsAfter } from './suppression.ts'

export const evaluateComposite = task<Round>(roundName, {
  run(ctx, { alarmName, because, path }) {
    const alarm = alarms.get(ctx, alarmName)
    if (alarm?.kind !== 'composite') return // Deleted meanwhile.
    const rule = parseRule(alarm.rule)
    const value = holds(rule, (child) => alarms.get(ctx, child)?.state.value) ? 'ALARM' : 'OK'
    if (value === alarm.state.value) return
    const prepared = actionsAfter(ctx, alarm, value)
    enterState(
      ctx,
      prepared,
      {
        value,
        reason: reasonOf(ctx, alarm, because, value),
        reasonData: JSON.stringify({ triggeringAlarms: triggering(ctx, alarmsIn(rule), because) }),
      },
      path,
    )
  },
})

/** Recorded: cloudformation, `test_composite_alarm_creation`. Later changes: CloudWatch User Guide, Alarm events. */
function reasonOf(
  ctx: Context,
  alarm: CompositeAlarmRecord,
  because: string | undefined,
  value: string,
): string {
  const child = because === undefined ? undefined : alarms.get(ctx, because)
  if (child !== undefined) {
    return `${child.arn} transitioned to ${child.state.value} at ${longDate(child.state.updatedAtMs)}`
  }
  const verb = alarm.configuredAtMs === alarm.state.updatedAtMs ? 'created' : 'updated'
  return `${alarm.arn} was ${verb} and its alarm rule evaluates to ${value}`
}

/** The child that changed; for a new rule all of them. */
function triggering(ctx: Context, children: readonly string[], because: string | undefined) {
  return (because === undefined ? children : [because]).flatMap((child) => {
    const alarm = alarms.get(ctx, child)
    if (alarm === undefined) return []
    const { value, updatedAtMs } = alarm.state
    return [{ arn: alarm.arn, state: { value, timestamp: stamp(updatedAtMs) } }]
  })
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
]

/** `Friday 29 November, 2019 10:31:00 UTC` */
function longDate(atMs: number): string {
  const date = new Date(atMs)
  const day = String(date.getUTCDate()).padStart(2, '0')
  const time = date.toISOString().slice(11, 19)
  return `${days[date.getUTCDay()]} ${day} ${months[date.getUTCMonth()]}, ${date.getUTCFullYear()} ${time} UTC`
}
