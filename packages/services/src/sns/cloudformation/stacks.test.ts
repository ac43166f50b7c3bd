import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  PublishCommand,
  SNSClient,
} from '@aws-sdk/client-sns'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { recorded, replaying } from '../recorded-topics.test-support.ts'
import { receivedBodies, type World, world } from '../topics-and-queues.test-support.ts'

/** One stack, deployed again and again. */
function stackIn({ cloud }: World) {
  const cfn = client(cloud, CloudFormationClient)
  const StackName = 'a-stack'
  let exists = false
  const status = async () => {
    await cloud.advance({ minutes: 10 })
    const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }))
    return Stacks?.[0]
  }
  return {
    cfn,
    /** Gives the stack's outputs. */
    async deploy(template: object): Promise<Record<string, string>> {
      const input = { StackName, TemplateBody: JSON.stringify(template) }
      await cfn.send(exists ? new UpdateStackCommand(input) : new CreateStackCommand(input))
      exists = true
      const stack = await status()
      expect(stack?.StackStatus).toMatch(/^(CREATE|UPDATE)_COMPLETE$/)
      return Object.fromEntries(
        (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
          OutputKey,
          OutputValue,
        ]),
      )
    },
    async destroy() {
      await cfn.send(new DeleteStackCommand({ StackName }))
      await cloud.advance({ minutes: 10 })
    },
    /** The first reason of a deployment that fails. */
    async failure(template: object): Promise<string | undefined> {
      await cfn.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }))
      await cloud.advance({ minutes: 10 })
      const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName }))
      return StackEvents.findLast(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED')
        ?.ResourceStatusReason
    },
  }
}

const topicArnOutput = { TopicArn: { Value: { Ref: 'Topic' } } }

recorded('test_sns_topic_update_name: another name makes another topic', async () => {
  const file = 'cloudformation/resources/test_sns'
  const { at, sns, answers } = replaying('test_sns_topic_update_name', file)
  const stack = stackIn(at)
  const template = (TopicName: string, DisplayName: string) => ({
    Resources: {
      Topic: {
        Type: 'AWS::SNS::Topic',
        Properties: {
          TopicName,
          DisplayName,
          Subscription: [{ Protocol: 'email', Endpoint: 'test@example.com' }],
        },
      },
    },
    Outputs: topicArnOutput,
  })
  const check = async (TopicArn: string, when: string) => {
    const attributes = sns.send(new GetTopicAttributesCommand({ TopicArn }))
    // AWS counts a new subscription some time after it lists it.
    await answers(`${when}-topic-attributes`, attributes, ['Attributes.SubscriptionsPending'])
    const list = sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))
    await answers(`${when}-subscriptions`, list)
  }
  const before = await stack.deploy(template('test-topic', 'Initial Display Name'))
  await check(before['TopicArn'] ?? '', 'initial')
  const after = await stack.deploy(template('test-topic-new', 'Updated Display Name'))
  await check(after['TopicArn'] ?? '', 'new')
  const { Topics } = await sns.send(new ListTopicsCommand())
  expect(Topics).toEqual([{ TopicArn: after['TopicArn'] }])
})

recorded(
  'test_sns_topic_policy_resets_to_default: a policy goes, the first one comes back',
  async () => {
    const { at, sns, newTopic, holds } = replaying(
      'test_sns_topic_policy_resets_to_default',
      'cloudformation/resources/test_sns',
    )
    const TopicArn = await newTopic()
    const stack = stackIn(at)
    const policy = async () =>
      (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes?.['Policy']
    holds('default-topic-attributes', await policy())
    await stack.deploy({
      Resources: {
        Policy: {
          Type: 'AWS::SNS::TopicPolicy',
          Properties: {
            Topics: [TopicArn],
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                {
                  Sid: '0',
                  Effect: 'Allow',
                  Principal: { AWS: '*' },
                  Action: 'sns:Publish',
                  Resource: TopicArn,
                  Condition: { StringEquals: { 'aws:SourceAccount': '111111111111' } },
                },
              ],
            },
          },
        },
      },
    })
    holds('modified-topic-attributes', await policy())
    await stack.destroy()
    holds('reverted-topic-attributes', await policy())
  },
)

recorded(
  'test_sns_subscription_region: a stack subscribes to a topic of another region',
  async () => {
    const { at, cloud, newQueue, bindings, answers } = replaying(
      'test_sns_subscription_region',
      'cloudformation/resources/test_sns',
    )
    bindings.set('<region2>', 'eu-west-1')
    const there = client(cloud, SNSClient, { region: 'eu-west-1' })
    const { TopicArn } = await there.send(new CreateTopicCommand({ Name: 'a-topic' }))
    const { queueArn } = await newQueue()
    const { SubscriptionArn } = await stackIn(at).deploy({
      Resources: {
        Subscription: {
          Type: 'AWS::SNS::Subscription',
          Properties: {
            TopicArn,
            Protocol: 'sqs',
            Endpoint: queueArn,
            Region: 'eu-west-1',
            RawMessageDelivery: true,
          },
        },
      },
      Outputs: { SubscriptionArn: { Value: { Ref: 'Subscription' } } },
    })
    const attributes = there.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))
    await answers('subscription-1', attributes)
  },
)

/** A topic, its queue and all that ties them, with what can be changed in place. */
function fanOut(display: string, filter?: object) {
  const queueArn = { 'Fn::GetAtt': ['Queue', 'Arn'] }
  const statement = (Service: string, Action: string, Resource: object) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service }, Action, Resource }],
  })
  return {
    Resources: {
      Topic: {
        Type: 'AWS::SNS::Topic',
        Properties: { DisplayName: display, Tags: [{ Key: 'stage', Value: display }] },
      },
      Queue: { Type: 'AWS::SQS::Queue' },
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Queue' }],
          PolicyDocument: statement('sns.amazonaws.com', 'sqs:SendMessage', queueArn),
        },
      },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        Properties: {
          TopicArn: { Ref: 'Topic' },
          Protocol: 'sqs',
          Endpoint: queueArn,
          ...(filter === undefined
            ? {}
            : { FilterPolicy: filter, FilterPolicyScope: 'MessageBody' }),
        },
      },
      TopicPolicy: {
        Type: 'AWS::SNS::TopicInlinePolicy',
        Properties: {
          TopicArn: { Ref: 'Topic' },
          PolicyDocument: statement('events.amazonaws.com', 'sns:Publish', { Ref: 'Topic' }),
        },
      },
    },
    Outputs: {
      ...topicArnOutput,
      TopicName: { Value: { 'Fn::GetAtt': ['Topic', 'TopicName'] } },
      QueueUrl: { Value: { Ref: 'Queue' } },
      SubscriptionArn: { Value: { Ref: 'Subscription' } },
    },
  }
}

test('a stack changes its topic and its subscription in place, and leaves nothing', async () => {
  const aws = world()
  const { sns } = aws
  const stack = stackIn(aws)
  const first = await stack.deploy(fanOut('one', { kind: ['wanted'] }))
  const TopicArn = first['TopicArn']
  expect(first['TopicName']).toMatch(/^a-stack-Topic-[A-Za-z0-9]{12}$/)
  const publish = (kind: string) =>
    sns.send(new PublishCommand({ TopicArn, Message: JSON.stringify({ kind }) }))
  await publish('wanted')
  await publish('other')
  expect(await receivedBodies(aws, first['QueueUrl'] ?? '')).toEqual(['{"kind":"wanted"}'])

  const second = await stack.deploy(fanOut('two'))
  expect(second).toEqual(first)
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }))
  expect(Attributes?.['DisplayName']).toBe('two')
  const { Tags = [] } = await sns.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }))
  expect(Tags.filter(({ Key }) => !Key?.startsWith('aws:'))).toEqual([
    { Key: 'stage', Value: 'two' },
  ])
  await publish('other')
  expect(await receivedBodies(aws, first['QueueUrl'] ?? '')).toEqual(['{"kind":"other"}'])

  await stack.destroy()
  expect((await sns.send(new ListTopicsCommand())).Topics).toEqual([])
  expect((await sns.send(new ListSubscriptionsCommand())).Subscriptions).toEqual([])
})

test('what SNS refuses fails the stack in its words, and what is not built by name', async () => {
  const topic = (Properties: object) => ({
    Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties } },
  })
  expect(await stackIn(world()).failure(topic({ TopicName: 'plain', FifoTopic: true }))).toContain(
    'Invalid parameter: Topic Name',
  )
  const archived = topic({ FifoTopic: true, ArchivePolicy: { MessageRetentionPeriod: '30' } })
  expect(await stackIn(world()).failure(archived)).toContain(
    'Orrery does not model the property ArchivePolicy of AWS::SNS::Topic.',
  )
})

test('a subscription that nobody confirmed does not hold up the deletion of its stack', async () => {
  const aws = world()
  const stack = stackIn(aws)
  const { TopicArn } = await aws.sns.send(new CreateTopicCommand({ Name: 'news' }))
  await stack.deploy({
    Resources: {
      Mail: {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn, Protocol: 'email', Endpoint: 'a@example.com' },
      },
    },
  })
  await stack.destroy()
  const list = () => aws.sns.send(new ListSubscriptionsCommand())
  expect((await list()).Subscriptions?.map((it) => it.SubscriptionArn)).toEqual([
    'PendingConfirmation',
  ])
  await aws.cloud.advance({ hours: 48 })
  expect((await list()).Subscriptions).toEqual([])
})
