import { orderedKey, table } from '@cloud-orrery/kernel'
import type { PolicyDocument } from '@cloud-orrery/policy'

/** Attributes that a caller sets, as AWS spells their values; those at their default are there too. */
export type QueueSettings = Readonly<Record<string, string>>

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string
  readonly maxReceiveCount: number
}

export interface Queue {
  readonly name: string
  readonly arn: string
  readonly url: string
  /** One life of the name: a queue made again under it has another. */
  readonly id: string
  readonly fifo: boolean
  readonly createdAtMs: number
  readonly modifiedAtMs: number
  readonly settings: QueueSettings
  readonly policy?: { readonly text: string; readonly document: PolicyDocument }
  readonly redrive?: RedrivePolicy
  readonly tags: Readonly<Record<string, string>>
  /** The part of the messages that is still there: a purge starts a new one. */
  readonly store: string
  readonly purgedAtMs?: number
  /** The deduplication scope that is still followed after a change. */
  readonly formerScope?: { readonly scope: string; readonly untilMs: number }
}

export const queues = table<Queue, 'deadLetterTarget'>('sqs.queues', {
  key: (queue) => queue.name,
  resource: (queue) => queue.arn,
  partition: 'region',
  indexes: { deadLetterTarget: (queue) => queue.redrive?.deadLetterTargetArn },
})

/** A name whose queue was deleted less than a minute ago. */
export interface DeletedName {
  readonly name: string
  readonly deletedAtMs: number
}

export const deletedNames = table<DeletedName>('sqs.deleted-names', {
  key: (deleted) => deleted.name,
  partition: 'region',
})

/** What changes with each message; apart from the queue, which it would copy each time. */
export interface Counts {
  readonly queueId: string
  /** Number of the newest message. */
  readonly sequence: number
  readonly ready: number
  readonly delayed: number
  readonly inFlight: number
}

export const counts = table<Counts>('sqs.counts', {
  key: (count) => count.queueId,
  partition: 'region',
})

/** A message attribute; bytes as base64. */
export interface StoredAttribute {
  readonly dataType: string
  readonly stringValue?: string
  readonly binaryValue?: string
}

export type StoredAttributes = Readonly<Record<string, StoredAttribute>>

/** `ready`: waits for a receiver. `delayed`: not yet seen by any. `inFlight`: with one. */
export type MessageState = 'ready' | 'delayed' | 'inFlight'

/** What a message is encrypted with. */
export interface MessageDataKey {
  /** Base64, as KMS gave it. */
  readonly ciphertext: string
  /** The queue to which it was sent, which the data key is bound to. */
  readonly queueArn: string
}

export interface Message {
  readonly store: string
  /** Retention counts from here. */
  readonly enqueuedAtMs: number
  /** Order of sending within the queue. */
  readonly sequence: number
  readonly fifo: boolean
  readonly messageId: string
  readonly body: string
  readonly md5OfBody: string
  readonly attributes?: StoredAttributes
  readonly traceHeader?: string
  readonly dataKey?: MessageDataKey
  readonly senderId: string
  readonly sentAtMs: number
  readonly groupId?: string
  readonly deduplicationId?: string
  readonly sequenceNumber?: string
  /** The queue from which it was given up to this one. */
  readonly deadLetterSourceArn?: string
  /** As it was when somebody last looked: time moves on without anyone touching the record. */
  readonly state: MessageState
  /** When it becomes (or became) ready. */
  readonly visibleAtMs: number
  readonly receiveCount: number
  /** Receives in queues that gave it up: they do not count towards this queue's limit. */
  readonly receivedElsewhere?: number
  readonly firstReceivedAtMs?: number
  /** Of the latest receive: visibility is bounded from here. */
  readonly receivedAtMs?: number
  /** Marks the latest receipt handle. */
  readonly receipt?: string
}

export function messageKey({
  store,
  enqueuedAtMs,
  sequence,
}: Pick<Message, 'store' | 'enqueuedAtMs' | 'sequence'>): string {
  return orderedKey(store, enqueuedAtMs, sequence)
}

export const messages = table<Message, 'lane' | 'group'>('sqs.messages', {
  key: messageKey,
  partition: 'region',
  indexes: {
    /** Standard messages that are ready, in the order of sending; all that wait, in that of their moments. */
    lane(message) {
      const { store, state, visibleAtMs, sequence } = message
      if (state !== 'ready') return orderedKey(store, 'waiting', visibleAtMs, sequence)
      return message.fifo ? undefined : orderedKey(store, 'ready', sequence)
    },
    group: (message) =>
      message.fifo ? orderedKey(message.store, message.groupId ?? '') : undefined,
  },
})

/** A group of a FIFO queue whose oldest message is ready. */
export interface ReadyGroup {
  readonly store: string
  readonly groupId: string
  /** Of its oldest message. */
  readonly visibleAtMs: number
  readonly receiveCount: number
  readonly sequence: number
}

export const readyGroups = table<ReadyGroup, 'order'>('sqs.ready-groups', {
  key: (group) => orderedKey(group.store, group.groupId),
  partition: 'region',
  indexes: {
    order: ({ store, visibleAtMs, receiveCount, sequence }) =>
      orderedKey(store, visibleAtMs, receiveCount, sequence),
  },
})

/** What a FIFO queue remembers of a message for five minutes, or until it is purged. */
export interface Deduplication {
  readonly store: string
  /** Group and id, or the id alone: the queue's scope decides. */
  readonly scopedId: string
  readonly messageId: string
  readonly sequenceNumber: string
  readonly atMs: number
}

export const deduplications = table<Deduplication, 'age'>('sqs.deduplications', {
  key: ({ store, scopedId }) => orderedKey(store, scopedId),
  partition: 'region',
  indexes: { age: ({ store, atMs }) => orderedKey(store, atMs) },
})

/** A receive that may be repeated under its attempt id. */
export interface Attempt {
  readonly store: string
  readonly attemptId: string
  readonly atMs: number
  readonly messages: readonly { readonly key: string; readonly receipt: string }[]
}

export const attempts = table<Attempt, 'age'>('sqs.attempts', {
  key: ({ store, attemptId }) => orderedKey(store, attemptId),
  partition: 'region',
  indexes: { age: ({ store, atMs }) => orderedKey(store, atMs) },
})

export type MoveStatus = 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED'

/** A message move task: messages of a dead-letter queue on their way back. */
export interface MoveTask {
  readonly taskId: string
  readonly sourceArn: string
  /** Absent: each message goes back to the queue from which it came. */
  readonly destinationArn?: string
  readonly perSecondMax?: number
  readonly status: MoveStatus
  readonly failureReason?: string
  readonly startedAtMs: number
  readonly toMove: number
  readonly moved: number
}

export const moveTasks = table<MoveTask, 'source'>('sqs.move-tasks', {
  key: ({ sourceArn, startedAtMs, taskId }) => orderedKey(sourceArn, startedAtMs, taskId),
  partition: 'region',
  indexes: { source: ({ sourceArn }) => sourceArn },
})
