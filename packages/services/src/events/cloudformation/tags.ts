import type { ResourceTag } from '@cloud-orrery/models'
import { ListTagsForResource, TagResource, UntagResource } from '@cloud-orrery/models/events'
import type { ResourceContext } from '../../context.ts'

interface Tag {
  readonly Key: string
  readonly Value: string
}

/** Tags of the stack and of the resource, which win. */
export function allTags(ctx: ResourceContext, own: readonly ResourceTag[] = []): Tag[] {
  const tags = {
    ...ctx.stackTags,
    ...Object.fromEntries(own.map(({ Key, Value }) => [Key, Value])),
  }
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/** The tags that a resource has now, where its template gives it some. */
export async function currentTags(
  ctx: ResourceContext,
  ResourceARN: string,
  { Tags }: { readonly Tags?: readonly ResourceTag[] | undefined },
): Promise<{ readonly Tags?: readonly ResourceTag[] }> {
  if (Tags === undefined) return {}
  const found = await ctx.call(ListTagsForResource, { ResourceARN })
  return found.Tags === undefined ? {} : { Tags: found.Tags }
}

/** Brings the tags of a resource from what the previous template said to what this one says. */
export async function updateTags(
  ctx: ResourceContext,
  ResourceARN: string,
  now: readonly ResourceTag[] = [],
  before: readonly ResourceTag[] = [],
): Promise<void> {
  const Tags = allTags(ctx, now)
  const kept = new Set(Tags.map(({ Key }) => Key))
  const TagKeys = before.map(({ Key }) => Key).filter((key) => !kept.has(key))
  if (TagKeys.length > 0) await ctx.call(UntagResource, { ResourceARN, TagKeys })
  if (Tags.length > 0) await ctx.call(TagResource, { ResourceARN, Tags })
}
