import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-sfn'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { type Made, passing, statesCloud } from '../states-cloud.test-support.ts'

type Resources = Record<string, unknown>

function stackOf(made: Made) {
  const cfn = client(made.cloud, CloudFormationClient)
  const StackName = 'app'
  const input = (Resources: Resources, Outputs: Resources) => ({
    StackName,
    TemplateBody: JSON.stringify({ Resources, Outputs }),
    Tags: [{ Key: 'team', Value: 'one' }],
  })
  const status = async () => {
    await made.cloud.advance({ minutes: 1 })
    const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }))
    const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName }))
    const outputs = (Stacks?.[0]?.Outputs ?? []).map((it) => [it.OutputKey, it.OutputValue ?? ''])
    return {
      status: Stacks?.[0]?.StackStatus,
      reasons: StackEvents.filter((it) => it.ResourceStatus?.endsWith('FAILED')).map(
        (it) => it.ResourceStatusReason,
      ),
      outputs: Object.fromEntries(outputs) as Record<string, string>,
    }
  }
  return {
    async create(resources: Resources, outputs: Resources = {}) {
      await cfn.send(new CreateStackCommand(input(resources, outputs)))
      return await status()
    },
    async update(resources: Resources, outputs: Resources = {}) {
      await cfn.send(new UpdateStackCommand(input(resources, outputs)))
      return await status()
    },
    async delete() {
      await cfn.send(new DeleteStackCommand({ StackName }))
      await made.cloud.advance({ minutes: 1 })
    },
  }
}

const machine = (roleArn: string, more: object) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: { RoleArn: roleArn, ...more },
})

const outputs = {
  Ref: { Value: { Ref: 'Machine' } },
  Arn: { Value: { 'Fn::GetAtt': ['Machine', 'Arn'] } },
  Name: { Value: { 'Fn::GetAtt': ['Machine', 'Name'] } },
  Revision: { Value: { 'Fn::GetAtt': ['Machine', 'StateMachineRevisionId'] } },
}

test('a stack makes a machine, changes it in place and deletes it', async () => {
  const made = statesCloud()
  const stack = stackOf(made)
  const before = await stack.create(
    {
      Machine: machine(made.roleArn, {
        DefinitionString:
          '{"StartAt":"A","States":{"A":{"Type":"Pass","Result":"${what}","End":true}}}',
        DefinitionSubstitutions: { what: 'a "word"' },
        StateMachineName: 'orders',
      }),
    },
    outputs,
  )
  const arn = 'arn:aws:states:us-east-1:123456789012:stateMachine:orders'
  expect(before).toEqual({
    status: 'CREATE_COMPLETE',
    reasons: [],
    outputs: { Ref: arn, Arn: arn, Name: 'orders', Revision: 'INITIAL' },
  })
  const { definition } = await made.sfn.send(
    new DescribeStateMachineCommand({ stateMachineArn: arn }),
  )
  expect(definition).toBe(
    '{"StartAt":"A","States":{"A":{"Type":"Pass","Result":"a \\"word\\"","End":true}}}',
  )
  const { tags } = await made.sfn.send(new ListTagsForResourceCommand({ resourceArn: arn }))
  expect(tags?.find(({ key }) => key === 'team')).toEqual({ key: 'team', value: 'one' })

  const after = await stack.update(
    {
      Machine: machine(made.roleArn, {
        Definition: JSON.parse(passing),
        StateMachineName: 'orders',
      }),
    },
    outputs,
  )
  expect([after.status, after.outputs['Ref']]).toEqual(['UPDATE_COMPLETE', arn])
  expect(after.outputs['Revision']).toMatch(/^[0-9a-f-]{36}$/)
  await stack.delete()
  await expect(
    made.sfn.send(new DescribeStateMachineCommand({ stateMachineArn: arn })),
  ).rejects.toThrow(`State Machine Does Not Exist: '${arn}'`)
})

test('a definition comes from a file in S3', async () => {
  const made = statesCloud()
  const s3 = client(made.cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket: 'assets' }))
  await s3.send(new PutObjectCommand({ Bucket: 'assets', Key: 'flow.asl.json', Body: passing }))
  const { status, reasons } = await stackOf(made).create({
    Machine: machine(made.roleArn, {
      DefinitionS3Location: { Bucket: 'assets', Key: 'flow.asl.json' },
    }),
  })
  expect([status, reasons]).toEqual(['CREATE_COMPLETE', []])
})

test('a definition that is none fails the stack in the words of Step Functions', async () => {
  const made = statesCloud()
  const { status, reasons } = await stackOf(made).create({
    Machine: machine(made.roleArn, { DefinitionString: '{}' }),
  })
  expect(status).toBe('ROLLBACK_COMPLETE')
  expect(reasons[0]).toContain('Invalid State Machine Definition: ')
})

test('a canary deployment leads an alias to a version in two steps', async () => {
  const made = statesCloud()
  const stack = stackOf(made)
  const template = (result: string, version: string) => ({
    Machine: machine(made.roleArn, {
      Definition: { StartAt: 'A', States: { A: { Type: 'Pass', Result: result, End: true } } },
      StateMachineName: 'orders',
    }),
    [version]: {
      Type: 'AWS::StepFunctions::StateMachineVersion',
      DeletionPolicy: 'Retain',
      Properties: {
        StateMachineArn: { Ref: 'Machine' },
        StateMachineRevisionId: { 'Fn::GetAtt': ['Machine', 'StateMachineRevisionId'] },
      },
    },
    Alias: {
      Type: 'AWS::StepFunctions::StateMachineAlias',
      Properties: {
        Name: 'live',
        DeploymentPreference: {
          Type: 'CANARY',
          Percentage: 10,
          Interval: 30,
          StateMachineVersionArn: { Ref: version },
        },
      },
    },
  })
  const alias = 'arn:aws:states:us-east-1:123456789012:stateMachine:orders:live'
  const weights = async () => {
    const { routingConfiguration = [] } = await made.sfn.send(
      new DescribeStateMachineAliasCommand({ stateMachineAliasArn: alias }),
    )
    return routingConfiguration.map((it) => [
      it.stateMachineVersionArn?.split(':').at(-1),
      it.weight,
    ])
  }
  expect((await stack.create(template('old', 'First'))).reasons).toEqual([])
  expect(await weights()).toEqual([['1', 100]])
  expect((await stack.update(template('new', 'Second'))).reasons).toEqual([])
  expect(await weights()).toEqual([
    ['2', 10],
    ['1', 90],
  ])
  await made.cloud.advance({ minutes: 30 })
  expect(await weights()).toEqual([['2', 100]])
})

test('an activity is made with its tags', async () => {
  const made = statesCloud()
  const { outputs: found } = await stackOf(made).create(
    { Work: { Type: 'AWS::StepFunctions::Activity', Properties: { Name: 'work' } } },
    { Ref: { Value: { Ref: 'Work' } } },
  )
  expect(found).toEqual({ Ref: 'arn:aws:states:us-east-1:123456789012:activity:work' })
})
