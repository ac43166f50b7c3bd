import {
  AddTagsToResource,
  AwsSsmParameter,
  type AwsSsmParameterProperties,
  DeleteParameter,
  GetParameter,
  ListTagsForResource,
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
    const Tags = tagList({ ...ctx.stackTags, ...properties.Tags })
    await ctx.call(PutParameter, { ...request(Name, properties), Tags })
    return { physicalId: Name, ...attributes(ctx, Name, properties) }
  },
  async update(ctx, properties, previous, state) {
    const Name = state.physicalId ?? properties.Name ?? ''
    await ctx.call(PutParameter, { ...request(Name, properties), Overwrite: true })
    await changeTags(ctx, Name, previous.Tags ?? {}, properties.Tags ?? {})
    return { physicalId: Name, ...attributes(ctx, Name, properties) }
  },
  async delete(ctx, { physicalId = '' }) {
    await ctx.call(DeleteParameter, { Name: physicalId })
  },
  async read(ctx, { physicalId: Name = '' }, properties) {
    const { Parameter } = await ctx.call(GetParameter, { Name })
    if (Parameter === undefined) return undefined
    const { TagList = [] } = await ctx.call(ListTagsForResource, {
      ResourceType: 'Parameter',
      ResourceId: Name,
    })
    const tags = TagList.filter(({ Key }) => Object.hasOwn(properties.Tags ?? {}, Key))
    return {
      Name,
      ...(Parameter.Type === undefined ? {} : { Type: Parameter.Type }),
      ...(Parameter.Value === undefined ? {} : { Value: Parameter.Value }),
      ...(properties.Tags === undefined
        ? {}
        : { Tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) }),
    }
  },
})

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
