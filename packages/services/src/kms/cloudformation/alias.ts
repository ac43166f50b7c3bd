import { AwsError } from '@cloud-orrery/models'
import {
  AwsKmsAlias,
  CreateAlias,
  DeleteAlias,
  ListAliases,
  NotFoundException,
  UpdateAlias,
} from '@cloud-orrery/models/kms'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'

export const aliasType = resource(AwsKmsAlias, {
  async create(ctx, { AliasName, TargetKeyId }) {
    await ctx.call(CreateAlias, { AliasName, TargetKeyId })
    return { physicalId: AliasName }
  },
  async adopt(ctx, { AliasName = '' }) {
    return (await targetOf(ctx, AliasName)) === undefined ? undefined : { physicalId: AliasName }
  },
  async update(ctx, { AliasName, TargetKeyId }, _previous, state) {
    await ctx.call(UpdateAlias, { AliasName, TargetKeyId })
    return state
  },
  async delete(ctx, { physicalId: AliasName = '' }) {
    try {
      await ctx.call(DeleteAlias, { AliasName })
    } catch (error) {
      // Somebody deleted it already, or its key is gone and took it along.
      if (!(error instanceof AwsError) || error.code !== NotFoundException.code) throw error
    }
  },
  async read(ctx, { physicalId = '' }, { TargetKeyId }) {
    const target = await targetOf(ctx, physicalId)
    if (target === undefined) return undefined
    // The template may name the key by its ARN.
    const same = TargetKeyId === target || TargetKeyId.endsWith(`:key/${target}`)
    return { AliasName: physicalId, TargetKeyId: same ? TargetKeyId : target }
  },
})

async function targetOf(ctx: ResourceContext, name: string): Promise<string | undefined> {
  let Marker: string | undefined
  do {
    const { Aliases = [], NextMarker } = await ctx.call(ListAliases, { Marker })
    const found = Aliases.find(({ AliasName }) => AliasName === name)
    if (found !== undefined) return found.TargetKeyId
    Marker = NextMarker
  } while (Marker !== undefined)
  return undefined
}
