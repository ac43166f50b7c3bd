import {
  ListTagsOfResource,
  type Tag,
  TagResource,
  UntagResource,
} from '@cloud-orrery/models/dynamodb'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { isReservedTag } from '../shared/system-tags.ts'
import { placeOf, tableOfArn } from './arns.ts'
import { arnNotFound, invalid, invalidValues } from './errors.ts'
import { tagsMax } from './limits.ts'
import { type TableRecord, tables } from './state.ts'

/** Condition keys of a request that sets tags. */
export function tagContext(tags: readonly Tag[] | undefined) {
  const own = (tags ?? []).filter(({ Key }) => !/^aws:/i.test(Key))
  if (own.length === 0) return {}
  return {
    'aws:TagKeys': own.map(({ Key }) => Key),
    ...Object.fromEntries(own.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
  }
}

/** Tags with others set. Throws where there are too many, or one twice. */
export function tagsOf(ctx: Context, before: readonly Tag[], set: readonly Tag[]): readonly Tag[] {
  const keys = set.map(({ Key }) => Key)
  if (keys.some((key) => isReservedTag(ctx, key))) {
    throw invalidValues('Tag keys that begin with aws: are reserved')
  }
  if (new Set(keys).size < keys.length) {
    throw invalid('One or more parameter values were invalid: Duplicate tag keys found')
  }
  const tags = [...before.filter(({ Key }) => !keys.includes(Key)), ...set]
  if (tags.filter(({ Key }) => !/^aws:/i.test(Key)).length > tagsMax) {
    throw invalidValues('Too many tags: number of tags exceeds the limit of 50')
  }
  return tags
}

export const tagResource = operation(TagResource, {
  authorize: ({ ResourceArn, Tags }) => ({ resource: ResourceArn, context: tagContext(Tags) }),
  scope: (input) => placeOf(input.ResourceArn),
  provenance: 'modelled',
  run(ctx, { ResourceArn, Tags }) {
    const table = tagged(ctx, ResourceArn)
    tables.put(ctx, { ...table, tags: tagsOf(ctx, table.tags, Tags) })
    return {}
  },
})

export const untagResource = operation(UntagResource, {
  authorize: ({ ResourceArn, TagKeys }) => ({
    resource: ResourceArn,
    context: { 'aws:TagKeys': TagKeys },
  }),
  scope: (input) => placeOf(input.ResourceArn),
  provenance: 'modelled',
  run(ctx, { ResourceArn, TagKeys }) {
    const table = tagged(ctx, ResourceArn)
    const tags = table.tags.filter(({ Key }) => !TagKeys.includes(Key))
    tables.put(ctx, { ...table, tags })
    return {}
  },
})

/**
 * Tags that AWS sets itself are not among them. Recorded: cloudformation, `test_default_name_for_table`.
 * Deviation: all tags come on one page; AWS gives ten at a time.
 */
export const listTagsOfResource = operation(ListTagsOfResource, {
  authorize: ({ ResourceArn }) => ResourceArn,
  scope: (input) => placeOf(input.ResourceArn),
  provenance: 'modelled',
  run: (ctx, { ResourceArn }) => ({
    Tags: tagged(ctx, ResourceArn).tags.filter(({ Key }) => !/^aws:/i.test(Key)),
  }),
})

function tagged(ctx: Context, arn: string): TableRecord {
  const found = tableOfArn(arn)
  if (found === undefined || found.rest !== '') {
    throw invalid(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`)
  }
  const table = tables.get(ctx, found.name)
  if (table === undefined || found.region !== ctx.region) throw arnNotFound(arn)
  return table
}
