import {
  AwsCloudWatchAlarm,
  type AwsCloudWatchAlarmProperties,
  DescribeAlarms,
  type MetricAlarm,
  PutMetricAlarm,
  type PutMetricAlarmInput,
} from '@cloud-orrery/models/cloudwatch'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { alreadyExists } from '../../shared/already-exists.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { alarmArn } from '../state.ts'
import { nameMax, removeAlarm, replaceTags, tagList } from './alarm-tags.ts'

export const alarmType = resource(AwsCloudWatchAlarm, {
  async create(ctx, properties) {
    const AlarmName = properties.AlarmName ?? ctx.physicalName({ lengthMax: nameMax })
    if ((await find(ctx, AlarmName)) !== undefined) throw alreadyExists(AlarmName)
    const Tags = tagList(ctx, properties.Tags)
    await ctx.call(PutMetricAlarm, { ...inputOf(AlarmName, properties), Tags })
    return { Arn: alarmArn(ctx, AlarmName), physicalId: AlarmName }
  },

  async update(ctx, properties, _previous, state) {
    const AlarmName = nameOf(state)
    await ctx.call(PutMetricAlarm, inputOf(AlarmName, properties))
    await replaceTags(ctx, state.Arn, tagList(ctx, properties.Tags))
    return state
  },

  delete: (ctx, state) => removeAlarm(ctx, nameOf(state)),

  adopt: (ctx, { AlarmName = '' }) => ({
    Arn: alarmArn(ctx, AlarmName),
    physicalId: AlarmName,
  }),

  async read(ctx, state, properties) {
    const alarm = await find(ctx, nameOf(state))
    return alarm === undefined ? undefined : propertiesOf(alarm, properties)
  },
})

function nameOf({ Arn }: { readonly Arn: string }): string {
  return Arn.slice(Arn.indexOf(':alarm:') + ':alarm:'.length)
}

async function find(ctx: ResourceContext, name: string): Promise<MetricAlarm | undefined> {
  const { MetricAlarms } = await ctx.call(DescribeAlarms, {
    AlarmNames: [name],
    AlarmTypes: ['MetricAlarm'],
  })
  return MetricAlarms?.[0]
}

/** Properties and parameters have the same names. */
function inputOf(AlarmName: string, properties: AwsCloudWatchAlarmProperties): PutMetricAlarmInput {
  const { Tags: _, EvaluationCriteria, EvaluationWindow, WarmUpConfiguration, ...rest } = properties
  for (const [name, value] of Object.entries({
    EvaluationCriteria,
    EvaluationWindow,
    WarmUpConfiguration,
  })) {
    if (value !== undefined) throw notModelled(`${name} of AWS::CloudWatch::Alarm`)
  }
  return { ...rest, AlarmName }
}

/** What an alarm has now, of what the template said. */
function propertiesOf(
  alarm: MetricAlarm,
  properties: AwsCloudWatchAlarmProperties,
): Partial<AwsCloudWatchAlarmProperties> {
  const names = Object.keys(properties).filter((name) => name !== 'Tags' && name in alarm)
  // Parameters and properties of one name have one form.
  const found = alarm as Readonly<Record<string, unknown>>
  return Object.fromEntries(names.map((name) => [name, found[name]]))
}
