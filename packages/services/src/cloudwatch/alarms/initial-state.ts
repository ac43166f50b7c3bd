import type { Context } from '../../context.ts'
import type { AlarmRecord, AlarmState } from '../state.ts'
import { remember } from './history.ts'

/** Recorded: cloudwatch, DescribeAlarms after PutMetricAlarm. */
export function initialState(ctx: Context): AlarmState {
  return {
    value: 'INSUFFICIENT_DATA',
    reason: 'Unchecked: Initial alarm creation',
    updatedAtMs: ctx.now(),
    transitionedAtMs: ctx.now(),
  }
}

/** Source: DescribeAlarmHistory, HistoryData; the members are those of DescribeAlarms in small letters. */
export function rememberConfiguration(
  ctx: Context,
  alarm: AlarmRecord,
  isNew: boolean,
  shown: object,
): void {
  const configuration = Object.fromEntries(
    Object.entries(shown)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value as unknown]),
  )
  remember(
    ctx,
    alarm,
    'ConfigurationUpdate',
    `Alarm "${alarm.name}" ${isNew ? 'created' : 'updated'}`,
    {
      version: '1.0',
      type: isNew ? 'Create' : 'Update',
      [isNew ? 'createdAlarm' : 'updatedAlarm']: configuration,
    },
  )
}
