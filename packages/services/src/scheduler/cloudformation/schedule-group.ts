import { AwsError } from '@cloud-orrery/models'
import {
  AwsSchedulerScheduleGroup,
  type AwsSchedulerScheduleGroupProperties,
  CreateScheduleGroup,
  DeleteScheduleGroup,
  GetScheduleGroup,
  ListTagsForResource,
  ResourceNotFoundException,
  TagResource,
  UntagResource,
} from '@cloud-orrery/models/scheduler'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'

export const scheduleGroupType = resource(AwsSchedulerScheduleGroup, {
  async create(ctx, properties) {
    const Name = properties.Name ?? ctx.physicalName({ lengthMax: 64 })
    const Tags = tagList(wantedTags(ctx, properties))
    await ctx.call(CreateScheduleGroup, {
      Name,
      ClientToken: ctx.ids.uuid(),
      ...(Tags.length === 0 ? {} : { Tags }),
    })
    return attributes(ctx, Name)
  },
  async update(ctx, properties, previous, { Arn: ResourceArn, physicalId: Name = '' }) {
    const [before, after] = [wantedTags(ctx, previous), wantedTags(ctx, properties)]
    const TagKeys = Object.keys(before).filter((key) => !Object.hasOwn(after, key))
    const Tags = tagList(after).filter(({ Key, Value }) => before[Key] !== Value)
    if (TagKeys.length > 0) await ctx.call(UntagResource, { ResourceArn, TagKeys })
    if (Tags.length > 0) await ctx.call(TagResource, { ResourceArn, Tags })
    return attributes(ctx, Name)
  },
  async delete(ctx, { physicalId: Name = '' }) {
    await unlessGone(ctx.call(DeleteScheduleGroup, { Name }))
  },
  async read(ctx, { Arn, physicalId: Name = '' }, properties) {
    const found = await unlessGone(ctx.call(GetScheduleGroup, { Name }))
    if (found === undefined || found.State === 'DELETING') return undefined
    const { Tags = [] } = await ctx.call(ListTagsForResource, { ResourceArn: Arn })
    return {
      Name,
      ...(properties.Tags === undefined
        ? {}
        : { Tags: Tags.filter(({ Key }) => !Key.startsWith('aws:')) }),
    }
  },
  async adopt(ctx, { Name = '' }) {
    const found = await unlessGone(ctx.call(GetScheduleGroup, { Name }))
    return found === undefined ? undefined : attributes(ctx, Name)
  },
})

async function attributes(ctx: ResourceContext, Name: string) {
  const found = await ctx.call(GetScheduleGroup, { Name })
  const { Arn, State, CreationDate = 0, LastModificationDate = 0 } = found
  return {
    Arn,
    State,
    CreationDate: new Date(CreationDate).toISOString(),
    LastModificationDate: new Date(LastModificationDate).toISOString(),
    physicalId: Name,
  }
}

type TagMap = Readonly<Record<string, string>>

function wantedTags(
  ctx: ResourceContext,
  { Tags = [] }: AwsSchedulerScheduleGroupProperties,
): TagMap {
  return { ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])), ...ctx.stackTags }
}

function tagList(tags: TagMap) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof AwsError && error.code === ResourceNotFoundException.code) return undefined
    throw error
  }
}
