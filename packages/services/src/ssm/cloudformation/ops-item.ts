import {
  AddTagsToResource,
  AwsSsmOpsItem,
  type AwsSsmOpsItemProperties,
  CreateOpsItem,
  DeleteOpsItem,
  GetOpsItem,
  RemoveTagsFromResource,
  UpdateOpsItem,
} from '@cloud-orrery/models/ssm'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { isoTime } from '../iso-time.ts'

export const opsItemType = resource(AwsSsmOpsItem, {
  async create(ctx, { Tags = [], ...properties }) {
    const { OpsItemId = '' } = await ctx.call(CreateOpsItem, {
      ...properties,
      ...(Tags.length === 0 ? {} : { Tags }),
    })
    return attributes(ctx, OpsItemId)
  },
  async update(ctx, { Tags = [], Source: _, ...properties }, previous, { OpsItemId }) {
    await ctx.call(UpdateOpsItem, { OpsItemId, ...properties })
    const where = { ResourceType: 'OpsItem', ResourceId: OpsItemId } as const
    const kept = new Set(Tags.map(({ Key }) => Key))
    const TagKeys = (previous.Tags ?? []).map(({ Key }) => Key).filter((key) => !kept.has(key))
    if (TagKeys.length > 0) await ctx.call(RemoveTagsFromResource, { ...where, TagKeys })
    if (Tags.length > 0) await ctx.call(AddTagsToResource, { ...where, Tags })
    return attributes(ctx, OpsItemId)
  },
  async delete(ctx, { OpsItemId }) {
    await ctx.call(DeleteOpsItem, { OpsItemId })
  },
  async read(ctx, { OpsItemId }): Promise<Partial<AwsSsmOpsItemProperties>> {
    const { OpsItem = {} } = await ctx.call(GetOpsItem, { OpsItemId })
    const { Category, Description = '', Priority, Severity, Source = '', Title = '' } = OpsItem
    return { Category, Description, Priority, Severity, Source, Title }
  },
})

async function attributes(ctx: ResourceContext, OpsItemId: string) {
  const { OpsItem = {} } = await ctx.call(GetOpsItem, { OpsItemId })
  return {
    CreatedBy: OpsItem.CreatedBy,
    CreatedTime: isoTime(OpsItem.CreatedTime ?? 0),
    LastModifiedBy: OpsItem.LastModifiedBy,
    LastModifiedTime: isoTime(OpsItem.LastModifiedTime ?? 0),
    OpsItemArn: OpsItem.OpsItemArn,
    OpsItemId,
    OpsItemType: OpsItem.OpsItemType,
    Status: OpsItem.Status,
    Version: OpsItem.Version,
  }
}
