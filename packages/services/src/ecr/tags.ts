import { ListTagsForResource, type Tag, TagResource, UntagResource } from '@cloud-orrery/models/ecr'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { isReservedTag } from '../shared/system-tags.ts'
import { invalidParameter, repositoryNotFound, reservedTag, tooManyTags } from './errors.ts'
import { tagsMax } from './limits.ts'
import { type RepositoryRecord, repositories, repositoryAddress } from './state.ts'

/** Tags with some more set. Throws for AWS's own keys and for too many. */
export function tagsOf(
  ctx: Context,
  before: Readonly<Record<string, string>>,
  added: readonly Tag[] = [],
): Record<string, string> {
  const tags = { ...before }
  for (const { Key, Value } of added) {
    if (isReservedTag(ctx, Key)) throw reservedTag()
    tags[Key] = Value
  }
  if (Object.keys(tags).length > tagsMax) throw tooManyTags()
  return tags
}

function named(ctx: Context, arn: string): { at: Context; repository: RepositoryRecord } {
  const address = repositoryAddress(arn)
  if (address === undefined) {
    throw invalidParameter(
      `Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'`,
    )
  }
  const at = ctx.at(address)
  const repository = repositories.get(at, address.name)
  if (repository === undefined) throw repositoryNotFound(address.name, address.accountId)
  return { at, repository }
}

export const tagResource = operation(TagResource, {
  authorize: ({ resourceArn }) => resourceArn,
  provenance: 'modelled',
  run(ctx, { resourceArn, tags }) {
    const { at, repository } = named(ctx, resourceArn)
    repositories.update(at, repository.name, { tags: tagsOf(ctx, repository.tags, tags) })
    return {}
  },
})

export const untagResource = operation(UntagResource, {
  authorize: ({ resourceArn }) => resourceArn,
  provenance: 'modelled',
  run(ctx, { resourceArn, tagKeys }) {
    const { at, repository } = named(ctx, resourceArn)
    const tags = Object.fromEntries(
      Object.entries(repository.tags).filter(([key]) => !tagKeys.includes(key)),
    )
    repositories.update(at, repository.name, { tags })
    return {}
  },
})

export const listTagsForResource = operation(ListTagsForResource, {
  authorize: ({ resourceArn }) => resourceArn,
  provenance: 'modelled',
  run(ctx, { resourceArn }) {
    const { tags } = named(ctx, resourceArn).repository
    return { tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
  },
})
