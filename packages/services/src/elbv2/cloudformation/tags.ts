import type { ResourceTag } from '@cloud-orrery/models'
import { AddTags, RemoveTags } from '@cloud-orrery/models/elbv2'
import type { ResourceContext } from '../../context.ts'

type Given = readonly ResourceTag[] | undefined

/** Tags of a template and of its stack. */
export function tagsFor(ctx: ResourceContext, own: Given): ResourceTag[] {
  const wanted = new Map(Object.entries(ctx.stackTags))
  for (const { Key, Value } of own ?? []) wanted.set(Key, Value)
  return [...wanted].map(([Key, Value]) => ({ Key, Value }))
}

export async function retag(ctx: ResourceContext, arn: string, own: Given, before: Given) {
  const wanted = tagsFor(ctx, own)
  const kept = new Set(wanted.map(({ Key }) => Key))
  const gone = (before ?? []).flatMap(({ Key }) => (kept.has(Key) ? [] : Key))
  if (gone.length > 0) await ctx.call(RemoveTags, { ResourceArns: [arn], TagKeys: gone })
  if (wanted.length > 0) await ctx.call(AddTags, { ResourceArns: [arn], Tags: wanted })
}
