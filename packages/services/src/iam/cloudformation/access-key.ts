import {
  AwsIamAccessKey,
  CreateAccessKey,
  DeleteAccessKey,
  ListAccessKeys,
  UpdateAccessKey,
} from '@cloud-orrery/models/iam'
import { resource } from '../../define.ts'

export const accessKeyType = resource(AwsIamAccessKey, {
  async create(ctx, { UserName, Status }) {
    const { AccessKey } = await ctx.call(CreateAccessKey, { UserName })
    const { AccessKeyId, SecretAccessKey } = AccessKey
    if (Status === 'Inactive') await ctx.call(UpdateAccessKey, { UserName, AccessKeyId, Status })
    return { Id: AccessKeyId, SecretAccessKey }
  },
  async update(ctx, { UserName, Status = 'Active' }, _previous, state) {
    await ctx.call(UpdateAccessKey, { UserName, AccessKeyId: state.Id, Status })
    return state
  },
  async delete(ctx, { Id }, { UserName }) {
    await ctx.call(DeleteAccessKey, { UserName, AccessKeyId: Id })
  },
  async read(ctx, { Id }, { UserName }) {
    const { AccessKeyMetadata } = await ctx.call(ListAccessKeys, { UserName })
    const key = AccessKeyMetadata.find(({ AccessKeyId }) => AccessKeyId === Id)
    return key && { UserName, Status: key.Status }
  },
})
