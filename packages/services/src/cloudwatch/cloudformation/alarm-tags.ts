import { AwsError } from '@cloud-orrery/models'
import {
  DeleteAlarms,
  ListTagsForResource,
  type Tag,
  TagResource,
  UntagResource,
} from '@cloud-orrery/models/cloudwatch'
import type { ResourceContext } from '../../context.ts'

/** Longest name of an alarm. Source: PutMetricAlarm, `AlarmName`. */
export const nameMax = 255

/** The stack's tags and the resource's own, which win. */
export function tagList(
  ctx: ResourceContext,
  own: readonly { readonly Key: string; readonly Value: string }[] | undefined,
): readonly Tag[] {
  const tags = {
    ...ctx.stackTags,
    ...Object.fromEntries((own ?? []).map(({ Key, Value }) => [Key, Value])),
  }
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

export async function replaceTags(
  ctx: ResourceContext,
  ResourceARN: string,
  Tags: readonly Tag[],
): Promise<void> {
  const { Tags: before = [] } = await ctx.call(ListTagsForResource, { ResourceARN })
  const TagKeys = before.map(({ Key }) => Key).filter((key) => !Tags.some(({ Key }) => Key === key))
  const changed = Tags.filter(
    ({ Key, Value }) => !before.some((tag) => tag.Key === Key && tag.Value === Value),
  )
  if (TagKeys.length > 0) await ctx.call(UntagResource, { ResourceARN, TagKeys })
  if (changed.length > 0) await ctx.call(TagResource, { ResourceARN, Tags: changed })
}

/** What is gone already needs no deletion. */
export async function removeAlarm(ctx: ResourceContext, name: string): Promise<void> {
  try {
    await ctx.call(DeleteAlarms, { AlarmNames: [name] })
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFound') return
    throw error
  }
}
