import {
  AddRoleToInstanceProfile,
  AwsIamInstanceProfile,
  CreateInstanceProfile,
  DeleteInstanceProfile,
  GetInstanceProfile,
  RemoveRoleFromInstanceProfile,
} from '@cloud-orrery/models/iam'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { difference } from './entity-policies.ts'
import { withName } from './named-type.ts'

export const instanceProfileType = resource(
  withName(AwsIamInstanceProfile, 'InstanceProfileName'),
  {
    async create(ctx, properties) {
      const { InstanceProfileName = ctx.physicalName({ lengthMax: 128 }), Path, Roles } = properties
      const { InstanceProfile } = await ctx.call(CreateInstanceProfile, {
        InstanceProfileName,
        Path,
      })
      const state = { InstanceProfileName, Arn: InstanceProfile.Arn }
      ctx.made(state)
      for (const RoleName of Roles) {
        await ctx.call(AddRoleToInstanceProfile, { InstanceProfileName, RoleName })
      }
      return state
    },
    async update(ctx, { Roles }, _previous, state) {
      const { InstanceProfileName } = state
      // A rollback may find the roles of either template: a profile takes one role, and that once.
      const { InstanceProfile } = await ctx.call(GetInstanceProfile, { InstanceProfileName })
      const there = InstanceProfile.Roles.map(({ RoleName }) => RoleName)
      const { gone, added } = difference(there, Roles)
      for (const RoleName of gone) {
        await ctx.call(RemoveRoleFromInstanceProfile, { InstanceProfileName, RoleName })
      }
      for (const RoleName of added) {
        await ctx.call(AddRoleToInstanceProfile, { InstanceProfileName, RoleName })
      }
      return state
    },
    async delete(ctx, { InstanceProfileName }) {
      await removeProfile(ctx, InstanceProfileName)
    },
    async read(ctx, { InstanceProfileName }) {
      const { InstanceProfile } = await ctx.call(GetInstanceProfile, { InstanceProfileName })
      return {
        InstanceProfileName,
        Path: InstanceProfile.Path,
        Roles: InstanceProfile.Roles.map(({ RoleName }) => RoleName),
      }
    },
  },
)

async function removeProfile(ctx: ResourceContext, InstanceProfileName: string): Promise<void> {
  const { InstanceProfile } = await ctx.call(GetInstanceProfile, { InstanceProfileName })
  for (const { RoleName } of InstanceProfile.Roles) {
    await ctx.call(RemoveRoleFromInstanceProfile, { InstanceProfileName, RoleName })
  }
  await ctx.call(DeleteInstanceProfile, { InstanceProfileName })
}
