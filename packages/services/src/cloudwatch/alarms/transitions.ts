import type { Context } from '../../context.ts'
import { parentsChanged } from '../composite/rounds.ts'
import { type AlarmRecord, type AlarmState, alarms, type StateValue } from '../state.ts'
import { planActions } from './actions.ts'
import { configurationOf, eventState } from './descriptions.ts'
import { remember } from './history.ts'

export interface NewState {
  readonly value: StateValue
  readonly reason: string
  readonly reasonData?: string | undefined
}

/**
 * An alarm gets another state: it is remembered and told, actions run, and alarms over it are looked at. `path`: the
 * alarms whose changes led to this one.
 */
export function enterState(
  ctx: Context,
  alarm: AlarmRecord,
  next: NewState,
  path: readonly string[] = [],
): AlarmRecord {
  const before = alarm.state
  const state: AlarmState = {
    value: next.value,
    reason: next.reason,
    ...(next.reasonData === undefined ? {} : { reasonData: next.reasonData }),
    updatedAtMs: ctx.now(),
    transitionedAtMs: before.value === next.value ? before.transitionedAtMs : ctx.now(),
  }
  const changed = alarms.put(ctx, { ...alarm, state })
  if (before.value === next.value) return changed
  remember(ctx, changed, 'StateUpdate', `Alarm updated from ${before.value} to ${state.value}`, {
    version: '1.0',
    oldState: historyState(before),
    newState: historyState(state),
  })
  ctx.emit({
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      state: eventState(state, changed),
      previousState: eventState(before),
      configuration: configurationOf(changed),
    },
  })
  planActions(ctx, changed, before)
  parentsChanged(ctx, alarm.name, path)
  return changed
}

function historyState({ value, reason, reasonData }: AlarmState): object {
  return {
    stateValue: value,
    stateReason: reason,
    ...(reasonData === undefined ? {} : { stateReasonData: parsed(reasonData) }),
  }
}

/** What people set by hand may be no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
