import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { S3Client } from '@aws-sdk/client-s3'
import { client, createCloud } from '@cloud-orrery/cloud'

const StackName = 'storage'

/** One stack that is deployed, and deployed anew. */
export function stackOf(region = 'us-east-1') {
  const cloud = createCloud({ deepFreeze: true, region })
  const cfn = client(cloud, CloudFormationClient)
  let exists = false
  const status = async (): Promise<string | undefined> => {
    await cloud.advance({ minutes: 5 })
    const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }))
    return Stacks?.[0]?.StackStatus
  }
  return {
    cloud,
    s3: client(cloud, S3Client),
    async deploy(Resources: object): Promise<string | undefined> {
      const input = {
        StackName,
        TemplateBody: JSON.stringify({ Resources }),
        Capabilities: ['CAPABILITY_NAMED_IAM' as const],
      }
      await cfn.send(exists ? new UpdateStackCommand(input) : new CreateStackCommand(input))
      exists = true
      return await status()
    },
    async destroy(): Promise<string | undefined> {
      await cfn.send(new DeleteStackCommand({ StackName }))
      return await status().catch(() => 'gone')
    },
    async failures(): Promise<(string | undefined)[]> {
      const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName }))
      return StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'))
        .filter(({ ResourceType }) => ResourceType !== 'AWS::CloudFormation::Stack')
        .map(({ ResourceStatusReason }) => ResourceStatusReason)
    },
    /** What differs from the template, by the path of the property. */
    async drift(): Promise<string[]> {
      await cfn.send(new DetectStackDriftCommand({ StackName }))
      await cloud.advance({ minutes: 5 })
      const { StackResourceDrifts = [] } = await cfn.send(
        new DescribeStackResourceDriftsCommand({ StackName }),
      )
      return StackResourceDrifts.flatMap(({ PropertyDifferences = [] }) =>
        PropertyDifferences.map(({ PropertyPath }) => PropertyPath ?? ''),
      )
    },
  }
}

export const bucket = (Properties: object = {}) => ({ Type: 'AWS::S3::Bucket', Properties })
