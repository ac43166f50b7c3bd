import {
  AwsSnsSubscription,
  type AwsSnsSubscriptionProperties,
  GetSubscriptionAttributes,
  SetSubscriptionAttributes,
  Subscribe,
  Unsubscribe,
} from '@cloud-orrery/models/sns'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'

/** The scope before the policy: the policy is read for it. */
const attributeNames = [
  'FilterPolicyScope',
  'FilterPolicy',
  'RawMessageDelivery',
  'RedrivePolicy',
  'DeliveryPolicy',
] as const

export const subscriptionType = resource(AwsSnsSubscription, {
  async create(ctx, properties) {
    refuseUnbuilt(properties)
    const { TopicArn, Protocol, Endpoint, Region } = properties
    const { SubscriptionArn = '' } = await ctx.call(
      Subscribe,
      {
        TopicArn,
        Protocol,
        Endpoint,
        Attributes: attributesOf(properties),
        ReturnSubscriptionArn: true,
      },
      Region === undefined ? {} : { region: Region },
    )
    return { Arn: SubscriptionArn }
  },

  async update(ctx, properties, previous, state) {
    refuseUnbuilt(properties)
    const options = properties.Region === undefined ? {} : { region: properties.Region }
    const wanted = attributesOf(properties)
    const before = attributesOf(previous)
    for (const AttributeName of attributeNames) {
      if (wanted[AttributeName] === before[AttributeName]) continue
      const AttributeValue = wanted[AttributeName] ?? defaults[AttributeName]
      const input = { SubscriptionArn: state.Arn, AttributeName, AttributeValue }
      await ctx.call(SetSubscriptionAttributes, input, options)
    }
    return state
  },

  /** A subscription that was never confirmed stays until its time is up, as on AWS. */
  async delete(ctx, { Arn }, { Region }) {
    const options = Region === undefined ? {} : { region: Region }
    const { Attributes } = await ctx.call(
      GetSubscriptionAttributes,
      { SubscriptionArn: Arn },
      options,
    )
    if (Attributes?.['PendingConfirmation'] === 'true') return
    await ctx.call(Unsubscribe, { SubscriptionArn: Arn }, options)
  },

  async read(ctx, { Arn }, { Region }) {
    const options = Region === undefined ? {} : { region: Region }
    const { Attributes = {} } = await ctx.call(
      GetSubscriptionAttributes,
      { SubscriptionArn: Arn },
      options,
    )
    const json = (name: string) => {
      const text = Attributes[name]
      return text === undefined ? {} : { [name]: JSON.parse(text) as unknown }
    }
    return {
      TopicArn: Attributes['TopicArn'] ?? '',
      Protocol: Attributes['Protocol'] ?? '',
      ...(Attributes['Endpoint'] === undefined ? {} : { Endpoint: Attributes['Endpoint'] }),
      RawMessageDelivery: Attributes['RawMessageDelivery'] === 'true',
      ...json('FilterPolicy'),
      ...json('RedrivePolicy'),
      ...json('DeliveryPolicy'),
      ...(Attributes['FilterPolicyScope'] === undefined
        ? {}
        : { FilterPolicyScope: Attributes['FilterPolicyScope'] }),
    }
  },
})

/** What a property that was taken out of the template falls back to; empty texts take policies away. */
const defaults: Readonly<Record<(typeof attributeNames)[number], string>> = {
  FilterPolicyScope: 'MessageAttributes',
  FilterPolicy: '',
  RawMessageDelivery: 'false',
  RedrivePolicy: '',
  DeliveryPolicy: '',
}

function refuseUnbuilt(properties: AwsSnsSubscriptionProperties): void {
  for (const name of ['ReplayPolicy', 'SubscriptionRoleArn'] as const) {
    if (properties[name] !== undefined) {
      throw notModelled(`the property ${name} of AWS::SNS::Subscription`)
    }
  }
}

/** Policies are JSON, or text that holds it. */
function attributesOf(properties: AwsSnsSubscriptionProperties): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const name of attributeNames) {
    const value = properties[name]
    if (value === undefined) continue
    attributes[name] = typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
  return attributes
}
