import {
  AddTagsToResource,
  ListTagsForResource,
  RemoveTagsFromResource,
} from '@cloud-orrery/models/ssm'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { invalidResourceId, tooManyTags } from './errors.ts'
import { tagsMax } from './limits.ts'
import { opsItemArn, opsItems } from './ops-center/state.ts'
import { parameterArn } from './parameter-store/names.ts'
import { parameters } from './parameter-store/state.ts'
import { resourceTagContext, type Tags, tagContext, tagList, tagsOf } from './tag-lists.ts'

/** Something that has tags: its ARN, and how they are read and written; absent where it is not there. */
interface Tagged {
  readonly arn: string
  readonly tags: Tags | undefined
  readonly write: (tags: Tags) => void
}

export const addTagsToResource = operation(AddTagsToResource, {
  authorize: ({ ResourceType, ResourceId, Tags }, ctx) => {
    const { resource, context } = judged(ctx, ResourceType, ResourceId)
    return { resource, context: { ...context, ...tagContext(Tags) } }
  },
  provenance: 'modelled',
  run(ctx, { ResourceType, ResourceId, Tags }) {
    const { tags, write } = tagged(ctx, ResourceType, ResourceId)
    if (tags === undefined) throw invalidResourceId()
    const merged = { ...tags, ...tagsOf(ctx, Tags) }
    if (Object.keys(merged).length > tagsMax) throw tooManyTags()
    write(merged)
    return {}
  },
})

export const removeTagsFromResource = operation(RemoveTagsFromResource, {
  authorize: ({ ResourceType, ResourceId, TagKeys }, ctx) => {
    const { resource, context } = judged(ctx, ResourceType, ResourceId)
    return { resource, context: { ...context, 'aws:TagKeys': TagKeys } }
  },
  provenance: 'modelled',
  run(ctx, { ResourceType, ResourceId, TagKeys }) {
    const { tags, write } = tagged(ctx, ResourceType, ResourceId)
    if (tags === undefined) throw invalidResourceId()
    write(Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))))
    return {}
  },
})

export const listTagsForResource = operation(ListTagsForResource, {
  authorize: ({ ResourceType, ResourceId }, ctx) => judged(ctx, ResourceType, ResourceId),
  provenance: 'modelled',
  run(ctx, { ResourceType, ResourceId }) {
    const { tags } = tagged(ctx, ResourceType, ResourceId)
    if (tags === undefined) throw invalidResourceId()
    return { TagList: tagList(tags) }
  },
})

function tagged(ctx: Context, type: string, id: string): Tagged {
  if (type === 'Parameter') {
    return {
      arn: parameterArn(ctx, id),
      tags: parameters.get(ctx, id)?.tags,
      write: (tags) => void parameters.update(ctx, id, { tags }),
    }
  }
  if (type === 'OpsItem') {
    return {
      arn: opsItemArn(ctx, id),
      tags: opsItems.get(ctx, id)?.tags,
      write: (tags) => void opsItems.update(ctx, id, { tags }),
    }
  }
  throw notModelled(`tags of the resource type ${type} of ssm`)
}

function judged(ctx: Context, type: string, id: string): Authorization {
  const { arn, tags = {} } = tagged(ctx, type, id)
  return { resource: arn, context: resourceTagContext(tags) }
}
