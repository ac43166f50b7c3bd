import { ListTagsForResource, TagResource, UntagResource } from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { type Authorization, operation } from '../../define.ts'
import { invalidParameter } from '../errors.ts'
import { tagsPerPoolMax } from '../limits.ts'
import { onPool, poolOf } from './lookup.ts'
import { type Pool, pools } from './state.ts'

function taggedPool(ctx: Context, arn: string): Pool {
  return poolOf(ctx, arn.slice(arn.lastIndexOf('/') + 1))
}

function onResource(
  { ResourceArn }: { readonly ResourceArn: string },
  ctx: Context,
): Authorization {
  const judged = onPool({ UserPoolId: ResourceArn.slice(ResourceArn.lastIndexOf('/') + 1) }, ctx)
  return { ...judged, resource: ResourceArn }
}

export const tagResource = operation(TagResource, {
  authorize(input, ctx) {
    const judged = onResource(input, ctx)
    const keys = Object.keys(input.Tags)
    const asked = keys.map((key): [string, string] => [
      `aws:RequestTag/${key}`,
      input.Tags[key] ?? '',
    ])
    return {
      ...judged,
      context: { ...judged.context, ...Object.fromEntries(asked), 'aws:TagKeys': keys },
    }
  },
  provenance: 'modelled',
  run(ctx, { ResourceArn, Tags }) {
    const pool = taggedPool(ctx, ResourceArn)
    const tags = { ...pool.tags, ...Tags }
    if (Object.keys(tags).length > tagsPerPoolMax) {
      throw invalidParameter(`The number of tags exceeds ${tagsPerPoolMax}.`)
    }
    pools.update(ctx, pool.id, { tags })
    return {}
  },
})

export const untagResource = operation(UntagResource, {
  authorize(input, ctx) {
    const judged = onResource(input, ctx)
    return { ...judged, context: { ...judged.context, 'aws:TagKeys': [...input.TagKeys] } }
  },
  provenance: 'modelled',
  run(ctx, { ResourceArn, TagKeys }) {
    const pool = taggedPool(ctx, ResourceArn)
    const tags = Object.fromEntries(
      Object.entries(pool.tags).filter(([key]) => !TagKeys.includes(key)),
    )
    pools.update(ctx, pool.id, { tags })
    return {}
  },
})

export const listTagsForResource = operation(ListTagsForResource, {
  authorize: onResource,
  provenance: 'modelled',
  run: (ctx, { ResourceArn }) => ({ Tags: taggedPool(ctx, ResourceArn).tags }),
})
