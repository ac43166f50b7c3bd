import {
  type CompositeAlarm,
  DeleteAlarms,
  DescribeAlarms,
  DescribeAlarmsForMetric,
  type DescribeAlarmsForMetricInput,
  type DescribeAlarmsInput,
  DisableAlarmActions,
  EnableAlarmActions,
  type MetricAlarm,
  SetAlarmState,
} from '@cloud-orrery/models/cloudwatch'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { unwatchMetrics } from '../../shared/metric-watchers.ts'
import { pageOf } from '../../shared/pages.ts'
import { actionsAfter, released } from '../composite/suppression.ts'
import {
  alarmNotFound,
  invalidCombination,
  invalidNextToken,
  invalidValue,
  validationError,
} from '../errors.ts'
import { alarmsPageMax } from '../limits.ts'
import { identityOf, keyOf } from '../metrics/identity.ts'
import { type AlarmRecord, alarmArn, alarms, type StateValue } from '../state.ts'
import { alarmTagContext } from '../tag-lists.ts'
import { compositeAlarmOf, metricAlarmOf } from './descriptions.ts'
import { reconsider } from './evaluation.ts'
import { kindOf } from './history.ts'
import { enterState } from './transitions.ts'

/** Each alarm that a call names, with its tags for conditions. */
function judged({ AlarmNames }: { readonly AlarmNames: readonly string[] }, ctx: Context) {
  return AlarmNames.map((name) => ({
    resource: alarmArn(ctx, name),
    context: alarmTagContext(ctx, name),
  }))
}

export const describeAlarms = operation(DescribeAlarms, {
  authorize: ({ AlarmNames }, ctx) =>
    AlarmNames === undefined || AlarmNames.length === 0
      ? alarmArn(ctx, '*')
      : AlarmNames.map((name) => ({ resource: alarmArn(ctx, name) })),
  provenance: 'recorded',
  run(ctx, input) {
    checkFilters(input)
    const { NextToken, MaxRecords, ...request } = input
    const { items, nextToken } = pageOf<AlarmRecord>({
      list: (start) => candidates(ctx, input, start.after),
      positionOf: ({ name }) => name,
      wanted: (alarm) => isWanted(ctx, alarm, input),
      itemsMax: MaxRecords ?? alarmsPageMax,
      token: NextToken,
      request,
      refused: invalidNextToken,
    })
    const MetricAlarms: MetricAlarm[] = []
    const CompositeAlarms: CompositeAlarm[] = []
    const brief = input.ChildrenOfAlarmName ?? input.ParentsOfAlarmName
    for (const alarm of items) {
      if (alarm.kind === 'metric') MetricAlarms.push(shown(metricAlarmOf(alarm), brief))
      else CompositeAlarms.push(shown(compositeAlarmOf(alarm), brief))
    }
    return { MetricAlarms, CompositeAlarms, LogAlarms: [], NextToken: nextToken }
  },
})

/** Relatives of an alarm come with name, ARN and state alone. Source: DescribeAlarms, `ChildrenOfAlarmName`. */
function shown<A extends MetricAlarm | CompositeAlarm>(alarm: A, of: string | undefined): A {
  if (of === undefined) return alarm
  const { AlarmName, AlarmArn, StateValue, StateUpdatedTimestamp } = alarm
  // All members of both kinds may be absent.
  return { AlarmName, AlarmArn, StateValue, StateUpdatedTimestamp } as A
}

function checkFilters(input: DescribeAlarmsInput): void {
  const { AlarmNames, AlarmNamePrefix, ChildrenOfAlarmName, ParentsOfAlarmName } = input
  if (AlarmNames !== undefined && AlarmNamePrefix !== undefined) {
    throw invalidCombination(
      'The parameters AlarmNames and AlarmNamePrefix are mutually exclusive and you have specified both.',
    )
  }
  for (const [name, value] of Object.entries({ ChildrenOfAlarmName, ParentsOfAlarmName })) {
    if (value === undefined) continue
    const { MaxRecords: _, NextToken: __, ...others } = input
    if (Object.values(others).filter((it) => it !== undefined).length > 1) {
      throw validationError(`${name} can not be used together with other filters.`)
    }
  }
}

function* candidates(
  ctx: Context,
  input: DescribeAlarmsInput,
  after: string | undefined,
): Generator<AlarmRecord, void, undefined> {
  const { AlarmNames, AlarmNamePrefix } = input
  if (AlarmNames !== undefined && AlarmNames.length > 0) {
    for (const name of [...new Set(AlarmNames)].sort()) {
      const alarm = after === undefined || name > after ? alarms.get(ctx, name) : undefined
      if (alarm !== undefined) yield alarm
    }
    return
  }
  yield* alarms.scan(ctx, {
    ...(AlarmNamePrefix === undefined ? {} : { prefix: AlarmNamePrefix }),
    ...(after === undefined ? {} : { after }),
  })
}

function isWanted(ctx: Context, alarm: AlarmRecord, input: DescribeAlarmsInput): boolean {
  const { AlarmTypes, StateValue, ActionPrefix, ChildrenOfAlarmName, ParentsOfAlarmName } = input
  if (ChildrenOfAlarmName !== undefined) {
    const parent = alarms.get(ctx, ChildrenOfAlarmName)
    return parent?.kind === 'composite' && parent.children.includes(alarm.name)
  }
  if (ParentsOfAlarmName !== undefined) {
    return alarm.kind === 'composite' && alarm.children.includes(ParentsOfAlarmName)
  }
  // Source: DescribeAlarms, `AlarmTypes`: without it only metric alarms are returned.
  const types = AlarmTypes ?? ['MetricAlarm']
  if (!types.includes(kindOf(alarm.kind))) return false
  if (StateValue !== undefined && alarm.state.value !== StateValue) return false
  if (ActionPrefix === undefined) return true
  const actions = [...alarm.okActions, ...alarm.alarmActions, ...alarm.insufficientDataActions]
  return actions.some((action) => action.startsWith(ActionPrefix))
}

export const describeAlarmsForMetric = operation(DescribeAlarmsForMetric, {
  authorize: (_, ctx) => alarmArn(ctx, '*'),
  provenance: 'recorded',
  run(ctx, input) {
    const MetricAlarms: MetricAlarm[] = []
    for (const alarm of alarms.scan(ctx)) {
      const described = alarm.kind === 'metric' ? metricAlarmOf(alarm) : undefined
      if (described !== undefined && isOnMetric(described, input)) MetricAlarms.push(described)
    }
    return { MetricAlarms }
  },
})

function isOnMetric(alarm: MetricAlarm, input: DescribeAlarmsForMetricInput): boolean {
  if (alarm.MetricName === undefined) return false
  if (keyOf(identityOf(alarm)) !== keyOf(identityOf(input))) return false
  return (['Statistic', 'ExtendedStatistic', 'Period', 'Unit'] as const).every(
    (name) => input[name] === undefined || input[name] === alarm[name],
  )
}

export const deleteAlarms = operation(DeleteAlarms, {
  authorize: judged,
  provenance: 'recorded',
  run(ctx, { AlarmNames }) {
    const found = AlarmNames.map((name) => {
      const alarm = alarms.get(ctx, name)
      if (alarm === undefined) throw alarmNotFound()
      return alarm
    })
    if (found.filter(({ kind }) => kind === 'composite').length > 1) {
      throw validationError('Only one composite alarm can be deleted in one call.')
    }
    for (const { name } of found) {
      const parent = alarms.first(ctx, 'child', name) ?? alarms.first(ctx, 'suppressor', name)
      if (parent !== undefined) {
        throw validationError(
          `Cannot delete ${name} as there are composite alarm(s) depending on it.`,
        )
      }
    }
    for (const alarm of found) {
      unwatchMetrics(ctx, alarm.name)
      if (alarm.kind === 'composite') released(ctx, alarm)
      alarms.delete(ctx, alarm.name)
    }
    return {}
  },
})

export const setAlarmState = operation(SetAlarmState, {
  authorize: ({ AlarmName }, ctx) => ({
    resource: alarmArn(ctx, AlarmName),
    context: alarmTagContext(ctx, AlarmName),
  }),
  provenance: 'recorded',
  run(ctx, { AlarmName, StateValue: wanted, StateReason, StateReasonData }) {
    const alarm = alarms.get(ctx, AlarmName)
    if (alarm === undefined) throw alarmNotFound()
    if (StateReasonData !== undefined && !isJson(StateReasonData)) {
      throw invalidValue('The parameter StateReasonData must be valid JSON.')
    }
    // The model's enum has these three.
    const value = wanted as StateValue
    const prepared =
      alarm.kind === 'composite' && value !== alarm.state.value
        ? actionsAfter(ctx, alarm, value)
        : alarm
    const next = { value, reason: StateReason, reasonData: StateReasonData }
    const changed = enterState(ctx, prepared, next)
    if (changed.kind === 'metric') reconsider(ctx, changed)
    return {}
  },
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false // What is no JSON is what was asked.
  }
}

export const enableAlarmActions = operation(EnableAlarmActions, {
  authorize: judged,
  provenance: 'modelled',
  run: (ctx, { AlarmNames }) => setActionsEnabled(ctx, AlarmNames, true),
})

export const disableAlarmActions = operation(DisableAlarmActions, {
  authorize: judged,
  provenance: 'modelled',
  run: (ctx, { AlarmNames }) => setActionsEnabled(ctx, AlarmNames, false),
})

/** Names of no alarm are passed over, as on AWS. */
function setActionsEnabled(ctx: Context, names: readonly string[], actionsEnabled: boolean) {
  for (const name of names) if (alarms.has(ctx, name)) alarms.update(ctx, name, { actionsEnabled })
  return {}
}
