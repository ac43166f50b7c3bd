import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  type QueueAttributeName,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { recorded, replaying } from '../recorded-queues.test-support.ts'

const queueFile = 'resource_providers/test_aws_sqs_queue'

/** A cloud in which one stack is deployed again and again. */
function stackOf(name: string, file = queueFile) {
  const replay = replaying(name, 'sqs', file)
  const { cloud, sqs } = replay
  const cfn = client(cloud, CloudFormationClient)
  const StackName = 'a-stack'
  let exists = false
  return {
    ...replay,
    cfn,
    /** Gives the stack's outputs. */
    async deploy(template: object): Promise<Record<string, string>> {
      const input = { StackName, TemplateBody: JSON.stringify(template) }
      await cfn.send(exists ? new UpdateStackCommand(input) : new CreateStackCommand(input))
      exists = true
      await cloud.advance({ minutes: 10 })
      const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }))
      expect(Stacks?.[0]?.StackStatus).toMatch(/^(CREATE|UPDATE)_COMPLETE$/)
      return Object.fromEntries(
        (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
          OutputKey,
          OutputValue,
        ]),
      )
    },
    attributes: (QueueUrl = '', name: QueueAttributeName = 'All') =>
      sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] })),
    tags: (QueueUrl = '') => sqs.send(new ListQueueTagsCommand({ QueueUrl })),
  }
}

const getAtt = (name: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [name, attribute] })
const tagList = (Environment: string, Department?: string) => [
  { Key: 'Environment', Value: Environment },
  ...(Department === undefined ? [] : [{ Key: 'Department', Value: Department }]),
]

/** The queue under test and its dead-letter queue, as the recorded templates have them. */
function template(properties: object | undefined, fifo = false) {
  const type = fifo ? { FifoQueue: true } : {}
  const dead = { ...type, RedriveAllowPolicy: { redrivePermission: 'allowAll' } }
  const queue = { Type: 'AWS::SQS::Queue', Properties: { ...type, ...properties } }
  return {
    Resources: {
      ...(properties === undefined ? {} : { Queue: queue }),
      Dead: { Type: 'AWS::SQS::Queue', Properties: dead },
    },
    Outputs: {
      ...(properties === undefined
        ? {}
        : { Url: { Value: { Ref: 'Queue' } }, Arn: { Value: getAtt('Queue') } }),
      DeadUrl: { Value: { Ref: 'Dead' } },
      DeadArn: { Value: getAtt('Dead') },
    },
  }
}

const redrive = (maxReceiveCount: number) => ({
  deadLetterTargetArn: getAtt('Dead'),
  maxReceiveCount,
})

const all = {
  QueueName: 'MyStandardQueueWithAllProperties',
  DelaySeconds: 17,
  MaximumMessageSize: 1234,
  MessageRetentionPeriod: 13579,
  ReceiveMessageWaitTimeSeconds: 18,
  VisibilityTimeout: 45,
  RedrivePolicy: redrive(7),
  SqsManagedSseEnabled: false,
  KmsMasterKeyId: 'alias/aws/sqs',
  KmsDataKeyReusePeriodSeconds: 297,
  Tags: tagList('Production', 'Finance'),
}

const allFifo = {
  QueueName: 'MyFifoQueue.fifo',
  ContentBasedDeduplication: true,
  DeduplicationScope: 'messageGroup',
  FifoThroughputLimit: 'perMessageGroupId',
  DelaySeconds: 13,
  MaximumMessageSize: 3232,
  MessageRetentionPeriod: 13425,
  ReceiveMessageWaitTimeSeconds: 15,
  VisibilityTimeout: 42,
  RedrivePolicy: redrive(7),
  SqsManagedSseEnabled: false,
  KmsMasterKeyId: 'alias/aws/sqs',
  KmsDataKeyReusePeriodSeconds: 200,
  Tags: tagList('Production', 'Finance'),
}

for (const [kind, fifo] of [
  ['standard', false],
  ['fifo', true],
] as const) {
  recorded(`a ${kind} queue of a stack needs no property`, async () => {
    const name = `test_create_${kind}_queue_with_required_properties`
    const { deploy, answers, attributes } = stackOf(name)
    const { Url } = await deploy(template({}, fifo))
    expect(Url).toMatch(fifo ? /\/a-stack-Queue-\w{12}\.fifo$/ : /\/a-stack-Queue-\w{12}$/)
    await answers('attributes', attributes(Url))
  })

  recorded(`a ${kind} queue of a stack has all that the template says`, async () => {
    const name = `test_create_${kind}_queue_with_all_properties`
    const { deploy, answers, attributes, tags } = stackOf(name)
    const { Url, DeadUrl } = await deploy(template(fifo ? allFifo : all, fifo))
    await answers('attributes', attributes(Url))
    await answers('tags', tags(Url))
    await answers('dlq_attributes', attributes(DeadUrl, 'RedriveAllowPolicy'))
  })
}

recorded('a queue is changed in place', async () => {
  const { deploy, answers, attributes, tags } = stackOf(
    'test_update_standard_queue_modify_properties_in_place',
  )
  const before = await deploy(template(all))
  const { KmsMasterKeyId, KmsDataKeyReusePeriodSeconds, ...kept } = all
  void [KmsMasterKeyId, KmsDataKeyReusePeriodSeconds]
  const after = await deploy(
    template({
      ...kept,
      DelaySeconds: 16,
      MaximumMessageSize: 4321,
      MessageRetentionPeriod: 17539,
      ReceiveMessageWaitTimeSeconds: 17,
      VisibilityTimeout: 40,
      RedrivePolicy: redrive(3),
      SqsManagedSseEnabled: true,
      Tags: tagList('Staging', 'Sales'),
    }),
  )
  expect(after).toEqual(before)
  await answers('updated_attributes', attributes(after['Url']))
  await answers('updated_tags', tags(after['Url']))
})

/** Of the recorder's name for it a second name was made, which no placeholder can stand for. */
const twiceReplaced = ['Attributes.RedrivePolicy.deadLetterTargetArn']

recorded('a queue of another name takes the place of the old one', async () => {
  const { deploy, answers, attributes, tags } = stackOf(
    'test_update_standard_queue_add_properties_with_replacement',
  )
  const before = await deploy(template(all))
  const after = await deploy(
    template({
      QueueName: 'MyStandardQueueWithADifferentName',
      DelaySeconds: 15,
      MaximumMessageSize: 4444,
      MessageRetentionPeriod: 17777,
      ReceiveMessageWaitTimeSeconds: 14,
      VisibilityTimeout: 35,
      RedrivePolicy: redrive(4),
      SqsManagedSseEnabled: true,
      Tags: tagList('Pre-Test', 'Marketing'),
    }),
  )
  expect(after['DeadUrl']).toBe(before['DeadUrl'])
  await answers('updated_attributes', attributes(after['Url']), twiceReplaced)
  await answers('updated_tags', tags(after['Url']))
  await answers('error', attributes(before['Url']))
})

recorded('what the template does not say any more goes back to its default', async () => {
  const { deploy, answers, attributes, tags } = stackOf(
    'test_update_standard_queue_remove_some_properties',
  )
  const before = await deploy(template(all))
  const after = await deploy(
    template({
      QueueName: all.QueueName,
      DelaySeconds: 17,
      VisibilityTimeout: 43,
      RedrivePolicy: redrive(7),
      SqsManagedSseEnabled: false,
      Tags: tagList('Pre-Production'),
    }),
  )
  expect(after).toEqual(before)
  await answers('updated_attributes', attributes(after['Url']), twiceReplaced)
  await answers('updated_tags', tags(after['Url']))
})

recorded('scope and throughput stay when the template does not say them any more', async () => {
  const { deploy, answers, attributes, tags } = stackOf(
    'test_update_fifo_queue_remove_all_properties_except_queuename',
  )
  const before = await deploy(template(allFifo, true))
  const after = await deploy(template({ QueueName: allFifo.QueueName }, true))
  expect(after['Url']).toBe(before['Url'])
  await answers('updated_attributes', attributes(after['Url']))
  await answers('updated_tags', tags(after['Url']))
})

recorded('a queue that left the template is deleted', async () => {
  const { deploy, answers, attributes } = stackOf('test_update_completely_remove_resource')
  const { Url } = await deploy(template(all))
  await deploy(template(undefined))
  await answers('error', attributes(Url))
})

const actions = ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl']

function document(resource: object | string, Action = actions) {
  const statement = { Effect: 'Allow', Principal: '*', Action, Resource: resource }
  return { Version: '2012-10-17', Statement: [statement] }
}

const aQueue = { Type: 'AWS::SQS::Queue' }
const policyFile = 'resource_providers/test_aws_sqs_queuepolicy'

/** A queue with a policy of its own. */
const withPolicy = (Action?: string[]) => ({
  Resources: {
    Queue: aQueue,
    Policy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Queue' }],
        PolicyDocument: document(getAtt('Queue'), Action),
      },
    },
  },
  Outputs: { Url: { Value: { Ref: 'Queue' } } },
})

recorded('a queue policy is the policy of its queue', async () => {
  const { deploy, answers, attributes } = stackOf('test_sqs_queue_policy', policyFile)
  const { Url } = await deploy(withPolicy())
  await answers('policy', attributes(Url, 'Policy'))
})

recorded('a queue policy is changed in place', async () => {
  const { deploy, holds, attributes } = stackOf('test_update_sqs_queuepolicy', policyFile)
  const policy = async (url: string | undefined) => (await attributes(url, 'Policy')).Attributes
  const { Url } = await deploy(withPolicy())
  holds('policy1', (await policy(Url))?.['Policy'])
  await deploy(withPolicy([...actions, 'sqs:DeleteMessage']))
  holds('policy2', (await policy(Url))?.['Policy'])
})

recorded('a queue policy may come to more queues', async () => {
  const { deploy, answers, attributes } = stackOf(
    'test_update_add_two_additional_queues_to_policy',
    policyFile,
  )
  const three = (queues: string[], Action?: string[]) => ({
    Resources: {
      Queue1: aQueue,
      Queue2: aQueue,
      Queue3: aQueue,
      Policy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: queues.map((Ref) => ({ Ref })),
          PolicyDocument: document(getAtt('Queue1'), Action),
        },
      },
    },
    Outputs: Object.fromEntries([1, 2, 3].map((i) => [`Url${i}`, { Value: { Ref: `Queue${i}` } }])),
  })
  const outputs = await deploy(three(['Queue1']))
  const each = async (when: string) => {
    for (const i of [1, 2, 3]) {
      await answers(`queue_${i}_${when}`, attributes(outputs[`Url${i}`], 'Policy'))
    }
  }
  await each('before')
  await deploy(three(['Queue1', 'Queue2', 'Queue3'], [...actions, 'sqs:ChangeMessageVisibility']))
  await each('after')
})

recorded('an inline policy leaves the queue with the resource', async () => {
  const { deploy, answers, attributes } = stackOf(
    'test_update_sqs_remove_inlinepolicy',
    'resource_providers/test_aws_sqs_queueinlinepolicy',
  )
  const inline = {
    Type: 'AWS::SQS::QueueInlinePolicy',
    Properties: { Queue: { Ref: 'Queue' }, PolicyDocument: document(getAtt('Queue')) },
  }
  const Outputs = { Url: { Value: { Ref: 'Queue' } } }
  const { Url } = await deploy({ Resources: { Queue: aQueue, Inline: inline }, Outputs })
  await answers('policy_before', attributes(Url, 'Policy'))
  await deploy({ Resources: { Queue: aQueue }, Outputs })
  await answers('policy_after', attributes(Url, 'Policy'))
})

test('a stack whose queue SQS refuses says so in the words of SQS and leaves nothing', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const sqs = client(cloud, SQSClient)
  const cfn = client(cloud, CloudFormationClient)
  const StackName = 'refused'
  const refused = { Resources: { Queue: { ...aQueue, Properties: { VisibilityTimeout: 43_201 } } } }
  const TemplateBody = JSON.stringify(refused)
  await cfn.send(new CreateStackCommand({ StackName, TemplateBody }))
  await cloud.advance({ minutes: 10 })
  const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName }))
  const failed = StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED')
  expect(failed?.ResourceStatusReason).toMatch(
    /^Resource handler returned message: "Invalid value for the parameter VisibilityTimeout\. \(Service: Sqs, Status Code: 400, Request ID: [-0-9a-f]{36}\)" \(RequestToken: [-0-9a-f]{36}, HandlerErrorCode: InvalidRequest\)$/,
  )
  await cfn.send(new DeleteStackCommand({ StackName }))
  await cloud.advance({ minutes: 10 })
  expect((await sqs.send(new ListQueuesCommand({}))).QueueUrls).toBeUndefined()
})
