import { ListTagsForResource, TagResource, UntagResource } from '@cloud-orrery/models/cloudwatch'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { resourceNotFound } from './errors.ts'
import { alarms, dashboards, type Tags } from './state.ts'
import { checkTags, readTags, requestTags, resourceTags } from './tag-lists.ts'

/** What has tags, by its ARN, and how they are replaced. */
interface Tagged {
  readonly tags: Tags
  readonly replace: (tags: Tags) => void
}

function taggedOf(ctx: Context, arn: string): Tagged | undefined {
  // Policies judge ARNs as they are written: what has another service or partition is nothing of ours.
  const [, partition, service, region, accountId, ...rest] = arn.split(':')
  if (partition !== ctx.partition || service !== 'cloudwatch') return undefined
  const resource = rest.join(':')
  if (accountId !== ctx.accountId) return undefined
  if (resource.startsWith('alarm:') && region === ctx.region) {
    const name = resource.slice('alarm:'.length)
    const alarm = alarms.get(ctx, name)
    return alarm && { tags: alarm.tags, replace: (tags) => void alarms.update(ctx, name, { tags }) }
  }
  if (!resource.startsWith('dashboard/') || region !== '') return undefined
  const name = resource.slice('dashboard/'.length)
  const dashboard = dashboards.get(ctx, name)
  return (
    dashboard && {
      tags: dashboard.tags,
      replace: (tags) => void dashboards.update(ctx, name, { tags }),
    }
  )
}

function required(ctx: Context, arn: string): Tagged {
  const tagged = taggedOf(ctx, arn)
  if (tagged === undefined) throw resourceNotFound(`Unknown resource ${arn}`)
  return tagged
}

export const tagResource = operation(TagResource, {
  authorize: ({ ResourceARN, Tags }, ctx) => ({
    resource: ResourceARN,
    context: { ...requestTags(Tags), ...resourceTags(taggedOf(ctx, ResourceARN)?.tags) },
  }),
  provenance: 'recorded',
  run(ctx, { ResourceARN, Tags }) {
    const tagged = required(ctx, ResourceARN)
    const tags = { ...tagged.tags, ...readTags(Tags) }
    checkTags(tags)
    tagged.replace(tags)
    return {}
  },
})

export const untagResource = operation(UntagResource, {
  authorize: ({ ResourceARN, TagKeys }, ctx) => ({
    resource: ResourceARN,
    context: { 'aws:TagKeys': TagKeys, ...resourceTags(taggedOf(ctx, ResourceARN)?.tags) },
  }),
  provenance: 'recorded',
  run(ctx, { ResourceARN, TagKeys }) {
    const tagged = required(ctx, ResourceARN)
    const kept = Object.entries(tagged.tags).filter(([key]) => !TagKeys.includes(key))
    tagged.replace(Object.fromEntries(kept))
    return {}
  },
})

/** Recorded: cloudwatch, `test_tagging_metric_alarm`: what is not there has no tags. */
export const listTagsForResource = operation(ListTagsForResource, {
  authorize: ({ ResourceARN }, ctx) => ({
    resource: ResourceARN,
    context: resourceTags(taggedOf(ctx, ResourceARN)?.tags),
  }),
  provenance: 'recorded',
  run: (ctx, { ResourceARN }) => ({
    Tags: Object.entries(taggedOf(ctx, ResourceARN)?.tags ?? {}).map(([Key, Value]) => ({
      Key,
      Value,
    })),
  }),
})
