import { ListTagsForResource, type Tag, TagResource, UntagResource } from '@cloud-orrery/models/sns'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { accountOf, topicAddress } from './arns.ts'
import { invalidParameter, resourceNotFound, tagLimitExceeded } from './errors.ts'
import { tagsMax } from './limits.ts'
import { type Topic, topics } from './state.ts'

type Tags = Readonly<Record<string, string>>

/** Recorded: sns, TagResource, `duplicate-key-error`. */
export function readTags(given: readonly Tag[]): Tags {
  const tags = Object.fromEntries(given.map(({ Key, Value }) => [Key, Value]))
  if (Object.keys(tags).length < given.length) {
    throw invalidParameter('Duplicated keys are not allowed.')
  }
  if (given.length > tagsMax) throw tagLimitExceeded()
  return tags
}

export function requestTagContext(tags: readonly Tag[] | undefined): RequestContext {
  if (tags === undefined) return {}
  return {
    'aws:TagKeys': tags.map(({ Key }) => Key),
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
  }
}

export function resourceTagContext(topic: Topic | undefined): RequestContext {
  return Object.fromEntries(
    Object.entries(topic?.tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  )
}

/** Tag calls work in the account that the ARN names. */
const scope = ({ ResourceArn }: { readonly ResourceArn: string }) => accountOf(ResourceArn)

export const tagResource = operation(TagResource, {
  authorize: ({ ResourceArn, Tags }, ctx) => ({
    resource: ResourceArn,
    context: { ...requestTagContext(Tags), ...resourceTagContext(topicOf(ctx, ResourceArn)) },
  }),
  scope,
  provenance: 'recorded',
  run(ctx, { ResourceArn, Tags }) {
    const added = readTags(Tags)
    const topic = requireTagged(ctx, ResourceArn)
    const tags = { ...topic.tags, ...added }
    if (Object.keys(tags).length > tagsMax) throw tagLimitExceeded()
    topics.update(ctx, topic.name, { tags })
    return {}
  },
})

export const untagResource = operation(UntagResource, {
  authorize: ({ ResourceArn, TagKeys }, ctx) => ({
    resource: ResourceArn,
    context: { 'aws:TagKeys': TagKeys, ...resourceTagContext(topicOf(ctx, ResourceArn)) },
  }),
  scope,
  provenance: 'recorded',
  run(ctx, { ResourceArn, TagKeys }) {
    const topic = requireTagged(ctx, ResourceArn)
    const kept = Object.entries(topic.tags).filter(([key]) => !TagKeys.includes(key))
    topics.update(ctx, topic.name, { tags: Object.fromEntries(kept) })
    return {}
  },
})

export const listTagsForResource = operation(ListTagsForResource, {
  authorize: ({ ResourceArn }, ctx) => ({
    resource: ResourceArn,
    context: resourceTagContext(topicOf(ctx, ResourceArn)),
  }),
  scope,
  provenance: 'recorded',
  run(ctx, { ResourceArn }) {
    const { tags } = requireTagged(ctx, ResourceArn)
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
  },
})

function topicOf(ctx: Context, arn: string): Topic | undefined {
  const address = topicAddress(arn)
  return address === undefined || address.region !== ctx.region
    ? undefined
    : topics.get(ctx, address.name)
}

function requireTagged(ctx: Context, arn: string): Topic {
  const topic = topicOf(ctx, arn)
  if (topic === undefined) throw resourceNotFound()
  return topic
}
