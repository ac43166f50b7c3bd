import {
  AwsSqsQueueInlinePolicy,
  GetQueueAttributes,
  SetQueueAttributes,
} from '@cloud-orrery/models/sqs'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'
import { policyText } from './queue-policy.ts'

export const queueInlinePolicyType = resource(AwsSqsQueueInlinePolicy, {
  async create(ctx, { PolicyDocument, Queue }) {
    const Attributes = { Policy: policyText(PolicyDocument) }
    await ctx.call(SetQueueAttributes, { QueueUrl: Queue, Attributes })
    return { physicalId: Queue }
  },
  async update(ctx, { PolicyDocument, Queue }, _previous, state) {
    const Attributes = { Policy: policyText(PolicyDocument) }
    await ctx.call(SetQueueAttributes, { QueueUrl: Queue, Attributes })
    return state
  },
  async delete(ctx, _state, { Queue }) {
    await ctx.call(SetQueueAttributes, { QueueUrl: Queue, Attributes: { Policy: '' } })
  },
  async read(ctx, _state, { Queue }) {
    const found = await unlessGone(
      ctx.call(GetQueueAttributes, { QueueUrl: Queue, AttributeNames: ['Policy'] }),
    )
    const text = found?.Attributes?.['Policy']
    return text === undefined ? undefined : { PolicyDocument: JSON.parse(text) as unknown, Queue }
  },
})
