import {
  CreateQueue,
  DeleteQueue,
  GetQueueUrl,
  ListQueues,
  PurgeQueue,
} from '@cloud-orrery/models/sqs'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { forgetDataKeys } from '../shared/data-keys.ts'
import { pageToken, positionOf } from '../shared/page-tokens.ts'
import { differingAttribute, standardSettings, withAttributes } from './attributes.ts'
import { dataKeys } from './encryption.ts'
import * as errors from './errors.ts'
import {
  nameTakenAfterDeleteMs,
  purgeIntervalMs,
  queueNameCharactersMax,
  queuesPerPageMax,
} from './limits.ts'
import { clearCounts } from './message-store.ts'
import {
  onOwnQueue,
  onQueue,
  permission,
  queueArn,
  queueOfUrl,
  queueUrl,
  scopeOfUrl,
} from './queue-urls.ts'
import { counts, deletedNames, type Queue, queues } from './state.ts'
import { sweep } from './sweep.ts'
import { checkTags } from './tags.ts'
import { wakeReceivers } from './waiting.ts'

export const createQueue = operation(CreateQueue, {
  authorize({ QueueName, tags }, ctx) {
    const authorization = permission(queueArn(ctx, QueueName), undefined)
    if (tags === undefined || Object.keys(tags).length === 0) return authorization
    const context: Record<string, string | readonly string[]> = { 'aws:TagKeys': Object.keys(tags) }
    for (const [key, value] of Object.entries(tags)) context[`aws:RequestTag/${key}`] = value
    const { resource } = authorization
    return [
      { resource, context },
      { resource, context, action: 'sqs:TagQueue' },
    ]
  },
  provenance: 'recorded',
  run(ctx, { QueueName, Attributes = {}, tags = {} }) {
    const fifo = Attributes['FifoQueue']?.toLowerCase() === 'true'
    checkName(QueueName, fifo)
    checkTags(ctx, tags)
    const asked = newQueue(ctx, QueueName, fifo, Attributes, tags)
    const existing = queues.get(ctx, QueueName)
    if (existing !== undefined) {
      const differing = differingAttribute(existing, asked, Object.keys(Attributes))
      if (differing !== undefined) throw errors.queueNameExists(differing)
      return { QueueUrl: existing.url }
    }
    const deletedAtMs = deletedNames.get(ctx, QueueName)?.deletedAtMs
    if (deletedAtMs !== undefined && ctx.now() < deletedAtMs + nameTakenAfterDeleteMs) {
      throw errors.queueDeletedRecently()
    }
    const id = ctx.ids.hex(16)
    deletedNames.delete(ctx, QueueName)
    queues.put(ctx, { ...asked, id, store: `${id}.0` })
    counts.put(ctx, { queueId: id, sequence: 0, ready: 0, delayed: 0, inFlight: 0 })
    return { QueueUrl: asked.url }
  },
})

function checkName(name: string, fifo: boolean): void {
  const isPlain = /^[A-Za-z0-9_-]+$/.test(fifo ? name.replace(/\.fifo$/, '') : name)
  const isValid = isPlain && name.length <= queueNameCharactersMax
  if (fifo && !(isValid && name.endsWith('.fifo'))) throw errors.invalidFifoQueueName()
  if (!isValid) throw errors.invalidQueueName()
}

/** The queue as it would be made, without an identity yet. */
function newQueue(
  ctx: Context,
  name: string,
  fifo: boolean,
  attributes: Readonly<Record<string, string>>,
  tags: Readonly<Record<string, string>>,
): Queue {
  const queue: Queue = {
    name,
    arn: queueArn(ctx, name),
    url: queueUrl(ctx, name),
    id: '',
    fifo,
    createdAtMs: ctx.now(),
    modifiedAtMs: ctx.now(),
    settings: standardSettings(fifo),
    tags,
    store: '',
  }
  return withAttributes(ctx, queue, attributes)
}

export const getQueueUrl = operation(GetQueueUrl, {
  authorize: ({ QueueName }, ctx) =>
    permission(queueArn(ctx, QueueName), queues.get(ctx, QueueName)),
  provenance: 'modelled',
  scope: ({ QueueOwnerAWSAccountId: accountId }) => (accountId === undefined ? {} : { accountId }),
  run(ctx, { QueueName }) {
    const queue = queues.get(ctx, QueueName)
    if (queue === undefined) throw errors.queueDoesNotExist()
    return { QueueUrl: queue.url }
  },
})

export const listQueues = operation(ListQueues, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { QueueNamePrefix: prefix = '', MaxResults, NextToken }) {
    if (MaxResults !== undefined && (MaxResults < 1 || MaxResults > queuesPerPageMax)) {
      throw errors.invalidValue(
        MaxResults,
        'MaxResults',
        `Must be an integer between 1 and ${queuesPerPageMax}, if provided.`,
      )
    }
    const query = { prefix }
    const after = NextToken === undefined ? undefined : positionOf(NextToken, query)
    if (NextToken !== undefined && after === undefined) {
      throw errors.invalidValue(NextToken, 'NextToken', 'Invalid or expired next token.')
    }
    const limit = MaxResults ?? queuesPerPageMax
    const names: string[] = []
    const scan = queues.scan(ctx, { prefix, ...(after === undefined ? {} : { after }) })
    for (const { name } of scan) if (names.push(name) > limit) break
    const page = names.slice(0, limit)
    const last = page.at(-1)
    // Without MaxResults AWS answers the first thousand and no token.
    const more = MaxResults !== undefined && names.length > limit && last !== undefined
    return {
      ...(page.length === 0 ? {} : { QueueUrls: page.map((name) => queueUrl(ctx, name)) }),
      ...(more ? { NextToken: pageToken(last, query) } : {}),
    }
  },
})

/** Deviation: the queue is gone at once; on AWS calls may succeed for another minute. */
export const deleteQueue = operation(DeleteQueue, {
  authorize: onOwnQueue('DeleteQueue'),
  provenance: 'recorded',
  scope: scopeOfUrl,
  run(ctx, { QueueUrl }) {
    const queue = queueOfUrl(ctx, QueueUrl)
    queues.delete(ctx, queue.name)
    counts.delete(ctx, queue.id)
    forgetDataKeys(ctx, dataKeys, queue.arn)
    deletedNames.put(ctx, { name: queue.name, deletedAtMs: ctx.now() })
    ctx.after(0, sweep, { store: queue.store })
    wakeReceivers(ctx, queue)
    return {}
  },
})

export const purgeQueue = operation(PurgeQueue, {
  authorize: onQueue(),
  provenance: 'recorded',
  scope: scopeOfUrl,
  run(ctx, { QueueUrl }) {
    const queue = queueOfUrl(ctx, QueueUrl)
    const { purgedAtMs, id, store } = queue
    if (purgedAtMs !== undefined && ctx.now() < purgedAtMs + purgeIntervalMs) {
      throw errors.purgeInProgress(queue.name)
    }
    const number = Number(store.split('.')[1]) + 1
    queues.update(ctx, queue.name, { purgedAtMs: ctx.now(), store: `${id}.${number}` })
    clearCounts(ctx, queue)
    ctx.after(0, sweep, { store })
    return {}
  },
})
