import { service } from '../define.ts'
import { queueType } from './cloudformation/queue.ts'
import { queueInlinePolicyType } from './cloudformation/queue-inline-policy.ts'
import { queuePolicyType } from './cloudformation/queue-policy.ts'
import { listDeadLetterSourceQueues } from './dead-letters.ts'
import { dataKeys } from './encryption.ts'
import { accessDenied, invalidInput } from './errors.ts'
import {
  cancelMessageMoveTask,
  listMessageMoveTasks,
  moveSome,
  startMessageMoveTask,
} from './move-tasks.ts'
import { addPermission, removePermission } from './permissions.ts'
import { getQueueAttributes, setQueueAttributes } from './queue-attributes.ts'
import { queueOfArn } from './queue-urls.ts'
import { createQueue, deleteQueue, getQueueUrl, listQueues, purgeQueue } from './queues.ts'
import { receiveMessage } from './receive-message.ts'
import {
  changeMessageVisibility,
  changeMessageVisibilityBatch,
  deleteMessage,
  deleteMessageBatch,
} from './received-messages.ts'
import { sendMessage, sendMessageBatch } from './send-message.ts'
import {
  attempts,
  counts,
  deduplications,
  deletedNames,
  messages,
  moveTasks,
  queues,
  readyGroups,
} from './state.ts'
import { sweep } from './sweep.ts'
import { listQueueTags, tagQueue, untagQueue } from './tags.ts'

/** Simple Queue Service: standard and FIFO queues. */
export const sqs = service('sqs', {
  operations: [
    createQueue,
    getQueueUrl,
    listQueues,
    deleteQueue,
    purgeQueue,
    getQueueAttributes,
    setQueueAttributes,
    tagQueue,
    untagQueue,
    listQueueTags,
    addPermission,
    removePermission,
    sendMessage,
    sendMessageBatch,
    receiveMessage,
    deleteMessage,
    deleteMessageBatch,
    changeMessageVisibility,
    changeMessageVisibilityBatch,
    listDeadLetterSourceQueues,
    startMessageMoveTask,
    listMessageMoveTasks,
    cancelMessageMoveTask,
  ],
  tasks: [sweep, moveSome],
  resources: [queueType, queuePolicyType, queueInlinePolicyType],
  tables: [
    queues,
    deletedNames,
    counts,
    messages,
    readyGroups,
    deduplications,
    attempts,
    moveTasks,
    dataKeys,
  ],
  resourceAccess(ctx, arn) {
    const queue = queueOfArn(ctx, arn)
    const accountId = arn.split(':')[4]
    if (queue === undefined || accountId === undefined) return undefined
    const { policy } = queue
    return policy === undefined ? { accountId } : { accountId, policy: policy.document }
  },
  taggedResources: (ctx) => queues.scan(ctx),
  errors: { accessDenied, invalidInput },
  // SQS prints actions in lower case. Source: answers of SQS quoted in AWS re:Post.
  denialWording: (action) => ({ action: action.toLowerCase() }),
})
