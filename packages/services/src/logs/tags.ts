import {
  ListTagsForResource,
  ListTagsLogGroup,
  TagLogGroup,
  TagResource,
  UntagLogGroup,
  UntagResource,
} from '@cloud-orrery/models/logs'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { reservedTag, resourceNotFound, tooManyTags } from './errors.ts'
import { tagsMax } from './limits.ts'
import { judgedGroup, tagConditions, theGroup } from './lookup.ts'
import { type LogGroup, logGroups, type Tags } from './state.ts'

/** Tags of a request, checked. */
export function tagsOf(tags: Tags = {}): Tags {
  const reserved = Object.keys(tags).find((key) => /^aws:/i.test(key))
  if (reserved !== undefined) throw reservedTag(reserved)
  return tags
}

/** Condition keys of calls that set tags. */
export function tagContext(tags: Tags = {}): RequestContext {
  return {
    'aws:TagKeys': Object.keys(tags),
    ...Object.fromEntries(
      Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]),
    ),
  }
}

export const tagResource = operation(TagResource, {
  authorize: ({ resourceArn, tags }, ctx) => ({
    resource: resourceArn,
    context: { ...tagConditions(groupOf(ctx, resourceArn)), ...tagContext(tags) },
  }),
  provenance: 'modelled',
  run(ctx, { resourceArn, tags }) {
    addTags(ctx, theTagged(ctx, resourceArn), tags)
    return {}
  },
})

export const untagResource = operation(UntagResource, {
  authorize: ({ resourceArn, tagKeys }, ctx) => ({
    resource: resourceArn,
    context: { ...tagConditions(groupOf(ctx, resourceArn)), 'aws:TagKeys': tagKeys },
  }),
  provenance: 'modelled',
  run(ctx, { resourceArn, tagKeys }) {
    removeTags(ctx, theTagged(ctx, resourceArn), tagKeys)
    return {}
  },
})

export const listTagsForResource = operation(ListTagsForResource, {
  authorize: ({ resourceArn }, ctx) => ({
    resource: resourceArn,
    context: tagConditions(groupOf(ctx, resourceArn)),
  }),
  provenance: 'recorded',
  run: (ctx, { resourceArn }) => ({ tags: theTagged(ctx, resourceArn).tags }),
})

export const tagLogGroup = operation(TagLogGroup, {
  authorize({ logGroupName, tags }, ctx) {
    const { resource, context } = judgedGroup(ctx, logGroupName)
    return { resource, context: { ...context, ...tagContext(tags) } }
  },
  provenance: 'modelled',
  run(ctx, { logGroupName, tags }) {
    addTags(ctx, theGroup(ctx, { logGroupName }), tags)
    return {}
  },
})

export const untagLogGroup = operation(UntagLogGroup, {
  authorize({ logGroupName, tags }, ctx) {
    const { resource, context } = judgedGroup(ctx, logGroupName)
    return { resource, context: { ...context, 'aws:TagKeys': tags } }
  },
  provenance: 'modelled',
  run(ctx, { logGroupName, tags }) {
    removeTags(ctx, theGroup(ctx, { logGroupName }), tags)
    return {}
  },
})

export const listTagsLogGroup = operation(ListTagsLogGroup, {
  authorize: ({ logGroupName }, ctx) => judgedGroup(ctx, logGroupName),
  provenance: 'recorded',
  run: (ctx, { logGroupName }) => ({ tags: theGroup(ctx, { logGroupName }).tags }),
})

function addTags(ctx: Context, { name, tags }: LogGroup, added: Tags): void {
  const merged = { ...tags, ...tagsOf(added) }
  if (Object.keys(merged).length > tagsMax) throw tooManyTags()
  logGroups.update(ctx, name, { tags: merged })
}

function removeTags(ctx: Context, { name, tags }: LogGroup, keys: readonly string[]): void {
  const kept = Object.entries(tags).filter(([key]) => !keys.includes(key))
  logGroups.update(ctx, name, { tags: Object.fromEntries(kept) })
}

function theTagged(ctx: Context, arn: string): LogGroup {
  const kind = arn.split(':')[5] ?? ''
  if (kind !== 'log-group') throw notModelled(`tags of ${kind || arn} of logs`)
  const group = groupOf(ctx, arn)
  if (group === undefined) throw resourceNotFound()
  return group
}

/** The group of an ARN, which may end in `:*`. */
function groupOf(ctx: Context, arn: string): LogGroup | undefined {
  return logGroups.get(ctx, arn.split(':')[6] ?? '')
}
