import {
  AwsSnsSubscription,
  type AwsSnsSubscriptionProperties,
  GetSubscriptionAttributes,
  SetSubscriptionAttributes,
  Subscribe,
  Unsubscribe,
} from '@cloud-orrery/models/sns'
import type { CallOptions, ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { unlessGone } from './gone.ts'

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
    const { TopicArn, Protocol, Endpoint } = properties
    const { SubscriptionArn = '' } = await ctx.call(
      Subscribe,
      {
        TopicArn,
        Protocol,
        Endpoint,
        Attributes: attributesOf(properties),
        ReturnSubscriptionArn: true,
      },
      callOptions(properties),
    )
    return { Arn: SubscriptionArn }
  },

  async update(ctx, properties, previous, state) {
    refuseUnbuilt(properties)
    const wanted = attributesOf(properties)
    const before = attributesOf(previous)
    for (const AttributeName of attributeNames) {
      if (wanted[AttributeName] === before[AttributeName]) continue
      const AttributeValue = wanted[AttributeName] ?? defaults[AttributeName]
      const input = { SubscriptionArn: state.Arn, AttributeName, AttributeValue }
      await ctx.call(SetSubscriptionAttributes, input, callOptions(properties))
    }
    return state
  },

  /** A subscription that was never confirmed stays until its time is up, as on AWS. */
  async delete(ctx, { Arn }, properties) {
    const attributes = await attributesNow(ctx, Arn, properties)
    if (attributes === undefined || attributes['PendingConfirmation'] === 'true') return
    await ctx.call(Unsubscribe, { SubscriptionArn: Arn }, callOptions(properties))
  },

  async read(ctx, { Arn }, properties) {
    const Attributes = await attributesNow(ctx, Arn, properties)
    if (Attributes === undefined) return undefined
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

/** The topic's region, where it is not the stack's. */
function callOptions({ Region }: AwsSnsSubscriptionProperties): CallOptions {
  return Region === undefined ? {} : { region: Region }
}

async function attributesNow(
  ctx: ResourceContext,
  SubscriptionArn: string,
  properties: AwsSnsSubscriptionProperties,
): Promise<Readonly<Record<string, string>> | undefined> {
  const call = ctx.call(GetSubscriptionAttributes, { SubscriptionArn }, callOptions(properties))
  return (await unlessGone(call))?.Attributes
}

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
