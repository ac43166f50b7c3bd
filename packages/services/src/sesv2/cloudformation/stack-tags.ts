import { ListTagsForResource, TagResource, UntagResource } from '@cloud-orrery/models/sesv2'
import type { ResourceContext } from '../../context.ts'
import { type TagList, tagList, tagsOf } from '../tag-lists.ts'

/** Tags of the stack and those of the resource itself. */
export function stackTagList(ctx: ResourceContext, own: TagList | undefined): TagList {
  return tagList({ ...ctx.stackTags, ...tagsOf(own) })
}

/** Brings a resource's tags to what the template says. `name`: `identity/example.com`. */
export async function updateTags(
  ctx: ResourceContext,
  name: string,
  own: TagList | undefined,
): Promise<void> {
  const ResourceArn = `arn:${ctx.partition}:ses:${ctx.region}:${ctx.accountId}:${name}`
  const wanted = { ...ctx.stackTags, ...tagsOf(own) }
  const present = tagsOf((await ctx.call(ListTagsForResource, { ResourceArn })).Tags)
  const gone = Object.keys(present).filter((key) => wanted[key] === undefined)
  if (gone.length > 0) await ctx.call(UntagResource, { ResourceArn, TagKeys: gone })
  const changed = Object.entries(wanted).filter(([key, value]) => present[key] !== value)
  if (changed.length > 0) {
    await ctx.call(TagResource, { ResourceArn, Tags: tagList(Object.fromEntries(changed)) })
  }
}
