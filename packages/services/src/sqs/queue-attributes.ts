import { GetQueueAttributes, SetQueueAttributes } from '@cloud-orrery/models/sqs'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { isQueueAttribute, withAttributes } from './attributes.ts'
import { unknownAttribute } from './errors.ts'
import { scopePropagationMs } from './limits.ts'
import { countsOf, settle } from './message-store.ts'
import { onOwnQueue, onQueue, queueOfUrl, scopeOfUrl } from './queue-urls.ts'
import { type Queue, queues } from './state.ts'
import { wakeReceivers } from './waiting.ts'

export const getQueueAttributes = operation(GetQueueAttributes, {
  authorize: onQueue(),
  provenance: 'recorded',
  scope: scopeOfUrl,
  run(ctx, { QueueUrl, AttributeNames = [] }) {
    const queue = queueOfUrl(ctx, QueueUrl)
    const asked = new Set<string>(AttributeNames)
    if (asked.size === 0) return {}
    for (const name of asked) if (!isQueueAttribute(name)) throw unknownAttribute(name)
    const found = Object.entries(attributesOf(ctx, queue)).filter(
      ([name]) => asked.has('All') || asked.has(name),
    )
    return found.length === 0 ? {} : { Attributes: Object.fromEntries(found) }
  },
})

/** Deviation: counts are exact and of this moment; AWS's are approximate for about a minute. */
function attributesOf(ctx: Context, queue: Queue): Record<string, string> {
  settle(ctx, queue)
  const { ready, delayed, inFlight } = countsOf(ctx, queue)
  return {
    ...queue.settings,
    ...(queue.policy === undefined ? {} : { Policy: queue.policy.text }),
    ApproximateNumberOfMessages: String(ready),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    CreatedTimestamp: String(Math.floor(queue.createdAtMs / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAtMs / 1000)),
    QueueArn: queue.arn,
  }
}

/** Deviation: a change holds at once, but for the scope of deduplication; on AWS it takes up to a minute. */
export const setQueueAttributes = operation(SetQueueAttributes, {
  authorize: onOwnQueue('SetQueueAttributes'),
  provenance: 'recorded',
  scope: scopeOfUrl,
  run(ctx, { QueueUrl, Attributes }) {
    const queue = queueOfUrl(ctx, QueueUrl)
    const changed = { ...withAttributes(ctx, queue, Attributes), modifiedAtMs: ctx.now() }
    queues.put(ctx, { ...changed, ...scopeLeftBehind(ctx, queue, changed) })
    wakeReceivers(ctx, queue)
    return {}
  },
})

function scopeLeftBehind(ctx: Context, before: Queue, after: Queue): Pick<Queue, 'formerScope'> {
  const scope = before.settings['DeduplicationScope']
  if (scope === undefined || scope === after.settings['DeduplicationScope']) return {}
  return { formerScope: { scope, untilMs: ctx.now() + scopePropagationMs } }
}
