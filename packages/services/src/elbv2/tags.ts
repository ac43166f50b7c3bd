import { AddTags, DescribeTags, RemoveTags, type Tag } from '@cloud-orrery/models/elbv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { isReservedTag } from '../shared/system-tags.ts'
import { on, requested } from './access.ts'
import { resourceNotFound, tooMany, validationError } from './errors.ts'
import { tagsMax } from './limits.ts'
import { balancers, listeners, rules, tagSets, targetGroups } from './state.ts'

/** Tags as a call gives them, checked. */
export function givenTags(ctx: Context, tags: readonly Tag[] = []): Record<string, string> {
  const given: Record<string, string> = {}
  for (const { Key, Value = '' } of tags) {
    if (Key === undefined) throw validationError('Tag keys must not be null')
    if (isReservedTag(ctx, Key)) {
      throw validationError(`Tag keys starting with 'aws:' are reserved for system use`)
    }
    if (Object.hasOwn(given, Key)) {
      throw validationError(`Duplicate tag key '${Key}'`)
    }
    given[Key] = Value
  }
  return checkedCount(given)
}

function checkedCount(tags: Record<string, string>): Record<string, string> {
  const own = Object.keys(tags).filter((key) => !key.startsWith('aws:'))
  if (own.length > tagsMax) throw tooMany('tags')
  return tags
}

export function putTags(ctx: Context, arn: string, tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length === 0) tagSets.delete(ctx, arn)
  else tagSets.put(ctx, { arn, tags })
}

function exists(ctx: Context, arn: string): boolean {
  return [balancers, listeners, rules, targetGroups].some((it) => it.has(ctx, arn))
}

export const addTags = operation(AddTags, {
  authorize: ({ ResourceArns, Tags }, ctx) =>
    (ResourceArns ?? []).map((arn) => on(ctx, arn, requested(Tags))),
  provenance: 'modelled',
  run(ctx, { ResourceArns, Tags }) {
    const given = givenTags(ctx, Tags)
    for (const arn of ResourceArns) {
      if (!exists(ctx, arn)) throw resourceNotFound(arn)
      putTags(ctx, arn, checkedCount({ ...tagSets.get(ctx, arn)?.tags, ...given }))
    }
    return {}
  },
})

export const removeTags = operation(RemoveTags, {
  authorize: ({ ResourceArns, TagKeys }, ctx) =>
    (ResourceArns ?? []).map((arn) => on(ctx, arn, { 'aws:TagKeys': TagKeys ?? [] })),
  provenance: 'modelled',
  run(ctx, { ResourceArns, TagKeys }) {
    for (const arn of ResourceArns) {
      if (!exists(ctx, arn)) throw resourceNotFound(arn)
      const before = Object.entries(tagSets.get(ctx, arn)?.tags ?? {})
      putTags(ctx, arn, Object.fromEntries(before.filter(([key]) => !TagKeys.includes(key))))
    }
    return {}
  },
})

export const describeTags = operation(DescribeTags, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { ResourceArns }) {
    return {
      TagDescriptions: ResourceArns.map((ResourceArn) => {
        if (!exists(ctx, ResourceArn)) throw resourceNotFound(ResourceArn)
        const tags = Object.entries(tagSets.get(ctx, ResourceArn)?.tags ?? {})
        return { ResourceArn, Tags: tags.map(([Key, Value]) => ({ Key, Value })) }
      }),
    }
  },
})
