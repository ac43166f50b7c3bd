import { GetSubscriptionAttributesCommand, SubscribeCommand } from '@aws-sdk/client-sns'
import { recorded, recordedAccount, replaying } from '../recorded-topics.test-support.ts'
import { drain } from '../topics-and-queues.test-support.ts'

function filtering(name: string) {
  const at = replaying(name, 'sns/test_sns_filter_policy')
  const { sns } = at
  return {
    ...at,
    /** Asks for a subscription with a policy; each is refused. */
    async refuses(key: string, policy: object) {
      const Endpoint = `arn:aws:sqs:us-east-1:${recordedAccount}:a-queue`
      const Attributes = { FilterPolicy: JSON.stringify(policy) }
      const TopicArn = await at.newTopic()
      await at.answers(
        key,
        sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes })),
      )
    },
    async subscribed(queue = 'a-queue') {
      const topicArn = await at.newTopic()
      const { queueUrl, queueArn } = await at.newQueue(queue)
      return { topicArn, queueUrl, arn: await at.subscribeQueue(topicArn, queueArn) }
    },
    attributes: (SubscriptionArn: string) =>
      sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn })),
    /** Takes the messages out of a queue and compares them. */
    async drained(key: string, queueUrl: string) {
      const messages = await drain(at.at, queueUrl)
      at.holds(key, JSON.parse(JSON.stringify({ Messages: messages })))
    },
  }
}

recorded('test_validate_policy: values and match expressions', async () => {
  const { refuses } = filtering('TestSNSFilterPolicyConditions::test_validate_policy')
  await refuses('error-condition-list', { key: [['value']] })
  await refuses('error-condition-operator', { key: [{ 'wrong-operator': true }] })
  await refuses('error-condition-two-operators', { key: [{ suffix: 'value', prefix: 'value2' }] })
})

recorded('test_validate_policy_string_operators: texts and addresses', async () => {
  const { refuses } = filtering(
    'TestSNSFilterPolicyConditions::test_validate_policy_string_operators',
  )
  await refuses('error-condition-empty-array', { key: [] })
  await refuses('error-condition-is-numeric', { key: [{ suffix: 100 }] })
  await refuses('error-condition-is-none', { key: [{ suffix: null }] })
  await refuses('error-condition-is-not-list-and-operator', { key: { suffix: 'value' } })
  await refuses('error-condition-empty-list', { key: [{ suffix: [] }] })
  await refuses('error-condition-list-wrong-type', { key: [{ suffix: ['test', 'test2'] }] })
  await refuses('error-condition-is-not-list-two-ops', {
    key: { suffix: 'value', prefix: 'value' },
  })
  await refuses('error-condition-is-not-list-and-no-operator', {
    key: { 'not-an-operator': 'value' },
  })
  await refuses('error-condition-bad-type', { key: [{ cidr: ['bad-filter'] }] })
  await refuses('error-condition-bad-cidr-str', { key: [{ cidr: 'bad-filter' }] })
  await refuses('error-condition-bad-cidr-str-slash', { key: [{ cidr: 'bad-filter/64' }] })
  await refuses('error-condition-bad-cidr-str-slash-2', { key: [{ cidr: 'bad-filter/bad' }] })
  await refuses('error-condition-bad-cidr-v4', { key: [{ cidr: 'xx.11.xx/8' }] })
  await refuses('error-condition-bad-cidr-v6', { key: [{ cidr: 'xxxx:db8:1234:1a00::/64' }] })
})

recorded('test_validate_policy_exists_operator: exists is true or false', async () => {
  const { refuses } = filtering(
    'TestSNSFilterPolicyConditions::test_validate_policy_exists_operator',
  )
  await refuses('error-condition-none', { key: [{ exists: null }] })
  await refuses('error-condition-string', { key: [{ exists: 'no' }] })
})

recorded('test_validate_policy_nested_anything_but_operator: prefixes only', async () => {
  const { refuses } = filtering(
    'TestSNSFilterPolicyConditions::test_validate_policy_nested_anything_but_operator',
  )
  const but = (value: object) => ({ key: [{ 'anything-but': value }] })
  await refuses('error-condition-wrong-operator', but({ 'wrong-operator': null }))
  await refuses('error-condition-anything-but-suffix', but({ suffix: 'test' }))
  await refuses('error-condition-anything-but-exists', but({ exists: false }))
  await refuses('error-condition-anything-but-prefix-wrong-type', but({ prefix: false }))
})

recorded('test_policy_complexity: 150 combinations of 5 keys', async () => {
  const { refuses } = filtering('TestSNSFilterPolicyConditions::test_policy_complexity')
  const values = (length: number) => Array.from({ length }, (_, i) => `value${i}`)
  await refuses('error-complexity-in-one-condition', { key: values(151) })
  await refuses('error-complexity-in-two-conditions', { key1: values(100), key2: values(51) })
  const keys = Array.from({ length: 6 }, (_, i) => [`key${i + 1}`, [`value${i + 1}`]])
  await refuses('error-complexity-too-many-fields', Object.fromEntries(keys))
})

recorded('test_sub_filter_policy_nested_property: nesting is for bodies', async () => {
  const { subscribed, setSubscription, attributes, answers } = filtering(
    'TestSNSFilterPolicyCrud::test_sub_filter_policy_nested_property',
  )
  const { arn } = await subscribed()
  const policy = JSON.stringify({ object: { key: [{ prefix: 'auto-' }] } })
  await answers('sub-filter-policy-nested-error', setSubscription(arn, 'FilterPolicy', policy))
  await setSubscription(arn, 'FilterPolicyScope', 'MessageBody')
  await setSubscription(arn, 'FilterPolicy', policy)
  await answers('sub-attrs-after-setting-nested-policy', attributes(arn))
})

recorded(
  'test_sub_filter_policy_nested_property_constraints: depth multiplies combinations',
  async () => {
    const { subscribed, setSubscription, answers } = filtering(
      'TestSNSFilterPolicyCrud::test_sub_filter_policy_nested_property_constraints',
    )
    const { arn } = await subscribed()
    await setSubscription(arn, 'FilterPolicyScope', 'MessageBody')
    const set = (policy: object) => setSubscription(arn, 'FilterPolicy', JSON.stringify(policy))
    const three = ['value_one', 'value_two', 'value_three']
    const nested = {
      key_a: { key_b: { key_c: [...three, 'value_four'] } },
      key_d: { key_e: three },
      key_f: three,
    }
    await answers('sub-filter-policy-nested-error-too-many-combinations', set(nested))
    const six = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((it) => [`key_${it}`, ['value']]),
    )
    await answers('sub-filter-policy-max-attr-keys', set(six))
    await answers('sub-filter-policy-rule-no-list', set({ key_a: 'value_one' }))
  },
)

const ninetyNine = { DataType: 'Number', StringValue: '99' }

recorded('test_exists_filter_policy: an attribute is there or not', async () => {
  const { subscribed, setSubscription, attributes, publish, receive, answers, at } = filtering(
    'TestSNSFilterPolicyAttributes::test_exists_filter_policy',
  )
  const { arn, topicArn, queueUrl } = await subscribed()
  await setSubscription(arn, 'FilterPolicy', '{"store": [{"exists": true}]}')
  await answers('subscription-attributes-policy-1', attributes(arn))
  await answers('messages-0', receive(queueUrl))
  await publish(topicArn, 'message-1', { store: ninetyNine, def: ninetyNine })
  await answers('messages-1', receive(queueUrl))
  await publish(topicArn, 'message-2', { attr1: { DataType: 'Number', StringValue: '111' } })
  await answers('messages-2', receive(queueUrl))
  await drain(at, queueUrl)
  await setSubscription(arn, 'FilterPolicy', '{"store": [{"exists": false}]}')
  await answers('subscription-attributes-policy-2', attributes(arn))
  await publish(topicArn, 'message-3', { def: ninetyNine })
  await answers('messages-3', receive(queueUrl))
  await publish(topicArn, 'message-4', { store: ninetyNine, def: ninetyNine })
  await answers('messages-4', receive(queueUrl))
})

recorded(
  'test_exists_filter_policy_attributes_array: one element of String.Array will do',
  async () => {
    const { subscribed, setSubscription, attributes, publish, receive, answers, at } = filtering(
      'TestSNSFilterPolicyAttributes::test_exists_filter_policy_attributes_array',
    )
    const { arn, topicArn, queueUrl } = await subscribed()
    await setSubscription(arn, 'FilterPolicyScope', 'MessageAttributes')
    await setSubscription(arn, 'FilterPolicy', '{"store": ["value1"]}')
    await setSubscription(arn, 'RawMessageDelivery', 'true')
    await answers('subscription-attributes-policy', attributes(arn))
    await answers('messages-init', receive(queueUrl))
    const array = (...values: string[]) => ({
      store: { DataType: 'String.Array', StringValue: JSON.stringify(values) },
    })
    const messages = [
      { store: { DataType: 'String', StringValue: 'value1' } },
      array('value1', 'value2'),
      array('value2', 'value3'),
    ]
    for (const [i, message] of messages.entries()) {
      await publish(topicArn, `message-${i + 1}`, message)
      await answers(`messages-${i + 1}`, receive(queueUrl))
      await drain(at, queueUrl)
    }
  },
)

recorded(
  'test_filter_policy_on_message_body_dot_attribute: a dot is as good as nesting',
  async () => {
    const { subscribed, setSubscription, publish, receive, answers, at } = filtering(
      'TestSNSFilterPolicyBody::test_filter_policy_on_message_body_dot_attribute',
    )
    const { arn, topicArn, queueUrl } = await subscribed()
    await setSubscription(arn, 'FilterPolicyScope', 'MessageBody')
    await setSubscription(arn, 'FilterPolicy', '{"object.nested": ["string.value"]}')
    await answers('recv-init', receive(queueUrl))
    const passes = async (prefix: string, messages: readonly string[]) => {
      for (const [i, message] of messages.entries()) {
        await publish(topicArn, message)
        await answers(`${prefix}-${i}`, receive(queueUrl))
        await drain(at, queueUrl)
      }
    }
    await passes('recv-nested-msg', [
      '{"object": {"nested": "string.value"}}',
      '{"object.nested": "string.value"}',
    ])
    await publish(topicArn, '{"object": {"nested": "test-auto"}}')
    await answers('recv-init', receive(queueUrl))
    await setSubscription(arn, 'FilterPolicy', '{"object.nested.test": ["string.value"]}')
    await passes('recv-deep-nested-msg', [
      '{"object": {"nested": {"test": "string.value"}}}',
      '{"object.nested.test": "string.value"}',
      '{"object.nested": {"test": "string.value"}}',
      '{"object": {"nested.test": "string.value"}}',
    ])
    await publish(topicArn, '{"object": {"nested": {"test": "string.notvalue"}}}')
    await answers('recv-init', receive(queueUrl))
  },
)

recorded(
  'test_filter_policy_on_message_body_array_attributes: one element of an array will do',
  async () => {
    const { newTopic, newQueue, subscribeQueue, publish, drained } = filtering(
      'TestSNSFilterPolicyBody::test_filter_policy_on_message_body_array_attributes',
    )
    const topicArn = await newTopic()
    const queues: string[] = []
    for (const name of ['queue1', 'queue2']) {
      const { queueUrl, queueArn } = await newQueue(name)
      await subscribeQueue(topicArn, queueArn, {
        FilterPolicyScope: 'MessageBody',
        FilterPolicy: JSON.stringify({ headers: { 'route-to': [name] } }),
        RawMessageDelivery: 'true',
      })
      queues.push(queueUrl)
    }
    // The recorded test sorted what it received by text.
    for (const names of [['queue3'], ['queue1', 'queue2'], ['queue1'], ['queue2']]) {
      await publish(topicArn, JSON.stringify({ headers: { 'route-to': names } }))
    }
    for (const [i, queueUrl] of queues.entries()) await drained(`messages-queue-${i}`, queueUrl)
  },
)

recorded('test_filter_policy_empty_array_payload: an empty array holds nothing', async () => {
  const { newTopic, newQueue, subscribeQueue, publish, drained } = filtering(
    'TestSNSFilterPolicyBody::test_filter_policy_empty_array_payload',
  )
  const topicArn = await newTopic()
  const { queueUrl, queueArn } = await newQueue()
  await subscribeQueue(topicArn, queueArn, {
    FilterPolicyScope: 'MessageBody',
    FilterPolicy: JSON.stringify({ 'detail-type': ['EC2 Instance Launch Successful'] }),
    RawMessageDelivery: 'true',
  })
  const event = {
    version: '0',
    id: '3e3c153a-8339-4e30-8c35-687ebef853fe',
    'detail-type': 'EC2 Instance Launch Successful',
    source: 'aws.autoscaling',
    account: '123456789012',
    time: '2015-11-11T21:31:47Z',
    region: 'my-region',
    resources: [],
    detail: { eventVersion: '', responseElements: null },
  }
  await publish(topicArn, JSON.stringify(event))
  await drained('messages-queue', queueUrl)
})
