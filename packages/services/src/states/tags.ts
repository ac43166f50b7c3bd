import {
  ListTagsForResource,
  type Tag,
  TagResource,
  UntagResource,
} from '@cloud-orrery/models/states'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { isReservedTag } from '../shared/system-tags.ts'
import { activityAuthorization, machineAuthorization, requestTags } from './access.ts'
import { parsedArn } from './arns.ts'
import { invalid, resourceMissing, tooManyTags } from './errors.ts'
import { tagsMax } from './limits.ts'
import { activities, stateMachines, type Tags } from './state.ts'

/** Tags as they are kept. Refuses reserved ones, and more than a resource can have. */
export function keptTags(ctx: Context, arn: string, tags: readonly Tag[] | undefined): Tags {
  const kept = Object.fromEntries((tags ?? []).map(({ key = '', value = '' }) => [key, value]))
  if (Object.keys(kept).some((key) => isReservedTag(ctx, key))) {
    throw invalid('aws: prefixed tag key names are not allowed for external use.')
  }
  if (Object.keys(kept).length > tagsMax) throw tooManyTags(arn)
  return kept
}

export const tagResource = operation(TagResource, {
  authorize: ({ resourceArn, tags }, ctx) => tagAuthorization(ctx, resourceArn, requestTags(tags)),
  provenance: 'recorded',
  run(ctx, { resourceArn, tags }) {
    const { tags: before, write } = tagged(ctx, resourceArn)
    const merged = { ...before, ...keptTags(ctx, resourceArn, tags) }
    if (Object.keys(merged).length > tagsMax) throw tooManyTags(resourceArn)
    write(merged)
    return {}
  },
})

export const untagResource = operation(UntagResource, {
  authorize: ({ resourceArn, tagKeys }, ctx) =>
    tagAuthorization(ctx, resourceArn, { 'aws:TagKeys': tagKeys }),
  provenance: 'recorded',
  run(ctx, { resourceArn, tagKeys }) {
    const { tags, write } = tagged(ctx, resourceArn)
    write(Object.fromEntries(Object.entries(tags).filter(([key]) => !tagKeys.includes(key))))
    return {}
  },
})

export const listTagsForResource = operation(ListTagsForResource, {
  authorize: ({ resourceArn }, ctx) => tagAuthorization(ctx, resourceArn),
  provenance: 'recorded',
  run(ctx, { resourceArn }) {
    const { tags } = tagged(ctx, resourceArn)
    return { tags: Object.entries(tags).map(([key, value]) => ({ key, value })) }
  },
})

function tagAuthorization(ctx: Context, arn: string, context: RequestContext = {}): Authorization {
  return arn.split(':')[5] === 'activity'
    ? activityAuthorization(ctx, arn, context)
    : machineAuthorization(ctx, arn, context)
}

function tagged(ctx: Context, arn: string): { tags: Tags; write: (tags: Tags) => void } {
  const { kind } = parsedArn(arn, 'stateMachine', 'activity')
  const activity = kind === 'activity' ? activities.get(ctx, arn) : undefined
  if (activity !== undefined) {
    return { tags: activity.tags, write: (tags) => void activities.put(ctx, { ...activity, tags }) }
  }
  const machine = stateMachines.get(ctx, arn)
  // Versions and aliases have no tags. Recorded: states, TagResource of a version, 2023.
  if (machine === undefined) throw resourceMissing(arn)
  return { tags: machine.tags, write: (tags) => void stateMachines.put(ctx, { ...machine, tags }) }
}
