import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  ListChangeSetsCommand,
} from '@aws-sdk/client-cloudformation'
import { GetParameterCommand } from '@aws-sdk/client-ssm'
import { describe, expect, test } from 'vitest'
import {
  asRecorded,
  type Recorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'
import { deploymentWorld, minimal, parameterOf } from './recorded-deployment.test-support.ts'
import { errorText, expectAnswers } from './recorded-update.test-support.ts'

describe.skipIf(!recordingsPresent)('change sets, as recorded', () => {
  const recorded = (name: string) => recording('cloudformation/api/test_changesets', name)
  const metadata =
    'Resources:\n  CDKMetadata:\n    Type: AWS::CDK::Metadata\n    Properties:\n      Analytics: v2:x\n'

  test('a change set without changes cannot be executed', async () => {
    const { cloud, cfn } = deploymentWorld()
    const StackName = 'stack-1'
    const create = (ChangeSetName: string, ChangeSetType: 'CREATE' | 'UPDATE') =>
      cfn.send(
        new CreateChangeSetCommand({
          StackName,
          ChangeSetName,
          ChangeSetType,
          TemplateBody: metadata,
          Capabilities: ['CAPABILITY_AUTO_EXPAND', 'CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
        }),
      )
    const found: Recorded = {}
    const first = await create('change-set', 'CREATE')
    await cloud.advance({ seconds: 5 })
    found['first_changeset'] = await asRecorded(Promise.resolve(first))
    found['describe_first_cs'] = await asRecorded(
      cfn.send(new DescribeChangeSetCommand({ StackName, ChangeSetName: first.Id })),
    )
    await cfn.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName: first.Id }))
    await cloud.advance({ minutes: 1 })
    const second = await create('change-set-nochange', 'UPDATE')
    await cloud.advance({ seconds: 5 })
    const named = { StackName, ChangeSetName: second.Id }
    found['nochange_changeset'] = await asRecorded(Promise.resolve(second))
    found['describe_nochange'] = await asRecorded(cfn.send(new DescribeChangeSetCommand(named)))
    found['error_execute_failed'] = await errorText(
      'ExecuteChangeSet',
      cfn.send(new ExecuteChangeSetCommand(named)),
    )
    expectAnswers(found, recorded('test_empty_changeset'))
  })

  test('a change set that was deleted', async () => {
    const { cloud, cfn } = deploymentWorld()
    const created = await cfn.send(
      new CreateChangeSetCommand({
        StackName: 'stack-1',
        ChangeSetName: 'cs-1',
        ChangeSetType: 'CREATE',
        TemplateBody: metadata,
      }),
    )
    const named = { StackName: 'stack-1', ChangeSetName: created.Id }
    await cloud.advance({ seconds: 5 })
    await cfn.send(new DeleteChangeSetCommand(named))
    expectAnswers(
      {
        create: await asRecorded(Promise.resolve(created)),
        postdelete_changeset_notfound: await errorText(
          'DescribeChangeSet',
          cfn.send(new DescribeChangeSetCommand(named)),
        ),
      },
      recorded('test_deleted_changeset'),
    )
  })

  // Source: the CDK's CLI, which deletes by a name that never was before it makes a change set.
  test('deleting a change set that is not there succeeds where the stack is', async () => {
    const { cloud, cfn } = deploymentWorld()
    await cfn.send(new CreateStackCommand({ StackName: 'stack-1', TemplateBody: metadata }))
    await cloud.advance({ seconds: 5 })
    const named = { StackName: 'stack-1', ChangeSetName: 'never-was' }
    const { $metadata } = await cfn.send(new DeleteChangeSetCommand(named))
    expect($metadata.httpStatusCode).toBe(200)
  })

  test('a change set of a stack that is not there', async () => {
    const { cfn } = deploymentWorld()
    const exception = await errorText(
      'DescribeChangeSet',
      cfn.send(
        new DescribeChangeSetCommand({ StackName: 'somestack', ChangeSetName: 'DoesNotExist' }),
      ),
    )
    expectAnswers({ exception }, recorded('test_describe_change_set_nonexisting'))
  })

  test('names of change sets and stacks are free again', async () => {
    const { cloud, cfn } = deploymentWorld()
    const StackName = 'repeated-stack'
    const ChangeSetName = 'initial-changeset'
    const create = () =>
      cfn.send(
        new CreateChangeSetCommand({
          StackName,
          ChangeSetName,
          ChangeSetType: 'CREATE',
          TemplateBody: minimal,
        }),
      )
    const first = await create()
    await cloud.advance({ seconds: 5 })
    await cfn.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName }))
    await cloud.advance({ minutes: 1 })
    const found: Recorded = { create_changeset_existingstack_exc: await asRecorded(create()) }
    await cfn.send(new DeleteStackCommand({ StackName }))
    await cloud.advance({ minutes: 1 })
    const second = await create()
    await cloud.advance({ seconds: 5 })
    const stack = (name: string | undefined) =>
      asRecorded(cfn.send(new DescribeStacksCommand({ StackName: name })))
    const changeSet = (id: string | undefined) =>
      asRecorded(cfn.send(new DescribeChangeSetCommand({ ChangeSetName: id })))
    found['new_stack_desc'] = await stack(StackName)
    found['stack_id_desc'] = await stack(first.StackId)
    found['new_stack_id_desc'] = await stack(second.StackId)
    found['initial_changeset_id_desc'] = await changeSet(first.Id)
    found['second_initial_changeset_id_desc'] = await changeSet(second.Id)
    expectAnswers(found, recorded('test_name_conflicts'))
  })

  test('a change set by the id of its stack', async () => {
    const { cloud, cfn } = deploymentWorld()
    const create = (StackName: string | undefined, ChangeSetName: string) =>
      cfn.send(
        new CreateChangeSetCommand({
          StackName,
          ChangeSetName,
          ChangeSetType: 'CREATE',
          TemplateBody: minimal,
        }),
      )
    const { StackId } = await create('repeated-stack', 'initial-changeset')
    await create(StackId, 'additional-create')
    const describe_stack = await asRecorded(
      cfn.send(new DescribeStacksCommand({ StackName: StackId })),
    )
    await cfn.send(new DeleteStackCommand({ StackName: 'repeated-stack' }))
    await cloud.advance({ minutes: 1 })
    expectAnswers(
      {
        describe_stack,
        recreate_deleted_with_id_exception: await asRecorded(
          create(StackId, 'revived-stack-changeset'),
        ),
      },
      recorded('test_create_changeset_with_stack_id'),
    )
  })

  test('nothing to change', async () => {
    const { cloud, cfn, deploy } = deploymentWorld()
    const { stackName } = await deploy({ template: minimal })
    const { Id } = await cfn.send(
      new CreateChangeSetCommand({
        StackName: stackName,
        ChangeSetName: 'same',
        TemplateBody: minimal,
      }),
    )
    await cloud.advance({ seconds: 5 })
    expectAnswers(
      {
        'change-set-description': await asRecorded(
          cfn.send(new DescribeChangeSetCommand({ ChangeSetName: Id })),
        ),
      },
      recorded('test_create_change_set_no_changes'),
    )
  })

  test('one of two change sets is deleted', async () => {
    const { cloud, cfn, deploy } = deploymentWorld()
    const template = {
      Parameters: { TopicName: { Type: 'String' } },
      Resources: {
        topic123: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { Ref: 'TopicName' } } },
      },
    }
    const { stackName } = await deploy({ template, parameters: { TopicName: 'topic-0' } })
    const create = (n: number) =>
      cfn.send(
        new CreateChangeSetCommand({
          StackName: stackName,
          ChangeSetName: `cs-${n}`,
          TemplateBody: JSON.stringify(template),
          Parameters: [{ ParameterKey: 'TopicName', ParameterValue: `topic-${n}` }],
        }),
      )
    await create(1)
    const second = await create(2)
    await cloud.advance({ seconds: 5 })
    await cfn.send(new DeleteChangeSetCommand({ StackName: stackName, ChangeSetName: 'cs-1' }))
    const shown = (ChangeSetName: string | undefined) =>
      asRecorded(cfn.send(new DescribeChangeSetCommand({ StackName: stackName, ChangeSetName })))
    expectAnswers(
      { 'describe-deleted-cs': await shown('cs-1'), 'describe-2': await shown(second.Id) },
      recorded('test_describe_changeset_after_delete'),
      new Map(),
      ['describe-deleted-cs.xmlns'],
    )
  })

  test.each([
    ['resource', { Resources: { 'AWS::NoValue': parameterOf('x') } }],
    [
      'parameter',
      { Parameters: { 'AWS::NoValue': { Type: 'String' } }, Resources: { P: parameterOf('x') } },
    ],
  ])('a pseudo parameter as the name of a %s', async (place, template) => {
    const { cfn } = deploymentWorld()
    const create = cfn.send(
      new CreateChangeSetCommand({
        StackName: 's',
        ChangeSetName: 'c',
        ChangeSetType: 'CREATE',
        TemplateBody: JSON.stringify(template),
      }),
    )
    expectAnswers(
      { error: await asRecorded(create) },
      recorded(`test_using_pseudoparameters_in_places[${place}]`),
    )
  })

  test('a change set of a deleted stack', async () => {
    const { cloud, cfn, deploy } = deploymentWorld()
    const { stackId } = await deploy({ template: minimal })
    const update = () =>
      asRecorded(
        cfn.send(
          new CreateChangeSetCommand({
            StackName: stackId,
            ChangeSetName: 'late',
            ChangeSetType: 'UPDATE',
            TemplateBody: minimal,
          }),
        ),
      )
    await cfn.send(new DeleteStackCommand({ StackName: stackId }))
    const ErrorForInProgress = await update()
    await cloud.advance({ minutes: 1 })
    expectAnswers(
      { ErrorForInProgress, ErrorForComplete: await update() },
      recorded('test_changeset_for_deleted_stack'),
    )
  })
})

describe.skipIf(!recordingsPresent)('change sets of several kinds, as recorded', () => {
  const recorded = (name: string) => recording('cloudformation/test_change_sets', name)

  test('one resource is changed', async () => {
    const { cloud, cfn, ssm } = deploymentWorld()
    const found: Recorded = {}
    for (const [n, value] of [
      [1, 'foo'],
      [2, 'bar'],
    ] as const) {
      const { Id } = await cfn.send(
        new CreateChangeSetCommand({
          StackName: 'stack-1',
          ChangeSetName: `cs-${n}`,
          ...(n === 1 ? { ChangeSetType: 'CREATE' } : {}),
          TemplateBody: JSON.stringify({
            Resources: {
              MyParameter: {
                Type: 'AWS::SSM::Parameter',
                Properties: { Name: 'parameter-x', Type: 'String', Value: value },
              },
            },
          }),
        }),
      )
      await cloud.advance({ seconds: 5 })
      found[`describe-${n}`] = await asRecorded(
        cfn.send(new DescribeChangeSetCommand({ ChangeSetName: Id })),
      )
      await cfn.send(new ExecuteChangeSetCommand({ ChangeSetName: Id }))
      await cloud.advance({ minutes: 1 })
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: 'parameter-x' }))
      found[`parameter-${n}`] = Parameter
    }
    expectAnswers(found, recorded('test_single_resource_static_update'))
  })

  test('a transform that fails fails the change set', async () => {
    const { cloud, cfn } = deploymentWorld()
    const { Id } = await cfn.send(
      new CreateChangeSetCommand({
        StackName: 'stack-1',
        ChangeSetName: 'cs-1',
        ChangeSetType: 'CREATE',
        TemplateBody: JSON.stringify({
          Resources: {
            Foo: {
              Type: 'AWS::SSM::Parameter',
              Properties: {
                Type: 'String',
                Value: 'x',
                'Fn::Transform': {
                  Name: 'AWS::Include',
                  Parameters: { Location: 's3://doesnotexist/test.yml' },
                },
              },
            },
          },
        }),
      }),
    )
    await cloud.advance({ seconds: 5 })
    expectAnswers(
      {
        describe: await asRecorded(cfn.send(new DescribeChangeSetCommand({ ChangeSetName: Id }))),
      },
      recorded('test_describe_failed_change_set'),
    )
  })

  test('the change sets of a stack', async () => {
    const { cloud, cfn } = deploymentWorld()
    const StackName = 'stack-1'
    await cfn.send(
      new CreateChangeSetCommand({
        StackName,
        ChangeSetName: 'cs-1',
        ChangeSetType: 'CREATE',
        TemplateBody: minimal,
      }),
    )
    await cloud.advance({ seconds: 5 })
    expectAnswers(
      { 'change-sets': await asRecorded(cfn.send(new ListChangeSetsCommand({ StackName }))) },
      recorded('test_list_change_sets'),
    )
  })
})
