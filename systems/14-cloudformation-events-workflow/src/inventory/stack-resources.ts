import {
  CloudFormationClient,
  CloudFormationServiceException,
  DescribeStackResourcesCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation'
import type { Change, StackResource } from './logic.ts'

/**
 * What CloudFormation says now of the resource or the stack that changed. Events can come late, twice or out of
 * order: what is true is asked for, never read from them.
 */
export async function stackResources(
  { stackId, logicalId }: Change,
  cloudformation = new CloudFormationClient(),
): Promise<StackResource[]> {
  return logicalId === undefined
    ? await allOf(cloudformation, stackId)
    : await one(cloudformation, stackId, logicalId)
}

async function one(
  cloudformation: CloudFormationClient,
  StackName: string,
  LogicalResourceId: string,
): Promise<StackResource[]> {
  try {
    const { StackResources = [] } = await cloudformation.send(
      new DescribeStackResourcesCommand({ StackName, LogicalResourceId }),
    )
    return StackResources.map((resource) => ({
      logicalId: resource.LogicalResourceId ?? '',
      physicalId: resource.PhysicalResourceId ?? '',
      type: resource.ResourceType ?? '',
      status: resource.ResourceStatus ?? '',
      changedAt: resource.Timestamp?.toISOString() ?? '',
    }))
  } catch (error) {
    // A resource that an update took out of its stack is not known any more.
    if (!(error instanceof CloudFormationServiceException)) throw error
    if (error.name !== 'ValidationError' || !/does not exist/.test(error.message)) throw error
    return []
  }
}

/** DescribeStackResources stops at a hundred; this goes on to the end. */
async function allOf(
  cloudformation: CloudFormationClient,
  StackName: string,
): Promise<StackResource[]> {
  const found: StackResource[] = []
  let NextToken: string | undefined
  do {
    const page = await cloudformation.send(new ListStackResourcesCommand({ StackName, NextToken }))
    for (const resource of page.StackResourceSummaries ?? []) {
      found.push({
        logicalId: resource.LogicalResourceId ?? '',
        physicalId: resource.PhysicalResourceId ?? '',
        type: resource.ResourceType ?? '',
        status: resource.ResourceStatus ?? '',
        changedAt: resource.LastUpdatedTimestamp?.toISOString() ?? '',
      })
    }
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return found
}
