import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  DescribeOpsItemsCommand,
  DescribeParametersCommand,
  GetOpsItemCommand,
  GetParameterCommand,
  ListTagsForResourceCommand,
  SSMClient,
} from '@aws-sdk/client-ssm'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  asRecorded,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../../shared/recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)

/** A cloud in which one stack is deployed again and again. */
function stack() {
  const cloud = createCloud({ accountId: '111111111111', deepFreeze: true })
  const cfn = client(cloud, CloudFormationClient)
  const StackName = 'a-stack'
  let exists = false
  return {
    cloud,
    cfn,
    ssm: client(cloud, SSMClient),
    async deploy(Type: string, Properties: object, attributes: string[] = []) {
      const values = attributes.map((it) => [it, { Value: { 'Fn::GetAtt': ['It', it] } }])
      const TemplateBody = JSON.stringify({
        Resources: { It: { Type, Properties } },
        Outputs: { Ref: { Value: { Ref: 'It' } }, ...Object.fromEntries(values) },
      })
      const input = { StackName, TemplateBody }
      await cfn.send(exists ? new UpdateStackCommand(input) : new CreateStackCommand(input))
      exists = true
      await cloud.advance({ minutes: 5 })
      const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }))
      const outputs = Stacks?.[0]?.Outputs ?? []
      return {
        status: Stacks?.[0]?.StackStatus,
        outputs: Object.fromEntries(
          outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
        ),
      }
    },
    async destroy() {
      await cfn.send(new DeleteStackCommand({ StackName }))
      await cloud.advance({ minutes: 5 })
    },
  }
}

const bindings = () =>
  new Map([
    ['<partition>', 'aws'],
    ['<region>', 'us-east-1'],
  ])
const parameter = 'AWS::SSM::Parameter'

recorded('a parameter of a stack, and nothing when the stack is gone', async () => {
  const facts = recording('cloudformation/resources/test_ssm', 'test_parameter_defaults')
  const { ssm, deploy, destroy } = stack()
  const { outputs } = await deploy(parameter, { Type: 'String', Value: 'abc' })
  const Name = outputs['Ref']
  expect(Name).toMatch(/^CFN-It-[A-Za-z0-9]{12}$/)
  const get = () => asRecorded(ssm.send(new GetParameterCommand({ Name })))
  expectRecorded(await get(), facts['ssm_parameter'], bindings())
  await destroy()
  // The SDK for JavaScript says UnknownError where AWS gives no message; boto3 gives an empty one.
  expectRecorded(await get(), facts['ssm_parameter_not_found'], bindings(), ['Error.Message'])
})

recorded('a parameter is created, described and deleted by its stack', async () => {
  const file = 'cloudformation/resource_providers/ssm/test_parameter'
  const facts = recording(file, 'TestBasicCRD::test_black_box')
  const { ssm, deploy } = stack()
  const { outputs } = await deploy(parameter, { Type: 'String', Value: 'abc123' })
  const get = new GetParameterCommand({ Name: outputs['Ref'] })
  expectRecorded(await asRecorded(ssm.send(get)), facts['describe-resource'], bindings())
})

test('value, type and tags change in place; a new name is another parameter', async () => {
  const { ssm, deploy, destroy } = stack()
  const first = await deploy(
    parameter,
    { Name: '/a/b', Type: 'String', Value: 'x', Tags: { one: '1', two: '2' } },
    ['Type', 'Value'],
  )
  expect(first.outputs).toEqual({ Ref: '/a/b', Type: 'String', Value: 'x' })
  const second = await deploy(
    parameter,
    { Name: '/a/b', Type: 'StringList', Value: 'y,z', Tags: { two: '3' } },
    ['Type', 'Value'],
  )
  expect(second.outputs).toEqual({ Ref: '/a/b', Type: 'StringList', Value: 'y,z' })
  const list = new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: '/a/b' })
  expect((await ssm.send(list)).TagList).toEqual([{ Key: 'two', Value: '3' }])
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/a/b' }))
  expect(Parameter?.Version).toBe(2)
  await deploy(parameter, { Name: '/c', Type: 'String', Value: 'y' })
  const names = async () =>
    (await ssm.send(new DescribeParametersCommand({}))).Parameters?.map(({ Name }) => Name)
  expect(await names()).toEqual(['/c'])
  await destroy()
  expect(await names()).toEqual([])
})

test('what Parameter Store refuses fails the stack with its words', async () => {
  const { cfn, deploy } = stack()
  const { status } = await deploy(parameter, { Name: 'ssm-x', Type: 'String', Value: 'x' })
  expect(status).toBe('ROLLBACK_COMPLETE')
  const { StackEvents = [] } = await cfn.send(
    new DescribeStackEventsCommand({ StackName: 'a-stack' }),
  )
  const failed = StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED')
  expect(failed?.ResourceStatusReason).toContain(
    'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
  )
})

test('an OpsItem of a stack is edited in place and deleted with it', async () => {
  const { ssm, deploy, destroy } = stack()
  const type = 'AWS::SSM::OpsItem'
  const base = { Title: 'Check it', Source: 'EC2', Description: 'All of it' }
  const { outputs } = await deploy(type, { ...base, Severity: '2' }, ['Status', 'OpsItemId'])
  expect(outputs['Status']).toBe('Open')
  const OpsItemId = outputs['OpsItemId']
  await deploy(type, { ...base, Severity: '3' }, ['Status', 'OpsItemId'])
  const { OpsItem } = await ssm.send(new GetOpsItemCommand({ OpsItemId }))
  expect([OpsItem?.Severity, OpsItem?.Version]).toEqual(['3', '2'])
  await destroy()
  const { OpsItemSummaries } = await ssm.send(new DescribeOpsItemsCommand({}))
  expect(OpsItemSummaries).toEqual([])
})
