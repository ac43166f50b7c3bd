import {
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
} from '@aws-sdk/client-cloudformation'
import { expect, test } from 'vitest'
import { resourcesOf, stackWorld } from './stacks.test-support.ts'

/** What a stack made is as its template says, whatever the template says: else every look shows drift. */

const Tags = [
  { Key: 'team', Value: 'both' },
  { Key: 'own', Value: 'template' },
]
const arnOf = (name: string) => ({ 'Fn::GetAtt': [name, 'Arn'] })
const trust = {
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  },
}
const receives = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 'sqs:*', Resource: '*' },
}

const template = resourcesOf({
  Key: {
    Type: 'AWS::KMS::Key',
    Properties: {
      KeyPolicy: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } },
            Action: 'kms:*',
            Resource: '*',
          },
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'kms:*',
            Resource: '*',
          },
        ],
      },
      Tags,
    },
  },
  Topic: {
    Type: 'AWS::SNS::Topic',
    Properties: { TopicName: 't', KmsMasterKeyId: arnOf('Key'), Tags },
  },
  Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 60, Tags } },
  Group: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 3, Tags } },
  Parameter: {
    Type: 'AWS::SSM::Parameter',
    Properties: { Type: 'String', Value: 'v', Tags: { team: 'both', own: 'template' } },
  },
  Bus: {
    Type: 'AWS::Events::EventBus',
    Properties: { Name: 'b', Tags },
  },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventBusName: { Ref: 'Bus' },
      EventPattern: { source: ['s'] },
      State: 'ENABLED',
      Tags,
    },
  },
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { Tags } },
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: trust,
      Policies: [{ PolicyName: 'p', PolicyDocument: receives }],
      Tags,
    },
  },
  Function: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { ZipFile: 'exports.handler = async () => 1' },
      Handler: 'index.handler',
      Runtime: 'nodejs22.x',
      Role: arnOf('Role'),
      LoggingConfig: { LogGroup: { Ref: 'Group' } },
      Tags,
    },
  },
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: arnOf('Queue'),
      FunctionName: arnOf('Function'),
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      FilterCriteria: { Filters: [{ Pattern: '{"body":["x"]}' }] },
      ScalingConfig: { MaximumConcurrency: 2 },
      Tags,
    },
  },
  Config: {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: { Ref: 'Function' },
      Qualifier: '$LATEST',
      DestinationConfig: { OnFailure: { Destination: arnOf('Queue') } },
    },
  },
  Repository: {
    Type: 'AWS::ECR::Repository',
    Properties: {
      LifecyclePolicy: {
        LifecyclePolicyText: JSON.stringify({
          rules: [
            {
              rulePriority: 1,
              selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 5 },
              action: { type: 'expire' },
            },
          ],
        }),
      },
      Tags,
    },
  },
})

test('a stack that nobody touched is in sync, tags of the stack and of its resources alike', async () => {
  const world = stackWorld()
  await world.create(template, {
    Capabilities: ['CAPABILITY_IAM'],
    Tags: [
      { Key: 'team', Value: 'both' },
      { Key: 'stack', Value: 'only' },
    ],
  })
  expect((await world.stack()).StackStatus).toBe('CREATE_COMPLETE')
  await world.cfn.send(new DetectStackDriftCommand({ StackName: 's' }))
  await world.cloud.advance({ minutes: 2 })
  const { StackResourceDrifts = [] } = await world.cfn.send(
    new DescribeStackResourceDriftsCommand({ StackName: 's' }),
  )
  const drifted = StackResourceDrifts.filter(
    ({ StackResourceDriftStatus }) => StackResourceDriftStatus !== 'IN_SYNC',
  ).map(({ LogicalResourceId, PropertyDifferences }) => ({
    LogicalResourceId,
    PropertyDifferences,
  }))
  expect([StackResourceDrifts.length, drifted]).toEqual([13, []])
})
