import {
  GetResources,
  type GetResourcesInput,
  GetTagKeys,
  GetTagValues,
} from '@cloud-orrery/models/tagging'
import type { Context } from '../context.ts'
import { operation, type TaggedResource } from '../define.ts'
import { pageToken, positionOf } from '../shared/page-tokens.ts'
import { expiredToken, invalid, invalidToken } from './errors.ts'
import { matches } from './filters.ts'
import {
  namesPerPage,
  pageTokenMs,
  resourcesPerPage,
  resourcesPerPageDefault,
  resourceTypesMax,
  tagsPerPage,
} from './limits.ts'

/** Nobody is asked for permissions of the services whose resources are listed. */
export const getResources = operation(GetResources, {
  authorize: () => '*',
  provenance: 'recorded',
  refuses: ['IncludeComplianceDetails', 'ExcludeCompliantResources'],
  run(ctx, input) {
    checkInput(input)
    const { PaginationToken, ResourcesPerPage, TagsPerPage, ...filters } = input
    const found = tagged(ctx).filter((resource) => matches(resource, filters))
    const limit = { items: ResourcesPerPage ?? resourcesPerPageDefault, tags: TagsPerPage }
    if (filters.ResourceARNList !== undefined) limit.items = found.length
    const { items, token } = page(ctx, found, ({ arn }) => arn, {
      token: PaginationToken,
      request: ['GetResources', filters],
      fits: (count, list) =>
        count <= limit.items && (limit.tags === undefined || tagCount(list) <= limit.tags),
    })
    return {
      PaginationToken: token,
      ResourceTagMappingList: items.map(({ arn, tags }) => ({
        ResourceARN: arn,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      })),
    }
  },
})

export const getTagKeys = operation(GetTagKeys, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { PaginationToken }) {
    const keys = new Set(tagged(ctx).flatMap(({ tags }) => Object.keys(tags)))
    const { items, token } = names(ctx, keys, PaginationToken, ['GetTagKeys'])
    return { PaginationToken: token, TagKeys: items }
  },
})

export const getTagValues = operation(GetTagValues, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { Key, PaginationToken }) {
    const values = new Set(
      tagged(ctx).flatMap(({ tags }) => {
        const value = Object.hasOwn(tags, Key) ? tags[Key] : undefined
        return value === undefined ? [] : [value]
      }),
    )
    const { items, token } = names(ctx, values, PaginationToken, ['GetTagValues', Key])
    return { PaginationToken: token, TagValues: items }
  },
})

/**
 * By ARN. Deviation: AWS also lists resources that once had a tag and have none now; those are left out here.
 */
function tagged(ctx: Context): TaggedResource[] {
  return [...ctx.taggedResources()]
    .filter(({ tags }) => Object.keys(tags).length > 0)
    .sort((a, b) => (a.arn < b.arn ? -1 : a.arn > b.arn ? 1 : 0))
}

function tagCount(list: readonly TaggedResource[]): number {
  return list.reduce((sum, { tags }) => sum + Object.keys(tags).length, 0)
}

function names(
  ctx: Context,
  all: ReadonlySet<string>,
  token: string | undefined,
  request: unknown,
): { items: string[]; token: string } {
  const fits = (count: number): boolean => count <= namesPerPage
  return page(ctx, [...all].sort(), (name) => name, { token, request, fits })
}

interface PageOptions<T> {
  readonly token: string | undefined
  readonly request: unknown
  /** Whether a page may have these items. */
  readonly fits: (count: number, items: readonly T[]) => boolean
}

/** What comes after a token, and the next one: empty on the last page, as AWS has it. */
function page<T>(
  ctx: Context,
  sorted: readonly T[],
  nameOf: (item: T) => string,
  { token = '', request, fits }: PageOptions<T>,
): { items: T[]; token: string } {
  const after = token === '' ? undefined : readToken(ctx, token, request)
  const items: T[] = []
  for (const item of sorted) {
    if (after !== undefined && nameOf(item) <= after) continue
    items.push(item)
    // A single item that is too large for a page is on a page of its own.
    if (items.length === 1 || fits(items.length, items)) continue
    items.pop()
    const last = items.at(-1)
    const position = JSON.stringify([ctx.now() + pageTokenMs, last && nameOf(last)])
    return { items, token: pageToken(position, request) }
  }
  return { items, token: '' }
}

/** Throws PaginationTokenExpiredException, InvalidParameterException. */
function readToken(ctx: Context, token: string, request: unknown): string {
  const position = positionOf(token, request)
  if (position === undefined) throw invalidToken()
  const [untilMs, after] = JSON.parse(position) as [number, string] // Written by `page`.
  if (ctx.now() > untilMs) throw expiredToken()
  return after
}

function checkInput(input: GetResourcesInput): void {
  const { ResourcesPerPage, TagsPerPage, PaginationToken, ResourceARNList } = input
  const paged = [ResourcesPerPage, TagsPerPage, PaginationToken || undefined]
  if (ResourceARNList !== undefined && paged.some((value) => value !== undefined)) {
    throw invalid(
      'ResourceARNList cannot be combined with ResourcesPerPage, TagsPerPage or PaginationToken.',
    )
  }
  checkRange('ResourcesPerPage', ResourcesPerPage, resourcesPerPage)
  checkRange('TagsPerPage', TagsPerPage, tagsPerPage)
  if (TagsPerPage !== undefined && TagsPerPage % tagsPerPage.step !== 0) {
    throw invalid(`TagsPerPage must be a multiple of ${tagsPerPage.step}.`)
  }
  if ((input.ResourceTypeFilters?.length ?? 0) > resourceTypesMax) {
    throw invalid(`ResourceTypeFilters can have at most ${resourceTypesMax} items.`)
  }
  if (input.TagFilters?.some(({ Key }) => Key === undefined)) {
    throw invalid('Each tag filter must have a key.')
  }
}

function checkRange(
  name: string,
  value: number | undefined,
  { min, max }: { min: number; max: number },
): void {
  if (value === undefined || (value >= min && value <= max)) return
  throw invalid(`${name} must be between ${min} and ${max}.`)
}
