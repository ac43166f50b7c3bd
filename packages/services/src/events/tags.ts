import type { Tag } from '@cloud-orrery/models/events'
import { ListTagsForResource, TagResource, UntagResource } from '@cloud-orrery/models/events'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { isReservedTag } from '../shared/system-tags.ts'
import { changeBus, resourceTagContext, theBus } from './bus-lookup.ts'
import { invalidParameter, limitExceeded, reservedTag, ruleNotFound } from './errors.ts'
import { tagsMax } from './limits.ts'
import { defaultBus, eventBuses, ruleKey, rules, type Tags } from './state.ts'

export function tagsOf(ctx: Context, tags: readonly Tag[] = []): Tags {
  if (tags.some(({ Key }) => isReservedTag(ctx, Key))) throw reservedTag()
  if (tags.length > tagsMax) throw limitExceeded()
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))
}

/** Condition keys of calls that set tags. */
export function tagContext(tags: readonly Tag[] = []): RequestContext {
  return {
    'aws:TagKeys': tags.map(({ Key }) => Key),
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
  }
}

interface Tagged {
  readonly tags: Tags
  readonly write: (tags: Tags) => void
}

export const tagResource = operation(TagResource, {
  authorize: ({ ResourceARN, Tags }, ctx) =>
    taggedAuthorization(ctx, ResourceARN, tagContext(Tags)),
  provenance: 'recorded',
  run(ctx, { ResourceARN, Tags }) {
    const { tags, write } = tagged(ctx, ResourceARN)
    const merged = { ...tags, ...tagsOf(ctx, Tags) }
    if (Object.keys(merged).length > tagsMax) throw limitExceeded()
    write(merged)
    return {}
  },
})

export const untagResource = operation(UntagResource, {
  authorize: ({ ResourceARN, TagKeys }, ctx) =>
    taggedAuthorization(ctx, ResourceARN, { 'aws:TagKeys': TagKeys }),
  provenance: 'recorded',
  run(ctx, { ResourceARN, TagKeys }) {
    const { tags, write } = tagged(ctx, ResourceARN)
    write(Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))))
    return {}
  },
})

export const listTagsForResource = operation(ListTagsForResource, {
  authorize: ({ ResourceARN }, ctx) => taggedAuthorization(ctx, ResourceARN),
  provenance: 'recorded',
  run(ctx, { ResourceARN }) {
    const { tags } = tagged(ctx, ResourceARN)
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
  },
})

/** The resource with the tags that it has; whether it is there is looked at afterwards. */
function taggedAuthorization(
  ctx: Context,
  arn: string,
  context: RequestContext = {},
): Authorization {
  const [, , service, , , resource = ''] = arn.split(':')
  const [kind, ...path] = resource.split('/')
  const [name = '', bus = defaultBus] = path.toReversed()
  const found =
    service !== 'events'
      ? undefined
      : kind === 'event-bus'
        ? eventBuses.get(ctx, name)
        : rules.get(ctx, ruleKey(bus, name))
  return {
    resource: arn,
    context: {
      ...resourceTagContext(found?.tags),
      ...(found !== undefined && 'createdBy' in found
        ? { 'events:creatorAccount': found.createdBy }
        : {}),
      ...context,
    },
  }
}

function tagged(ctx: Context, arn: string): Tagged {
  const [, , service, , , resource = ''] = arn.split(':')
  const [kind, ...path] = resource.split('/')
  if (service === 'events' && kind === 'event-bus' && path.length === 1) {
    const bus = theBus(ctx, path[0] ?? '')
    return { tags: bus.tags, write: (tags) => changeBus(ctx, bus, { tags }) }
  }
  if (service === 'events' && kind === 'rule' && path.length > 0) {
    const [name = '', bus = defaultBus] = path.toReversed()
    theBus(ctx, bus)
    const rule = rules.get(ctx, ruleKey(bus, name))
    if (rule === undefined) throw ruleNotFound(name, bus)
    return { tags: rule.tags, write: (tags) => void rules.put(ctx, { ...rule, tags }) }
  }
  throw invalidParameter('ResourceARN', 'Provided Arn is not in correct format.')
}
