import {
  DetectStackDriftCommand,
  ListExportsCommand,
  ListImportsCommand,
} from '@aws-sdk/client-cloudformation'
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs'
import { createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  accountId,
  queue,
  refusal,
  resourcesOf,
  type StackWorld,
  stackWorld,
} from './stacks.test-support.ts'

/** Details of the events that CloudFormation put on the default bus, in their order. */
function emitted({ cloud }: StackWorld) {
  return cloud.kernel.journal.entries
    .filter(({ kind, name }) => kind === 'event' && name.startsWith('aws.cloudformation'))
    .map(({ data }) => data as { detailType?: string; detail?: Record<string, unknown> })
}

test('every transition of a stack and of its resources is an event', async () => {
  const world = stackWorld()
  const { StackId = '' } = await world.create(resourcesOf({ A: queue('a') }), {
    ClientRequestToken: 'token-1',
  })
  const events = emitted(world)
  const url = `https://sqs.us-east-1.amazonaws.com/${accountId}/a`
  const stack = (status: string, reason = '') => ({
    'stack-id': StackId,
    'status-details': { status, 'status-reason': reason },
    'client-request-token': 'token-1',
  })
  const resource = (physical: string, status: string, reason = '') => ({
    'stack-id': StackId,
    'logical-resource-id': 'A',
    'physical-resource-id': physical,
    'status-details': { status, 'status-reason': reason },
    'resource-type': 'AWS::SQS::Queue',
    'client-request-token': 'token-1',
  })
  expect(events.map(({ detail }) => detail)).toEqual([
    stack('CREATE_IN_PROGRESS', 'User Initiated'),
    resource('', 'CREATE_IN_PROGRESS'),
    resource(url, 'CREATE_IN_PROGRESS', 'Resource creation Initiated'),
    resource(url, 'CREATE_COMPLETE'),
    stack('CREATE_COMPLETE'),
  ])
  expect(events.map(({ detailType }) => detailType)).toEqual([
    'CloudFormation Stack Status Change',
    'CloudFormation Resource Status Change',
    'CloudFormation Resource Status Change',
    'CloudFormation Resource Status Change',
    'CloudFormation Stack Status Change',
  ])
})

test('the detection of drift is an event at its start and at its end', async () => {
  const world = stackWorld()
  const { StackId } = await world.create(resourcesOf({ A: queue('a') }))
  const { StackDriftDetectionId } = await world.rest(
    world.cfn.send(new DetectStackDriftCommand({ StackName: 's' })),
  )
  const details = emitted(world)
    .filter(({ detailType }) => detailType === 'CloudFormation Drift Detection Status Change')
    .map(({ detail }) => detail)
  expect(details).toEqual([
    {
      'stack-id': StackId,
      'stack-drift-detection-id': StackDriftDetectionId,
      'status-details': {
        'stack-drift-status': 'UNKNOWN',
        'detection-status': 'DETECTION_IN_PROGRESS',
      },
      // Minus one while it goes on.
      'drift-detection-details': { 'drifted-stack-resource-count': -1 },
      'client-request-token': '',
    },
    {
      'stack-id': StackId,
      'stack-drift-detection-id': StackDriftDetectionId,
      'status-details': {
        'stack-drift-status': 'IN_SYNC',
        'detection-status': 'DETECTION_COMPLETE',
      },
      'drift-detection-details': { 'drifted-stack-resource-count': 0 },
      'client-request-token': '',
    },
  ])
})

async function topicWithQueue({ sns, sqs }: StackWorld) {
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'stack-news' }))
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'news' }))
  await sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl,
      Attributes: {
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'sns.amazonaws.com' },
            Resource: '*',
          },
        }),
      },
    }),
  )
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:us-east-1:${accountId}:news`,
    }),
  )
  return { TopicArn, QueueUrl }
}

test('the topics of a stack are told of each of its events', async () => {
  const world = stackWorld()
  const { TopicArn, QueueUrl } = await topicWithQueue(world)
  const { StackId } = await world.create(resourcesOf({ A: queue('a', { DelaySeconds: 1 }) }), {
    NotificationARNs: [TopicArn],
    ClientRequestToken: 'token-1',
  })
  const texts: string[] = []
  for (;;) {
    const { Messages = [] } = await world.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    )
    if (Messages.length === 0) break
    for (const { Body = '', ReceiptHandle } of Messages) {
      const { Subject, Message } = JSON.parse(Body) as { Subject: string; Message: string }
      expect(Subject).toBe('AWS CloudFormation Notification')
      texts.push(Message)
      await world.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    }
  }
  expect(texts.length).toBe(5)
  const last = texts.find((text) =>
    /LogicalResourceId='A'\n(.*\n)*ResourceStatus='CREATE_COMPLETE'/.test(text),
  )
  expect(last?.replace(/(Timestamp|EventId|PrincipalId)='[^']*'/g, "$1='*'")).toBe(
    `StackId='${StackId}'
Timestamp='*'
EventId='*'
LogicalResourceId='A'
Namespace='${accountId}'
PhysicalResourceId='https://sqs.us-east-1.amazonaws.com/${accountId}/a'
PrincipalId='*'
ResourceProperties='{"QueueName":"a","DelaySeconds":"1"}'
ResourceStatus='CREATE_COMPLETE'
ResourceStatusReason=''
ResourceType='AWS::SQS::Queue'
StackName='s'
ClientRequestToken='token-1'
`,
  )
})

const exporting = (value: string) =>
  resourcesOf(
    { A: queue('a', { DelaySeconds: 1 }) },
    {
      Outputs: {
        Name: { Value: value, Export: { Name: { 'Fn::Sub': '${AWS::StackName}-name' } } },
      },
    },
  )

test('what one stack exports another imports, and can not be taken away meanwhile', async () => {
  const world = stackWorld()
  await world.create(exporting('a-b'))
  const { StackId } = await world.stack()
  const { Exports } = await world.cfn.send(new ListExportsCommand({}))
  expect(Exports).toEqual([{ ExportingStackId: StackId, Name: 's-name', Value: 'a-b' }])
  expect(await refusal(world.cfn.send(new ListImportsCommand({ ExportName: 's-name' })))).toBe(
    "ValidationError: Export 's-name' is not imported by any stack.",
  )
  await world.create(resourcesOf({ B: queue({ 'Fn::ImportValue': 's-name' }) }), {}, 'importer')
  expect(await world.queues()).toEqual(['a', 'a-b'])
  const { Imports } = await world.cfn.send(new ListImportsCommand({ ExportName: 's-name' }))
  expect(Imports).toEqual(['importer'])
  expect(await refusal(world.remove())).toBe(
    'ValidationError: Export s-name cannot be deleted as it is in use by importer',
  )
  await world.update(exporting('other'))
  expect(await world.events('UPDATE_IN_PROGRESS')).toContain(
    's UPDATE_ROLLBACK_IN_PROGRESS Export s-name cannot be updated as it is in use by importer',
  )
  expect((await world.stack()).Outputs?.[0]?.OutputValue).toBe('a-b')
  await world.remove({}, 'importer')
  await world.remove()
  expect(await world.queues()).toEqual([])
})

test('an export that another stack has already fails the stack', async () => {
  const world = stackWorld()
  const fixed = (name: string) =>
    resourcesOf({ Q: queue(name) }, { Outputs: { O: { Value: 'v', Export: { Name: 'fixed' } } } })
  await world.create(fixed('a'))
  await world.create(fixed('b'), {}, 'other')
  expect((await world.stack('other')).StackStatus).toBe('ROLLBACK_COMPLETE')
  expect(await world.events(undefined, 'other')).toContain(
    'other ROLLBACK_IN_PROGRESS Export with name fixed is already exported by stack s. Rollback requested by user.',
  )
})

test('the same seed gives the same journal', async () => {
  const digests: string[] = []
  for (let run = 0; run < 2; run += 1) {
    const world = stackWorld(createCloud({ seed: 7, deepFreeze: true }))
    await world.create(resourcesOf({ A: queue('a'), B: queue({ 'Fn::Sub': '${A.QueueName}-b' }) }))
    await world.update(resourcesOf({ A: queue('a2'), B: queue({ 'Fn::Sub': '${A.QueueName}-b' }) }))
    await world.remove()
    digests.push(world.cloud.kernel.journal.digest())
  }
  expect(digests[1]).toBe(digests[0])
})

test('fifty resources are deployed within a second', async () => {
  const world = stackWorld()
  const resources = Object.fromEntries(
    Array.from({ length: 50 }, (_, i) => [`Q${i}`, queue(`q${i}`, { DelaySeconds: 1 })]),
  )
  await world.create(resourcesOf({ Warm: queue('warm') }), {}, 'warm')
  const start = performance.now()
  await world.create(resourcesOf(resources))
  expect(performance.now() - start).toBeLessThan(1000)
  expect((await world.queues()).length).toBe(51)
})
