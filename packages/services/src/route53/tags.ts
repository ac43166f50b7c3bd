import { orderedKey } from '@cloud-orrery/kernel'
import {
  ChangeTagsForResource,
  ListTagsForResource,
  ListTagsForResources,
  type ResourceTagSet,
} from '@cloud-orrery/models/route53'
import type { Context } from '../context.ts'
import { operation, type TaggedResource } from '../define.ts'
import { invalidRequest, noSuchHealthCheck } from './errors.ts'
import { resourcesPerTagCallMax, tagsPerResourceMax } from './limits.ts'
import { healthChecks, resourceTags } from './state.ts'
import { arnOf, bareId, ownZone } from './zone-access.ts'

/** A hosted zone or a health check of the caller's account, which is there. */
function tagged(ctx: Context, type: string, id: string): { type: string; id: string } {
  if (type === 'hostedzone') ownZone(ctx, id)
  else if (!healthChecks.has(ctx, bareId(id))) throw noSuchHealthCheck(bareId(id))
  return { type, id: bareId(id) }
}

function tagsOf(ctx: Context, type: string, id: string): Readonly<Record<string, string>> {
  return resourceTags.get(ctx, orderedKey(type, id))?.tags ?? {}
}

function tagSet(ctx: Context, { type, id }: { type: string; id: string }): ResourceTagSet {
  const tags = Object.entries(tagsOf(ctx, type, id)).map(([Key, Value]) => ({ Key, Value }))
  return { ResourceType: type, ResourceId: id, Tags: tags }
}

export function deleteTags(ctx: Context, type: string, id: string): void {
  resourceTags.delete(ctx, orderedKey(type, id))
}

const tagArn = (input: { ResourceType: string; ResourceId: string }) =>
  arnOf(input.ResourceType === 'healthcheck' ? 'healthcheck' : 'hostedzone', input.ResourceId)

export const changeTags = operation(ChangeTagsForResource, {
  authorize: tagArn,
  provenance: 'modelled',
  run(ctx, { ResourceType, ResourceId, AddTags = [], RemoveTagKeys = [] }) {
    const { type, id } = tagged(ctx, ResourceType, ResourceId)
    const tags: Record<string, string> = { ...tagsOf(ctx, type, id) }
    for (const key of RemoveTagKeys) delete tags[key]
    for (const { Key = '', Value = '' } of AddTags) tags[Key] = Value
    const keys = Object.keys(tags).sort()
    if (keys.length > tagsPerResourceMax) {
      throw invalidRequest(`A resource can have at most ${tagsPerResourceMax} tags.`)
    }
    if (keys.length === 0) deleteTags(ctx, type, id)
    else {
      const sorted = Object.fromEntries(keys.map((key) => [key, tags[key] ?? '']))
      resourceTags.put(ctx, { resourceType: type, resourceId: id, tags: sorted })
    }
    return {}
  },
})

export const listTags = operation(ListTagsForResource, {
  authorize: tagArn,
  provenance: 'modelled',
  run: (ctx, { ResourceType, ResourceId }) => ({
    ResourceTagSet: tagSet(ctx, tagged(ctx, ResourceType, ResourceId)),
  }),
})

export const listTagsOfMany = operation(ListTagsForResources, {
  authorize: ({ ResourceType, ResourceIds }) =>
    ResourceIds.map((ResourceId) => ({ resource: tagArn({ ResourceType, ResourceId }) })),
  provenance: 'modelled',
  run(ctx, { ResourceType, ResourceIds }) {
    if (ResourceIds.length > resourcesPerTagCallMax) {
      throw invalidRequest(`At most ${resourcesPerTagCallMax} resource IDs can be specified.`)
    }
    return {
      ResourceTagSets: ResourceIds.map((id) => tagSet(ctx, tagged(ctx, ResourceType, id))),
    }
  },
})

/** For the Resource Groups Tagging API, which sees Route 53 in us-east-1. */
export function* taggedResources(ctx: Context): Generator<TaggedResource, void, undefined> {
  if (ctx.region !== 'us-east-1') return
  for (const { resourceType, resourceId, tags } of resourceTags.scan(ctx)) {
    yield { arn: `arn:aws:route53:::${resourceType}/${resourceId}`, tags }
  }
}
