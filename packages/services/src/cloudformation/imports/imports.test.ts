import {
  CloudFormationClient,
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  type ResourceToImport,
} from '@aws-sdk/client-cloudformation'
import { EventBridgeClient, PutRuleCommand } from '@aws-sdk/client-eventbridge'
import { CreateTopicCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, ListQueueTagsCommand } from '@aws-sdk/client-sqs'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { allow, queue, refusal, stackWorld, userWith } from '../stacks.test-support.ts'

const retained = { DeletionPolicy: 'Retain' }
const jobsUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/jobs'
const jobs: ResourceToImport = {
  ResourceType: 'AWS::SQS::Queue',
  LogicalResourceId: 'Jobs',
  ResourceIdentifier: { QueueUrl: jobsUrl },
}
const jobsTemplate = (more: object = {}) => ({
  Resources: { Jobs: queue('jobs', {}, retained), ...more },
})

const trust = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'sqs.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
}

function world() {
  const stacks = stackWorld()
  const { cfn, sqs, rest } = stacks
  const ask = (
    template: object,
    ResourcesToImport: ResourceToImport[] | undefined,
    more: Partial<CreateChangeSetCommandInput> = {},
    by = cfn,
  ) =>
    rest(
      by.send(
        new CreateChangeSetCommand({
          StackName: 's',
          ChangeSetName: 'import',
          ChangeSetType: 'IMPORT',
          TemplateBody: JSON.stringify(template),
          ResourcesToImport,
          ...more,
        }),
      ),
    )
  const described = (ChangeSetName = 'import') =>
    cfn.send(new DescribeChangeSetCommand({ StackName: 's', ChangeSetName }))
  const execute = (ChangeSetName = 'import', by = cfn) =>
    rest(by.send(new ExecuteChangeSetCommand({ StackName: 's', ChangeSetName })))
  return {
    ...stacks,
    ask,
    described,
    execute,
    makeQueue: () => sqs.send(new CreateQueueCommand({ QueueName: 'jobs' })),
  }
}

test('a queue that exists becomes the stack’s own, with its tags and attributes', async () => {
  const { ask, described, execute, makeQueue, events, resources, stack, update, sqs } = world()
  await makeQueue()
  await ask(jobsTemplate(), [jobs], { Tags: [{ Key: 'team', Value: 'a' }] })
  const { Changes, Status, ExecutionStatus } = await described()
  expect([Status, ExecutionStatus, Changes]).toEqual([
    'CREATE_COMPLETE',
    'AVAILABLE',
    [
      {
        Type: 'Resource',
        ResourceChange: {
          Action: 'Import',
          LogicalResourceId: 'Jobs',
          PhysicalResourceId: jobsUrl,
          ResourceType: 'AWS::SQS::Queue',
          Scope: [],
          Details: [],
        },
      },
    ],
  ])
  await execute()
  expect(await events()).toEqual([
    's REVIEW_IN_PROGRESS User Initiated',
    's IMPORT_IN_PROGRESS User Initiated',
    'Jobs IMPORT_IN_PROGRESS Resource import started.',
    'Jobs IMPORT_COMPLETE Resource import completed.',
    'Jobs UPDATE_IN_PROGRESS Apply stack-level tags to imported resource if applicable.',
    'Jobs UPDATE_COMPLETE Apply stack-level tags to imported resource if applicable.',
    's IMPORT_COMPLETE',
  ])
  const { Tags } = await sqs.send(new ListQueueTagsCommand({ QueueUrl: jobsUrl }))
  expect(Tags).toEqual({ team: 'a' })

  await update({
    ...jobsTemplate(),
    Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Jobs', 'Arn'] } } },
  })
  expect((await stack()).Outputs?.[0]?.OutputValue).toBe('arn:aws:sqs:us-east-1:123456789012:jobs')
  expect(await resources()).toEqual({ Jobs: 'UPDATE_COMPLETE' })
})

test('a resource comes into a stack that is there, and nothing else may change', async () => {
  const { ask, described, execute, create, resources, ssm } = world()
  await ssm.send(new PutParameterCommand({ Name: 'p', Type: 'String', Value: 'v' }))
  const Old = queue('old')
  await create({ Resources: { Old } })
  const P = { Type: 'AWS::SSM::Parameter', Properties: { Name: 'p', Type: 'String', Value: 'v' } }
  const parameter: ResourceToImport = {
    ResourceType: 'AWS::SSM::Parameter',
    LogicalResourceId: 'P',
    ResourceIdentifier: { Name: 'p' },
  }
  const imported = { ...P, ...retained }
  const refused = [
    { Resources: { Old: queue('old', { DelaySeconds: 1 }), P: imported } },
    { Resources: { Old, P: imported, Q: queue('new') } },
    { Resources: { Old, P: imported }, Outputs: { O: { Value: 'v' } } },
  ]
  const reasons: (string | undefined)[] = []
  for (const [i, template] of refused.entries()) {
    await ask(template, [parameter], { ChangeSetName: `refused-${i}` })
    reasons.push((await described(`refused-${i}`)).StatusReason)
  }
  expect(reasons).toEqual(
    ['Old', 'Q', 'Outputs'].map(
      (what) => `As part of the import operation, you cannot modify or add [${what}]`,
    ),
  )
  await ask({ Resources: { Old, P: imported } }, [parameter])
  await execute()
  expect(await resources()).toEqual({ Old: 'CREATE_COMPLETE', P: 'UPDATE_COMPLETE' })
})

test.each<[string, object, Record<string, string>, string]>([
  [
    'AWS::S3::Bucket',
    { BucketName: 'standing-data' },
    { BucketName: 'standing-data' },
    'arn:aws:s3:::standing-data',
  ],
  [
    'AWS::SNS::Topic',
    { TopicName: 'standing' },
    { TopicArn: 'arn:aws:sns:us-east-1:123456789012:standing' },
    'arn:aws:sns:us-east-1:123456789012:standing',
  ],
  [
    'AWS::Logs::LogGroup',
    { LogGroupName: 'standing' },
    { LogGroupName: 'standing' },
    'arn:aws:logs:us-east-1:123456789012:log-group:standing:*',
  ],
  [
    'AWS::IAM::Role',
    { RoleName: 'standing', AssumeRolePolicyDocument: trust },
    { RoleName: 'standing' },
    'arn:aws:iam::123456789012:role/standing',
  ],
])('a %s can be imported, and then deleted by its stack', async (type, properties, id, arn) => {
  const { ask, execute, create, remove, update, stack, cloud } = world()
  const Type = type
  await create(
    { Resources: { It: { Type, Properties: properties, ...retained } } },
    { Capabilities: ['CAPABILITY_NAMED_IAM'] },
    'maker',
  )
  await remove({}, 'maker')
  const before = cloud.inventory()
  const template = { Resources: { It: { Type, Properties: properties, DeletionPolicy: 'Delete' } } }
  await ask(template, [{ ResourceType: type, LogicalResourceId: 'It', ResourceIdentifier: id }], {
    Capabilities: ['CAPABILITY_NAMED_IAM'],
  })
  await execute()
  expect((await stack()).StackStatus).toBe('IMPORT_COMPLETE')
  const attribute = type === 'AWS::SNS::Topic' ? 'TopicArn' : 'Arn'
  const Outputs = { Arn: { Value: { 'Fn::GetAtt': ['It', attribute] } } }
  await update({ ...template, Outputs }, { Capabilities: ['CAPABILITY_NAMED_IAM'] })
  expect((await stack()).Outputs?.[0]?.OutputValue).toBe(arn)
  await remove()
  expect(cloud.inventory()).toEqual(before.filter((name) => !arn.startsWith(name)))
})

test('what is not there is not imported, and the others are given back', async () => {
  const { ask, execute, makeQueue, events, stack, queues, remove } = world()
  await makeQueue()
  const Gone = queue('gone', {}, retained)
  const gone = {
    ...jobs,
    LogicalResourceId: 'Gone',
    ResourceIdentifier: { QueueUrl: jobsUrl.replace('jobs', 'gone') },
  }
  await ask(jobsTemplate({ Gone }), [jobs, gone])
  await execute()
  const all = await events('IMPORT_IN_PROGRESS')
  expect(all.filter((event) => !event.startsWith('Jobs UPDATE'))).toEqual([
    's IMPORT_IN_PROGRESS User Initiated',
    'Jobs IMPORT_IN_PROGRESS Resource import started.',
    'Gone IMPORT_IN_PROGRESS Resource import started.',
    'Jobs IMPORT_COMPLETE Resource import completed.',
    `Gone IMPORT_FAILED Resource of type 'AWS::SQS::Queue' with identifier '${gone.ResourceIdentifier.QueueUrl}' was not found.`,
    's IMPORT_ROLLBACK_IN_PROGRESS The following resource(s) failed to import: [Gone]. ',
    'Jobs IMPORT_ROLLBACK_IN_PROGRESS',
    'Jobs IMPORT_ROLLBACK_COMPLETE',
    's IMPORT_ROLLBACK_COMPLETE',
  ])
  expect((await stack()).StackStatus).toBe('IMPORT_ROLLBACK_COMPLETE')
  await remove()
  expect(await queues()).toEqual(['jobs'])
})

test('a resource of another stack stays there', async () => {
  const { ask, execute, create, events, stack } = world()
  await create({ Resources: { Jobs: queue('jobs') } }, {}, 'owner')
  const owner = (await stack('owner')).StackId
  await ask(jobsTemplate(), [jobs])
  await execute()
  const failed = (await events()).find((event) => event.startsWith('Jobs IMPORT_FAILED'))
  expect(failed).toContain(`${jobsUrl} already exists in stack ${owner?.slice(0, -36)}`)
})

test.each<[string, object, ResourceToImport[] | undefined, string]>([
  [
    'no resources',
    jobsTemplate(),
    undefined,
    'ValidationError: ResourcesToImport must be specified for change sets of type IMPORT.',
  ],
  [
    'no deletion policy',
    { Resources: { Jobs: queue('jobs') } },
    [jobs],
    'ValidationError: The following resources to import [Jobs] must have DeletionPolicy attribute specified in the template.',
  ],
  [
    'a name that the template lacks',
    { Resources: { Other: queue('jobs', {}, retained) } },
    [jobs],
    'ValidationError: Resources to import [Jobs] are not in the Resources block of the template',
  ],
  [
    'another identifier',
    jobsTemplate(),
    [{ ...jobs, ResourceIdentifier: { QueueName: 'jobs' } }],
    'ValidationError: Resource Jobs of type AWS::SQS::Queue is identified by [QueueUrl], not by [QueueName]',
  ],
  [
    'a type that can not be imported',
    { Resources: { C: { Type: 'AWS::CDK::Metadata', ...retained } } },
    [
      {
        ResourceType: 'AWS::CDK::Metadata',
        LogicalResourceId: 'C',
        ResourceIdentifier: { Id: 'x' },
      },
    ],
    'ValidationError: ResourceTypes [AWS::CDK::Metadata] are not supported for Import',
  ],
])('an import with %s is refused', async (_, template, imports, message) => {
  expect(await refusal(world().ask(template, imports))).toBe(message)
})

test('the deployer looks at what is imported: who may not does not import it', async () => {
  const { ask, execute, makeQueue, cloud, events } = world()
  await makeQueue()
  const credentials = userWith(cloud, [allow('cloudformation:*')])
  const ana = client(cloud, CloudFormationClient, { credentials })
  await ask(jobsTemplate(), [jobs], {}, ana)
  await execute('import', ana)
  const failed = (await events()).find((event) => event.startsWith('Jobs IMPORT_FAILED'))
  expect(failed).toContain(
    'User: arn:aws:iam::123456789012:user/ana is not authorized to perform: sqs:getqueueattributes on resource: arn:aws:sqs:us-east-1:123456789012:jobs because no identity-based policy allows the sqs:getqueueattributes action',
  )
})

test.each<[string, object, string]>([
  ['queue', queue('taken'), "Resource of type 'AWS::SQS::Queue' with identifier 'taken' already"],
  [
    'topic',
    { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'taken' } },
    "Resource of type 'AWS::SNS::Topic' with identifier 'taken' already",
  ],
  [
    'rule',
    {
      Type: 'AWS::Events::Rule',
      Properties: { Name: 'taken', ScheduleExpression: 'rate(1 day)' },
    },
    "Resource of type 'AWS::Events::Rule' with identifier 'taken' already",
  ],
])('a %s whose name is taken is not made', async (_, resource, words) => {
  const { create, events, cloud, sqs, sns } = world()
  await sqs.send(new CreateQueueCommand({ QueueName: 'taken' }))
  await sns.send(new CreateTopicCommand({ Name: 'taken' }))
  const rules = client(cloud, EventBridgeClient)
  await rules.send(new PutRuleCommand({ Name: 'taken', ScheduleExpression: 'rate(1 hour)' }))
  await create({ Resources: { It: resource } })
  const failed = (await events()).find((event) => event.startsWith('It CREATE_FAILED'))
  expect(failed).toContain(`${words} exists.`)
  expect(failed).toContain('HandlerErrorCode: AlreadyExists)')
})
