import {
  AwsStepFunctionsActivity,
  CreateActivity,
  DeleteActivity,
  DescribeActivity,
} from '@cloud-orrery/models/states'
import { resource } from '../../define.ts'
import { alreadyExists, isThere } from '../../shared/already-exists.ts'
import { arnOf } from '../arns.ts'
import { encryptionInput } from './configuration.ts'
import { isGone, unlessGone } from './gone.ts'
import { allTags, currentTags, updateTags } from './tags.ts'

export const activityType = resource(AwsStepFunctionsActivity, {
  async create(ctx, { Name, Tags, EncryptionConfiguration }) {
    const activityArn = arnOf(ctx, 'activity', Name)
    if (await isThere(ctx.call(DescribeActivity, { activityArn }), isGone))
      throw alreadyExists(Name)
    await ctx.call(CreateActivity, {
      name: Name,
      tags: allTags(ctx, Tags),
      encryptionConfiguration: encryptionInput(EncryptionConfiguration),
    })
    return { Arn: activityArn, Name }
  },
  async update(ctx, { Tags }, previous, state) {
    await updateTags(ctx, state.Arn, Tags, previous.Tags)
    return state
  },
  async delete(ctx, { Arn }) {
    await ctx.call(DeleteActivity, { activityArn: Arn })
  },
  async read(ctx, { Arn, Name }, properties) {
    const found = await unlessGone(ctx.call(DescribeActivity, { activityArn: Arn }))
    if (found === undefined) return undefined
    return { Name, ...(await currentTags(ctx, Arn, properties)) }
  },
})
