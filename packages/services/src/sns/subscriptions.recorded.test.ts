import {
  ConfirmSubscriptionCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns'
import { recorded, recordedAccount, replaying } from './recorded-topics.test-support.ts'

/** Subscribing, as the recorded tests do it. */
function subscribing(name: string) {
  const at = replaying(name)
  const { sns } = at
  return {
    ...at,
    subscribe: (
      TopicArn: string,
      Protocol: string,
      Endpoint: string,
      ReturnSubscriptionArn?: boolean,
    ) => sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint, ReturnSubscriptionArn })),
    unsubscribe: (SubscriptionArn: string) => sns.send(new UnsubscribeCommand({ SubscriptionArn })),
    attributes: (SubscriptionArn: string) =>
      sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn })),
    /** A topic with a queue subscribed. */
    async subscribed(given: Record<string, string> = {}) {
      const topicArn = await at.newTopic()
      const queue = await at.newQueue()
      const arn = await at.subscribeQueue(topicArn, queue.queueArn, given)
      return { topicArn, ...queue, arn }
    },
  }
}

recorded('test_subscribe_with_invalid_protocol: protocols have names', async () => {
  const { newTopic, subscribe, answers } = subscribing(
    'TestSNSSubscriptionCrud::test_subscribe_with_invalid_protocol',
  )
  await answers('exception', subscribe(await newTopic(), 'test-protocol', 'a@example.com'))
})

recorded(
  'test_unsubscribe_from_non_existing_subscription: cancelling twice is no error',
  async () => {
    const { subscribed, unsubscribe, answers } = subscribing(
      'TestSNSSubscriptionCrud::test_unsubscribe_from_non_existing_subscription',
    )
    const { arn } = await subscribed()
    await unsubscribe(arn)
    await answers('empty-unsubscribe', unsubscribe(arn))
  },
)

recorded('test_unsubscribe_idempotency: likewise', async () => {
  const { subscribed, unsubscribe, answers } = subscribing(
    'TestSNSSubscriptionCrud::test_unsubscribe_idempotency',
  )
  const { arn } = await subscribed()
  await answers('unsubscribe-1', unsubscribe(arn))
  await answers('unsubscribe-2', unsubscribe(arn))
})

recorded('test_unsubscribe_wrong_arn_format: what a subscription ARN looks like', async () => {
  const { sns, unsubscribe, answers } = subscribing(
    'TestSNSSubscriptionCrud::test_unsubscribe_wrong_arn_format',
  )
  await answers('invalid-unsubscribe-arn-1', unsubscribe('randomstring'))
  await answers('invalid-unsubscribe-arn-2', unsubscribe('arn:aws:sns:us-east-1:random'))
  await answers(
    'invalid-unsubscribe-arn-3',
    unsubscribe('arn:aws:sns:us-east-1:111111111111:random'),
  )
  const nothing = new UnsubscribeCommand({ SubscriptionArn: undefined })
  await answers('invalid-unsubscribe-arn-4', sns.send(nothing))
})

recorded('test_create_subscriptions_with_attributes: attributes are checked and kept', async () => {
  const { sns, newTopic, newQueue, attributes, answers } = subscribing(
    'TestSNSSubscriptionCrud::test_create_subscriptions_with_attributes',
  )
  const topicArn = await newTopic()
  const { queueArn } = await newQueue()
  const subscribe = (RawMessageDelivery: string) =>
    sns.send(
      new SubscribeCommand({
        TopicArn: topicArn,
        Protocol: 'sqs',
        Endpoint: queueArn,
        Attributes: { RawMessageDelivery, FilterPolicyScope: 'MessageBody', FilterPolicy: '' },
        ReturnSubscriptionArn: true,
      }),
    )
  await answers('subscribe-wrong-attr', subscribe('wrongvalue'))
  const { SubscriptionArn = '' } = (await answers('subscribe', subscribe('TrUe'))) ?? {}
  await answers('get-attrs', attributes(SubscriptionArn))
  await answers('get-attrs-nonexistent-sub', attributes(`${SubscriptionArn.slice(0, -8)}deadbeef`))
})

recorded('test_validate_set_sub_attributes: names and values of attributes', async () => {
  const { subscribed, setSubscription, answers } = subscribing(
    'TestSNSSubscriptionCrud::test_validate_set_sub_attributes',
  )
  const { arn } = await subscribed()
  await answers('fake-attribute', setSubscription(arn, 'FakeAttribute', 'test-value'))
  await answers('raw-message-wrong-value', setSubscription(arn, 'RawMessageDelivery', 'test-ValUe'))
  await answers('raw-message-empty-value', setSubscription(arn, 'RawMessageDelivery', ''))
  const fake = JSON.stringify({ deadLetterTargetArn: 'fake-arn' })
  await answers('fake-arn-redrive-policy', setSubscription(arn, 'RedrivePolicy', fake))
  await answers(
    'invalid-json-redrive-policy',
    setSubscription(arn, 'RedrivePolicy', '{invalidjson}'),
  )
  await answers('invalid-json-filter-policy', setSubscription(arn, 'FilterPolicy', '{invalidjson}'))
})

const strangeToken =
  '51b2ff3edb475b7d91550e0ab6edf0c1de2a34e6ebaf6c2262a001bcb7e051c43aa00022ceecce70bd2a67b2042da8d8eb47fef7a4e4e942d23e7fa56146b9ee35da040b4b8af564cc4184a7391c834cb75d75c22981f776ad1ce8805e9bab29da2329985337bb8095627907b46c8577c8440556b6f86582a954758026f41fc62041c4b3f67b0f5921232b5dae5aaca1'

recorded('test_sns_confirm_subscription_wrong_token: only the token counts', async () => {
  const { sns, newTopic, answers } = subscribing(
    'TestSNSSubscriptionCrud::test_sns_confirm_subscription_wrong_token',
  )
  const topicArn = await newTopic()
  const confirm = (TopicArn: string, Token: string) =>
    sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }))
  await answers('topic-not-exists', confirm(`${topicArn.slice(0, -1)}i`, strangeToken))
  await answers('invalid-token', confirm(topicArn, 'randomtoken'))
  await answers('token-not-exists', confirm(topicArn, strangeToken))
})

recorded('test_subscribe_idempotency: subscribing again must say the same', async () => {
  const { sns, newTopic, newQueue, attributes, answers } = subscribing(
    'TestSNSSubscriptionCrud::test_subscribe_idempotency',
  )
  const TopicArn = await newTopic()
  const { queueArn: Endpoint } = await newQueue()
  const subscribe = (Attributes?: Record<string, string>) =>
    sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'sqs',
        Endpoint,
        ReturnSubscriptionArn: true,
        Attributes,
      }),
    )
  const { SubscriptionArn = '' } =
    (await answers('subscribe', subscribe({ RawMessageDelivery: 'True' }))) ?? {}
  await answers('get-sub-attrs', attributes(SubscriptionArn))
  await answers('subscribe-exact-same-raw', subscribe({ RawMessageDelivery: 'true' }))
  const scope = { FilterPolicyScope: 'MessageAttributes' }
  await answers('subscribe-idempotent', subscribe({ RawMessageDelivery: 'true', ...scope }))
  await answers('subscribe-idempotent-no-attributes', subscribe())
  await answers('subscribe-idempotent-empty-attributes', subscribe({}))
  await answers('subscribe-missing-attributes', subscribe(scope))
  const other = { RawMessageDelivery: 'false', FilterPolicyScope: 'MessageBody' }
  await answers('subscribe-diff-attributes', subscribe(other))
})

recorded('test_list_subscriptions_by_topic_pagination: a page holds 100', async () => {
  const { sns, newTopic, subscribe, answers } = subscribing(
    'TestSNSSubscriptionCrud::test_list_subscriptions_by_topic_pagination',
  )
  const TopicArn = await newTopic()
  for (let i = 0; i < 101; i += 1) {
    await subscribe(TopicArn, 'sqs', `arn:aws:sqs:us-east-1:${recordedAccount}:queue-${i}`)
  }
  const { NextToken } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))
  const second = sns.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }))
  // The recorded test subscribed telephones, which are not built; pages are the same for queues.
  await answers('list-sub-per-topic-page-2', second, ['Subscriptions[0].Protocol'])
})

recorded('test_http_subscription_response: the ARN is shown when asked for', async () => {
  const { newTopic, subscribe, answers, holds } = subscribing(
    'TestSNSSubscriptionHttp::test_http_subscription_response',
  )
  const topicArn = await newTopic()
  holds('topic-arn', { TopicArn: topicArn })
  await answers('subscription', subscribe(topicArn, 'https', 'https://example.com'))
  await answers('subscription-with-arn', subscribe(topicArn, 'https', 'https://example.com', true))
})

recorded(
  'test_subscribe_unknown_sqs_queue: the queue need not be there, its ARN must be one',
  async () => {
    const { newTopic, subscribe, answers } = subscribing(
      'TestSNSSubscriptionCrudV2::test_subscribe_unknown_sqs_queue',
    )
    const topicArn = await newTopic()
    const unknown = `arn:aws:sqs:us-east-1:${recordedAccount}:unknown`
    await answers('subscribe-unknown-sqs', subscribe(topicArn, 'sqs', unknown))
    await answers('subscribe-unknown-sqs-invalid_arn', subscribe(topicArn, 'sqs', 'unknown'))
  },
)

for (const [name, key] of [
  ['TestSNSSubscriptionCrudV2::test_subscribe_sqs_queue_url', 'subscribe-sqs-via-url-error'],
  ['TestSNSSubscriptionSQS::test_subscribe_to_sqs_with_queue_url', 'sub-queue-url'],
] as const) {
  recorded(`${name.split('::')[1]}: a queue is named by its ARN`, async () => {
    const { newTopic, newQueue, subscribe, answers } = subscribing(name)
    const topicArn = await newTopic()
    await answers(key, subscribe(topicArn, 'sqs', (await newQueue()).queueUrl))
  })
}

recorded('test_double_subscription: an endpoint has one subscription to a topic', async () => {
  const { newTopic, newQueue, subscribe, answers } = subscribing(
    'TestSNSSubscriptionCrudV2::test_double_subscription',
  )
  const topicArn = await newTopic('double-sub-befdfdff')
  const { queueArn } = await newQueue()
  await answers('double-subscription-first', subscribe(topicArn, 'sqs', queueArn))
  await answers('double-subscription-second', subscribe(topicArn, 'sqs', queueArn))
})

recorded(
  'test_unsubscribe_from_deleted_topic: what was never confirmed has no ARN to cancel',
  async () => {
    const { sns, newTopic, subscribe, unsubscribe, answers } = subscribing(
      'TestSNSSubscriptionCrudV2::test_unsubscribe_from_deleted_topic',
    )
    const TopicArn = await newTopic()
    const { SubscriptionArn = '' } = await subscribe(TopicArn, 'http', 'http://example.com/')
    await sns.send(new DeleteTopicCommand({ TopicArn }))
    await answers('unsubscribe-deleted-topic', unsubscribe(SubscriptionArn))
  },
)

recorded(
  'test_creating_subscription_with_attributes: attributes given are attributes kept',
  async () => {
    const { subscribed, attributes, answers } = subscribing(
      'TestSNSSubscriptionCrudV2::test_creating_subscription_with_attributes',
    )
    const { arn } = await subscribed({ RawMessageDelivery: 'true' })
    await answers('subscription-with-attributes', attributes(arn))
  },
)

recorded(
  'test_delete_subscriptions_on_delete_topic: a subscription outlives its topic for a while',
  async () => {
    const { sns, subscribed, attributes, answers } = subscribing(
      'TestSNSSubscriptionCrudV2::test_delete_subscriptions_on_delete_topic',
    )
    const { arn, topicArn } = await subscribed({ RawMessageDelivery: 'true' })
    await sns.send(new DeleteTopicCommand({ TopicArn: topicArn }))
    await answers('get-sub-after-topic-delete', attributes(arn))
  },
)

recorded('test_set_subscription_attributes: attributes set are attributes kept', async () => {
  const { subscribed, setSubscription, attributes, answers } = subscribing(
    'TestSNSSubscriptionCrudV2::test_set_subscription_attributes',
  )
  const { arn } = await subscribed()
  await setSubscription(arn, 'RawMessageDelivery', 'true')
  await answers('set-subscription-attributes', attributes(arn))
})

recorded('test_subscribe_invalid_filter_policy: a filter policy is JSON', async () => {
  const { sns, newTopic, newQueue, answers } = subscribing(
    'TestSNSSubscriptionCrudV2::test_subscribe_invalid_filter_policy',
  )
  const TopicArn = await newTopic()
  const { queueArn: Endpoint } = await newQueue()
  const Attributes = { FilterPolicy: 'invalid-json' }
  const call = sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }))
  await answers('subscribe-invalid-filter-policy', call)
})

recorded(
  'test_get_subscription_attributes_error_not_exists: a subscription must be there',
  async () => {
    const { newTopic, attributes, answers } = subscribing(
      'TestSNSSubscriptionCrudV2::test_get_subscription_attributes_error_not_exists',
    )
    const arn = `${await newTopic()}:00000000-0000-4000-8000-000000000000`
    await answers('get-sub-attrs-nonexistent', attributes(arn))
  },
)
