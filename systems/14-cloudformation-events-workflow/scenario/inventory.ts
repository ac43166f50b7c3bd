import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api'
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import type { Aws } from '@cloud-orrery/vitest/scenario'
import { clientsOf } from './desk.ts'

/** Rows of a stack, by logical id. */
export async function rowsOf(
  aws: Aws,
  outputs: Readonly<Record<string, string>>,
  stackName: string,
): Promise<Record<string, Record<string, string>>> {
  const { s3 } = clientsOf(aws)
  const Bucket = outputs['InventoryBucket']
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket, Prefix: `${stackName}/` }),
  )
  const rows: Record<string, Record<string, string>> = {}
  for (const { Key } of Contents) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
    // Written by the function's store.
    const row = JSON.parse((await Body?.transformToString()) ?? '') as Record<string, string>
    rows[row['logicalId'] ?? ''] = row
  }
  return rows
}

/** ARNs of what carries a stack's name as a tag, as cost reports and the tag editor find it. */
export async function taggedWith(aws: Aws, stackName: string): Promise<string[]> {
  const { ResourceTagMappingList = [] } = await clientsOf(aws).tagging.send(
    new GetResourcesCommand({ TagFilters: [{ Key: 'workload:stack', Values: [stackName] }] }),
  )
  return ResourceTagMappingList.map(({ ResourceARN = '' }) => ResourceARN)
}

/** One resource of each kind that is tagged, and one that is only listed. */
export const oneOfEachTemplate = {
  Resources: {
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'orders' } },
    Hourly: {
      Type: 'AWS::Events::Rule',
      Properties: { Name: 'hourly', EventBusName: 'default', ScheduleExpression: 'rate(1 hour)' },
    },
    Key: {
      Type: 'AWS::KMS::Key',
      Properties: {
        PendingWindowInDays: 7,
        KeyPolicy: {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Action: 'kms:*',
            Resource: '*',
            Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } },
          },
        },
      },
    },
    Worker: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'worker',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: { ZipFile: 'exports.handler = async () => {}' },
      },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'lambda.amazonaws.com' },
          },
        },
      },
    },
    Log: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/shop/orders' } },
    Papers: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'shop-papers' } },
    News: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } },
    Jobs: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } },
    Flag: {
      Type: 'AWS::SSM::Parameter',
      Properties: { Name: '/shop/flag', Type: 'String', Value: 'on' },
    },
  },
}

/** Queues by logical id, with their visibility timeouts. */
export function queuesTemplate(timeouts: Readonly<Record<string, number>>) {
  const queues = Object.entries(timeouts).map(([id, VisibilityTimeout]) => [
    id,
    { Type: 'AWS::SQS::Queue', Properties: { QueueName: id.toLowerCase(), VisibilityTimeout } },
  ])
  return { Resources: Object.fromEntries(queues) }
}
