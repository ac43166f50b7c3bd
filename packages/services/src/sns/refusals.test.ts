import {
  CreateTopicCommand,
  ListPlatformApplicationsCommand,
  ListSMSSandboxPhoneNumbersCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  PublishCommand,
  PutDataProtectionPolicyCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { expect, test } from 'vitest'
import { refusal, topicNamed, topicWithQueue, world } from './topics-and-queues.test-support.ts'

const invalid = (what: string) => ['InvalidParameterException', `Invalid parameter: ${what}`]
const notBuilt = (what: string) => ['NotImplemented', `Orrery does not model ${what}.`]

test('what a message may not be', async () => {
  const { sns, ...aws } = world()
  const TopicArn = await topicNamed({ sns, ...aws }, 'news')
  const publish = (input: Partial<ConstructorParameters<typeof PublishCommand>[0]>) =>
    refusal(sns.send(new PublishCommand({ TopicArn, Message: 'hi', ...input })))
  expect(await publish({ Message: '' })).toEqual(invalid('Empty message'))
  expect(await publish({ Subject: '' })).toEqual(invalid('Subject'))
  expect(await publish({ Subject: 'two\nlines' })).toEqual(invalid('Subject'))
  expect(await publish({ Subject: 'a'.repeat(101) })).toEqual(invalid('Subject'))
  expect(await publish({ MessageStructure: 'xml' })).toEqual(invalid('MessageStructure'))
  expect(await publish({ MessageStructure: 'json' })).toEqual(
    invalid('Message Structure - JSON message body failed to parse'),
  )
  expect(await publish({ MessageStructure: 'json', Message: '{"default":{"a":1}}' })).toEqual(
    invalid('Message Structure - No default entry in JSON message body'),
  )
  expect(await publish({ TopicArn: undefined })).toEqual(
    invalid('TopicArn or TargetArn Reason: no value for required parameter'),
  )
  const attribute = { n: { DataType: 'Number', StringValue: 'many' } }
  expect(await publish({ MessageAttributes: attribute })).toEqual([
    'InvalidParameterValueException',
    "Could not cast message attribute 'n' value to number.",
  ])
})

test('one wrong entry refuses the whole batch, and nothing of it is sent', async () => {
  const aws = world()
  const { topicArn: TopicArn } = await topicWithQueue(aws)
  const batch = (PublishBatchRequestEntries: { Id: string; Message: string }[]) =>
    refusal(aws.sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries })))
  expect(await batch([])).toEqual([
    'EmptyBatchRequestException',
    "The batch request doesn't contain any entries.",
  ])
  expect(await batch([{ Id: 'no spaces', Message: 'hi' }])).toEqual([
    'InvalidBatchEntryIdException',
    "The Id of a batch entry in a batch request doesn't abide by the specification.",
  ])
  const mixed = [
    { Id: '1', Message: 'hi' },
    { Id: '2', Message: '' },
  ]
  expect(await batch(mixed)).toEqual(invalid('Empty message'))
  expect([...aws.cloud.kernel.tasks.list()].map(({ name }) => name)).toEqual([])
})

test('what an endpoint may not be', async () => {
  const aws = world()
  const TopicArn = await topicNamed(aws, 'news')
  const subscribe = (Protocol: string, Endpoint: string) =>
    refusal(aws.sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint })))
  expect(await subscribe('http', 'https://example.com')).toEqual(
    invalid('Endpoint must match the specified protocol'),
  )
  expect(await subscribe('email', 'nobody')).toEqual(invalid('Email address'))
  expect(await subscribe('lambda', 'f')).toEqual(invalid('Lambda endpoint ARN'))
  expect(await subscribe('pigeon', 'coop')).toEqual(
    invalid('Amazon SNS does not support this protocol string: pigeon'),
  )
  for (const protocol of ['firehose', 'application']) {
    const arn = `arn:aws:${protocol}:us-east-1:123456789012:function:f`
    expect(await subscribe(protocol, arn)).toEqual(
      notBuilt(`the protocol ${protocol} of sns:Subscribe`),
    )
  }
  expect(await subscribe('sms', '+15551234567')).toEqual(
    notBuilt('the protocol sms of sns:Subscribe'),
  )
})

test('what a policy may not say', async () => {
  const aws = world()
  const TopicArn = await topicNamed(aws, 'news')
  const set = (AttributeValue: string) =>
    refusal(
      aws.sns.send(
        new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }),
      ),
    )
  expect(await set('{')).toEqual(invalid('Policy Error: null'))
  const statement = { Effect: 'Allow', Principal: '*', Action: 'sns:*', Resource: TopicArn }
  expect(await set(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }))).toEqual(
    invalid('Policy statement action out of service scope!'),
  )
})

test('what is not built is refused by name', async () => {
  const { sns, ...aws } = world()
  const { topicArn: TopicArn, subscriptionArn: SubscriptionArn } = await topicWithQueue({
    sns,
    ...aws,
  })
  const setTopic = (AttributeName: string) =>
    refusal(
      sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue: 'x' })),
    )
  for (const name of ['ArchivePolicy', 'HTTPSuccessFeedbackRoleArn']) {
    expect(await setTopic(name)).toEqual(notBuilt(`the topic attribute ${name} of SNS`))
  }
  const role = { SubscriptionArn, AttributeName: 'SubscriptionRoleArn', AttributeValue: 'x' }
  expect(await refusal(sns.send(new SetSubscriptionAttributesCommand(role)))).toEqual(
    notBuilt('the subscription attribute SubscriptionRoleArn of SNS'),
  )
  expect(
    await refusal(sns.send(new PublishCommand({ PhoneNumber: '+15551234567', Message: 'hi' }))),
  ).toEqual(notBuilt('text messages (PhoneNumber of sns:Publish)'))
  for (const call of [
    sns.send(new ListPlatformApplicationsCommand()),
    sns.send(new ListSMSSandboxPhoneNumbersCommand()),
    sns.send(
      new PutDataProtectionPolicyCommand({ ResourceArn: TopicArn, DataProtectionPolicy: '{}' }),
    ),
  ]) {
    const [code, message] = await refusal(call)
    expect([code, message]).toEqual([
      'NotImplemented',
      expect.stringMatching(/^Orrery does not model sns:/),
    ])
  }
})

test('topics are listed by the hundred', async () => {
  const { sns } = world()
  for (let i = 0; i < 101; i += 1) await sns.send(new CreateTopicCommand({ Name: `topic-${i}` }))
  const first = await sns.send(new ListTopicsCommand())
  const second = await sns.send(new ListTopicsCommand({ NextToken: first.NextToken }))
  expect([first.Topics?.length, second.Topics?.length, second.NextToken]).toEqual([
    100,
    1,
    undefined,
  ])
  expect(await refusal(sns.send(new ListTopicsCommand({ NextToken: 'no token' })))).toEqual(
    invalid('NextToken'),
  )
})

test('tags belong to a topic that is there', async () => {
  const { sns } = world()
  const ResourceArn = 'arn:aws:sns:us-east-1:123456789012:nowhere'
  expect(await refusal(sns.send(new ListTagsForResourceCommand({ ResourceArn })))).toEqual([
    'ResourceNotFoundException',
    'Resource does not exist',
  ])
})

test('a redrive policy that nests without end is refused', async () => {
  const { sns, ...aws } = world()
  const TopicArn = await topicNamed({ sns, ...aws }, 'news')
  const deep = `${'['.repeat(5000)}1${']'.repeat(5000)}`
  const subscription = {
    TopicArn,
    Protocol: 'sqs',
    Endpoint: 'arn:aws:sqs:us-east-1:123456789012:q',
    Attributes: { RedrivePolicy: `{"deadLetterTargetArn":${deep}}` },
  }
  expect(await refusal(sns.send(new SubscribeCommand(subscription)))).toEqual(
    invalid('Attributes Reason: RedrivePolicy: deadLetterTargetArn is an invalid arn'),
  )
})
