import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

async function world() {
  const cloud = createCloud({ deepFreeze: true })
  const s3 = client(cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket: 'templates' }))
  const put = (Key: string, template: object) =>
    s3.send(new PutObjectCommand({ Bucket: 'templates', Key, Body: JSON.stringify(template) }))
  return { cloud, cfn: client(cloud, CloudFormationClient), sqs: client(cloud, SQSClient), put }
}

const child = (name: string, seconds = 1) => ({
  Parameters: { Name: { Type: 'String' } },
  Resources: {
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName: name, VisibilityTimeout: seconds },
    },
  },
  Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Queue', 'Arn'] } } },
})

const parent = (key: string, more: object = {}) =>
  JSON.stringify({
    Resources: {
      Inner: {
        Type: 'AWS::CloudFormation::Stack',
        Properties: {
          TemplateURL: `https://templates.s3.amazonaws.com/${key}`,
          Parameters: { Name: 'x' },
        },
      },
      ...more,
    },
    Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Inner', 'Outputs.Arn'] } } },
  })

async function eventsOf(cfn: CloudFormationClient, StackName: string) {
  const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName }))
  return StackEvents.toReversed().map(
    ({ LogicalResourceId = '', ResourceStatus, ResourceStatusReason }) =>
      [LogicalResourceId.replace(/-[A-Z0-9]{12}$/, ''), ResourceStatus, ResourceStatusReason]
        .filter((each) => each !== undefined)
        .join(' '),
  )
}

async function queues(sqs: SQSClient) {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
  return QueueUrls.map((url) => url.slice(url.lastIndexOf('/') + 1))
}

test('a nested stack is made, changed and deleted with its parent', async () => {
  const { cloud, cfn, sqs, put } = await world()
  await put('a.json', child('a'))
  await put('b.json', child('b'))
  await cfn.send(new CreateStackCommand({ StackName: 'root', TemplateBody: parent('a.json') }))
  await cloud.advance({ minutes: 1 })
  const { Stacks = [] } = await cfn.send(new DescribeStacksCommand({}))
  const inner = Stacks.find(({ StackName }) => StackName !== 'root')
  const root = Stacks.find(({ StackName }) => StackName === 'root')
  expect([root?.StackStatus, root?.Outputs]).toEqual([
    'CREATE_COMPLETE',
    [{ OutputKey: 'Arn', OutputValue: 'arn:aws:sqs:us-east-1:123456789012:a' }],
  ])
  expect([inner?.StackStatus, inner?.ParentId, inner?.RootId]).toEqual([
    'CREATE_COMPLETE',
    root?.StackId,
    root?.StackId,
  ])
  await cfn.send(new UpdateStackCommand({ StackName: 'root', TemplateBody: parent('b.json') }))
  await cloud.advance({ minutes: 1 })
  expect(await queues(sqs)).toEqual(['b'])
  const innerEvents = await eventsOf(cfn, inner?.StackId ?? '')
  expect(
    innerEvents.slice(innerEvents.indexOf('root-Inner UPDATE_IN_PROGRESS User Initiated')),
  ).toEqual([
    'root-Inner UPDATE_IN_PROGRESS User Initiated',
    'Queue UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence creating one.',
    'Queue UPDATE_IN_PROGRESS Resource creation Initiated',
    'Queue UPDATE_COMPLETE',
    'root-Inner UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'Queue DELETE_IN_PROGRESS',
    'Queue DELETE_COMPLETE',
    'root-Inner UPDATE_COMPLETE',
  ])
  await cfn.send(new DeleteStackCommand({ StackName: 'root' }))
  await cloud.advance({ minutes: 1 })
  expect(await queues(sqs)).toEqual([])
  expect((await cfn.send(new DescribeStacksCommand({}))).Stacks).toEqual([])
})

test('a nested stack that can not be made fails its parent, whose rollback deletes it', async () => {
  const { cloud, cfn, sqs, put } = await world()
  await put('bad.json', child('a', 43201))
  await cfn.send(new CreateStackCommand({ StackName: 'root', TemplateBody: parent('bad.json') }))
  await cloud.advance({ minutes: 1 })
  const events = await eventsOf(cfn, 'root')
  expect(events.map((each) => each.replace(/arn:\S+/, '<arn>'))).toEqual([
    'root CREATE_IN_PROGRESS User Initiated',
    'Inner CREATE_IN_PROGRESS',
    'Inner CREATE_IN_PROGRESS Resource creation Initiated',
    'Inner CREATE_FAILED Embedded stack <arn> was not successfully created: The following resource(s) failed to create: [Queue]. ',
    'root ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Inner]. Rollback requested by user.',
    'Inner DELETE_IN_PROGRESS',
    'Inner DELETE_COMPLETE',
    'root ROLLBACK_COMPLETE',
  ])
  expect(await queues(sqs)).toEqual([])
})

test('when something else fails, a nested stack that was updated goes back too', async () => {
  const { cloud, cfn, sqs, put } = await world()
  await put('a.json', child('a'))
  await put('b.json', child('b'))
  await cfn.send(new CreateStackCommand({ StackName: 'root', TemplateBody: parent('a.json') }))
  await cloud.advance({ minutes: 1 })
  const bad = {
    Type: 'AWS::SQS::Queue',
    DependsOn: 'Inner',
    Properties: { VisibilityTimeout: 43201 },
  }
  await cfn.send(
    new UpdateStackCommand({ StackName: 'root', TemplateBody: parent('b.json', { Bad: bad }) }),
  )
  await cloud.advance({ minutes: 1 })
  expect(await queues(sqs)).toEqual(['a'])
  const { Stacks = [] } = await cfn.send(new DescribeStacksCommand({}))
  expect(Stacks.map(({ StackStatus }) => StackStatus)).toEqual([
    'UPDATE_ROLLBACK_COMPLETE',
    'UPDATE_ROLLBACK_COMPLETE',
  ])
})
