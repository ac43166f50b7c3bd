import type { ResourceTag } from '@cloud-orrery/models'
import { ListTagsForResource, TagResource, UntagResource } from '@cloud-orrery/models/states'
import type { ResourceContext } from '../../context.ts'

/** Tags of the stack and of the resource, which win. */
export function allTags(ctx: ResourceContext, own: readonly ResourceTag[] = []) {
  const given = Object.fromEntries(own.map(({ Key, Value }) => [Key, Value]))
  return Object.entries({ ...ctx.stackTags, ...given }).map(([key, value]) => ({ key, value }))
}

/** The tags that a resource has now, where its template gives it some. */
export async function currentTags(
  ctx: ResourceContext,
  resourceArn: string,
  { Tags }: { readonly Tags?: readonly ResourceTag[] | undefined },
): Promise<{ readonly Tags?: ResourceTag[] }> {
  if (Tags === undefined) return {}
  const { tags = [] } = await ctx.call(ListTagsForResource, { resourceArn })
  return { Tags: tags.map(({ key = '', value = '' }) => ({ Key: key, Value: value })) }
}

/** Brings the tags of a resource from what the previous template said to what this one says. */
export async function updateTags(
  ctx: ResourceContext,
  resourceArn: string,
  now: readonly ResourceTag[] = [],
  before: readonly ResourceTag[] = [],
): Promise<void> {
  const tags = allTags(ctx, now)
  const kept = new Set(tags.map(({ key }) => key))
  const tagKeys = before.map(({ Key }) => Key).filter((key) => !kept.has(key))
  if (tagKeys.length > 0) await ctx.call(UntagResource, { resourceArn, tagKeys })
  if (tags.length > 0) await ctx.call(TagResource, { resourceArn, tags })
}
