import type { Context } from '../../context.ts'
import { type Task, task } from '../../define.ts'
import { planActions } from '../alarms/actions.ts'
import { secondMs } from '../limits.ts'
import { alarms, type CompositeAlarmRecord, type StateValue } from '../state.ts'

/** The wait for a suppressor, or the extension after it, of one alarm ends. */
interface Pause {
  readonly alarmName: string
}

const name = 'cloudwatch.endSuppression'
const pause: Task<Pause> = { name, run: () => {} }

type By = NonNullable<CompositeAlarmRecord['suppressed']>['by']

/**
 * What a change of state means for an alarm's actions: they run now, or are held back. Source: CloudWatch User Guide,
 * Suppressing composite alarm actions.
 */
export function actionsAfter(
  ctx: Context,
  alarm: CompositeAlarmRecord,
  value: StateValue,
): CompositeAlarmRecord {
  const { suppressor } = alarm
  if (suppressor === undefined) return { ...alarm, actedOn: value }
  if (alarm.suppressed?.by === 'ExtensionPeriod') return alarm
  if (alarms.get(ctx, suppressor.name)?.state.value === 'ALARM') return held(ctx, alarm, 'Alarm')
  if (value === 'ALARM' && suppressor.waitSeconds > 0) {
    return held(ctx, alarm, 'WaitPeriod', suppressor.waitSeconds)
  }
  return { ...released(ctx, alarm), actedOn: value }
}

/** The suppressor of an alarm changed its state. */
export function suppressorChanged(ctx: Context, alarm: CompositeAlarmRecord): void {
  const { suppressor, suppressed } = alarm
  if (suppressor === undefined) return
  const suppresses = alarms.get(ctx, suppressor.name)?.state.value === 'ALARM'
  if (suppresses && suppressed !== undefined) alarms.put(ctx, held(ctx, alarm, 'Alarm'))
  if (!suppresses && suppressed?.by === 'Alarm') {
    alarms.put(ctx, held(ctx, alarm, 'ExtensionPeriod', suppressor.extensionSeconds))
  }
}

function held(
  ctx: Context,
  alarm: CompositeAlarmRecord,
  by: By,
  seconds?: number,
): CompositeAlarmRecord {
  const free = released(ctx, alarm)
  const reason = `Actions suppressed by ${by === 'Alarm' ? (alarm.suppressor?.name ?? '') : by}`
  const suppressed = { by, reason }
  if (seconds === undefined) return { ...free, suppressed }
  const suppressionTaskId = ctx.after(seconds * secondMs, pause, { alarmName: alarm.name })
  return { ...free, suppressed, suppressionTaskId }
}

/** Without what holds its actions back. */
export function released(ctx: Context, alarm: CompositeAlarmRecord): CompositeAlarmRecord {
  const { suppressed: _, suppressionTaskId, ...rest } = alarm
  if (suppressionTaskId !== undefined) ctx.cancel(suppressionTaskId)
  return rest
}

/** Nothing holds the actions back any longer: those of the state of now run, unless they have. */
export const endSuppression = task<Pause>(name, {
  run(ctx, { alarmName }) {
    const alarm = alarms.get(ctx, alarmName)
    if (alarm?.kind !== 'composite') return // Deleted meanwhile.
    const { suppressionTaskId: _, ...rest } = alarm
    const free = released(ctx, rest)
    const before = alarm.actedOn ?? 'OK'
    const changed = alarms.put(ctx, { ...free, actedOn: alarm.state.value })
    if (before === alarm.state.value) return
    planActions(ctx, changed, { ...alarm.state, value: before })
  },
})
