import type { ResourceTag } from '@cloud-orrery/models'
import { CreateTags, DeleteTags, type TagSpecification } from '@cloud-orrery/models/ec2'
import type { ResourceContext } from '../../context.ts'
import type { Ec2Type } from '../ids.ts'
import { tagSets } from '../state.ts'

type Given = readonly ResourceTag[] | undefined

function wantedTags(ctx: ResourceContext, own: Given): Map<string, string> {
  const wanted = new Map(Object.entries(ctx.stackTags))
  for (const { Key, Value } of own ?? []) wanted.set(Key, Value)
  return wanted
}

/** Tags of a template and of its stack, for a call that makes something. */
export function specification(ctx: ResourceContext, type: Ec2Type, own: Given): TagSpecification[] {
  const Tags = [...wantedTags(ctx, own)].map(([Key, Value]) => ({ Key, Value }))
  return Tags.length === 0 ? [] : [{ ResourceType: type, Tags }]
}

/** Brings the tags of what is there to those of the template. */
export async function retag(
  ctx: ResourceContext,
  id: string,
  own: Given,
  previous: Given,
): Promise<void> {
  const wanted = wantedTags(ctx, own)
  const present = new Map(tagSets.get(ctx, id)?.tags.map(({ key, value }) => [key, value]))
  const gone = (previous ?? []).filter(({ Key }) => !wanted.has(Key) && present.has(Key))
  const changed = [...wanted].filter(([key, value]) => present.get(key) !== value)
  if (gone.length > 0) {
    await ctx.call(DeleteTags, { Resources: [id], Tags: gone.map(({ Key }) => ({ Key })) })
  }
  if (changed.length > 0) {
    const Tags = changed.map(([Key, Value]) => ({ Key, Value }))
    await ctx.call(CreateTags, { Resources: [id], Tags })
  }
}

/** The tags that something has now, without CloudFormation's own and the stack's, for drift. */
export function ownTags(
  ctx: ResourceContext,
  tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
): { Tags?: ResourceTag[] } {
  const own = (tags ?? [])
    .filter(({ Key = '' }) => !(Key in ctx.stackTags))
    .map(({ Key = '', Value = '' }) => ({ Key, Value }))
  return own.length === 0 ? {} : { Tags: own }
}
