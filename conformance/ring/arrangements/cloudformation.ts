import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DetectStackDriftCommand,
} from '@aws-sdk/client-cloudformation'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

const template = (delay: number): string =>
  JSON.stringify({
    Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: delay } } },
    Outputs: { Queue: { Value: { 'Fn::GetAtt': ['Queue', 'Arn'] }, Export: { Name: 'ring' } } },
  })

const policy = JSON.stringify({
  Statement: [{ Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' }],
})

const instances = { StackSetName: 'ring', Accounts: ['123456789012'], Regions: ['us-east-1'] }

/** A stack set with an operation that has ended: nobody may assume its roles. */
async function arrangeStackSet(cloud: Cloud): Promise<KnownValues> {
  const cloudformation = client(cloud, CloudFormationClient)
  const TemplateBody = template(1).replace('"ring"', '"set"')
  await cloudformation.send(new CreateStackSetCommand({ StackSetName: 'ring', TemplateBody }))
  await cloudformation.send(new CreateStackInstancesCommand({ ...instances, OperationId: 'one' }))
  await cloud.advance({ minutes: 5 })
  // The client would draw tokens of its own.
  const OperationId = 'two'
  return {
    StackSetName: 'ring',
    OperationId: 'one',
    StackInstanceAccount: '123456789012',
    StackInstanceRegion: 'us-east-1',
    'CreateStackSet.': { StackSetName: 'ring-new', TemplateBody, ClientRequestToken: 'token' },
    'UpdateStackSet.': { StackSetName: 'ring', TemplateBody, OperationId },
    'DetectStackSetDrift.': { StackSetName: 'ring', OperationId },
    'CreateStackInstances.': { ...instances, OperationId },
    'UpdateStackInstances.': { ...instances, OperationId },
    'DeleteStackInstances.': { ...instances, RetainStacks: true, OperationId },
  }
}

/** A stack with an export, a change set for it, a drift detection, and a stack set. */
export async function arrangeCloudformation(cloud: Cloud): Promise<KnownValues> {
  const cloudformation = client(cloud, CloudFormationClient)
  const { StackId } = await cloudformation.send(
    new CreateStackCommand({ StackName: 'ring', TemplateBody: template(1) }),
  )
  await cloud.advance({ minutes: 5 })
  const { Id } = await cloudformation.send(
    new CreateChangeSetCommand({
      StackName: 'ring',
      ChangeSetName: 'ring',
      TemplateBody: template(2),
    }),
  )
  const { StackDriftDetectionId } = await cloudformation.send(
    new DetectStackDriftCommand({ StackName: 'ring' }),
  )
  await cloud.advance({ minutes: 5 })
  return {
    ...(await arrangeStackSet(cloud)),
    StackName: 'ring',
    'CreateStack.': { StackName: 'ring-new', TemplateBody: template(1).replace('"ring"', '"new"') },
    'CreateChangeSet.': {
      StackName: 'ring',
      ChangeSetName: 'ring-new',
      TemplateBody: template(2),
    },
    'UpdateStack.': { StackName: 'ring', TemplateBody: template(3) },
    TemplateBody: template(2),
    ChangeSetName: Id,
    'CreateChangeSet.ChangeSetName': 'ring-new',
    'ExecuteChangeSet.': { StackName: 'ring', ChangeSetName: 'ring' },
    'GetTemplate.': { StackName: 'ring' },
    'GetTemplateSummary.': { TemplateBody: template(2) },
    'ValidateTemplate.': { TemplateBody: template(2) },
    'DescribeStackResources.': { StackName: 'ring' },
    'DescribeType.': { Type: 'RESOURCE', TypeName: 'AWS::SQS::Queue' },
    LogicalResourceId: 'Queue',
    'LogicalResourceIds[]': 'Queue',
    StackDriftDetectionId,
    ExportName: 'ring',
    'SetStackPolicy.': { StackName: 'ring', StackPolicyBody: policy },
    StackPolicyBody: policy,
    'Capabilities[]': 'CAPABILITY_IAM',
    'ListStacks.': {},
    'DeleteStack.StackName': StackId,
  }
}
