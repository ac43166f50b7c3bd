import { ListTags, TagResource, UntagResource } from '@cloud-orrery/models/lambda'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { isReservedTag } from '../shared/system-tags.ts'
import { functionNotFound, invalid, notFound, otherRegion } from './errors.ts'
import { tagsMax } from './limits.ts'
import { changeVersion, requestTagContext, tagContext, theLatest } from './lookup.ts'
import { mappings } from './mappings/state.ts'
import { readFunctionArn } from './names.ts'
import { functions } from './state.ts'

type Tags = Readonly<Record<string, string>>

export const tagResource = operation(TagResource, {
  authorize: (input, ctx) => ({
    resource: input.Resource,
    context: { ...tagContext(tagsOf(ctx, input.Resource)), ...requestTagContext(input.Tags) },
  }),
  provenance: 'recorded',
  scope: scopeOfResource,
  run(ctx, { Resource, Tags }) {
    const thing = theThing(ctx, Resource)
    const tags = { ...thing.tags, ...Tags }
    checkTags(ctx, Tags, tags)
    thing.keep(tags)
    return {}
  },
})

export const untagResource = operation(UntagResource, {
  authorize: (input, ctx) => ({
    resource: input.Resource,
    context: { ...tagContext(tagsOf(ctx, input.Resource)), 'aws:TagKeys': input.TagKeys },
  }),
  provenance: 'recorded',
  scope: scopeOfResource,
  run(ctx, { Resource, TagKeys }) {
    const thing = theThing(ctx, Resource)
    const gone = new Set(TagKeys)
    thing.keep(Object.fromEntries(Object.entries(thing.tags).filter(([key]) => !gone.has(key))))
    return {}
  },
})

export const listTags = operation(ListTags, {
  authorize: (input, ctx) => ({
    resource: input.Resource,
    context: tagContext(tagsOf(ctx, input.Resource)),
  }),
  provenance: 'recorded',
  scope: scopeOfResource,
  run: (ctx, { Resource }) => ({ Tags: { ...theThing(ctx, Resource).tags } }),
})

/** `all`: with those that are there already. */
export function checkTags(ctx: Context, given: Tags, all: Tags = given): void {
  if (Object.keys(given).some((key) => isReservedTag(ctx, key))) {
    throw invalid('Your tag key is invalid. Tag keys that start with aws: are reserved.')
  }
  if (Object.keys(all).length > tagsMax) {
    throw invalid('Number of tags exceeds resource tag limit.')
  }
}

function scopeOfResource({ Resource }: { readonly Resource?: unknown }): { accountId?: string } {
  const accountId = typeof Resource === 'string' ? Resource.split(':')[4] : undefined
  return accountId === undefined || !/^\d{12}$/.test(accountId) ? {} : { accountId }
}

interface Tagged {
  readonly tags: Tags
  keep(tags: Tags): void
}

function tagsOf(ctx: Context, arn: string): Tags {
  const name = readFunctionArn(arn)
  if (name === undefined) return mappings.get(ctx, arn.slice(arn.lastIndexOf(':') + 1))?.tags ?? {}
  return functions.get(ctx.at({ accountId: name.accountId }), name.name)?.tags ?? {}
}

/** Recorded: lambda TagResource, ListTags: which words each kind has for what is not there. */
function theThing(ctx: Context, arn: string): Tagged {
  const [, , , region = '', , kind = '', id = ''] = arn.split(':')
  if (region !== ctx.region) throw otherRegion(region, ctx.region)
  if (kind === 'function') return theFunctionOf(ctx, arn)
  if (kind === 'event-source-mapping') {
    const mapping = mappings.get(ctx, id)
    if (mapping === undefined) throw notFound(`Event source mapping not found: ${arn}`)
    return { tags: mapping.tags, keep: (tags) => void mappings.put(ctx, { ...mapping, tags }) }
  }
  if (kind === 'capacity-provider') throw notFound(`Capacity provider not found: ${arn}`)
  throw notFound(`Code signing config not found: ${arn}`)
}

function theFunctionOf(ctx: Context, arn: string): Tagged {
  const name = readFunctionArn(arn)
  if (name?.qualifier !== undefined) {
    throw invalid(
      'Tags on function aliases and versions are not supported. Please specify a function ARN.',
    )
  }
  const fn = functions.get(ctx, name?.name ?? '')
  if (fn === undefined) throw functionNotFound(arn)
  return {
    tags: fn.tags,
    keep(tags) {
      functions.put(ctx, { ...fn, tags })
      // Recorded: lambda GetFunction after TagResource: another revision.
      changeVersion(ctx, theLatest(ctx, fn.name), {})
    },
  }
}
