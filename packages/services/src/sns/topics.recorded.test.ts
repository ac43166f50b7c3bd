import {
  AddPermissionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  PublishCommand,
  RemovePermissionCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns'
import { client } from '@cloud-orrery/cloud'
import { recorded, recordedAccount, replaying } from './recorded-topics.test-support.ts'

recorded('test_tags: tags are added, changed and taken away, keys are distinct', async () => {
  const { sns, newTopic, answers } = replaying('TestSNSTopicCrud::test_tags')
  const ResourceArn = await newTopic()
  const two = [
    { Key: 'k1', Value: 'v1' },
    { Key: 'k2', Value: 'v2' },
  ]
  const twice = [...two, { Key: 'k2', Value: 'v2' }]
  await answers(
    'duplicate-key-error',
    sns.send(new TagResourceCommand({ ResourceArn, Tags: twice })),
  )
  await sns.send(new TagResourceCommand({ ResourceArn, Tags: two }))
  const list = () => sns.send(new ListTagsForResourceCommand({ ResourceArn }))
  await answers('list-created-tags', list())
  await sns.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['k1'] }))
  await answers('list-after-delete-tags', list())
  await sns.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'k2', Value: 'v2b' }] }))
  await answers('list-after-update-tags', list())
})

recorded('test_create_topic_test_arn: a topic from its creation to its end', async () => {
  const { sns, answers } = replaying('TestSNSTopicCrud::test_create_topic_test_arn')
  const made = await answers(
    'create-topic',
    sns.send(new CreateTopicCommand({ Name: 'topic-test-create' })),
  )
  const input = { TopicArn: made?.TopicArn ?? '' }
  await answers('get-topic-attrs', sns.send(new GetTopicAttributesCommand(input)))
  await answers('delete-topic', sns.send(new DeleteTopicCommand(input)))
  await answers('topic-not-exists', sns.send(new GetTopicAttributesCommand(input)))
})

recorded('test_create_duplicate_topic_with_more_tags: other tags make another topic', async () => {
  const { sns, newTopic, answers } = replaying(
    'TestSNSTopicCrud::test_create_duplicate_topic_with_more_tags',
  )
  await newTopic('test-duplicated-topic-more-tags')
  const Tags = [{ Key: 'key1', Value: 'value1' }]
  const again = sns.send(new CreateTopicCommand({ Name: 'test-duplicated-topic-more-tags', Tags }))
  await answers('exception-duplicate', again)
})

recorded('test_delete_topic_idempotency: a topic can be deleted twice', async () => {
  const { sns, newTopic, answers } = replaying('TestSNSTopicCrud::test_delete_topic_idempotency')
  const TopicArn = await newTopic()
  await answers('delete-topic', sns.send(new DeleteTopicCommand({ TopicArn })))
  await answers('delete-topic-again', sns.send(new DeleteTopicCommand({ TopicArn })))
})

recorded('test_delete_non_existent_topic: a topic that never was can be deleted', async () => {
  const { sns, answers } = replaying('TestSNSTopicCrudV2::test_delete_non_existent_topic')
  const TopicArn = `arn:aws:sns:us-east-1:${recordedAccount}:non-existent`
  await answers('delete-non-existent-topic', sns.send(new DeleteTopicCommand({ TopicArn })))
})

recorded('test_create_topic_name_constraints: 1 to 256 letters, digits, - and _', async () => {
  const { sns, answers } = replaying('TestSNSTopicCrudV2::test_create_topic_name_constraints')
  const create = (Name: string, Attributes = {}) =>
    sns.send(new CreateTopicCommand({ Name, Attributes }))
  await answers('valid-name-max-length', create('a'.repeat(256)))
  await answers('name-too-short', create(''))
  await answers('name-too-long', create('a'.repeat(257)))
  await answers('name-contains-fifo', create('topic.fifo'))
  await answers('fifo-name-not-contains-fifo', create('topic', { FifoTopic: 'true' }))
  for (const [i, bad] of [':', ';', '!', '@', '|', '^', '%', ' '].entries()) {
    await answers(`name-invalid-char-${i}`, create(`bad${bad}name`))
  }
})

recorded(
  'test_topic_get_attributes_with_fifo_false: a standard topic shows nothing of FIFO',
  async () => {
    const { sns, newTopic, answers } = replaying(
      'TestSNSTopicCrudV2::test_topic_get_attributes_with_fifo_false',
    )
    const TopicArn = await newTopic('standard-topic', { FifoTopic: 'false' })
    await answers('get-attrs-standard-topic', sns.send(new GetTopicAttributesCommand({ TopicArn })))
    const input = { TopicArn, AttributeName: 'FifoTopic', AttributeValue: 'false' }
    await answers('set-fifo-false-after-creation', sns.send(new SetTopicAttributesCommand(input)))
  },
)

recorded('test_create_topic_different_attrs: creating again must say the same', async () => {
  const { sns, answers } = replaying('TestSNSTopicCrudV2::test_create_topic_different_attrs')
  const create = (Attributes: Record<string, string>) =>
    sns.send(new CreateTopicCommand({ Name: 'a-topic', Attributes }))
  const made = await answers('create-topic', create({ DisplayName: 'Value1' }))
  await answers('create-topic-no-attrs', create({}))
  await answers(
    'topic-attrs',
    sns.send(new GetTopicAttributesCommand({ TopicArn: made?.TopicArn })),
  )
  await answers('create-topic-diff-attrs', create({ DisplayName: 'Value2' }))
  await answers('create-topic-new-attrs-fifo', create({ FifoTopic: 'true' }))
  await answers('create-topic-new-attrs', create({ SignatureVersion: '2' }))
  const both = { DisplayName: 'Value1', SignatureVersion: '2' }
  await answers('create-topic-new-and-same-attrs', create(both))
})

/** Grants, as the recorded tests make them. */
function grants(name: string) {
  const at = replaying(name)
  const add = (TopicArn: string, ActionName: string[], Label = 'test') =>
    at.sns.send(
      new AddPermissionCommand({ TopicArn, Label, AWSAccountId: [recordedAccount], ActionName }),
    )
  const policy = async (TopicArn: string) => {
    const { Attributes } = await at.sns.send(new GetTopicAttributesCommand({ TopicArn }))
    return JSON.parse(Attributes?.['Policy'] ?? '')
  }
  return { ...at, add, policy }
}

recorded('test_topic_add_permission: a grant is one more statement', async () => {
  const { newTopic, add, policy, answers, holds } = grants(
    'TestSNSTopicCrudV2::test_topic_add_permission',
  )
  const topicArn = await newTopic()
  await answers('add-permission-response', add(topicArn, ['Publish']))
  holds('topic-policy-after-permission', await policy(topicArn))
})

recorded('test_topic_add_multiple_permissions: several actions are a list', async () => {
  const { newTopic, add, policy, answers, holds } = grants(
    'TestSNSTopicCrudV2::test_topic_add_multiple_permissions',
  )
  const topicArn = await newTopic()
  await answers('add-permission-response', add(topicArn, ['Publish', 'Subscribe']))
  holds('topic-policy-after-permission', await policy(topicArn))
})

recorded('test_topic_remove_permission: the first policy is left', async () => {
  const { sns, newTopic, add, policy, holds } = grants(
    'TestSNSTopicCrudV2::test_topic_remove_permission',
  )
  const TopicArn = await newTopic()
  await add(TopicArn, ['Publish'])
  await sns.send(new RemovePermissionCommand({ TopicArn, Label: 'test' }))
  holds('topic-policy', await policy(TopicArn))
})

recorded(
  'test_add_permission_errors: labels are distinct, actions are those of topics',
  async () => {
    const { newTopic, add, answers } = grants('TestSNSTopicCrudV2::test_add_permission_errors')
    const topicArn = await newTopic()
    await add(topicArn, ['Publish'])
    await answers('duplicate-label', add(topicArn, ['Publish']))
    await answers('topic-not-found', add(`${topicArn}-not`, ['Publish']))
    await answers('invalid-action', add(topicArn, ['InvalidAction'], 'other'))
  },
)

recorded('test_remove_permission_errors: the topic must be there', async () => {
  const { sns, newTopic, answers } = grants('TestSNSTopicCrudV2::test_remove_permission_errors')
  const TopicArn = `${await newTopic()}-not`
  await answers(
    'topic-not-found',
    sns.send(new RemovePermissionCommand({ TopicArn, Label: 'test' })),
  )
})

recorded('test_cross_region_access: a topic is reached in its own region only', async () => {
  const { cloud, newTopic, answers } = replaying('TestSNSMultiRegions::test_cross_region_access')
  const TopicArn = await newTopic()
  const sns = client(cloud, SNSClient, { region: 'eu-central-1' })
  const name = { TopicArn, AttributeName: 'DisplayName', AttributeValue: 'xenon' }
  const mail = { TopicArn, Protocol: 'email', Endpoint: 'devil@hell.example' }
  await answers('set-topic-attrs', sns.send(new SetTopicAttributesCommand(name)))
  await answers('get-topic-attrs', sns.send(new GetTopicAttributesCommand({ TopicArn })))
  await answers(
    'cross-region-publish-forbidden',
    sns.send(new PublishCommand({ TopicArn, Message: 'hello world' })),
  )
  await answers('cross-region-subscribe', sns.send(new SubscribeCommand(mail)))
  await answers('list-subs', sns.send(new ListSubscriptionsByTopicCommand({ TopicArn })))
  await answers('delete-topic', sns.send(new DeleteTopicCommand({ TopicArn })))
})
