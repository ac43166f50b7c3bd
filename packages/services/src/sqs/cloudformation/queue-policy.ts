import { AwsSqsQueuePolicy, SetQueueAttributes } from '@cloud-orrery/models/sqs'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'

export const queuePolicyType = resource(AwsSqsQueuePolicy, {
  async create(ctx, { PolicyDocument, Queues }) {
    await setPolicies(ctx, Queues, PolicyDocument)
    return { Id: ctx.physicalName({ lengthMax: 128 }) }
  },
  async update(ctx, { PolicyDocument, Queues }, previous, state) {
    await setPolicies(ctx, Queues, PolicyDocument)
    await setPolicies(
      ctx,
      previous.Queues.filter((queue) => !Queues.includes(queue)),
      undefined,
    )
    return state
  },
  async delete(ctx, _state, { Queues }) {
    await setPolicies(ctx, Queues, undefined)
  },
})

async function setPolicies(
  ctx: ResourceContext,
  queues: readonly string[],
  document: unknown,
): Promise<void> {
  for (const QueueUrl of queues) {
    await ctx.call(SetQueueAttributes, { QueueUrl, Attributes: { Policy: policyText(document) } })
  }
}

/** Nothing takes the policy away. */
export function policyText(document: unknown): string {
  if (document === undefined) return ''
  return typeof document === 'string' ? document : JSON.stringify(document)
}
