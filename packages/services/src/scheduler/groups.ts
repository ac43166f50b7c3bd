import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateScheduleGroup,
  DeleteScheduleGroup,
  GetScheduleGroup,
  ListScheduleGroups,
  ListTagsForResource,
  type Tag,
  TagResource,
  UntagResource,
} from '@cloud-orrery/models/scheduler'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { type Authorization, operation, task } from '../define.ts'
import { pageOf } from '../shared/pages.ts'
import { isReservedTag } from '../shared/system-tags.ts'
import {
  groupDeleting,
  groupExists,
  groupNotFound,
  invalid,
  invalidToken,
  quotaExceeded,
} from './errors.ts'
import { groupsMax, pageItemsMax, tagsMax } from './limits.ts'
import { removeSchedule } from './run.ts'
import { defaultGroup, type Group, groupArn, groups, schedules } from './state.ts'

/** The group of this name, whatever its state. */
export function findGroup(ctx: Context, name: string): Group | undefined {
  return groups.get(ctx, name) ?? (name === defaultGroup ? madeDefault(ctx) : undefined)
}

/** Each Region of an account has one from the start: it is written down when it is first looked at. */
function madeDefault(ctx: Context): Group {
  const now = ctx.now()
  return groups.put(ctx, {
    name: defaultGroup,
    arn: groupArn(ctx, defaultGroup),
    state: 'ACTIVE',
    createdAtMs: now,
    modifiedAtMs: now,
    tags: {},
  })
}

export function theGroup(ctx: Context, name: string): Group {
  const group = findGroup(ctx, name)
  if (group === undefined) throw groupNotFound(name)
  return group
}

/** A group that takes schedules. */
export function theActiveGroup(ctx: Context, name: string): Group {
  const group = theGroup(ctx, name)
  if (group.state === 'DELETING') throw groupDeleting(name)
  return group
}

/** Condition keys of operations on a group and on its schedules. */
export function groupContext(ctx: Context, name: string): RequestContext {
  const tags = Object.entries(groups.get(ctx, name)?.tags ?? {})
  return Object.fromEntries(tags.map(([key, value]) => [`aws:ResourceTag/${key}`, value]))
}

function judged(ctx: Context, name: string, more: RequestContext = {}): Authorization {
  return { resource: groupArn(ctx, name), context: { ...groupContext(ctx, name), ...more } }
}

export const createScheduleGroup = operation(CreateScheduleGroup, {
  authorize: ({ Name, Tags }, ctx) => {
    const create = { resource: groupArn(ctx, Name), creates: true, context: tagContext(Tags) }
    if (Tags === undefined || Tags.length === 0) return create
    return [create, { ...create, action: 'scheduler:TagResource' }]
  },
  provenance: 'modelled',
  run(ctx, { Name, Tags, ClientToken }) {
    const there = findGroup(ctx, Name)
    if (there !== undefined) {
      if (ClientToken !== undefined && there.clientToken === ClientToken) {
        return { ScheduleGroupArn: there.arn }
      }
      throw groupExists(Name)
    }
    if (groups.count(ctx) >= groupsMax) {
      throw quotaExceeded(`An account can have at most ${groupsMax} schedule groups.`)
    }
    const { arn } = groups.put(ctx, {
      name: Name,
      arn: groupArn(ctx, Name),
      state: 'ACTIVE',
      createdAtMs: ctx.now(),
      modifiedAtMs: ctx.now(),
      tags: tagsOf(ctx, Tags),
      ...(ClientToken === undefined ? {} : { clientToken: ClientToken }),
    })
    return { ScheduleGroupArn: arn }
  },
})

export const getScheduleGroup = operation(GetScheduleGroup, {
  authorize: ({ Name }, ctx) => judged(ctx, Name),
  provenance: 'recorded',
  run: (ctx, { Name }) => shown(theGroup(ctx, Name)),
})

function shown({ arn, name, state, createdAtMs, modifiedAtMs }: Group) {
  return {
    Arn: arn,
    CreationDate: createdAtMs,
    LastModificationDate: modifiedAtMs,
    Name: name,
    State: state,
  }
}

export const listScheduleGroups = operation(ListScheduleGroups, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { NamePrefix: prefix = '', NextToken, MaxResults = pageItemsMax }) {
    findGroup(ctx, defaultGroup)
    const { items, nextToken } = pageOf<Group>({
      list: (start) => groups.scan(ctx, { prefix, ...start }),
      positionOf: ({ name }) => name,
      itemsMax: MaxResults,
      token: NextToken,
      request: prefix,
      refused: invalidToken,
    })
    return {
      ScheduleGroups: items.map(shown),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    }
  },
})

export const deleteScheduleGroup = operation(DeleteScheduleGroup, {
  authorize: ({ Name }, ctx) => judged(ctx, Name),
  provenance: 'modelled',
  run(ctx, { Name }) {
    // The words are ours.
    if (Name === defaultGroup) throw invalid('The default schedule group can not be deleted.')
    const { state, arn } = theGroup(ctx, Name)
    if (state === 'DELETING') return {}
    groups.update(ctx, Name, { state: 'DELETING', modifiedAtMs: ctx.now() })
    // How long a group is DELETING is not promised. Source: DeleteScheduleGroup.
    const delayMs = ctx.choose('scheduler.groupDeletion', [0, 1_000, 60_000])
    ctx.after(delayMs, deleteGroup, { name: Name, arn })
    return {}
  },
})

/** A group takes its schedules with it. */
export const deleteGroup = task<{ readonly name: string }>('scheduler.deleteGroup', {
  run(ctx, { name }) {
    if (groups.get(ctx, name)?.state !== 'DELETING') return
    const prefix = orderedKey(name, '')
    for (const schedule of [...schedules.scan(ctx, { prefix })]) removeSchedule(ctx, schedule)
    groups.delete(ctx, name)
  },
})

function nameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}

export const tagResource = operation(TagResource, {
  authorize: ({ ResourceArn, Tags }, ctx) => judged(ctx, nameIn(ResourceArn), tagContext(Tags)),
  provenance: 'modelled',
  run(ctx, { ResourceArn, Tags }) {
    const group = theGroup(ctx, nameIn(ResourceArn))
    const tags = { ...group.tags, ...tagsOf(ctx, Tags) }
    if (Object.keys(tags).length > tagsMax) throw tooManyTags()
    groups.update(ctx, group.name, { tags })
    return {}
  },
})

export const untagResource = operation(UntagResource, {
  authorize: ({ ResourceArn, TagKeys }, ctx) =>
    judged(ctx, nameIn(ResourceArn), { 'aws:TagKeys': TagKeys }),
  provenance: 'modelled',
  run(ctx, { ResourceArn, TagKeys }) {
    const { name, tags } = theGroup(ctx, nameIn(ResourceArn))
    const kept = Object.entries(tags).filter(([key]) => !TagKeys.includes(key))
    groups.update(ctx, name, { tags: Object.fromEntries(kept) })
    return {}
  },
})

export const listTagsForResource = operation(ListTagsForResource, {
  authorize: ({ ResourceArn }, ctx) => judged(ctx, nameIn(ResourceArn)),
  provenance: 'modelled',
  run(ctx, { ResourceArn }) {
    const { tags } = theGroup(ctx, nameIn(ResourceArn))
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
  },
})

/** Tags of a request by key, checked. The words of the refusals are ours. */
function tagsOf(ctx: Context, tags: readonly Tag[] = []): Readonly<Record<string, string>> {
  if (tags.some(({ Key }) => isReservedTag(ctx, Key))) {
    throw invalid('The tag key prefix aws: is reserved for AWS use.')
  }
  if (tags.length > tagsMax) throw tooManyTags()
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))
}

function tooManyTags() {
  return invalid(`A schedule group can have at most ${tagsMax} tags.`)
}

function tagContext(tags: readonly Tag[] = []): RequestContext {
  return {
    'aws:TagKeys': tags.map(({ Key }) => Key),
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
  }
}
