import {
  type Capability,
  type CloudFormationClient,
  CreateChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation'
import { S3Client } from '@aws-sdk/client-s3'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import { SSMClient } from '@aws-sdk/client-ssm'
import { type Cloud, type CloudOptions, client } from '@cloud-orrery/cloud'
import { recordedCloud } from './recorded-update.test-support.ts'

/** How most recorded tests deploy: one change set with all capabilities, executed at once. */
export interface Deployment {
  readonly template: object | string
  readonly parameters?: Readonly<Record<string, string>>
  /** Set: the stack of this name is updated. */
  readonly update?: string
}

export interface Deployed {
  readonly stackId: string
  readonly stackName: string
  readonly status: string
  readonly outputs: Readonly<Record<string, string>>
}

export interface DeploymentWorld {
  readonly cloud: Cloud
  readonly cfn: CloudFormationClient
  readonly s3: S3Client
  readonly sns: SNSClient
  readonly sqs: SQSClient
  readonly ssm: SSMClient
  deploy(deployment: Deployment): Promise<Deployed>
}

const Capabilities: Capability[] = [
  'CAPABILITY_AUTO_EXPAND',
  'CAPABILITY_IAM',
  'CAPABILITY_NAMED_IAM',
]

export function deploymentWorld(options: CloudOptions = {}): DeploymentWorld {
  const { cloud, cfn } = recordedCloud(options)
  let stacks = 0
  let changeSets = 0
  return {
    cloud,
    cfn,
    s3: client(cloud, S3Client),
    sns: client(cloud, SNSClient),
    sqs: client(cloud, SQSClient),
    ssm: client(cloud, SSMClient),
    async deploy({ template, parameters = {}, update }) {
      if (update === undefined) stacks += 1
      changeSets += 1
      const StackName = update ?? `stack-${stacks}`
      const { Id, StackId = '' } = await cfn.send(
        new CreateChangeSetCommand({
          StackName,
          ChangeSetName: `change-set-${changeSets}`,
          ChangeSetType: update === undefined ? 'CREATE' : 'UPDATE',
          Capabilities,
          TemplateBody: typeof template === 'string' ? template : JSON.stringify(template),
          Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
            ParameterKey,
            ParameterValue,
          })),
        }),
      )
      await cloud.advance({ seconds: 5 })
      await cfn.send(new ExecuteChangeSetCommand({ ChangeSetName: Id }))
      await cloud.advance({ minutes: 2 })
      return described(cfn, StackId)
    },
  }
}

export async function described(cfn: CloudFormationClient, stackId: string): Promise<Deployed> {
  const { Stacks = [] } = await cfn.send(new DescribeStacksCommand({ StackName: stackId }))
  const [stack] = Stacks
  return {
    stackId,
    stackName: stack?.StackName ?? '',
    status: stack?.StackStatus ?? '',
    outputs: Object.fromEntries(
      (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
        OutputKey,
        OutputValue,
      ]),
    ),
  }
}

/** Lists in an order that AWS leaves open, by one of their members. */
export function sortedBy<T>(list: readonly T[] | undefined, key: keyof T): T[] {
  return (list ?? []).toSorted((left, right) => (String(left[key]) < String(right[key]) ? -1 : 1))
}

/** The template of the recorded tests' `sns_topic_simple`. */
export const topicSimple = `AWSTemplateFormatVersion: "2010-09-09"
Metadata:
  TopicName: sns-topic-simple
Resources:
  topic123:
    Type: AWS::SNS::Topic
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      TopicName: sns-topic-simple
`
export const minimal = `
Resources:
    SimpleParam:
        Type: AWS::SSM::Parameter
        Properties:
            Value: test
            Type: String
`
export const parameterOf = (Value: unknown) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Value },
})
