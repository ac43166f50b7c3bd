import {
  CreateTags,
  DeleteTags,
  DescribeTags,
  type Tag as ModelTag,
  type TagDescription,
  type TagSpecification,
} from '@cloud-orrery/models/ec2'
import type { Context } from '../context.ts'
import { pageOf } from '../shared/pages.ts'
import { isReservedTag } from '../shared/system-tags.ts'
import { invalidValue, notFound, refusal } from './errors.ts'
import { type Ec2Type, typeOfId } from './ids.ts'
import { pageItemsMax, tagsMax } from './limits.ts'
import { matcher } from './listings.ts'
import { anywhere, ec2Operation, on } from './operations.ts'
import {
  addresses,
  internetGateways,
  natGateways,
  networkInterfaces,
  routeTables,
  securityGroups,
  securityRules,
  subnets,
  type Tag,
  tagSets,
  vpcs,
} from './state.ts'

/** Tags as answers have them. */
export function tagsOf(ctx: Context, id: string): ModelTag[] {
  return (tagSets.get(ctx, id)?.tags ?? []).map(({ key, value }) => ({ Key: key, Value: value }))
}

/** Tags that a call gives what it makes. Checked before anything is made. */
export function givenTags(
  ctx: Context,
  type: Ec2Type,
  specifications: readonly TagSpecification[] | undefined,
): Tag[] {
  const tags: Tag[] = []
  for (const { ResourceType, Tags = [] } of specifications ?? []) {
    if (ResourceType !== type) {
      throw invalidValue(
        `'${ResourceType ?? ''}' is not a valid taggable resource type for this operation.`,
      )
    }
    tags.push(...checked(ctx, Tags))
  }
  return united([], tags)
}

export function putTags(ctx: Context, type: Ec2Type, id: string, tags: readonly Tag[]): void {
  if (tags.length === 0) tagSets.delete(ctx, id)
  else tagSets.put(ctx, { id, type, tags })
}

function checked(ctx: Context, tags: readonly ModelTag[]): Tag[] {
  return tags.map(({ Key: key = '', Value: value = '' }) => {
    if (isReservedTag(ctx, key)) {
      throw invalidValue(
        `Value ( ${key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use`,
      )
    }
    if (key === '' || key.length > 127) {
      throw invalidValue(`Tag key exceeds the maximum length of 127 characters`)
    }
    if (value.length > 255)
      throw invalidValue('Tag value exceeds the maximum length of 255 characters')
    return { key, value }
  })
}

function united(before: readonly Tag[], added: readonly Tag[]): Tag[] {
  const all = new Map(before.map(({ key, value }) => [key, value]))
  for (const { key, value } of added) all.set(key, value)
  const own = [...all.keys()].filter((key) => !key.startsWith('aws:'))
  if (own.length > tagsMax) {
    throw refusal('TagLimitExceeded', 'The maximum number of Tags for a resource has been reached.')
  }
  return [...all].map(([key, value]) => ({ key, value }))
}

const tables = {
  vpc: vpcs,
  subnet: subnets,
  'security-group': securityGroups,
  'security-group-rule': securityRules,
  'internet-gateway': internetGateways,
  'route-table': routeTables,
  natgateway: natGateways,
  'elastic-ip': addresses,
  'network-interface': networkInterfaces,
} as const

function typed(ctx: Context, id: string): Ec2Type {
  const type = typeOfId(id)
  if (type === undefined) throw refusal('InvalidID', `The ID '${id}' is not valid`)
  if (!tables[type].has(ctx, id)) throw notFound(type, id)
  return type
}

function judged(ctx: Context, ids: readonly string[] | undefined, tags: readonly ModelTag[]) {
  const request: Record<string, string | readonly string[]> = {
    'aws:TagKeys': tags.map(({ Key = '' }) => Key),
  }
  for (const { Key = '', Value = '' } of tags) request[`aws:RequestTag/${Key}`] = Value
  return (ids ?? []).map((id) => {
    const { resource, context } = on(ctx, typeOfId(id) ?? 'vpc', id)
    return { resource, context: { ...context, ...request } }
  })
}

export const createTags = ec2Operation(CreateTags, {
  authorize: ({ Resources, Tags }, ctx) => judged(ctx, Resources, Tags ?? []),
  provenance: 'modelled',
  run(ctx, { Resources, Tags }) {
    const types = Resources.map((id) => typed(ctx, id))
    const tags = checked(ctx, Tags)
    for (const [at, id] of Resources.entries()) {
      const before = tagSets.get(ctx, id)?.tags ?? []
      putTags(ctx, types[at] ?? 'vpc', id, united(before, tags))
    }
    return {}
  },
})

/** A tag without a value goes whatever value it has; without tags, all go that are the caller's. */
export const deleteTags = ec2Operation(DeleteTags, {
  authorize: ({ Resources, Tags }, ctx) => judged(ctx, Resources, Tags ?? []),
  provenance: 'modelled',
  run(ctx, { Resources, Tags }) {
    const types = Resources.map((id) => typed(ctx, id))
    for (const [at, id] of Resources.entries()) {
      const before = tagSets.get(ctx, id)?.tags ?? []
      const kept = before.filter(({ key, value }) =>
        Tags === undefined || Tags.length === 0
          ? key.startsWith('aws:')
          : !Tags.some((tag) => tag.Key === key && (tag.Value ?? value) === value),
      )
      putTags(ctx, types[at] ?? 'vpc', id, kept)
    }
    return {}
  },
})

const filterValues: Readonly<Record<string, (it: TagDescription) => string | undefined>> = {
  key: ({ Key }) => Key,
  value: ({ Value }) => Value,
  'resource-id': ({ ResourceId }) => ResourceId,
  'resource-type': ({ ResourceType }) => ResourceType,
}

export const describeTags = ec2Operation(DescribeTags, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { Filters = [], NextToken, MaxResults }) {
    const tests = Filters.map(({ Name = '', Values = [] }) => {
      const tag = Name.startsWith('tag:') ? Name.slice('tag:'.length) : undefined
      const textOf = tag === undefined ? filterValues[Name] : ({ Value }: TagDescription) => Value
      if (textOf === undefined) throw invalidValue(`The filter '${Name}' is invalid`)
      const patterns = Values.map(matcher)
      return (it: TagDescription) =>
        (tag === undefined || it.Key === tag) && patterns.some((fits) => fits(textOf(it) ?? ''))
    })
    const { items, nextToken } = pageOf({
      list: (start) => tagSets.scan(ctx, start),
      positionOf: ({ id }) => id,
      wanted: (set) => described(set).some((it) => tests.every((test) => test(it))),
      itemsMax: MaxResults ?? pageItemsMax,
      token: NextToken,
      request: Filters,
      refused: () => invalidValue('Unable to parse pagination token.'),
    })
    const Tags = items.flatMap(described).filter((it) => tests.every((test) => test(it)))
    return nextToken === undefined ? { Tags } : { Tags, NextToken: nextToken }
  },
})

function described({ id, type, tags }: { id: string; type: Ec2Type; tags: readonly Tag[] }) {
  return tags.map(
    ({ key, value }): TagDescription => ({
      Key: key,
      ResourceId: id,
      ResourceType: type,
      Value: value,
    }),
  )
}
