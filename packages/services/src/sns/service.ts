import { service } from '../define.ts'
import { topicAddress } from './arns.ts'
import { serveCertificate } from './certificate.ts'
import { subscriptionType } from './cloudformation/subscription.ts'
import { topicType } from './cloudformation/topic.ts'
import { topicInlinePolicyType, topicPolicyType } from './cloudformation/topic-policies.ts'
import { confirmSubscription } from './confirmation.ts'
import { deadLetter, deliver } from './delivery/delivery.ts'
import { deliverInOrder } from './delivery/fifo-order.ts'
import { authorizationError, invalidInput } from './errors.ts'
import { addPermission, removePermission } from './permissions.ts'
import { forgetDuplicate, publish } from './publish.ts'
import { publishBatch } from './publish-batch.ts'
import { dataKeys, deduplications, sequences, subscriptions, topics, waiting } from './state.ts'
import { subscribe } from './subscribe.ts'
import { expireDeleted, expirePending, forgetDeleted, removeOrphan } from './subscription-states.ts'
import {
  getSubscriptionAttributes,
  listSubscriptions,
  listSubscriptionsByTopic,
  setSubscriptionAttributes,
  unsubscribe,
} from './subscriptions.ts'
import { listTagsForResource, tagResource, untagResource } from './tags.ts'
import {
  createTopic,
  deleteTopic,
  getTopicAttributes,
  listTopics,
  setTopicAttributes,
} from './topics.ts'

/** Simple Notification Service: topics, subscriptions with confirmation, filters, signed messages, retries. */
export const sns = service('sns', {
  operations: [
    createTopic,
    deleteTopic,
    getTopicAttributes,
    setTopicAttributes,
    listTopics,
    tagResource,
    untagResource,
    listTagsForResource,
    addPermission,
    removePermission,
    subscribe,
    confirmSubscription,
    unsubscribe,
    getSubscriptionAttributes,
    setSubscriptionAttributes,
    listSubscriptions,
    listSubscriptionsByTopic,
    publish,
    publishBatch,
  ],
  tasks: [
    deliver,
    deliverInOrder,
    deadLetter,
    forgetDuplicate,
    expirePending,
    expireDeleted,
    forgetDeleted,
    removeOrphan,
  ],
  resources: [topicType, subscriptionType, topicPolicyType, topicInlinePolicyType],
  tables: [topics, subscriptions, deduplications, sequences, waiting, dataKeys],
  resourceAccess(ctx, arn) {
    const address = topicAddress(arn)
    if (address === undefined) return undefined
    const topic = topics.get({ ...address, store: ctx.store }, address.name)
    return topic === undefined
      ? undefined
      : { accountId: address.accountId, policy: topic.policy.document }
  },
  taggedResources: (ctx) => topics.scan(ctx),
  errors: { accessDenied: (message) => authorizationError(message), invalidInput },
  // SNS writes its actions with a capital prefix.
  denialWording: (action) => ({ action: action.replace(/^sns:/, 'SNS:') }),
  http: (_ctx, request) => serveCertificate(request),
})
