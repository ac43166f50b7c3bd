import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation'
import { describe, test } from 'vitest'
import {
  asRecorded,
  type Recorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'
import {
  deploymentWorld,
  minimal,
  parameterOf,
  sortedBy,
  topicSimple,
} from './recorded-deployment.test-support.ts'
import {
  errorText,
  expectAnswers,
  normal,
  replayUpdate,
  withDrawnNames,
} from './recorded-update.test-support.ts'

describe.skipIf(!recordingsPresent)('stacks, as recorded', () => {
  const recorded = (name: string) => recording('cloudformation/api/test_stacks', name)

  test('the events of a deployment', async () => {
    const { cfn, deploy } = deploymentWorld()
    const { stackName } = await deploy({ template: topicSimple })
    const events = await asRecorded(
      cfn.send(new DescribeStackEventsCommand({ StackName: stackName })),
    )
    const found = { ...events, StackEvents: (events['StackEvents'] as object[]).toReversed() }
    expectAnswers(
      dated({ events: found }),
      recorded('TestStacksApi::test_list_events_after_deployment'),
    )
  })

  test('a stack that was updated twice', async () => {
    const { cfn, deploy } = deploymentWorld()
    const topics = (names: readonly number[]) => ({
      Parameters: Object.fromEntries([1, 2, 3].map((n) => [`Topic${n}Name`, { Type: 'String' }])),
      Resources: Object.fromEntries(
        names.map((n) => [
          `Topic${n}`,
          { Type: 'AWS::SNS::Topic', Properties: { TopicName: { Ref: `Topic${n}Name` } } },
        ]),
      ),
    })
    const parameters = { Topic1Name: 'topic-1', Topic2Name: 'topic-2', Topic3Name: 'topic-3' }
    const { stackName } = await deploy({ template: topics([1]), parameters })
    await deploy({ template: topics([1, 2]), parameters, update: stackName })
    await deploy({ template: topics([1, 2, 3]), parameters, update: stackName })
    const answer = await asRecorded(cfn.send(new DescribeStacksCommand({ StackName: stackName })))
    expectAnswers(
      { 'describe-result': answer },
      recorded('test_updating_an_updated_stack_sets_status'),
    )
  })

  test('termination protection', async () => {
    const { cfn, deploy } = deploymentWorld()
    const template = {
      Parameters: { ApiName: { Type: 'String' } },
      Resources: { Api: parameterOf({ Ref: 'ApiName' }) },
    }
    const { stackName } = await deploy({ template, parameters: { ApiName: 'test_api' } })
    const protect = async (EnableTerminationProtection: boolean) => {
      await cfn.send(
        new UpdateTerminationProtectionCommand({
          StackName: stackName,
          EnableTerminationProtection,
        }),
      )
      return asRecorded(cfn.send(new DescribeStacksCommand({ StackName: stackName })))
    }
    expectAnswers(
      { 'describe-stack-1': await protect(true), 'describe-stack-2': await protect(false) },
      recorded('test_update_termination_protection'),
    )
  })

  test('a name is free again when its stack is gone', async () => {
    const { cloud, cfn } = deploymentWorld()
    const StackName = 'repeated-stack'
    const create = () => cfn.send(new CreateStackCommand({ StackName, TemplateBody: minimal }))
    const describeStack = (name: string) =>
      asRecorded(cfn.send(new DescribeStacksCommand({ StackName: name })))
    const remove = async () => {
      await cfn.send(new DeleteStackCommand({ StackName }))
      await cloud.advance({ minutes: 1 })
    }
    const { StackId: first = '' } = await create()
    await cloud.advance({ minutes: 1 })
    const found: Recorded = { create_stack_already_exists_exc: await asRecorded(create()) }
    const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }))
    found['created_stack_desc'] = Stacks?.[0]?.StackStatus
    await remove()
    found['deleted_stack_not_found_exc'] = await describeStack(StackName)
    found['deleted_stack_events_not_found_by_name'] = await asRecorded(
      cfn.send(new DescribeStackEventsCommand({ StackName })),
    )
    found['deleted_stack_desc'] = await describeStack(first)
    const { StackId: second = '' } = await create()
    await cloud.advance({ minutes: 1 })
    found['new_stack_desc'] = await describeStack(StackName)
    found['stack_id_desc'] = await describeStack(first)
    found['new_stack_id_desc'] = await describeStack(second)
    await remove()
    found['deleted_second_stack_desc'] = await describeStack(second)
    expectAnswers(found, recorded('test_name_conflicts'), new Map(), [
      // The SDK shows the XML's namespace on the errors that it has a class for.
      'create_stack_already_exists_exc.xmlns',
    ])
  })

  test('events of a stack that is not there', async () => {
    const { cfn } = deploymentWorld()
    expectAnswers(
      {
        describe_stack_events_stack_not_found: await asRecorded(
          cfn.send(new DescribeStackEventsCommand({ StackName: 'does-not-exist' })),
        ),
      },
      recorded('test_describe_stack_events_errors'),
    )
  })

  test('the same template again', async () => {
    const { cfn, deploy } = deploymentWorld()
    const template = 'Resources:\n  MyTopic:\n    Type: AWS::SNS::Topic\n'
    const { stackName } = await deploy({ template })
    expectAnswers(
      {
        no_change_exception: await asRecorded(
          cfn.send(new UpdateStackCommand({ StackName: stackName, TemplateBody: template })),
        ),
      },
      recorded('TestStacksApi::test_update_stack_with_same_template_withoutchange'),
    )
  })

  test('the order of dependent resources', async () => {
    const { cloud, cfn, deploy } = deploymentWorld()
    const { stackId } = await deploy({
      template: {
        Resources: {
          B: parameterOf({ Ref: 'A' }),
          C: parameterOf({ Ref: 'B' }),
          A: parameterOf('root'),
        },
      },
    })
    await cfn.send(new DeleteStackCommand({ StackName: stackId }))
    await cloud.advance({ minutes: 1 })
    const { StackEvents = [] } = await cfn.send(
      new DescribeStackEventsCommand({ StackName: stackId }),
    )
    const events = StackEvents.toReversed().filter(
      ({ LogicalResourceId = '', ResourceStatus = '' }) =>
        /^[ABC]$/.test(LogicalResourceId) && ResourceStatus.endsWith('_COMPLETE'),
    )
    expectAnswers({ events }, withDrawnNames(recorded('test_stack_deploy_order[B-C-A]')))
  })

  test.each(['yaml', 'json'])('the template of a stack: %s', async (format) => {
    const { cloud, cfn } = deploymentWorld()
    const name = `TestStacksApi::test_get_template_using_create_stack[${format}]`
    const { TemplateBody: body } = recorded(name)['template_original'] as Recorded
    const StackName = 'stack-1'
    await cfn.send(
      new CreateStackCommand({
        StackName,
        TemplateBody: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    )
    await cloud.advance({ minutes: 1 })
    const stage = (TemplateStage: 'Original' | 'Processed') =>
      asRecorded(cfn.send(new GetTemplateCommand({ StackName, TemplateStage })))
    expectAnswers(
      { template_original: await stage('Original'), template_processed: await stage('Processed') },
      recorded(name),
    )
  })

  test('a resource that is not in the stack', async () => {
    const { cfn, deploy } = deploymentWorld()
    const { stackName } = await deploy({ template: topicSimple })
    const error = await asRecorded(
      cfn.send(
        new DescribeStackResourceCommand({
          StackName: stackName,
          LogicalResourceId: 'NonExistentResource',
        }),
      ),
    )
    expectAnswers({ Error: error }, recorded('test_stack_resource_not_found'))
  })

  test.each(['no-tags', 'with-tags'])('when a description shows: %s', async (tags) => {
    const { cloud, cfn } = deploymentWorld()
    const change = await cfn.send(
      new CreateChangeSetCommand({
        StackName: 'stack-1',
        ChangeSetName: 'cs-1',
        ChangeSetType: 'CREATE',
        ...(tags === 'with-tags' ? { Tags: [{ Key: 'foo', Value: 'bar' }] } : {}),
        TemplateBody: JSON.stringify({
          AWSTemplateFormatVersion: '2010-09-09',
          Description: 'test <env>.test.net',
          Resources: { TestResource: parameterOf('DummyValue') },
        }),
      }),
    )
    const stack = async () => {
      const { Stacks } = await asRecorded(
        cfn.send(new DescribeStacksCommand({ StackName: change.StackId })),
      )
      return (Stacks as Recorded[])[0]
    }
    await cloud.advance({ seconds: 5 })
    const found: Recorded = {
      'change-set-pre-execute': await asRecorded(
        cfn.send(new DescribeChangeSetCommand({ ChangeSetName: change.Id })),
      ),
      'stack-pre-execute': await stack(),
    }
    await cfn.send(new ExecuteChangeSetCommand({ ChangeSetName: change.Id }))
    await cloud.advance({ minutes: 1 })
    found['stack-post-execute'] = await stack()
    expectAnswers(found, recorded(`TestStacksApi::test_stack_description_lifecycle[${tags}]`))
  })

  test('a text that is no template', async () => {
    const { cfn } = deploymentWorld()
    const create = cfn.send(
      new CreateStackCommand({ StackName: 's', TemplateBody: 'https://example.com/template.yml' }),
    )
    expectAnswers(
      { stack_create_ec2: await errorText('CreateStack', create) },
      recorded('test_create_stack_url_as_template'),
    )
  })
})

describe.skipIf(!recordingsPresent)('stacks of several steps, as recorded', () => {
  const recorded = (name: string) => recording('cloudformation/api/test_stacks', name)

  test('parameters that are not to be shown', async () => {
    const { cloud, cfn, deploy } = deploymentWorld()
    const template = (noEcho: boolean) => `
Parameters:
  NormalParameter: { Type: String, Default: Some default value here }
  SecretParameter: { Type: String, NoEcho: ${noEcho} }
  SecretParameterWithDefault: { Type: String, NoEcho: true, Default: Default secret value here }
Resources:
  LocalBucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: cfn-noecho-bucket
      Tags:
        - { Key: SecretTag, Value: !Ref SecretParameter }
    Metadata: { SensitiveData: !Ref SecretParameter }
Outputs:
  SecretValue: { Description: Secret value from parameter, Value: !Ref SecretParameter }
`
    const found: Recorded = {}
    const secret = (ParameterValue: string) => [{ ParameterKey: 'SecretParameter', ParameterValue }]
    const { stackId: StackId, stackName: StackName } = await deploy({
      template: template(true),
      parameters: { SecretParameter: 'SecretValue' },
    })
    const keepStack = async (name: string) => {
      found[name] = await asRecorded(cfn.send(new DescribeStacksCommand({ StackName: StackId })))
    }
    const changeSet = async (ChangeSetName: string, noEcho: boolean, name: string) => {
      await cfn.send(
        new CreateChangeSetCommand({
          StackName,
          ChangeSetName,
          TemplateBody: template(noEcho),
          Parameters: secret('NewSecretValue2'),
        }),
      )
      await cloud.advance({ seconds: 5 })
      found[name] = await asRecorded(
        cfn.send(new DescribeChangeSetCommand({ StackName: StackId, ChangeSetName })),
      )
    }
    await keepStack('describe_stacks')
    found['describe_stack_resource_details_LocalBucket'] = await asRecorded(
      cfn.send(new DescribeStackResourceCommand({ StackName, LogicalResourceId: 'LocalBucket' })),
    )
    await changeSet('create-complete', true, 'describe_change_set_on_create_complete')
    await keepStack('describe_stack_on_create_complete')
    await cfn.send(
      new UpdateStackCommand({
        StackName,
        TemplateBody: template(true),
        Parameters: secret('NewSecretValue1'),
        Capabilities: ['CAPABILITY_AUTO_EXPAND', 'CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
      }),
    )
    await cloud.advance({ minutes: 1 })
    await keepStack('describe_updated_stacks')
    await changeSet('updated', true, 'describe_updated_change_set')
    await keepStack('describe_updated_stacks_change_set')
    await changeSet('to-false', false, 'describe_updated_change_set_no_echo_true')
    await keepStack('describe_updated_stacks_no_echo_true')
    await changeSet('to-true', true, 'describe_updated_change_set_no_echo_false')
    await keepStack('describe_updated_stacks_no_echo_false')
    expectAnswers(normal(withSortedParameters(found)), normal(recorded('test_no_echo_parameter')))
  })

  const letters = {
    Dummy: parameterOf('dummy'),
    A: { ...parameterOf('root'), DependsOn: ['Dummy'] },
    B: parameterOf({ Ref: 'A' }),
    C: parameterOf({ Ref: 'B' }),
  }

  test.each([
    ['C', { Dummy: letters.Dummy, A: letters.A, B: letters.B }],
    ['B-C', { Dummy: letters.Dummy, A: letters.A }],
  ])('resources that leave a stack: %s', async (name, kept) => {
    await replayUpdate('api/test_stacks', `test_stack_deletion_order[${name}]`, {
      before: { Resources: letters },
      after: { Resources: kept },
    })
  })
})

/** Templates and events: recordings leave the moment out of event ids. */
function dated(value: unknown): unknown {
  const text = JSON.stringify(value).replace(/-\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '-date"')
  return JSON.parse(text)
}

/** What one recorded test did before it kept its answers. */
function withSortedParameters(found: Recorded): unknown {
  const text = JSON.stringify(found, (key, item: unknown) =>
    key === 'Parameters' && Array.isArray(item)
      ? sortedBy(item as Recorded[], 'ParameterKey')
      : item,
  )
  return JSON.parse(text)
}
