import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  DescribeResourcePoliciesCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { asRecorded, expectRecorded, recording } from '../../shared/recorded.test-support.ts'
import { recorded } from '../recorded-logs.test-support.ts'

/** A cloud in which one stack is deployed again and again. */
function stack() {
  const cloud = createCloud({ accountId: '111111111111', deepFreeze: true })
  const cfn = client(cloud, CloudFormationClient)
  const StackName = 'a-stack'
  let exists = false
  return {
    cloud,
    cfn,
    logs: client(cloud, CloudWatchLogsClient),
    async deploy(Resources: object, Outputs: object = {}): Promise<Record<string, string>> {
      const Tags = [{ Key: 'team', Value: 'a' }]
      const input = { StackName, Tags, TemplateBody: JSON.stringify({ Resources, Outputs }) }
      await cfn.send(exists ? new UpdateStackCommand(input) : new CreateStackCommand(input))
      exists = true
      await cloud.advance({ minutes: 5 })
      const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }))
      expect(Stacks?.[0]?.StackStatus).toMatch(/^(CREATE|UPDATE)_COMPLETE$/)
      const outputs = Stacks?.[0]?.Outputs ?? []
      return Object.fromEntries(
        outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
      )
    },
    async destroy() {
      await cfn.send(new DeleteStackCommand({ StackName }))
      await cloud.advance({ minutes: 5 })
    },
  }
}

const arn = { 'Fn::GetAtt': ['Group', 'Arn'] }
const ref = (name: string) => ({ Ref: name })
const bindings = () =>
  new Map([
    ['<partition>', 'aws'],
    ['<region>', 'us-east-1'],
  ])

recorded('a stack gives a log group its retention', async () => {
  const facts = recording(
    'cloudformation/resources/test_logs',
    'test_cfn_handle_log_group_resource',
  )
  const { logs, deploy } = stack()
  await deploy({ Group: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 731 } } })
  const answer = await asRecorded(logs.send(new DescribeLogGroupsCommand({})))
  expectRecorded(answer, facts['describe_log_groups'], bindings())
})

recorded('the name of a stream is what a stack refers to it by', async () => {
  const facts = recording('cloudformation/resources/test_logs', 'test_logstream')
  const { logs, deploy } = stack()
  const outputs = await deploy(
    {
      Group: { Type: 'AWS::Logs::LogGroup' },
      Stream: { Type: 'AWS::Logs::LogStream', Properties: { LogGroupName: ref('Group') } },
    },
    { LogStreamNameOutput: { Value: ref('Stream') }, LogGroupNameOutput: { Value: ref('Group') } },
  )
  const bound = bindings()
  expectRecorded(outputs, facts['outputs'], bound)
  const logGroupName = outputs['LogGroupNameOutput']
  const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }))
  expectRecorded(logStreams, facts['describe_log_streams'], bound)
})

test('retention and tags change in place, and a deleted stack leaves nothing', async () => {
  const { cloud, logs, deploy, destroy } = stack()
  const template = (Properties: object, policy = {}) => ({
    Group: { Type: 'AWS::Logs::LogGroup', Properties },
    Policy: {
      Type: 'AWS::Logs::ResourcePolicy',
      Properties: {
        PolicyName: 'events',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'logs:PutLogEvents',
            Resource: '*',
            ...policy,
          },
        }),
      },
    },
  })
  const outputs = { Arn: { Value: arn }, Name: { Value: ref('Group') } }
  const tag = (Key: string, Value: string) => ({ Key, Value })
  const first = await deploy(
    template({ RetentionInDays: 7, Tags: [tag('x', '1'), tag('y', '2')] }),
    outputs,
  )
  expect(first['Name']).toMatch(/^a-stack-Group-[A-Za-z0-9]{12}$/)
  expect(first['Arn']).toBe(`arn:aws:logs:us-east-1:111111111111:log-group:${first['Name']}:*`)
  const second = await deploy(template({ Tags: [tag('y', '3')] }, { Action: 'logs:*' }), outputs)
  expect(second).toEqual(first)
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({}))
  expect(logGroups?.map(({ retentionInDays }) => retentionInDays)).toEqual([undefined])
  const resourceArn = first['Arn']?.replace(/:\*$/, '')
  expect((await logs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({
    team: 'a',
    y: '3',
  })
  const policies = async () =>
    (await logs.send(new DescribeResourcePoliciesCommand({}))).resourcePolicies?.map(
      ({ policyDocument = '' }) => JSON.parse(policyDocument).Statement.Action,
    )
  expect(await policies()).toEqual(['logs:*'])
  await destroy()
  expect((await logs.send(new DescribeLogGroupsCommand({}))).logGroups).toEqual([])
  expect(await policies()).toEqual([])
  expect(cloud.kernel.store.partitions('logs.logEvents')).toEqual([])
})

test('a property that is not built is refused by name', async () => {
  const { cfn, cloud } = stack()
  const Properties = { DataProtectionPolicy: {} }
  const TemplateBody = JSON.stringify({
    Resources: { Group: { Type: 'AWS::Logs::LogGroup', Properties } },
  })
  await cfn.send(new CreateStackCommand({ StackName: 's', TemplateBody }))
  await cloud.advance({ minutes: 5 })
  const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName: 's' }))
  expect(Stacks?.[0]?.StackStatus).toBe('ROLLBACK_COMPLETE')
})
