import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation'
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { GetParameterCommand } from '@aws-sdk/client-ssm'
import { describe, expect, test } from 'vitest'
import {
  asRecorded,
  type Recorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'
import { deploymentWorld, parameterOf, sortedBy } from './recorded-deployment.test-support.ts'
import { errorText, expectAnswers, replayUpdate } from './recorded-update.test-support.ts'

const topic = (properties: object) => ({ Type: 'AWS::SNS::Topic', Properties: properties })

describe.skipIf(!recordingsPresent)('functions in change sets, as recorded', () => {
  const refused = (Resources: object, more: object = {}, parameters: object[] = []) => {
    const { cfn } = deploymentWorld()
    return asRecorded(
      cfn.send(
        new CreateChangeSetCommand({
          StackName: 's',
          ChangeSetName: 'c',
          ChangeSetType: 'CREATE',
          TemplateBody: JSON.stringify({ Resources, ...more }),
          Parameters: parameters,
        }),
      ),
    )
  }

  test.each<[string, string, string, object]>([
    [
      'test_change_set_conditions',
      'TestChangeSetConditions::test_missing_condition',
      'error',
      { T: topic({ DisplayName: { 'Fn::If': ['MissingCondition', 'a', 'b'] } }) },
    ],
    [
      'test_change_set_fn_get_attr',
      'TestChangeSetFnGetAttr::test_invalid_structure[getatt_validation2.yml]',
      'error',
      { A: parameterOf('x'), T: topic({ DisplayName: { 'Fn::GetAtt': ['A'] } }) },
    ],
    [
      'test_change_set_fn_select',
      'TestChangeSetFnSelect::test_invalid_select_index_type[non-integer-index]',
      'error',
      { T: topic({ DisplayName: { 'Fn::Select': ['first', ['a', 'b']] } }) },
    ],
    [
      'test_change_set_fn_select',
      'TestChangeSetFnSelect::test_invalid_select_index_type[index-out-of-range]',
      'error',
      { T: topic({ DisplayName: { 'Fn::Select': ['2', ['a', 'b']] } }) },
    ],
    [
      'test_change_set_fn_split',
      'test_validate_split_arguments_len',
      'validation',
      { T: topic({ DisplayName: { 'Fn::Select': [0, { 'Fn::Split': ['a'] }] } }) },
    ],
  ])('%s %s', async (file, name, key, resources) => {
    expectAnswers({ [key]: await refused(resources) }, recording(`cloudformation/${file}`, name))
  })

  test('a parameter that is no number', async () => {
    const error = await refused(
      { P: parameterOf({ Ref: 'Value' }) },
      { Parameters: { Value: { Type: 'Number' } } },
      [{ ParameterKey: 'Value', ParameterValue: 'text' }],
    )
    expectAnswers(
      { error },
      recording(
        'cloudformation/test_change_set_parameters',
        'TestChangeSetParameters::test_invalid_parameter_type',
      ),
    )
  })

  test('a mapping by a parameter and a pseudo parameter', async () => {
    const template = {
      Parameters: { Environment: { Type: 'String' } },
      Mappings: {
        ComplexMap: { prod: { aws: 'prod-aws-value' }, dev: { aws: 'dev-aws-value' } },
      },
      Resources: {
        Topic1: topic({
          TopicName: 'topic-name-1',
          DisplayName: {
            'Fn::FindInMap': ['ComplexMap', { Ref: 'Environment' }, { Ref: 'AWS::Partition' }],
          },
        }),
      },
    }
    await replayUpdate(
      'test_change_set_mappings',
      'TestChangeSetMappings::test_fn_find_in_map_with_multiple_nested_functions',
      {
        before: template,
        after: template,
        parametersBefore: { Environment: 'prod' },
        parametersAfter: { Environment: 'dev' },
      },
    )
  })

  test('an empty list', async () => {
    const Topic = topic({ TopicName: 'test-name' })
    const Role = {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: { 'Fn::GetAtt': ['Topic', 'TopicName'] }, Tags: [] },
    }
    await replayUpdate('test_change_set_values', 'TestChangeSetValues::test_property_empy_list', {
      before: { Resources: { Topic, Role } },
      after: { Resources: { Topic } },
    })
  })
})

describe.skipIf(!recordingsPresent)('exports in change sets, as recorded', () => {
  const importing = { Resources: { MyFoo: parameterOf({ 'Fn::ImportValue': 'exported' }) } }

  async function importer(name: string, bindings: Readonly<Record<string, string>> = {}) {
    const { cloud, cfn, deploy } = deploymentWorld()
    if (name === 'test_describe_change_set_import') {
      await deploy({
        template: {
          Resources: { P: parameterOf('x') },
          Outputs: { O: { Value: 'value-x', Export: { Name: 'exported' } } },
        },
      })
    }
    const named = { StackName: 'importer', ChangeSetName: 'change-set' }
    await cfn.send(
      new CreateChangeSetCommand({
        ...named,
        ChangeSetType: 'CREATE',
        TemplateBody: JSON.stringify(importing),
      }),
    )
    await cloud.advance({ seconds: 5 })
    const found: Recorded = {}
    for (const [key, IncludePropertyValues] of [
      ['describe', false],
      ['describe_with_values', true],
    ] as const) {
      found[key] = await asRecorded(
        cfn.send(new DescribeChangeSetCommand({ ...named, IncludePropertyValues })),
      )
    }
    await cfn.send(new ExecuteChangeSetCommand(named))
    await cloud.advance({ minutes: 1 })
    const { Stacks } = await asRecorded(
      cfn.send(new DescribeStacksCommand({ StackName: 'importer' })),
    )
    found['post-deploy-stack-describe'] = (Stacks as Recorded[])[0]
    expectAnswers(
      found,
      recording(
        'cloudformation/test_change_set_exports_imports',
        `TestChangeSetImportExport::${name}`,
      ),
      new Map(Object.entries(bindings)),
    )
  }

  test('an export that is there', () => importer('test_describe_change_set_import'))

  test('an export that is not there', () =>
    importer('test_describe_change_set_import_non_existent_export', {
      '<export-name>': 'exported',
    }))
})

/** A queue that gets what a topic is told: what `cdk init sample-app` makes. */
const sampleApp = {
  Resources: {
    CdksampleQueue3139C8CD: {
      Type: 'AWS::SQS::Queue',
      Properties: { VisibilityTimeout: 300 },
      UpdateReplacePolicy: 'Delete',
      DeletionPolicy: 'Delete',
    },
    CdksampleQueuePolicyFA91005A: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'sns.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': ['CdksampleQueue3139C8CD', 'Arn'] },
              Condition: { ArnEquals: { 'aws:SourceArn': { Ref: 'CdksampleTopic7AD235A4' } } },
            },
          ],
        },
        Queues: [{ Ref: 'CdksampleQueue3139C8CD' }],
      },
    },
    CdksampleQueueCdksampleStackCdksampleTopicCB3FDFDDC0BCF47C: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        Protocol: 'sqs',
        TopicArn: { Ref: 'CdksampleTopic7AD235A4' },
        Endpoint: { 'Fn::GetAtt': ['CdksampleQueue3139C8CD', 'Arn'] },
      },
    },
    CdksampleTopic7AD235A4: { Type: 'AWS::SNS::Topic' },
  },
  Outputs: { QueueUrl: { Value: { Ref: 'CdksampleQueue3139C8CD' } } },
}

describe.skipIf(!recordingsPresent)('stacks of several services, as recorded', () => {
  test('what the CDK makes of its sample', async () => {
    const { cfn, sqs, deploy } = deploymentWorld()
    const { outputs, stackName } = await deploy({ template: sampleApp })
    const policy = await asRecorded(
      sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: outputs['QueueUrl'],
          AttributeNames: ['Policy'],
        }),
      ),
    )
    const { StackResourceSummaries, ...rest } = await asRecorded(
      cfn.send(new ListStackResourcesCommand({ StackName: stackName })),
    )
    const list = sortedBy(StackResourceSummaries as Recorded[], 'LogicalResourceId')
    expectAnswers(
      {
        queue_attr_policy: policy,
        stack_resources: { ...rest, StackResourceSummaries: list },
      },
      recording('cloudformation/resources/test_cdk', 'TestCdkSampleApp::test_cdk_sample'),
    )
    const { StackEvents = [] } = await cfn.send(
      new DescribeStackEventsCommand({ StackName: stackName }),
    )
    const types = [...new Set(StackEvents.map(({ ResourceType }) => ResourceType))].sort()
    expectAnswers(
      { resource_types: types },
      recording('cloudformation/api/test_stacks', 'test_events_resource_types'),
    )
  })

  test('references to a topic by another template', async () => {
    const { deploy } = deploymentWorld()
    const { outputs } = await deploy({
      template: {
        Resources: { MyTopic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'topic-x' } } },
        Outputs: {
          MyTopicRef: { Value: { Ref: 'MyTopic' } },
          MyTopicArn: { Value: { 'Fn::GetAtt': ['MyTopic', 'TopicArn'] } },
          MyTopicName: { Value: { 'Fn::GetAtt': 'MyTopic.TopicName' } },
          MyTopicCustom: { Value: { 'Fn::Sub': '${MyTopic.TopicArn}' } },
        },
      },
    })
    expectAnswers(
      { outputs },
      recording('cloudformation/api/test_reference_resolving', 'test_nested_getatt_ref[TopicArn]'),
    )
  })

  test('parameters come and go with their stack', async () => {
    const { cloud, cfn, ssm } = deploymentWorld()
    await cfn.send(
      new CreateStackCommand({
        StackName: 'stack-x',
        TemplateBody: JSON.stringify({
          Resources: { P: parameterOf('abc123') },
          Outputs: { Name: { Value: { Ref: 'P' } } },
        }),
      }),
    )
    await cloud.advance({ minutes: 1 })
    const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName: 'stack-x' }))
    const Name = Stacks?.[0]?.Outputs?.[0]?.OutputValue
    const get = () => ssm.send(new GetParameterCommand({ Name }))
    const there = await asRecorded(get())
    await cfn.send(new DeleteStackCommand({ StackName: 'stack-x' }))
    await cloud.advance({ minutes: 1 })
    const gone = await errorText('GetParameter', get())
    expectAnswers(
      {
        'describe-resource': there,
        'deleted-resource': { 'error-message': gone.replace(/: UnknownError$/, ': ') },
      },
      recording(
        'cloudformation/resource_providers/ssm/test_parameter',
        'TestBasicCRD::test_black_box',
      ),
    )
    expect(Name).toMatch(/^CFN-P-[a-zA-Z0-9]{12}$/)
  })
})
