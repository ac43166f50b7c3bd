import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DescribeChangeSetCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation'
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { accountId, stackWorld } from '../stacks.test-support.ts'

const Transform = 'AWS::Serverless-2016-10-31'
const Capabilities = ['CAPABILITY_AUTO_EXPAND' as const]

/** A rule that may send to a queue: everything in it is here without functions. */
const connected = {
  Transform,
  Resources: {
    Rule: {
      Type: 'AWS::Events::Rule',
      Connectors: {
        Send: { Properties: { Destination: { Id: 'Queue' }, Permissions: ['Write'] } },
      },
      Properties: {
        Name: 'r',
        EventPattern: { source: ['shop'] },
        Targets: [{ Id: 'q', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }],
      },
    },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } },
  },
}

test('a connector of a stack lets a rule send to a queue', async () => {
  const world = stackWorld()
  await world.create(connected, { Capabilities })
  expect(await world.resources()).toEqual({
    Queue: 'CREATE_COMPLETE',
    Rule: 'CREATE_COMPLETE',
    RuleSendQueuePolicy: 'CREATE_COMPLETE',
  })
  const { QueueUrl } = await world.sqs.send(new GetQueueUrlCommand({ QueueName: 'q' }))
  const { Attributes } = await world.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] }),
  )
  expect(JSON.parse(Attributes?.['Policy'] ?? '')).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: `arn:aws:sqs:us-east-1:${accountId}:q`,
        Condition: {
          ArnEquals: { 'aws:SourceArn': `arn:aws:events:us-east-1:${accountId}:rule/r` },
        },
      },
    ],
  })
})

test('a template has both its stages after its transform', async () => {
  const world = stackWorld()
  await world.create(connected, { Capabilities })
  const stage = async (TemplateStage: 'Original' | 'Processed') => {
    const { TemplateBody = '' } = await world.cfn.send(
      new GetTemplateCommand({ StackName: 's', TemplateStage }),
    )
    const { Transform: transform, Resources } = JSON.parse(TemplateBody)
    return [transform, Object.keys(Resources).sort()]
  }
  expect(await stage('Original')).toEqual([Transform, ['Queue', 'Rule']])
  expect(await stage('Processed')).toEqual([undefined, ['Queue', 'Rule', 'RuleSendQueuePolicy']])
})

test('a stack without a change set needs CAPABILITY_AUTO_EXPAND', async () => {
  const { cfn } = stackWorld()
  const input = { StackName: 's', TemplateBody: JSON.stringify(connected) }
  await expect(cfn.send(new CreateStackCommand(input))).rejects.toThrow(
    'Requires capabilities : [CAPABILITY_AUTO_EXPAND]',
  )
})

test('a change set shows what is wrong with a serverless template', async () => {
  const world = stackWorld()
  const Resources = { Fn: { Type: 'AWS::Serverless::Function', Properties: { Foo: 1 } } }
  await world.rest(
    world.cfn.send(
      new CreateChangeSetCommand({
        StackName: 's',
        ChangeSetName: 'c',
        ChangeSetType: 'CREATE',
        TemplateBody: JSON.stringify({ Transform, Resources }),
      }),
    ),
  )
  const { Status, StatusReason } = await world.cfn.send(
    new DescribeChangeSetCommand({ StackName: 's', ChangeSetName: 'c' }),
  )
  expect([Status, StatusReason]).toEqual([
    'FAILED',
    'Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document. Number of errors found: 1. Resource with id [Fn] is invalid. property Foo not defined for resource of type AWS::Serverless::Function',
  ])
})

test('a serverless template can be looked at before its parameters have values', async () => {
  const { cfn } = stackWorld()
  const TemplateBody = JSON.stringify({
    Transform,
    Globals: { Function: { Runtime: 'nodejs22.x' } },
    Parameters: { Alias: { Type: 'String' } },
    Resources: {
      Fn: {
        Type: 'AWS::Serverless::Function',
        Properties: { Handler: 'i.h', InlineCode: '', AutoPublishAlias: { Ref: 'Alias' } },
      },
    },
  })
  const { DeclaredTransforms } = await cfn.send(new ValidateTemplateCommand({ TemplateBody }))
  expect(DeclaredTransforms).toEqual([Transform])
  const summary = await cfn.send(new GetTemplateSummaryCommand({ TemplateBody }))
  expect(summary.DeclaredTransforms).toEqual([Transform])
})

test('the serverless transform stands at the head of a template only', async () => {
  const { cfn } = stackWorld()
  const TemplateBody = JSON.stringify({
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { 'Fn::Transform': { Name: Transform } } },
    },
  })
  const input = { StackName: 's', TemplateBody, Capabilities }
  await expect(cfn.send(new CreateStackCommand(input))).rejects.toThrow(
    `Transform ${Transform} can not be used inside a template.`,
  )
})
