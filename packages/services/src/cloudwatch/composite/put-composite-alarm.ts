import { PutCompositeAlarm, type PutCompositeAlarmInput } from '@cloud-orrery/models/cloudwatch'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { checkActions } from '../alarms/actions.ts'
import { compositeAlarmOf } from '../alarms/descriptions.ts'
import { initialState, rememberConfiguration } from '../alarms/initial-state.ts'
import { missingParameter, validationError } from '../errors.ts'
import { ruleAlarmsMax } from '../limits.ts'
import { alarmArn, alarms, type CompositeAlarmRecord } from '../state.ts'
import { alarmTagContext, readTags } from '../tag-lists.ts'
import { beginComposite } from './rounds.ts'
import { alarmsIn, parseRule, type Rule, RuleError } from './rule.ts'
import { released } from './suppression.ts'

export const putCompositeAlarm = operation(PutCompositeAlarm, {
  authorize: ({ AlarmName, AlarmActions, OKActions, InsufficientDataActions, Tags }, ctx) => ({
    resource: alarmArn(ctx, AlarmName),
    context: {
      ...alarmTagContext(ctx, AlarmName, Tags),
      'cloudwatch:AlarmActions': [
        ...(AlarmActions ?? []),
        ...(OKActions ?? []),
        ...(InsufficientDataActions ?? []),
      ],
    },
  }),
  provenance: 'recorded',
  refuses: ['ActionConfiguration'],
  run(ctx, input) {
    const { AlarmName, AlarmRule } = input
    const previous = alarms.get(ctx, AlarmName)
    if (previous?.kind === 'metric') {
      throw validationError(`${AlarmName} is already used by a metric alarm.`)
    }
    const suppressor = suppressorOf(ctx, input)
    const alarm: CompositeAlarmRecord = {
      kind: 'composite',
      name: AlarmName,
      arn: alarmArn(ctx, AlarmName),
      ...(input.AlarmDescription === undefined ? {} : { description: input.AlarmDescription }),
      actionsEnabled: input.ActionsEnabled ?? true,
      okActions: input.OKActions ?? [],
      alarmActions: input.AlarmActions ?? [],
      insufficientDataActions: input.InsufficientDataActions ?? [],
      configuredAtMs: ctx.now(),
      state: previous?.state ?? initialState(ctx),
      tags: previous?.tags ?? readTags(input.Tags ?? []),
      rule: AlarmRule,
      children: childrenOf(ctx, AlarmRule),
      ...(suppressor === undefined ? {} : { suppressor }),
      ...(previous?.actedOn === undefined ? {} : { actedOn: previous.actedOn }),
    }
    checkActions([...alarm.okActions, ...alarm.alarmActions, ...alarm.insufficientDataActions])
    if (previous !== undefined) released(ctx, previous)
    alarms.put(ctx, alarm)
    rememberConfiguration(ctx, alarm, previous === undefined, compositeAlarmOf(alarm))
    beginComposite(ctx, alarm)
    return {}
  },
})

function childrenOf(ctx: Context, text: string): readonly string[] {
  const children = alarmsIn(ruleOf(text))
  if (children.length > ruleAlarmsMax) {
    throw validationError(`AlarmRule can not contain more than ${ruleAlarmsMax} alarms.`)
  }
  const missing = children.filter((name) => !alarms.has(ctx, name))
  if (missing.length > 0) {
    throw validationError(
      `Could not save the composite alarm as alarms [${missing.join(', ')}] in the alarm rule do not exist`,
    )
  }
  return children
}

function ruleOf(text: string): Rule {
  try {
    return parseRule(text)
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    throw validationError(`AlarmRule is invalid: ${error.message}`)
  }
}

function suppressorOf(
  ctx: Context,
  input: PutCompositeAlarmInput,
): CompositeAlarmRecord['suppressor'] {
  const { ActionsSuppressor, ActionsSuppressorWaitPeriod, ActionsSuppressorExtensionPeriod } = input
  if (ActionsSuppressor === undefined) {
    if (
      ActionsSuppressorWaitPeriod !== undefined ||
      ActionsSuppressorExtensionPeriod !== undefined
    ) {
      throw missingParameter('The parameter ActionsSuppressor is required.')
    }
    return undefined
  }
  if (ActionsSuppressorWaitPeriod === undefined || ActionsSuppressorExtensionPeriod === undefined) {
    throw missingParameter(
      'The parameters ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod are required.',
    )
  }
  const name = /:alarm:(.+)$/s.exec(ActionsSuppressor)?.[1] ?? ActionsSuppressor
  if (!alarms.has(ctx, name)) {
    throw validationError(
      `Could not save the composite alarm as the suppressor alarm ${name} does not exist`,
    )
  }
  return {
    name,
    waitSeconds: ActionsSuppressorWaitPeriod,
    extensionSeconds: ActionsSuppressorExtensionPeriod,
  }
}
