import {
  AwsSesConfigurationSet,
  type AwsSesConfigurationSetProperties,
  CreateConfigurationSet,
  DeleteConfigurationSet,
  GetConfigurationSet,
  PutConfigurationSetDeliveryOptions,
  PutConfigurationSetReputationOptions,
  PutConfigurationSetSendingOptions,
  PutConfigurationSetSuppressionOptions,
  PutConfigurationSetTrackingOptions,
  PutConfigurationSetVdmOptions,
} from '@cloud-orrery/models/sesv2'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { unlessGone } from './gone.ts'
import { stackTagList, updateTags } from './stack-tags.ts'

export const configurationSetType = resource(AwsSesConfigurationSet, {
  async create(ctx, properties) {
    const name = properties.Name ?? ctx.physicalName({ lengthMax: 64 })
    const { Name: _name, Tags, TrackingOptions: _tracking, ...options } = properties
    await ctx.call(CreateConfigurationSet, {
      ConfigurationSetName: name,
      Tags: stackTagList(ctx, Tags),
      ...options,
      ...trackingOptions(properties),
    })
    return { physicalId: name }
  },

  async update(ctx, properties, previous, state) {
    const name = state.physicalId ?? properties.Name ?? ''
    for (const [option, put] of Object.entries(puts)) {
      // The keys of `puts` are the type's own.
      const key = option as keyof typeof puts
      if (JSON.stringify(properties[key]) === JSON.stringify(previous[key])) continue
      await put(ctx, name, properties)
    }
    if (JSON.stringify(properties.ArchivingOptions) !== JSON.stringify(previous.ArchivingOptions)) {
      throw notModelled('the property ArchivingOptions of AWS::SES::ConfigurationSet')
    }
    await updateTags(ctx, `configuration-set/${name}`, properties.Tags)
    return state
  },

  async delete(ctx, { physicalId }, { Name }) {
    await ctx.call(DeleteConfigurationSet, { ConfigurationSetName: physicalId ?? Name ?? '' })
  },

  async read(ctx, { physicalId }, { Name, Tags }) {
    const ConfigurationSetName = physicalId ?? Name ?? ''
    const found = await unlessGone(ctx.call(GetConfigurationSet, { ConfigurationSetName }))
    if (found === undefined) return undefined
    const { DeliveryOptions, ReputationOptions, SendingOptions, SuppressionOptions } = found
    return {
      Name: ConfigurationSetName,
      ...(DeliveryOptions === undefined ? {} : { DeliveryOptions }),
      ReputationOptions: {
        ReputationMetricsEnabled: ReputationOptions?.ReputationMetricsEnabled ?? false,
      },
      ...(SendingOptions === undefined ? {} : { SendingOptions }),
      ...(SuppressionOptions === undefined
        ? {}
        : { SuppressionOptions: { SuppressedReasons: SuppressionOptions.SuppressedReasons } }),
      ...(found.TrackingOptions === undefined ? {} : { TrackingOptions: found.TrackingOptions }),
      ...(Tags === undefined ? {} : { Tags: found.Tags ?? [] }),
    }
  },

  adopt: (_ctx, { Name = '' }) => ({ physicalId: Name }),
})

function trackingOptions({ TrackingOptions }: AwsSesConfigurationSetProperties) {
  const { CustomRedirectDomain, HttpsPolicy } = TrackingOptions ?? {}
  if (CustomRedirectDomain === undefined) return {}
  return {
    TrackingOptions: {
      CustomRedirectDomain,
      ...(HttpsPolicy === undefined ? {} : { HttpsPolicy }),
    },
  }
}

type Put = (
  ctx: ResourceContext,
  ConfigurationSetName: string,
  properties: AwsSesConfigurationSetProperties,
) => Promise<unknown>

/** What a property that was taken out of the template falls back to is what each call does without options. */
const puts = {
  DeliveryOptions: (ctx, ConfigurationSetName, { DeliveryOptions }) =>
    ctx.call(PutConfigurationSetDeliveryOptions, { ConfigurationSetName, ...DeliveryOptions }),
  ReputationOptions: (ctx, ConfigurationSetName, { ReputationOptions }) =>
    ctx.call(PutConfigurationSetReputationOptions, { ConfigurationSetName, ...ReputationOptions }),
  SendingOptions: (ctx, ConfigurationSetName, { SendingOptions }) =>
    ctx.call(PutConfigurationSetSendingOptions, {
      ConfigurationSetName,
      SendingEnabled: SendingOptions?.SendingEnabled ?? true,
    }),
  SuppressionOptions: (ctx, ConfigurationSetName, { SuppressionOptions }) =>
    ctx.call(PutConfigurationSetSuppressionOptions, {
      ConfigurationSetName,
      ...SuppressionOptions,
    }),
  TrackingOptions: (ctx, ConfigurationSetName, { TrackingOptions }) =>
    ctx.call(PutConfigurationSetTrackingOptions, { ConfigurationSetName, ...TrackingOptions }),
  VdmOptions: (ctx, ConfigurationSetName, { VdmOptions }) =>
    ctx.call(PutConfigurationSetVdmOptions, { ConfigurationSetName, VdmOptions }),
} satisfies Partial<Record<keyof AwsSesConfigurationSetProperties, Put>>
