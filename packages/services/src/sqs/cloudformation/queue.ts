import type { ResourceTag } from '@cloud-orrery/models'
import {
  AwsSqsQueue,
  type AwsSqsQueueProperties,
  CreateQueue,
  DeleteQueue,
  GetQueueAttributes,
  GetQueueUrl,
  ListQueueTags,
  SetQueueAttributes,
  TagQueue,
  UntagQueue,
} from '@cloud-orrery/models/sqs'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { alreadyExists, isThere } from '../../shared/already-exists.ts'
import { isGone, unlessGone } from './gone.ts'

/** Properties that are attributes of the queue; the others are its name and its tags. */
const attributeNames = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
] as const

type AttributeName = (typeof attributeNames)[number]

/** What an update sets where the new template is silent. Recorded: sqs, AWS::SQS::Queue updates. */
const valueWhenRemoved: Readonly<Partial<Record<AttributeName, string>>> = {
  ContentBasedDeduplication: 'false',
  DelaySeconds: '0',
  KmsDataKeyReusePeriodSeconds: '',
  KmsMasterKeyId: '',
  MaximumMessageSize: '262144',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  RedriveAllowPolicy: '',
  RedrivePolicy: '',
  VisibilityTimeout: '30',
}

export const queueType = resource(AwsSqsQueue, {
  async create(ctx, properties) {
    const { FifoQueue, QueueName, Tags } = properties
    const suffix = FifoQueue === true ? '.fifo' : ''
    const name = QueueName ?? ctx.physicalName({ lengthMax: 80, suffix })
    // CreateQueue gives back a queue of the name that is there: it would be taken for the stack's own.
    const look = ctx.call(GetQueueUrl, { QueueName: name })
    if (await isThere(look, isGone)) throw alreadyExists(name)
    const { QueueUrl = '' } = await ctx.call(CreateQueue, {
      QueueName: name,
      Attributes: attributesOf(properties),
      tags: tagsOf(ctx, Tags),
    })
    return { QueueUrl, QueueName: name, Arn: arnOf(ctx, name) }
  },
  adopt(ctx, { QueueUrl = '' }) {
    const name = QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1)
    return { QueueUrl, QueueName: name, Arn: arnOf(ctx, name) }
  },
  async update(ctx, properties, previous, state) {
    const { QueueUrl } = state
    const now = attributesOf(properties)
    const before = attributesOf(previous)
    const changed: Record<string, string> = {}
    for (const name of attributeNames) {
      if (now[name] === before[name]) continue
      const value = now[name] ?? valueWhenRemoved[name]
      if (value !== undefined) changed[name] = value
    }
    if (Object.keys(changed).length > 0) {
      await ctx.call(SetQueueAttributes, { QueueUrl, Attributes: changed })
    }
    await updateTags(ctx, QueueUrl, tagsOf(ctx, properties.Tags))
    return state
  },
  async delete(ctx, { QueueUrl }) {
    await ctx.call(DeleteQueue, { QueueUrl })
  },
  async read(ctx, { QueueUrl, QueueName }, properties) {
    const found = await unlessGone(
      ctx.call(GetQueueAttributes, { QueueUrl, AttributeNames: ['All'] }),
    )
    if (found === undefined) return undefined
    const { Tags = {} } = await ctx.call(ListQueueTags, { QueueUrl })
    const tags = ownTags(Tags, stackTagsOf(ctx), properties.Tags ?? [])
    return {
      ...propertiesOf(found.Attributes ?? {}),
      QueueName,
      ...(tags.length === 0 ? {} : { Tags: tags }),
    }
  },
})

function arnOf({ accountId, region }: ResourceContext, name: string): string {
  return `arn:aws:sqs:${region}:${accountId}:${name}`
}

function attributesOf(properties: AwsSqsQueueProperties): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const name of attributeNames) {
    const value = properties[name]
    if (value === undefined) continue
    // Standard queues have no such attribute at all.
    if (name === 'FifoQueue' && value === false) continue
    attributes[name] = typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
  return attributes
}

function propertiesOf(attributes: Readonly<Record<string, string>>): AwsSqsQueueProperties {
  const properties: Record<string, unknown> = {}
  for (const name of attributeNames) {
    const text = attributes[name]
    if (text === undefined) continue
    if (name === 'KmsMasterKeyId') properties[name] = text
    else properties[name] = /^[{\d]|^(true|false)$/.test(text) ? JSON.parse(text) : text
  }
  return properties
}

/** Queues show no `aws:` tags. Recorded: sqs, ListQueueTags of queues of a stack. */
function stackTagsOf(ctx: ResourceContext): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ctx.stackTags).filter(([key]) => !key.startsWith('aws:')),
  )
}

/** Tags that are not the stack's, in the template's order. */
function ownTags(
  all: Readonly<Record<string, string>>,
  stack: Readonly<Record<string, string>>,
  template: readonly ResourceTag[],
): ResourceTag[] {
  const order = template.map(({ Key }) => Key)
  return Object.entries(all)
    .filter(([key]) => order.includes(key) || !(key in stack))
    .map(([Key, Value]) => ({ Key, Value }))
    .sort((a, b) => order.indexOf(a.Key) - order.indexOf(b.Key))
}

function tagsOf(ctx: ResourceContext, own: AwsSqsQueueProperties['Tags']): Record<string, string> {
  const tags = stackTagsOf(ctx)
  for (const { Key, Value } of own ?? []) tags[Key] = Value
  return tags
}

async function updateTags(
  ctx: ResourceContext,
  QueueUrl: string,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  const { Tags: before = {} } = await ctx.call(ListQueueTags, { QueueUrl })
  const gone = Object.keys(before).filter((key) => !(key in tags))
  const set = Object.fromEntries(
    Object.entries(tags).filter(([key, value]) => before[key] !== value),
  )
  if (gone.length > 0) await ctx.call(UntagQueue, { QueueUrl, TagKeys: gone })
  if (Object.keys(set).length > 0) await ctx.call(TagQueue, { QueueUrl, Tags: set })
}
