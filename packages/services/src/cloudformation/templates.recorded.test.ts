import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourceCommand,
  GetStackPolicyCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  SetStackPolicyCommand,
  UpdateStackCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { ListTopicsCommand } from '@aws-sdk/client-sns'
import { client } from '@cloud-orrery/cloud'
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
  topicSimple,
} from './recorded-deployment.test-support.ts'
import { errorText, expectAnswers, recordedAccount } from './recorded-update.test-support.ts'

const topicOf = (TopicName: unknown) => ({ Type: 'AWS::SNS::Topic', Properties: { TopicName } })
const topicParameter = {
  Parameters: { TopicName: { Type: 'String' } },
  Resources: { topic123: topicOf({ Ref: 'TopicName' }) },
}

describe.skipIf(!recordingsPresent)('templates, as recorded', () => {
  const recorded = (name: string) => recording('cloudformation/api/test_templates', name)

  test('the summary of a stack', async () => {
    const { cfn, deploy } = deploymentWorld()
    const { stackName } = await deploy({ template: topicSimple })
    const summary = await asRecorded(
      cfn.send(new GetTemplateSummaryCommand({ StackName: stackName })),
    )
    expectAnswers(
      { 'template-summary': summary },
      recorded('test_get_template_summary'),
      new Map(),
      // Recorded before AWS could import topics; a recording of 2025 shows the identifiers of parameters.
      ['template-summary.ResourceIdentifierSummaries[0].ResourceIdentifiers'],
    )
  })

  test.each([
    ['s3_url', 's3://templates/test/template.yml'],
    ['http_path', 'https://s3.amazonaws.com/templates/test/template.yml'],
    ['http_host', 'https://templates.s3.amazonaws.com/test/template.yml'],
    ['http_invalid', 'https://example.com/dummy.yml'],
  ])('a template from a bucket: %s', async (style, TemplateURL) => {
    const { cloud, cfn, s3, sns } = deploymentWorld()
    await s3.send(new CreateBucketCommand({ Bucket: 'templates' }))
    await s3.send(
      new PutObjectCommand({
        Bucket: 'templates',
        Key: 'test/template.yml',
        Body: JSON.stringify(topicParameter),
      }),
    )
    const created = await asRecorded(
      cfn.send(
        new CreateStackCommand({
          StackName: 's-1',
          TemplateURL,
          Parameters: [{ ParameterKey: 'TopicName', ParameterValue: 'topic-x' }],
        }),
      ),
    )
    await cloud.advance({ minutes: 1 })
    const { Topics } = await sns.send(new ListTopicsCommand({}))
    const found = 'Error' in created ? { 'create-error': created } : { 'matching-topic': Topics }
    const name = `test_create_stack_from_s3_template_url[${style}]`
    // The recorder put its placeholder where AWS repeats the bucket's name.
    expectAnswers(found, recorded(name), new Map([['<bucket_name>', 'templates']]))
  })

  test('JSON that is none', async () => {
    const { cfn } = deploymentWorld()
    const validation = await asRecorded(
      cfn.send(new ValidateTemplateCommand({ TemplateBody: '{"this is invalid JSON"="bobbins"}' })),
    )
    expectAnswers(
      { 'validate-invalid-json': validation },
      recorded('test_validate_invalid_json_template_should_fail'),
    )
  })

  test('the summary of a stack without a template yet', async () => {
    const { cloud, cfn } = deploymentWorld()
    await cfn.send(
      new CreateChangeSetCommand({
        StackName: 'stack-1',
        ChangeSetName: 'cs-1',
        ChangeSetType: 'CREATE',
        TemplateBody: minimal,
      }),
    )
    await cloud.advance({ seconds: 5 })
    const error = await asRecorded(
      cfn.send(new GetTemplateSummaryCommand({ StackName: 'stack-1' })),
    )
    expectAnswers({ error }, recorded('test_get_template_summary_non_executed_change_set'))
  })

  test('the template of what is not there', async () => {
    const { cfn } = deploymentWorld()
    const template = (input: object) => asRecorded(cfn.send(new GetTemplateCommand(input)))
    const byStack = await template({ StackName: 'does-not-exist' })
    const byName = await template({ ChangeSetName: 'does-not-exist' })
    const id = `arn:aws:cloudformation:us-east-1:${recordedAccount}:changeSet/change-set-926829fe/d065e78c`
    const byId = await template({ ChangeSetName: id })
    const ignored = ['change-set-error.xmlns']
    expectAnswers(
      { 'stack-error': byStack, 'change-set-error': byName },
      recorded('test_get_template_missing_resources'),
    )
    expectAnswers({ 'stack-error': byStack }, recorded('test_get_template_missing_resources_stack'))
    expectAnswers(
      { 'change-set-error': byId },
      recorded('test_get_template_missing_resources_change_set_id'),
      new Map([['<change-set-id>', id]]),
      ignored,
    )
  })

  test('the summary of a stack that failed', async () => {
    const { cloud, cfn } = deploymentWorld()
    await cfn.send(
      new CreateStackCommand({
        StackName: 'stack-1',
        TemplateBody: JSON.stringify({
          AWSTemplateFormatVersion: '2010-09-09',
          Resources: { MyParameter: { Type: 'AWS::SSM::Parameter', Properties: { Value: 'x' } } },
        }),
      }),
    )
    await cloud.advance({ minutes: 1 })
    const summary = await asRecorded(
      cfn.send(new GetTemplateSummaryCommand({ StackName: 'stack-1' })),
    )
    expectAnswers(
      { 'template-summary': summary },
      recorded('test_get_template_summary_failed_stack'),
    )
  })

  test('YAML that is none', async () => {
    const { cfn } = deploymentWorld()
    const create = cfn.send(
      new CreateStackCommand({
        StackName: 's',
        TemplateBody: `Resources:
  MyBucket:
    Type: AWS::S3::Bucket
    Properties:
        BucketName: test
      VersioningConfiguration:
        Status: Enabled
`,
      }),
    )
    const answer = JSON.stringify(await asRecorded(create))
    expectAnswers(
      // The recorder left the place out.
      { 'create-invalid-yaml': JSON.parse(answer.replace(' (line 6, column 7)', '')) },
      recorded('test_create_stack_invalid_yaml_template_should_fail'),
    )
  })
})

describe.skipIf(!recordingsPresent)('refused templates, as recorded', () => {
  const outputs = 'test_invalid_output_structure'
  test.each([
    [`${outputs}[none-value]`, { MyOutput: { Value: null } }],
    [`${outputs}[missing-def]`, { MyOutput: { Value: null, AnotherValue: null } }],
    [`${outputs}[multiple-nones]`, { MyOutput: {} }],
  ])('%s', async (name, Outputs) => {
    await refused(name, { Resources: { Foo: { Type: 'AWS::SNS::Topic' } }, Outputs })
  })

  test.each([
    ['test_missing_resources_block', {}],
    [
      'test_resources_blocks[invalid-key]',
      { Resources: { A: { Type: 'AWS::SNS::Topic', Invalid: 10 } } },
    ],
  ])('%s', refused)

  async function refused(name: string, template: object): Promise<void> {
    const { cfn } = deploymentWorld()
    const create = await asRecorded(cfn.send(changeSet(template)))
    expectAnswers(
      { 'validation-error': create },
      recording('cloudformation/api/test_validations', name),
    )
  }

  test('a name of a resource', async () => {
    const { cfn } = deploymentWorld()
    const create = cfn.send(changeSet({ Resources: { 'my-bad-resource-id': parameterOf('x') } }))
    expectAnswers(
      { error: await errorText('CreateChangeSet', create) },
      recording('cloudformation/api/test_resources', 'test_invalid_logical_resource_id'),
    )
  })

  test('a resource that is not in the stack', async () => {
    const { cfn, deploy } = deploymentWorld()
    const { stackId } = await deploy({ template: minimal })
    const describeResource = cfn.send(
      new DescribeStackResourceCommand({
        StackName: stackId,
        LogicalResourceId: 'not-a-valid-resource',
      }),
    )
    expectAnswers(
      { error: await errorText('DescribeStackResource', describeResource) },
      recording('cloudformation/api/test_resources', 'test_describe_non_existent_resource'),
    )
  })
})

const changeSet = (template: object) =>
  new CreateChangeSetCommand({
    StackName: 's',
    ChangeSetName: 'c',
    ChangeSetType: 'CREATE',
    TemplateBody: JSON.stringify(template),
  })

describe.skipIf(!recordingsPresent)('updates, as recorded', () => {
  const recorded = (name: string) => recording('cloudformation/api/test_update_stack', name)

  test('without a template', async () => {
    const { cfn, deploy } = deploymentWorld()
    const { stackName } = await deploy({ template: minimal })
    const error = await asRecorded(cfn.send(new UpdateStackCommand({ StackName: stackName })))
    expectAnswers({ error }, recorded('test_no_template_error'))
  })

  test('with a role that CloudFormation may not assume', async () => {
    const { cloud, cfn, deploy } = deploymentWorld()
    const { stackName } = await deploy({
      template: topicParameter,
      parameters: { TopicName: 'topic-1' },
    })
    const { Role } = await client(cloud, IAMClient).send(
      new CreateRoleCommand({
        RoleName: 'role-fb405076',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Deny',
            Action: 'sts:AssumeRole',
            Principal: { AWS: `arn:aws:iam::${recordedAccount}:root` },
          },
        }),
      }),
    )
    const error = await asRecorded(
      cfn.send(
        new UpdateStackCommand({
          StackName: stackName,
          UsePreviousTemplate: true,
          Parameters: [{ ParameterKey: 'TopicName', ParameterValue: 'topic-2' }],
          RoleARN: Role?.Arn,
        }),
      ),
    )
    expectAnswers({ error }, recorded('test_update_with_role_without_permissions'))
  })

  test('the template after an update', async () => {
    const { cloud, cfn, deploy } = deploymentWorld()
    const template = (name: string, value: string) =>
      `\nResources:\n    ${name}:\n        Type: AWS::SSM::Parameter\n        Properties:\n            Value: ${value}\n            Type: String\n`
    const { stackName } = await deploy({ template: template('SimpleParam', 'before') })
    const TemplateBody = template('SimpleParam1', 'after-stack-update')
    const update = () =>
      asRecorded(cfn.send(new UpdateStackCommand({ StackName: stackName, TemplateBody })))
    await update()
    await cloud.advance({ minutes: 1 })
    expectAnswers(
      {
        'get-template-response': await asRecorded(
          cfn.send(new GetTemplateCommand({ StackName: stackName })),
        ),
        'update-error': await update(),
      },
      recorded('test_diff_after_update'),
    )
  })

  test('of a stack that is gone', async () => {
    const { cloud, cfn, deploy } = deploymentWorld()
    const { stackId } = await deploy({ template: minimal })
    await cfn.send(new DeleteStackCommand({ StackName: stackId }))
    await cloud.advance({ minutes: 1 })
    const update = await asRecorded(
      cfn.send(
        new UpdateStackCommand({
          StackName: stackId,
          TemplateBody: JSON.stringify({ Resources: { P: parameterOf('y') } }),
        }),
      ),
    )
    expectAnswers({ Error: update }, recorded('test_update_deleted_stack'))
  })
})

describe.skipIf(!recordingsPresent)('stack policies, as recorded', () => {
  const recorded = (name: string) =>
    recording('cloudformation/api/test_stack_policies', `TestStackPolicy::${name}`)
  const policyOf = (Effect: string, more: object = {}) => ({
    Statement: [{ Effect, Action: 'Update:*', Principal: '*', Resource: '*', ...more }],
  })

  test('the life of a policy', async () => {
    const { cfn, deploy } = deploymentWorld()
    const { stackName: StackName } = await deploy({ template: topicSimple })
    const found: Recorded = {}
    const keep = async (name: string, policy?: object) => {
      const StackPolicyBody = JSON.stringify(policy)
      if (policy !== undefined) {
        await cfn.send(new SetStackPolicyCommand({ StackName, StackPolicyBody }))
      }
      found[name] = await asRecorded(cfn.send(new GetStackPolicyCommand({ StackName })))
    }
    await keep('initial_policy')
    await keep('policy', policyOf('Allow'))
    await keep('policy_updated', policyOf('Deny'))
    await keep('policy_deleted', {})
    expectAnswers(found, recorded('test_policy_lifecycle'))
    expectAnswers({ policy: found['policy_deleted'] }, recorded('test_empty_policy'))
  })

  test('policies that are none', async () => {
    const { cfn, deploy, s3 } = deploymentWorld()
    const { stackName: StackName } = await deploy({ template: topicSimple })
    await s3.send(new CreateBucketCommand({ Bucket: 'policies' }))
    await s3.send(
      new PutObjectCommand({
        Bucket: 'policies',
        Key: 'policy.json',
        Body: JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 'Update:*' }] }),
      }),
    )
    const StackPolicyURL = 'https://policies.s3.amazonaws.com/policy.json'
    const set = (input: object) =>
      asRecorded(cfn.send(new SetStackPolicyCommand({ StackName, ...input })))
    expectAnswers(
      { error: await set({ StackPolicyURL }) },
      recorded('test_set_invalid_policy_with_url'),
    )
    expectAnswers(
      { error: await set({ StackPolicyURL, StackPolicyBody: JSON.stringify(policyOf('Allow')) }) },
      recorded('test_set_policy_both_policy_and_url'),
    )
    const { Error: notJson } = await set({ StackPolicyBody: 'a47df2' })
    expectAnswers({ error: notJson }, recorded('test_invalid_policy'))
    const otherAction = policyOf('Deny', { Action: 'Delete:*', Principal: 'a47df2' })
    expectAnswers(
      { error: await set({ StackPolicyBody: JSON.stringify(otherAction) }) },
      recorded('test_different_action_attribute'),
    )
  })

  test('a policy of one update', async () => {
    const { cloud, cfn, deploy } = deploymentWorld()
    const { stackName: StackName } = await deploy({
      template: topicParameter,
      parameters: { TopicName: 'topic-1' },
    })
    await cfn.send(
      new UpdateStackCommand({
        StackName,
        UsePreviousTemplate: true,
        Parameters: [{ ParameterKey: 'TopicName', ParameterValue: 'topic-2' }],
        StackPolicyDuringUpdateBody: JSON.stringify(policyOf('Deny')),
      }),
    )
    const policy = () => asRecorded(cfn.send(new GetStackPolicyCommand({ StackName })))
    const during = await policy()
    await cloud.advance({ minutes: 2 })
    expectAnswers(
      { policy_during_update: during, policy_after_update: await policy() },
      recorded('test_policy_during_update'),
    )
  })
})
