import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { ListTagsForResourceCommand } from '@aws-sdk/client-sns'
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { type Cloud, client } from '@cloud-orrery/cloud'
import { describe, expect, test } from 'vitest'
import {
  asRecorded,
  type Recorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'
import { deploymentWorld, parameterOf, sortedBy } from './recorded-deployment.test-support.ts'
import {
  errorText,
  expectAnswers,
  recordedAccount,
  replayUpdate,
  withDrawnNames,
} from './recorded-update.test-support.ts'

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

describe.skipIf(!recordingsPresent)('functions and parameters, as recorded', () => {
  const recorded = (name: string) => recording('cloudformation/test_template_engine', name)

  test('Fn::Join without values', async () => {
    const { deploy } = deploymentWorld()
    const none = { Ref: 'AWS::NoValue' }
    const join = (...parts: unknown[]) => ({ Value: { 'Fn::Join': ['-', parts] } })
    const { outputs } = await deploy({
      template: {
        Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
        Resources: { P: parameterOf('x') },
        Outputs: {
          JoinWithNoValue: join('Sample', none),
          JoinOnlyNoValue: join(none),
          JoinConditionalNoValue: join({ 'Fn::If': ['Never', 'x', none] }),
        },
      },
    })
    expectAnswers(
      { 'join-output': outputs },
      recorded('TestIntrinsicFunctions::test_join_no_value_construct'),
    )
  })

  test('Fn::Select with an index that was looked up', async () => {
    const { ssm, deploy } = deploymentWorld()
    const { outputs } = await deploy({
      template: {
        Mappings: { Indexes: { First: { Index: '0' } } },
        Resources: {
          P: parameterOf({
            'Fn::Select': [{ 'Fn::FindInMap': ['Indexes', 'First', 'Index'] }, ['true', 'false']],
          }),
        },
        Outputs: { Name: { Value: { Ref: 'P' } } },
      },
    })
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: outputs['Name'] }))
    expectAnswers(
      { 'fn-select-fn-map-output': { ParameterValue: Parameter?.Value } },
      recorded('TestIntrinsicFunctions::test_fn_select_has_intrinsic_function'),
    )
  })

  test('a parameter whose value is in the Parameter Store', async () => {
    const { cfn, sns, ssm, deploy } = deploymentWorld()
    await ssm.send(new PutParameterCommand({ Name: 'ls-param', Value: 'ls-value', Type: 'String' }))
    const { stackId } = await deploy({
      template: {
        Parameters: {
          parameter123: { Type: 'AWS::SSM::Parameter::Value<String>', Default: 'ls-param' },
        },
        Resources: {
          topic123: {
            Type: 'AWS::SNS::Topic',
            Properties: {
              TopicName: { Ref: 'parameter123' },
              Tags: [{ Key: 'param-value', Value: { 'Fn::Sub': 'param ${parameter123}' } }],
            },
          },
        },
      },
    })
    const { Stacks } = await asRecorded(cfn.send(new DescribeStacksCommand({ StackName: stackId })))
    const { Tags } = await sns.send(
      new ListTagsForResourceCommand({
        ResourceArn: `arn:aws:sns:us-east-1:${recordedAccount}:ls-value`,
      }),
    )
    expectAnswers(
      {
        'stack-details': (Stacks as Recorded[])[0],
        // Recorded before stacks' own tags showed on topics.
        'topic-tags': Tags?.filter(({ Key = '' }) => !Key.startsWith('aws:')),
      },
      recorded('TestSsmParameters::test_create_stack_with_ssm_parameters'),
    )
  })

  test('parameters without a value', async () => {
    const create = refusal({
      Parameters: { InputValue: { Type: 'AWS::SSM::Parameter::Value<String>' } },
      Resources: { P: parameterOf({ Ref: 'InputValue' }) },
    })
    expectAnswers(
      { 'error-response': await errorText('CreateChangeSet', create) },
      recorded('TestSsmParameters::test_resolve_ssm_missing_parameter'),
    )
  })

  test('a resource without a type', async () => {
    const create = refusal({ Resources: { Foo: { Properties: {} } } })
    expectAnswers({ error: await errorText('CreateChangeSet', create) }, recorded('test_no_type'))
  })

  test('a property that is missing', async () => {
    const { cfn, deploy } = deploymentWorld()
    const { stackId } = await deploy({
      template: {
        Resources: {
          MyParameter: { Type: 'AWS::SSM::Parameter', Properties: { Value: 'abc123' } },
        },
      },
    })
    const { StackEvents } = await asRecorded(
      cfn.send(new DescribeStackEventsCommand({ StackName: stackId })),
    )
    const [failed] = (StackEvents as Recorded[]).filter(
      (event) => event['ResourceStatus'] === 'CREATE_FAILED',
    )
    expectAnswers(
      plain({ failed_event: failed }),
      recorded('TestStackEvents::test_invalid_stack_deploy'),
    )
  })

  test('a template beyond the limit', async () => {
    const { cfn } = deploymentWorld()
    const body = `Description: ${'x'.repeat(51_201)}`
    const answer = await asRecorded(
      cfn.send(new CreateStackCommand({ StackName: 's', TemplateBody: body })),
    )
    const text = JSON.stringify(answer).replace(body, '<template-body>')
    expectAnswers(
      { error_response: JSON.parse(text) },
      recorded('TestMacros::test_to_validate_template_limit_for_macro'),
    )
  })

  test('the name of a transform as a reference', async () => {
    const { cfn } = deploymentWorld()
    const create = cfn.send(
      new CreateStackCommand({
        StackName: 's',
        Capabilities: ['CAPABILITY_AUTO_EXPAND'],
        TemplateBody: JSON.stringify({
          Parameters: { MacroName: { Type: 'String' } },
          Resources: { P: parameterOf('x') },
          Transform: { Name: { Ref: 'MacroName' } },
        }),
        Parameters: [{ ParameterKey: 'MacroName', ParameterValue: 'NonExistent' }],
      }),
    )
    expectAnswers(
      { error: await asRecorded(create) },
      recorded('TestMacros::test_error_pass_macro_as_reference'),
    )
  })
})

describe.skipIf(!recordingsPresent)('language extensions, as recorded', () => {
  const recorded = (name: string) => recording('cloudformation/api/test_transformers', name)
  const transform = { Transform: 'AWS::LanguageExtensions' }

  test('Fn::Length', async () => {
    const { ssm, deploy } = deploymentWorld()
    const { outputs } = await deploy({
      template: {
        ...transform,
        Parameters: { QueueList: { Type: 'CommaDelimitedList' } },
        Resources: { MyParameter: parameterOf({ 'Fn::Length': { Ref: 'QueueList' } }) },
        Outputs: { ParameterName: { Value: { Ref: 'MyParameter' } } },
      },
      parameters: { QueueList: 'a,b,c' },
    })
    const { Parameter } = await ssm.send(
      new GetParameterCommand({ Name: outputs['ParameterName'] }),
    )
    expectAnswers({ 'parameter-value': Parameter }, recorded('test_language_extensions'))
  })

  test('Fn::ForEach', async () => {
    const { cloud, cfn } = deploymentWorld()
    await cfn.send(
      new CreateStackCommand({
        StackName: 'stack-x',
        Capabilities: ['CAPABILITY_AUTO_EXPAND'],
        TemplateBody: JSON.stringify({
          AWSTemplateFormatVersion: '2010-09-09',
          ...transform,
          Resources: {
            'Fn::ForEach::Names': [
              'Name',
              ['Foo', 'Bar'],
              {
                'My${Name}Parameter': parameterOf({ 'Fn::Sub': 'my value ${Name}' }),
                'Fn::ForEach::Letters': [
                  'Letter',
                  ['A', 'B', 'C'],
                  {
                    'My${Name}Parameter${Letter}': parameterOf({ 'Fn::Sub': 'my value ${Letter}' }),
                  },
                ],
              },
            ],
          },
        }),
      }),
    )
    await cloud.advance({ minutes: 1 })
    const found = await transformed(cfn)
    const shown = withDrawnNames(
      recorded('TestLanguageExtensionsTransform::test_transform_foreach_multiple_resources'),
    )
    expectAnswers(found, shown, new Map(), ignoredIds(found))
  })

  test('Fn::ToJsonString', async () => {
    const { cloud, cfn, ssm } = deploymentWorld()
    await cfn.send(
      new CreateStackCommand({
        StackName: 'stack-x',
        Capabilities: ['CAPABILITY_AUTO_EXPAND'],
        TemplateBody: JSON.stringify({
          ...transform,
          Resources: {
            MyObjectParameter: parameterOf({ 'Fn::ToJsonString': { a: 'foo', b: 'bar' } }),
            MyArrayParameter: parameterOf({ 'Fn::ToJsonString': ['a', 'b', 'c'] }),
          },
          Outputs: {
            ObjectName: { Value: { Ref: 'MyObjectParameter' } },
            ArrayName: { Value: { Ref: 'MyArrayParameter' } },
          },
        }),
      }),
    )
    await cloud.advance({ minutes: 1 })
    const found = await transformed(cfn)
    const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName: 'stack-x' }))
    for (const [key, output] of [
      ['object-value', 'ObjectName'],
      ['array-value', 'ArrayName'],
    ] as const) {
      const Name = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === output)?.OutputValue
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name }))
      found[key] = Parameter?.Value
    }
    const shown = withDrawnNames(
      recorded('TestLanguageExtensionsTransform::test_transform_to_json_string'),
    )
    expectAnswers(found, shown, new Map(), ignoredIds(found))
  })

  async function transformed(cfn: ReturnType<typeof deploymentWorld>['cfn']): Promise<Recorded> {
    const { StackResources, ...rest } = await asRecorded(
      cfn.send(new DescribeStackResourcesCommand({ StackName: 'stack-x' })),
    )
    const { TemplateBody = '' } = await cfn.send(
      new GetTemplateCommand({ StackName: 'stack-x', TemplateStage: 'Processed' }),
    )
    return {
      resources: {
        ...rest,
        StackResources: sortedBy(StackResources as Recorded[], 'LogicalResourceId'),
      },
      transformed: JSON.parse(TemplateBody),
    }
  }

  /** Those recordings show AWS's own stack ids. */
  function ignoredIds(found: Recorded): string[] {
    const { StackResources } = found['resources'] as { StackResources: Recorded[] }
    return StackResources.map((_, i) => `resources.StackResources[${i}].StackId`)
  }
})

describe.skipIf(!recordingsPresent)('deletion and includes, as recorded', () => {
  const template = {
    Parameters: { EnvType: { Type: 'String' } },
    Transform: 'AWS::LanguageExtensions',
    Conditions: { Production: { 'Fn::Equals': [{ Ref: 'EnvType' }, 'prod'] } },
    Resources: {
      MyParameter: {
        ...parameterOf('kept'),
        DeletionPolicy: { 'Fn::If': ['Production', 'Retain', 'Delete'] },
      },
    },
    Outputs: { ParameterName: { Value: { Ref: 'MyParameter' } } },
  }

  test('a deletion policy that is worked out', async () => {
    const { cloud, cfn, ssm, deploy } = deploymentWorld()
    const remove = async (EnvType: string) => {
      const { outputs, stackId } = await deploy({ template, parameters: { EnvType } })
      await cfn.send(new DeleteStackCommand({ StackName: stackId }))
      await cloud.advance({ minutes: 1 })
      return { Name: outputs['ParameterName'], stackId }
    }
    const gone = await remove('dev')
    const error = await errorText(
      'GetParameter',
      ssm.send(new GetParameterCommand({ Name: gone.Name })),
    )
    expectAnswers(
      { error: { message: error.replace(/: UnknownError$/, ': ') } },
      recording('cloudformation/engine/test_deletion_policy', 'test_deletion_policy_with_deletion'),
    )
    const kept = await remove('prod')
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: kept.Name }))
    expect(Parameter?.Value).toBe('kept')
    const { StackEvents = [] } = await cfn.send(
      new DescribeStackEventsCommand({ StackName: kept.stackId }),
    )
    const statuses = (logicalId: string) =>
      StackEvents.filter(({ LogicalResourceId }) => LogicalResourceId === logicalId)
        .map(({ ResourceStatus }) => ResourceStatus)
        .toReversed()
        .filter((status, i, all) => status !== all[i - 1])
    const { 'per-resource-events': shown } = recording(
      'cloudformation/engine/test_deletion_policy',
      'test_deletion_policy_with_retain',
    ) as { 'per-resource-events': Record<string, Recorded[]> }
    const expected = (name: string) => shown[name]?.map((event) => event['ResourceStatus'])
    expect(statuses('MyParameter')).toEqual(expected('MyParameter'))
    expect(statuses('stack-2')).toEqual(expected('Stack'))
  })

  const named = (Name: string) => ({
    Type: 'AWS::SSM::Parameter',
    Properties: { Name, Type: 'String', Value: 'foo' },
  })
  const location = { Name: 'AWS::Include', Parameters: { Location: 's3://includes/template' } }
  const included = (Body: string) => async (cloud: Cloud) => {
    const s3 = client(cloud, S3Client)
    await s3.send(new CreateBucketCommand({ Bucket: 'includes' }))
    await s3.send(new PutObjectCommand({ Bucket: 'includes', Key: 'template', Body }))
  }

  test.each([
    [
      'test_embedded_fn_transform_include[yml]',
      '  Parameter2:\n    Type: AWS::SSM::Parameter\n    Properties:\n      Name: name-2-bd1e2d36\n      Type: String\n      Value: foo\n',
      { Resources: { Parameter: named('topic-name-1'), 'Fn::Transform': location } },
    ],
    [
      'test_embedded_fn_transform_include[json]',
      JSON.stringify({ Parameter: named('name-2-3e00e97a') }),
      { Resources: { Parameter: named('topic-name-1'), 'Fn::Transform': location } },
    ],
    [
      'test_global_fn_transform_include[json]',
      '{"Outputs":{"ParameterRef":{"Value":{"Ref":"Parameter"}}}} ',
      { Transform: location, Resources: { Parameter: named('topic-name-1') } },
    ],
    [
      'test_global_fn_transform_include[yml]',
      '\n  Outputs:\n    ParameterRef:\n      Value:\n        Ref: Parameter\n',
      { Transform: location, Resources: { Parameter: named('topic-name-1') } },
    ],
  ])('%s', async (name, body, after) => {
    await replayUpdate('test_change_set_fn_transform', `TestChangeSetFnTransform::${name}`, {
      before: { Resources: { Parameter: named('topic-name-1') } },
      after,
      prepare: included(body),
    })
  })
})

/** As recordings keep event ids: without the moment. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replace(/-\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '-date"'))
}
