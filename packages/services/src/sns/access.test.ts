import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  AddPermissionCommand,
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  ListTopicsCommand,
  PublishCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns'
import { client, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  drain,
  queueFor,
  receivedBodies,
  refusal,
  topicNamed,
  topicWithQueue,
  type World,
  world,
  worldOf,
} from './topics-and-queues.test-support.ts'

const newsArn = 'arn:aws:sns:us-east-1:123456789012:news'
const otherAccount = '222222222222'

/** A user of the account who may do what the statement says, and nothing where there is none. */
async function userWho({ cloud }: World, statement?: object): Promise<SNSClient> {
  const iam = client(cloud, IAMClient)
  await iam.send(new CreateUserCommand({ UserName: 'bob' }))
  if (statement !== undefined) {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    await iam.send(new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'own', PolicyDocument }))
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'bob' }))
  return client(cloud, SNSClient, {
    credentials: {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    },
  })
}

const denied = (action: string, resource: string) => [
  'AuthorizationErrorException',
  `User: arn:aws:iam::123456789012:user/bob is not authorized to perform: SNS:${action} on resource: ${resource} because no identity-based policy allows the SNS:${action} action`,
]

test('a user without policies may do nothing, though the default topic policy names everyone', async () => {
  const aws = world()
  const { topicArn: TopicArn, subscriptionArn: SubscriptionArn } = await topicWithQueue(aws)
  const bob = await userWho(aws)
  const calls: [Promise<unknown>, string, string][] = [
    [bob.send(new PublishCommand({ TopicArn, Message: 'hi' })), 'Publish', newsArn],
    [
      bob.send(new CreateTopicCommand({ Name: 'mine' })),
      'CreateTopic',
      newsArn.replace('news', 'mine'),
    ],
    [bob.send(new ListTopicsCommand()), 'ListTopics', newsArn.replace('news', '*')],
    [bob.send(new ListSubscriptionsCommand()), 'ListSubscriptions', newsArn.replace('news', '*')],
    [bob.send(new UnsubscribeCommand({ SubscriptionArn })), 'Unsubscribe', newsArn],
    [
      bob.send(new GetSubscriptionAttributesCommand({ SubscriptionArn })),
      'GetSubscriptionAttributes',
      newsArn,
    ],
  ]
  for (const [call, action, resource] of calls) {
    expect(await refusal(call)).toEqual(denied(action, resource))
  }
})

test('who is denied learns nothing of what is there', async () => {
  const aws = world()
  const bob = await userWho(aws)
  const publish = bob.send(new PublishCommand({ TopicArn: newsArn, Message: 'hi' }))
  expect(await refusal(publish)).toEqual(denied('Publish', newsArn))
})

test('a policy can tie subscriptions to a protocol and an endpoint', async () => {
  const aws = world()
  const TopicArn = await topicNamed(aws, 'news')
  const bob = await userWho(aws, {
    Effect: 'Allow',
    Action: 'sns:Subscribe',
    Resource: TopicArn,
    Condition: {
      StringEquals: { 'sns:Protocol': 'https' },
      StringLike: { 'sns:Endpoint': 'https://*.example.com/*' },
    },
  })
  const subscribe = (Protocol: string, Endpoint: string) =>
    bob.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint }))
  expect((await subscribe('https', 'https://a.example.com/x')).SubscriptionArn).toBe(
    'pending confirmation',
  )
  const wrong = denied('Subscribe', newsArn)
  expect(await refusal(subscribe('https', 'https://a.example.org/x'))).toEqual(wrong)
  expect(await refusal(subscribe('email', 'a@example.com'))).toEqual(wrong)
})

test('another account publishes only where the topic lets it', async () => {
  const aws = world()
  const { topicArn: TopicArn, queueUrl } = await topicWithQueue(aws)
  const stranger = client(aws.cloud, SNSClient, { accountId: otherAccount })
  const publish = () => stranger.send(new PublishCommand({ TopicArn, Message: 'hi' }))
  expect(await refusal(publish())).toEqual([
    'AuthorizationErrorException',
    `User: arn:aws:iam::${otherAccount}:user/admin is not authorized to perform: SNS:Publish on resource: ${newsArn} because no resource-based policy allows the SNS:Publish action`,
  ])
  await aws.sns.send(
    new AddPermissionCommand({
      TopicArn,
      Label: 'partner',
      AWSAccountId: [otherAccount],
      ActionName: ['Publish'],
    }),
  )
  await publish()
  expect(await receivedBodies(aws, queueUrl)).toEqual(['hi'])
})

/** A topic to which another account may subscribe, and that account with a queue. */
async function twoAccounts() {
  const aws = world()
  const TopicArn = await topicNamed(aws, 'news')
  await aws.sns.send(
    new AddPermissionCommand({
      TopicArn,
      Label: 'partner',
      AWSAccountId: [otherAccount],
      ActionName: ['Subscribe'],
    }),
  )
  const partner = worldOf(aws.cloud, { accountId: otherAccount })
  const queue = await queueFor(partner, 'inbox', TopicArn)
  const input = { TopicArn, Protocol: 'sqs', Endpoint: queue.queueArn, ReturnSubscriptionArn: true }
  return { aws, partner, TopicArn, ...queue, input }
}

test("a queue's owner subscribes it to another account's topic without confirmation", async () => {
  const { aws, partner, TopicArn, queueUrl, input } = await twoAccounts()
  const { SubscriptionArn = '' } = await partner.sns.send(new SubscribeCommand(input))
  await aws.sns.send(new PublishCommand({ TopicArn, Message: 'hi' }))
  expect(await receivedBodies(partner, queueUrl)).toEqual(['hi'])

  const ofPartner = await partner.sns.send(new ListSubscriptionsCommand())
  const ofTopic = await aws.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))
  expect(ofPartner.Subscriptions).toEqual(ofTopic.Subscriptions)
  expect(ofTopic.Subscriptions?.[0]?.Owner).toBe(otherAccount)
  expect((await aws.sns.send(new ListSubscriptionsCommand())).Subscriptions).toEqual([])

  const third = client(aws.cloud, SNSClient, { accountId: '333333333333' })
  const attributes = new GetSubscriptionAttributesCommand({ SubscriptionArn })
  expect(await refusal(third.send(attributes))).toEqual([
    'AuthorizationErrorException',
    'Not authorized to access this subscription',
  ])
  const { Attributes } = await partner.sns.send(attributes)
  expect(Attributes?.['ConfirmationWasAuthenticated']).toBe('true')
})

test("a topic's owner may subscribe another account's queue, whose owner confirms", async () => {
  const { aws, partner, TopicArn, queueUrl, input } = await twoAccounts()
  await aws.sns.send(new SubscribeCommand(input))
  await aws.sns.send(new PublishCommand({ TopicArn, Message: 'too early' }))
  const [asked, ...others] = await drain(partner, queueUrl)
  expect(others).toEqual([])
  const { Type, Token } = JSON.parse(asked?.Body ?? '') as { Type: string; Token: string }
  expect(Type).toBe('SubscriptionConfirmation')
  await partner.sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }))
  await aws.sns.send(new PublishCommand({ TopicArn, Message: 'hi' }))
  expect(await receivedBodies(partner, queueUrl)).toEqual(['hi'])
})

test("the topic's owner can end a partner's subscription, the partner can restore it for 72 hours", async () => {
  const { aws, partner, TopicArn, queueUrl, input } = await twoAccounts()
  const { SubscriptionArn } = await partner.sns.send(new SubscribeCommand(input))
  await aws.sns.send(new UnsubscribeCommand({ SubscriptionArn }))
  const [told] = await drain(partner, queueUrl)
  const { Type, SubscribeURL } = JSON.parse(told?.Body ?? '') as Record<string, string>
  expect(Type).toBe('UnsubscribeConfirmation')
  await aws.sns.send(new PublishCommand({ TopicArn, Message: 'lost' }))
  expect((await fetchFromCloud(aws.cloud, SubscribeURL ?? '')).status).toBe(200)
  await aws.sns.send(new PublishCommand({ TopicArn, Message: 'hi' }))
  expect(await receivedBodies(partner, queueUrl)).toEqual(['hi'])
})

test('a link does not cancel the subscription of a queue', async () => {
  const aws = world()
  const { topicArn, queueUrl, subscriptionArn } = await topicWithQueue(aws)
  const link = `https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`
  expect((await fetchFromCloud(aws.cloud, link)).status).toBe(403)
  await aws.sns.send(new PublishCommand({ TopicArn: topicArn, Message: 'hi' }))
  expect(await receivedBodies(aws, queueUrl)).toEqual(['hi'])
})

test('a rule publishes where the topic trusts EventBridge, and only on behalf of the rule it names', async () => {
  const aws = world()
  const { topicArn: TopicArn, queueUrl } = await topicWithQueue(aws)
  const events = client(aws.cloud, EventBridgeClient)
  for (const Name of ['trusted', 'stranger']) {
    await events.send(new PutRuleCommand({ Name, EventPattern: '{"source":["app"]}' }))
    const Targets = [{ Id: '1', Arn: TopicArn, Input: JSON.stringify(Name) }]
    await events.send(new PutTargetsCommand({ Rule: Name, Targets }))
  }
  const put = () =>
    events.send(
      new PutEventsCommand({ Entries: [{ Source: 'app', DetailType: 't', Detail: '{}' }] }),
    )
  await put()
  expect(await receivedBodies(aws, queueUrl)).toEqual([])
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: TopicArn,
    Condition: {
      ArnEquals: { 'aws:SourceArn': 'arn:aws:events:us-east-1:123456789012:rule/trusted' },
    },
  }
  await aws.sns.send(
    new SetTopicAttributesCommand({
      TopicArn,
      AttributeName: 'Policy',
      AttributeValue: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    }),
  )
  await put()
  expect(await receivedBodies(aws, queueUrl)).toEqual(['"trusted"'])
})
