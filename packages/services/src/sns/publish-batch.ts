import { PublishBatch } from '@cloud-orrery/models/sns'
import { operation } from '../define.ts'
import { judgedArn, requireTopicAddress, scopeOfTopic } from './arns.ts'
import { encrypted } from './encryption.ts'
import {
  batchTooLong,
  emptyBatch,
  entryIdsNotDistinct,
  invalidEntryId,
  tooManyEntries,
} from './errors.ts'
import { batchEntriesMax, messageBytesMax } from './limits.ts'
import { readDraft, requireDeduplication, requireOrdering, send } from './publish.ts'
import { requireTopic } from './topics.ts'

/** Up to ten messages; one that is wrong refuses all. Recorded: sns, PublishBatch. */
export const publishBatch = operation(PublishBatch, {
  authorize: ({ TopicArn }) => ({ action: 'sns:Publish', resource: judgedArn(TopicArn) }),
  scope: scopeOfTopic,
  provenance: 'recorded',
  trail: { kind: 'data' },
  run(ctx, { TopicArn, PublishBatchRequestEntries: entries }) {
    if (entries.length === 0) throw emptyBatch()
    if (entries.length > batchEntriesMax) throw tooManyEntries()
    requireTopicAddress(ctx, TopicArn)
    const topic = requireTopic(ctx, TopicArn)
    if (new Set(entries.map(({ Id }) => Id)).size < entries.length) throw entryIdsNotDistinct()
    if (entries.some(({ Id }) => !/^[A-Za-z0-9_-]{1,80}$/.test(Id))) throw invalidEntryId()
    const drafts = entries.map((entry) => {
      const draft = readDraft(entry)
      requireOrdering(topic.isFifo, entry)
      requireDeduplication(topic, entry)
      return { id: entry.Id, draft }
    })
    const bytes = drafts.reduce((sum, { draft }) => sum + draft.bytes, 0)
    if (bytes > messageBytesMax) throw batchTooLong()
    return encrypted(ctx, topic, (as) => ({
      Successful: drafts.map(({ id, draft }) => ({ Id: id, ...send(ctx, as, draft) })),
      Failed: [],
    }))
  },
})
