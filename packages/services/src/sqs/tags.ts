import { ListQueueTags, TagQueue, UntagQueue } from '@cloud-orrery/models/sqs'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { isReservedTag } from '../shared/system-tags.ts'
import { invalidParameter } from './errors.ts'
import { tagsMax } from './limits.ts'
import { onOwnQueue, queueOfUrl, scopeOfUrl } from './queue-urls.ts'
import { queues } from './state.ts'

/** The words of both refusals are ours. */
export function checkTags(ctx: Context, tags: Readonly<Record<string, string>>): void {
  const keys = Object.keys(tags)
  const reserved = keys.find((key) => isReservedTag(ctx, key))
  if (reserved !== undefined) {
    throw invalidParameter(`Tag keys that start with aws: are reserved: ${reserved}.`)
  }
  if (keys.length > tagsMax) {
    throw invalidParameter(`Too many tags added for queue. The maximum number is ${tagsMax}.`)
  }
}

export const tagQueue = operation(TagQueue, {
  authorize(input, ctx) {
    const { resource, context = {} } = onOwnQueue('TagQueue')(input, ctx)
    const request: Record<string, string | readonly string[]> = {
      'aws:TagKeys': Object.keys(input.Tags),
    }
    for (const [key, value] of Object.entries(input.Tags)) request[`aws:RequestTag/${key}`] = value
    return { resource, context: { ...context, ...request } }
  },
  provenance: 'recorded',
  scope: scopeOfUrl,
  run(ctx, { QueueUrl, Tags }) {
    const queue = queueOfUrl(ctx, QueueUrl)
    const tags = { ...queue.tags, ...Tags }
    checkTags(ctx, tags)
    queues.update(ctx, queue.name, { tags })
    return {}
  },
})

export const untagQueue = operation(UntagQueue, {
  authorize(input, ctx) {
    const { resource, context = {} } = onOwnQueue('UntagQueue')(input, ctx)
    return { resource, context: { ...context, 'aws:TagKeys': input.TagKeys } }
  },
  provenance: 'recorded',
  scope: scopeOfUrl,
  run(ctx, { QueueUrl, TagKeys }) {
    const queue = queueOfUrl(ctx, QueueUrl)
    const tags = { ...queue.tags }
    for (const key of TagKeys) delete tags[key]
    queues.update(ctx, queue.name, { tags })
    return {}
  },
})

export const listQueueTags = operation(ListQueueTags, {
  authorize: onOwnQueue('ListQueueTags'),
  provenance: 'recorded',
  scope: scopeOfUrl,
  run(ctx, { QueueUrl }) {
    const { tags } = queueOfUrl(ctx, QueueUrl)
    return Object.keys(tags).length === 0 ? {} : { Tags: tags }
  },
})
