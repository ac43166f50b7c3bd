import {
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation'
import { ListQueueTagsCommand } from '@aws-sdk/client-sqs'
import { describe, test } from 'vitest'
import {
  asRecorded,
  type Recorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'
import { deploymentWorld, parameterOf } from './recorded-deployment.test-support.ts'
import { errorText, expectAnswers } from './recorded-update.test-support.ts'

const fromAttribute = (name: string) => ({ 'Fn::GetAtt': name.split('.') })

/** Creates the change set of a recorded test whose template AWS refuses. */
function refusal(template: object, parameters: Readonly<Record<string, string>> = {}) {
  const { cfn } = deploymentWorld()
  return cfn.send(
    new CreateChangeSetCommand({
      StackName: 's',
      ChangeSetName: 'c',
      ChangeSetType: 'CREATE',
      Capabilities: ['CAPABILITY_AUTO_EXPAND'],
      TemplateBody: JSON.stringify(template),
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  )
}

describe.skipIf(!recordingsPresent)('conditions, as recorded', () => {
  const recorded = (name: string) =>
    recording('cloudformation/engine/test_conditions', `TestCloudFormationConditions::${name}`)
  const template = {
    Parameters: {
      EnvType: { Type: 'String', AllowedValues: ['prod', 'test'] },
      BucketName: { Default: '', Type: 'String' },
    },
    Conditions: {
      IsProduction: { 'Fn::Equals': [{ Ref: 'EnvType' }, 'prod'] },
      CreateBucket: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'BucketName' }, ''] }] },
      CreateBucketPolicy: {
        'Fn::And': [{ Condition: 'IsProduction' }, { Condition: 'CreateBucket' }],
      },
    },
    Resources: {
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Condition: 'CreateBucket',
        Properties: { BucketName: { Ref: 'BucketName' } },
      },
      Policy: {
        Type: 'AWS::S3::BucketPolicy',
        Condition: 'CreateBucketPolicy',
        Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: { Statement: [] } },
      },
    },
  }

  test.each([
    ['test-nobucket-nopolicy', 'test', ''],
    ['test-bucket-nopolicy', 'test', 'ls-test-bucket'],
    ['prod-nobucket-nopolicy', 'prod', ''],
  ])('conditions of conditions: %s', async (name, EnvType, BucketName) => {
    const { cloud, cfn } = deploymentWorld()
    const named = { StackName: 'condition-test-stack', ChangeSetName: 'initial' }
    const found: Recorded = {}
    found['create_cs_result'] = await asRecorded(
      cfn.send(
        new CreateChangeSetCommand({
          ...named,
          ChangeSetType: 'CREATE',
          TemplateBody: JSON.stringify(template),
          Parameters: [
            { ParameterKey: 'EnvType', ParameterValue: EnvType },
            { ParameterKey: 'BucketName', ParameterValue: BucketName },
          ],
        }),
      ),
    )
    await cloud.advance({ seconds: 5 })
    found['describe_changeset_result'] = await asRecorded(
      cfn.send(new DescribeChangeSetCommand(named)),
    )
    await cfn.send(new ExecuteChangeSetCommand(named))
    await cloud.advance({ minutes: 1 })
    const { StackName } = named
    found['stack_resources'] = await asRecorded(
      cfn.send(new DescribeStackResourcesCommand({ StackName })),
    )
    found['stack_events'] = await asRecorded(
      cfn.send(new DescribeStackEventsCommand({ StackName })),
    )
    found['describe_stack_result'] = await asRecorded(
      cfn.send(new DescribeStacksCommand({ StackName })),
    )
    expectAnswers(
      plain(found),
      plain(recorded(`test_nested_conditions[${name}]`)),
      new Map([['<bucket-name>', BucketName]]),
    )
  })

  test.each(['yes', 'no'])('references to what a condition leaves out: %s', async (Toggle) => {
    const { cfn, deploy } = deploymentWorld()
    const { stackId } = await deploy({
      template: {
        Parameters: { Toggle: { Type: 'String' }, ParameterValue: { Type: 'String' } },
        Conditions: { Wanted: { 'Fn::Equals': [{ Ref: 'Toggle' }, 'yes'] } },
        Resources: {
          BaseParameter: parameterOf('base'),
          ConditionalParameter: {
            ...parameterOf({ Ref: 'ParameterValue' }),
            Condition: 'Wanted',
          },
          AnotherResource: {
            ...parameterOf(fromAttribute('ConditionalParameter.Value')),
            Condition: 'Wanted',
          },
        },
        Outputs: {
          ConditionalParameterValue: {
            Condition: 'Wanted',
            Value: fromAttribute('ConditionalParameter.Value'),
          },
        },
      },
      parameters: { Toggle, ParameterValue: 'value-x' },
    })
    const found = {
      'stack-description': await asRecorded(
        cfn.send(new DescribeStacksCommand({ StackName: stackId })),
      ),
      'resources-description': await asRecorded(
        cfn.send(new DescribeStackResourcesCommand({ StackName: stackId })),
      ),
    }
    expectAnswers(plain(found), plain(recorded(`test_references_to_disabled_resources[${Toggle}]`)))
  })

  test('an attribute of what a condition leaves out', async () => {
    const refused = await asRecorded(
      refusal({
        Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
        Resources: {
          MyTopic: { Type: 'AWS::SNS::Topic', Condition: 'Never' },
          MyParameter: parameterOf(fromAttribute('MyTopic.TopicName')),
        },
      }),
    )
    expectAnswers({ dependent_ref_exc: refused }, recorded('test_dependent_get_att'))
  })
})

describe.skipIf(!recordingsPresent)('mappings, as recorded', () => {
  const recorded = (name: string) =>
    recording('cloudformation/engine/test_mappings', `TestCloudFormationMappings::${name}`)
  const lookup = (mapping: object) => ({
    Parameters: {
      Selector: { Type: 'String' },
      Attribute: { Type: 'String', Default: 'Suffix' },
    },
    Mappings: { TopicSuffixMap: mapping },
    Resources: {
      MyTopic: {
        Type: 'AWS::SNS::Topic',
        Properties: {
          TopicName: {
            'Fn::FindInMap': ['TopicSuffixMap', { Ref: 'Selector' }, { Ref: 'Attribute' }],
          },
        },
      },
    },
  })
  const simple = lookup({ A: { Suffix: 'suffix-a' }, B: { Suffix: 'suffix-b' } })

  test('keys that are not there', async () => {
    expectAnswers(
      { mapping_nonexisting_key_exc: await asRecorded(refusal(simple, { Selector: 'C' })) },
      recorded('test_mapping_with_nonexisting_key'),
    )
    expectAnswers(
      { error: await errorText('CreateChangeSet', refusal(simple, { Selector: 'C' })) },
      recorded('test_async_mapping_error_first_level_v2'),
    )
    const second = refusal(simple, { Selector: 'A', Attribute: 'NotValid' })
    expectAnswers(
      { error: await errorText('CreateChangeSet', second) },
      recorded('test_async_mapping_error_second_level_v2'),
    )
  })

  test('a mapping of three levels', async () => {
    const deep = lookup({ A: { Suffix: { Deeper: 'suffix-a' } } })
    expectAnswers(
      { mapping_maximum_level_exc: await asRecorded(refusal(deep, { Selector: 'A' })) },
      recorded('test_mapping_maximum_nesting_depth'),
    )
  })
})

describe.skipIf(!recordingsPresent)('references, as recorded', () => {
  const recorded = (name: string) => recording('cloudformation/engine/test_references', name)

  test('DependsOn names what is not there', async () => {
    const refused = await asRecorded(
      refusal({
        Resources: { Topic: { Type: 'AWS::SNS::Topic', DependsOn: 'NonExistingResource' } },
      }),
    )
    expectAnswers(
      { depends_on_nonexisting_exception: refused },
      recorded('TestDependsOn::test_depends_on_with_missing_reference'),
    )
  })

  test('Fn::Sub', async () => {
    const { deploy } = deploymentWorld()
    const some = { somekey: 'somevalue' }
    const values: Record<string, unknown> = {
      StringStatic: 'this is a static string',
      StringRefParam: '${Param1}',
      StringRefResource: '${MyResource}',
      StringRefPseudoParam: '${AWS::Region}',
      StringRefMultiple: '${Param1} - ${MyResource}',
      StringRefGetAtt: '${MyResource.Value}',
      ListStatic: ['this is a static string', some],
      ListRefParam: ['${Param1}', some],
      ListRefResourceDirect: ['${MyResource}', some],
      ListRefResourceMappingRef: ['${Mine}', { Mine: { Ref: 'MyResource' } }],
      ListRefPseudoParam: ['${AWS::Region}', some],
      ListRefMultipleMix: ['${Mine}-${AWS::Region}-${Param1}', { Mine: { Ref: 'MyResource' } }],
      ListRefGetAtt: ['${MyResource.Value}', some],
      ListRefGetAttMapping: ['${Value}', { Value: fromAttribute('MyResource.Value') }],
      UrlSuffixPseudoParam: '${AWS::URLSuffix}',
    }
    const { outputs } = await deploy({
      template: {
        Parameters: { Param1: { Type: 'String', Default: 'Param1Value' } },
        Resources: {
          MyResource: {
            Type: 'AWS::SSM::Parameter',
            Properties: { Type: 'String', Value: 'unimportant', Name: { Ref: 'Param1' } },
          },
        },
        Outputs: Object.fromEntries(
          Object.entries(values).map(([name, text]) => [name, { Value: { 'Fn::Sub': text } }]),
        ),
      },
    })
    expectAnswers({ outputs }, recorded('TestFnSub::test_fn_sub_cases'))
  })

  test('a name that was put together, in another', async () => {
    const { sqs, deploy } = deploymentWorld()
    const { outputs } = await deploy({
      template: {
        Parameters: { Qualifier: { Type: 'String' } },
        Resources: {
          Version: {
            Type: 'AWS::SSM::Parameter',
            Properties: {
              Type: 'String',
              Name: { 'Fn::Sub': '/cdk-bootstrap/${Qualifier}/version' },
              Value: '...',
            },
          },
          Queue: {
            Type: 'AWS::SQS::Queue',
            Properties: {
              Tags: [
                {
                  Key: 'test',
                  Value: {
                    'Fn::Sub':
                      'arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${Version}',
                  },
                },
              ],
            },
          },
        },
        Outputs: { QueueURL: { Value: { Ref: 'Queue' } } },
      },
      parameters: { Qualifier: '...' },
    })
    const { Tags = {}, ...rest } = await asRecorded(
      sqs.send(new ListQueueTagsCommand({ QueueUrl: outputs['QueueURL'] })),
    )
    // The queue's stack tags were left out of the recording's queue, which is older than they are.
    const { test: tag } = Tags as Record<string, string>
    expectAnswers(
      { tags: { ...rest, Tags: { test: tag } } },
      recorded('test_resolve_transitive_placeholders_in_strings'),
    )
  })
})

describe.skipIf(!recordingsPresent)('attributes, as recorded', () => {
  const recorded = (name: string) =>
    recording('cloudformation/engine/test_attributes', `TestResourceAttributes::${name}`)

  test('an attribute that the type does not have', async () => {
    const { cfn, deploy } = deploymentWorld()
    const { stackId } = await deploy({
      template: {
        Resources: { MyResource: parameterOf('unimportant') },
        Outputs: { InvalidOutput: { Value: fromAttribute('MyResource.Invalid') } },
      },
    })
    const { StackEvents: events } = await asRecorded(
      cfn.send(new DescribeStackEventsCommand({ StackName: stackId })),
    )
    expectAnswers({ stack_events: { events } }, recorded('test_invalid_getatt_fails'))
  })

  test('GetAtt as one text', async () => {
    const { deploy } = deploymentWorld()
    const arn = { 'Fn::GetAtt': 'SQSDeadLetterQueue.Arn' }
    const { outputs } = await deploy({
      template: {
        Resources: {
          SQSDeadLetterQueue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'test-dead' } },
          Parameter: parameterOf(arn),
        },
        Outputs: { DeadArn: { Value: arn } },
      },
    })
    expectAnswers({ outputs }, recorded('test_dependency_on_attribute_with_dot_notation'))
  })
})

/** As recordings keep event ids: without the moment. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replace(/-\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '-date"'))
}
