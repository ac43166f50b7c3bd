import { AwsCloudFormationWaitConditionHandle } from '@cloud-orrery/models/cloudformation'
import { resource } from '../../define.ts'
import { answerUrl } from '../outside/response-url.ts'
import { receiverArn } from '../wait-conditions/state.ts'
import { forgetSignals } from '../wait-conditions/wait.ts'

/** A URL to which signals can be put. */
export const waitConditionHandleType = resource(AwsCloudFormationWaitConditionHandle, {
  async create(ctx) {
    const receiver = receiverArn(ctx.stackId, ctx.logicalId)
    forgetSignals(ctx, receiver)
    return { Id: await answerUrl(ctx, 'wait', receiver) }
  },
  delete: (ctx) => forgetSignals(ctx, receiverArn(ctx.stackId, ctx.logicalId)),
})
