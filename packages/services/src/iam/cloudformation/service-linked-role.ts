import {
  AwsIamServiceLinkedRole,
  CreateServiceLinkedRole,
  DeleteServiceLinkedRole,
  GetRole,
  UpdateRole,
} from '@cloud-orrery/models/iam'
import { resource } from '../../define.ts'

export const serviceLinkedRoleType = resource(AwsIamServiceLinkedRole, {
  async create(ctx, { AWSServiceName = '', CustomSuffix, Description }) {
    const { Role } = await ctx.call(CreateServiceLinkedRole, {
      AWSServiceName,
      CustomSuffix,
      Description,
    })
    return { RoleName: Role?.RoleName ?? '' }
  },
  async update(ctx, { Description = '' }, _previous, state) {
    await ctx.call(UpdateRole, { RoleName: state.RoleName, Description })
    return state
  },
  async delete(ctx, { RoleName }) {
    await ctx.call(DeleteServiceLinkedRole, { RoleName })
  },
  async read(ctx, { RoleName }, { AWSServiceName }) {
    const { Role } = await ctx.call(GetRole, { RoleName })
    return {
      AWSServiceName,
      ...(Role.Description === undefined ? {} : { Description: Role.Description }),
    }
  },
})
