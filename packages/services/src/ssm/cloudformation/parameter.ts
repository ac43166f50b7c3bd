import { AwsError } from '@cloud-orrery/models'
import {
  AddTagsToResource,
  AwsSsmParameter,
  type AwsSsmParameterProperties,
  DeleteParameter,
  DescribeParameters,
  GetParameter,
  ListTagsForResource,
  type Parameter,
  ParameterNotFound,
  PutParameter,
  type PutParameterRequest,
  RemoveTagsFromResource,
} from '@cloud-orrery/models/ssm'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export const parameterType = resource(AwsSsmParameter, {
  async create(ctx, properties) {
    // Recorded: cloudformation change sets: `CFN-MySSMParameter-EcezJ6ETXORO`.
    const Name = properties.Name ?? `CFN-${ctx.logicalId}-${ctx.ids.from(alphabet, 12)}`
    const Tags = tagList({ ...stackTagsOf(ctx), ...properties.Tags })
    await ctx.call(PutParameter, {
      ...request(Name, properties),
      ...(Tags.length === 0 ? {} : { Tags }),
    })
    return { physicalId: Name, ...attributes(ctx, Name, properties) }
  },
  async adopt(ctx, { Name = '' }) {
    const found = await parameterOf(ctx, Name)
    if (found?.Type === undefined || found.Value === undefined) return undefined
    const { Type, Value } = found
    return { physicalId: Name, ...attributes(ctx, Name, { Type, Value }) }
  },
  async update(ctx, properties, previous, state) {
    const Name = state.physicalId ?? properties.Name ?? ''
    await ctx.call(PutParameter, { ...request(Name, properties), Overwrite: true })
    await changeTags(ctx, Name, previous.Tags ?? {}, { ...stackTagsOf(ctx), ...properties.Tags })
    return { physicalId: Name, ...attributes(ctx, Name, properties) }
  },
  async delete(ctx, { physicalId = '' }) {
    await ctx.call(DeleteParameter, { Name: physicalId })
  },
  async read(ctx, { physicalId: Name = '' }, properties) {
    const Parameter = await parameterOf(ctx, Name)
    if (Parameter === undefined) return undefined
    const { Type, Value, DataType } = Parameter
    const found = {
      Name,
      ...(Type === undefined ? {} : { Type }),
      ...(Value === undefined ? {} : { Value }),
      ...(properties.DataType === undefined ? {} : { DataType }),
      ...(await describedOf(ctx, Name, properties)),
    }
    if (properties.Tags === undefined) return found
    const { TagList = [] } = await ctx.call(ListTagsForResource, {
      ResourceType: 'Parameter',
      ResourceId: Name,
    })
    const Tags = Object.fromEntries(TagList.map(({ Key, Value: value }) => [Key, value]))
    return { ...found, Tags }
  },
})

async function parameterOf(ctx: ResourceContext, Name: string): Promise<Parameter | undefined> {
  try {
    return (await ctx.call(GetParameter, { Name })).Parameter
  } catch (error) {
    if (error instanceof AwsError && error.code === ParameterNotFound.code) return undefined
    throw error
  }
}

/** What only DescribeParameters tells, where the template sets it. */
async function describedOf(
  ctx: ResourceContext,
  Name: string,
  { Description, AllowedPattern, Tier }: AwsSsmParameterProperties,
): Promise<Partial<AwsSsmParameterProperties>> {
  if (Description === undefined && AllowedPattern === undefined && Tier === undefined) return {}
  const { Parameters = [] } = await ctx.call(DescribeParameters, {
    ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [Name] }],
  })
  const found = Parameters.find((it) => it.Name === Name)
  return {
    ...(Description === undefined ? {} : { Description: found?.Description }),
    ...(AllowedPattern === undefined ? {} : { AllowedPattern: found?.AllowedPattern }),
    ...(Tier === undefined || Tier === 'Intelligent-Tiering' ? {} : { Tier: found?.Tier }),
  }
}

/** The three tags of CloudFormation's own are not among those that may be set. */
function stackTagsOf(ctx: ResourceContext): TagMap {
  return Object.fromEntries(
    Object.entries(ctx.stackTags).filter(([key]) => !key.startsWith('aws:')),
  )
}

function request(Name: string, properties: AwsSsmParameterProperties): PutParameterRequest {
  const { AllowedPattern, DataType, Description, Policies, Tier, Type, Value } = properties
  return { Name, AllowedPattern, DataType, Description, Policies, Tier, Type, Value }
}

function attributes(
  { accountId, region, partition }: ResourceContext,
  name: string,
  { Type, Value }: AwsSsmParameterProperties,
) {
  const separator = name.startsWith('/') ? '' : '/'
  const Arn = `arn:${partition}:ssm:${region}:${accountId}:parameter${separator}${name}`
  return { Arn, Type, Value }
}

type TagMap = Readonly<Record<string, string>>

async function changeTags(
  ctx: ResourceContext,
  ResourceId: string,
  before: TagMap,
  after: TagMap,
): Promise<void> {
  const TagKeys = Object.keys(before).filter((key) => !Object.hasOwn(after, key))
  const Tags = tagList(after).filter(({ Key, Value }) => before[Key] !== Value)
  const where = { ResourceType: 'Parameter', ResourceId } as const
  if (TagKeys.length > 0) await ctx.call(RemoveTagsFromResource, { ...where, TagKeys })
  if (Tags.length > 0) await ctx.call(AddTagsToResource, { ...where, Tags })
}

function tagList(tags: TagMap) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}
