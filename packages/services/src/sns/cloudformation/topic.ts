import {
  AwsSnsTopic,
  type AwsSnsTopicProperties,
  CreateTopic,
  DeleteTopic,
  GetTopicAttributes,
  ListSubscriptionsByTopic,
  ListTagsForResource,
  SetTopicAttributes,
  Subscribe,
  TagResource,
  Unsubscribe,
  UntagResource,
} from '@cloud-orrery/models/sns'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { alreadyExists, isThere } from '../../shared/already-exists.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { isGone, unlessGone } from './gone.ts'

/** Properties that are attributes of the topic, in the order in which they are set. */
const attributeNames = [
  'DisplayName',
  'ContentBasedDeduplication',
  'FifoThroughputScope',
  'SignatureVersion',
  'TracingConfig',
  'KmsMasterKeyId',
] as const

type AttributeName = (typeof attributeNames)[number]

/** Replacement and read-only rules: see the type's schema. */
export const topicType = resource(AwsSnsTopic, {
  async create(ctx, properties) {
    refuseUnbuilt(properties)
    const { FifoTopic } = properties
    const Name =
      properties.TopicName ??
      ctx.physicalName({ lengthMax: 256, ...(FifoTopic === true ? { suffix: '.fifo' } : {}) })
    const { partition, region, accountId } = ctx
    const arn = `arn:${partition}:sns:${region}:${accountId}:${Name}`
    // CreateTopic gives back a topic of the name that is there: it would be taken for the stack's own.
    const look = ctx.call(GetTopicAttributes, { TopicArn: arn })
    if (await isThere(look, isGone)) throw alreadyExists(Name)
    const { TopicArn = '' } = await ctx.call(CreateTopic, {
      Name,
      Attributes: {
        ...(FifoTopic === true ? { FifoTopic: 'true' } : {}),
        ...attributesOf(properties),
      },
      Tags: tagList(allTags(ctx, properties)),
    })
    ctx.made({ TopicArn, TopicName: Name })
    await subscribeMissing(ctx, TopicArn, properties, [])
    return { TopicArn, TopicName: Name }
  },

  adopt: (_ctx, { TopicArn = '' }) => ({
    TopicArn,
    TopicName: TopicArn.slice(TopicArn.lastIndexOf(':') + 1),
  }),

  async update(ctx, properties, previous, state) {
    refuseUnbuilt(properties)
    const { TopicArn } = state
    await updateAttributes(ctx, TopicArn, properties, previous)
    await updateTags(ctx, TopicArn, properties)
    await subscribeMissing(ctx, TopicArn, properties, previous.Subscription ?? [])
    await unsubscribeGone(ctx, TopicArn, properties, previous)
    return state
  },

  async delete(ctx, { TopicArn }) {
    await ctx.call(DeleteTopic, { TopicArn })
  },

  async read(ctx, { TopicArn, TopicName }, properties) {
    const found = await unlessGone(ctx.call(GetTopicAttributes, { TopicArn }))
    if (found === undefined) return undefined
    const { Attributes = {} } = found
    const { Subscriptions = [] } = await ctx.call(ListSubscriptionsByTopic, { TopicArn })
    const isFifo = Attributes['FifoTopic'] === 'true'
    const { DisplayName, SignatureVersion, TracingConfig, FifoThroughputScope, KmsMasterKeyId } =
      Attributes
    const tags =
      properties.Tags === undefined
        ? undefined
        : await ctx.call(ListTagsForResource, { ResourceArn: TopicArn })
    return {
      TopicName,
      ...(DisplayName === '' || DisplayName === undefined ? {} : { DisplayName }),
      ...(isFifo
        ? {
            FifoTopic: true,
            ContentBasedDeduplication: Attributes['ContentBasedDeduplication'] === 'true',
          }
        : {}),
      ...(FifoThroughputScope === undefined ? {} : { FifoThroughputScope }),
      ...(SignatureVersion === undefined ? {} : { SignatureVersion }),
      ...(TracingConfig === undefined ? {} : { TracingConfig }),
      ...(KmsMasterKeyId === undefined || KmsMasterKeyId === '' ? {} : { KmsMasterKeyId }),
      ...(tags?.Tags === undefined ? {} : { Tags: tags.Tags }),
      ...(Subscriptions.length === 0
        ? {}
        : {
            Subscription: Subscriptions.map(({ Endpoint = '', Protocol = '' }) => ({
              Endpoint,
              Protocol,
            })),
          }),
    }
  },
})

function refuseUnbuilt(properties: AwsSnsTopicProperties): void {
  for (const name of [
    'ArchivePolicy',
    'DataProtectionPolicy',
    'DeliveryStatusLogging',
    'MaximumMessageSize',
  ] as const) {
    if (properties[name] !== undefined) {
      throw notModelled(`the property ${name} of AWS::SNS::Topic`)
    }
  }
}

function attributesOf(properties: AwsSnsTopicProperties): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const name of attributeNames) {
    const value = properties[name]
    if (value !== undefined) attributes[name] = String(value)
  }
  return attributes
}

/** What a property that was taken out of the template falls back to. */
const defaults: Readonly<Record<AttributeName, string>> = {
  DisplayName: '',
  ContentBasedDeduplication: 'false',
  FifoThroughputScope: 'Topic',
  SignatureVersion: '1',
  TracingConfig: 'PassThrough',
  KmsMasterKeyId: '',
}

async function updateAttributes(
  ctx: ResourceContext,
  TopicArn: string,
  properties: AwsSnsTopicProperties,
  previous: AwsSnsTopicProperties,
): Promise<void> {
  for (const AttributeName of attributeNames) {
    if (properties[AttributeName] === previous[AttributeName]) continue
    const AttributeValue = String(properties[AttributeName] ?? defaults[AttributeName])
    await ctx.call(SetTopicAttributes, { TopicArn, AttributeName, AttributeValue })
  }
}

function allTags(
  ctx: ResourceContext,
  { Tags = [] }: AwsSnsTopicProperties,
): Record<string, string> {
  return { ...ctx.stackTags, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) }
}

function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

async function updateTags(
  ctx: ResourceContext,
  ResourceArn: string,
  properties: AwsSnsTopicProperties,
): Promise<void> {
  const wanted = allTags(ctx, properties)
  const { Tags = [] } = await ctx.call(ListTagsForResource, { ResourceArn })
  const gone = Tags.map(({ Key }) => Key).filter((key) => wanted[key] === undefined)
  if (gone.length > 0) await ctx.call(UntagResource, { ResourceArn, TagKeys: gone })
  const present = new Map(Tags.map(({ Key, Value }) => [Key, Value]))
  const changed = Object.entries(wanted).filter(([key, value]) => present.get(key) !== value)
  if (changed.length > 0) {
    await ctx.call(TagResource, { ResourceArn, Tags: tagList(Object.fromEntries(changed)) })
  }
}

type Inline = NonNullable<AwsSnsTopicProperties['Subscription']>

async function subscribeMissing(
  ctx: ResourceContext,
  TopicArn: string,
  { Subscription = [] }: AwsSnsTopicProperties,
  before: Inline,
): Promise<void> {
  for (const { Endpoint, Protocol } of Subscription) {
    if (includes(before, Endpoint, Protocol)) continue
    await ctx.call(Subscribe, { TopicArn, Endpoint, Protocol })
  }
}

/** Those that wait for their confirmation cannot be cancelled; they go by themselves. */
async function unsubscribeGone(
  ctx: ResourceContext,
  TopicArn: string,
  { Subscription = [] }: AwsSnsTopicProperties,
  previous: AwsSnsTopicProperties,
): Promise<void> {
  const gone = (previous.Subscription ?? []).filter(
    ({ Endpoint, Protocol }) => !includes(Subscription, Endpoint, Protocol),
  )
  if (gone.length === 0) return
  let NextToken: string | undefined
  do {
    const page = await ctx.call(ListSubscriptionsByTopic, { TopicArn, NextToken })
    for (const { SubscriptionArn = '', Endpoint = '', Protocol = '' } of page.Subscriptions ?? []) {
      if (!SubscriptionArn.startsWith('arn:') || !includes(gone, Endpoint, Protocol)) continue
      await ctx.call(Unsubscribe, { SubscriptionArn })
    }
    NextToken = page.NextToken
  } while (NextToken !== undefined)
}

function includes(list: Inline, endpoint: string, protocol: string): boolean {
  return list.some(({ Endpoint, Protocol }) => Endpoint === endpoint && Protocol === protocol)
}
