import {
  AwsCloudWatchCompositeAlarm,
  type AwsCloudWatchCompositeAlarmProperties,
  type CompositeAlarm,
  DescribeAlarms,
  PutCompositeAlarm,
  type PutCompositeAlarmInput,
} from '@cloud-orrery/models/cloudwatch'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { alreadyExists } from '../../shared/already-exists.ts'
import { alarmArn } from '../state.ts'
import { nameMax, removeAlarm, replaceTags, tagList } from './alarm-tags.ts'

export const compositeAlarmType = resource(AwsCloudWatchCompositeAlarm, {
  async create(ctx, properties) {
    const AlarmName = properties.AlarmName ?? ctx.physicalName({ lengthMax: nameMax })
    if ((await find(ctx, AlarmName)) !== undefined) throw alreadyExists(AlarmName)
    const Tags = tagList(ctx, properties.Tags)
    await ctx.call(PutCompositeAlarm, { ...inputOf(AlarmName, properties), Tags })
    return { Arn: alarmArn(ctx, AlarmName), physicalId: AlarmName }
  },

  async update(ctx, properties, _previous, state) {
    await ctx.call(PutCompositeAlarm, inputOf(nameOf(state), properties))
    await replaceTags(ctx, state.Arn, tagList(ctx, properties.Tags))
    return state
  },

  delete: (ctx, state) => removeAlarm(ctx, nameOf(state)),

  adopt: (ctx, { AlarmName = '' }) => ({ Arn: alarmArn(ctx, AlarmName), physicalId: AlarmName }),

  async read(ctx, state, properties) {
    const alarm = await find(ctx, nameOf(state))
    if (alarm === undefined) return undefined
    const names = Object.keys(properties).filter((name) => name !== 'Tags' && name in alarm)
    // Parameters and properties of one name have one form.
    const found = alarm as Readonly<Record<string, unknown>>
    return Object.fromEntries(names.map((name) => [name, found[name]]))
  },
})

function nameOf({ Arn }: { readonly Arn: string }): string {
  return Arn.slice(Arn.indexOf(':alarm:') + ':alarm:'.length)
}

async function find(ctx: ResourceContext, name: string): Promise<CompositeAlarm | undefined> {
  const { CompositeAlarms } = await ctx.call(DescribeAlarms, {
    AlarmNames: [name],
    AlarmTypes: ['CompositeAlarm'],
  })
  return CompositeAlarms?.[0]
}

function inputOf(
  AlarmName: string,
  { Tags: _, ...rest }: AwsCloudWatchCompositeAlarmProperties,
): PutCompositeAlarmInput {
  return { ...rest, AlarmName }
}
