import {
  AwsStepFunctionsStateMachineVersion,
  DeleteStateMachineVersion,
  DescribeStateMachine,
  PublishStateMachineVersion,
} from '@cloud-orrery/models/states'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'

export const stateMachineVersionType = resource(AwsStepFunctionsStateMachineVersion, {
  async create(ctx, { StateMachineArn, StateMachineRevisionId, Description }) {
    const { stateMachineVersionArn } = await ctx.call(PublishStateMachineVersion, {
      stateMachineArn: StateMachineArn,
      revisionId: StateMachineRevisionId,
      description: Description,
    })
    return { Arn: stateMachineVersionArn }
  },
  async delete(ctx, { Arn }) {
    await ctx.call(DeleteStateMachineVersion, { stateMachineVersionArn: Arn })
  },
  async read(ctx, { Arn }, { StateMachineArn, StateMachineRevisionId }) {
    const found = await unlessGone(ctx.call(DescribeStateMachine, { stateMachineArn: Arn }))
    if (found === undefined) return undefined
    return {
      StateMachineArn,
      ...(StateMachineRevisionId === undefined ? {} : { StateMachineRevisionId }),
      ...(found.description === undefined ? {} : { Description: found.description }),
    }
  },
})
