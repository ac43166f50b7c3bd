import {
  CloudFormationClient,
  CreateStackCommand,
  type CreateStackCommandInput,
  DeleteStackCommand,
  type DeleteStackCommandInput,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  type Stack,
  UpdateStackCommand,
  type UpdateStackCommandInput,
} from '@aws-sdk/client-cloudformation'
import { IAMClient } from '@aws-sdk/client-iam'
import { S3Client } from '@aws-sdk/client-s3'
import { SNSClient } from '@aws-sdk/client-sns'
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { SSMClient } from '@aws-sdk/client-ssm'
import { type Cloud, client, createCloud } from '@cloud-orrery/cloud'
import { accessKeys, users } from '../shared/identity/state.ts'

export const accountId = '123456789012'

export const queue = (QueueName: unknown, properties: object = {}, more: object = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName, ...properties },
  ...more,
})

export const resourcesOf = (Resources: object, more: object = {}) => ({ Resources, ...more })

type Created = Omit<CreateStackCommandInput, 'StackName' | 'TemplateBody'>
type Updated = Omit<UpdateStackCommandInput, 'StackName' | 'TemplateBody'>

/** A fresh cloud with short ways to work on its stack `s`. Each waits until the stack has come to rest. */
export function stackWorld(cloud: Cloud = createCloud({ deepFreeze: true })) {
  const cfn = client(cloud, CloudFormationClient)
  const sqs = client(cloud, SQSClient)
  const rest = async <T>(call: Promise<T>): Promise<T> => {
    const answer = await call
    await cloud.advance({ minutes: 5 })
    return answer
  }
  return {
    cloud,
    cfn,
    sqs,
    iam: client(cloud, IAMClient),
    s3: client(cloud, S3Client),
    sns: client(cloud, SNSClient),
    ssm: client(cloud, SSMClient),
    rest,
    create: (template: object, more: Created = {}, StackName = 's') =>
      rest(
        cfn.send(
          new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template), ...more }),
        ),
      ),
    update: (template: object, more: Updated = {}, StackName = 's') =>
      rest(
        cfn.send(
          new UpdateStackCommand({ StackName, TemplateBody: JSON.stringify(template), ...more }),
        ),
      ),
    remove: (more: Omit<DeleteStackCommandInput, 'StackName'> = {}, StackName = 's') =>
      rest(cfn.send(new DeleteStackCommand({ StackName, ...more }))),
    stack: (StackName = 's') => stackOf(cfn, StackName),
    events: (since?: string, StackName = 's') => eventsOf(cfn, StackName, since),
    async resources(StackName = 's') {
      const { StackResources = [] } = await cfn.send(
        new DescribeStackResourcesCommand({ StackName }),
      )
      return Object.fromEntries(
        StackResources.map(({ LogicalResourceId, ResourceStatus }) => [
          LogicalResourceId,
          ResourceStatus,
        ]),
      )
    },
    async queues() {
      const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
      return QueueUrls.map((url) => url.slice(url.lastIndexOf('/') + 1))
    },
  }
}

export type StackWorld = ReturnType<typeof stackWorld>

export async function stackOf(
  cfn: CloudFormationClient,
  StackName: string,
): Promise<Partial<Stack>> {
  const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }))
  return Stacks?.[0] ?? {}
}

/**
 * `LogicalId STATUS reason`, oldest first, from the last `s <since>` on. What AWS draws is a star.
 */
export async function eventsOf(cfn: CloudFormationClient, StackName: string, since?: string) {
  const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName }))
  const lines = StackEvents.toReversed().map(
    ({ LogicalResourceId, ResourceStatus, ResourceStatusReason }) =>
      [LogicalResourceId, ResourceStatus, ResourceStatusReason]
        .filter((each) => each !== undefined)
        .join(' ')
        .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '*'),
  )
  const from =
    since === undefined ? 0 : lines.findLastIndex((each) => each.startsWith(`s ${since}`))
  return lines.slice(from)
}

/** Credentials of a user with one policy, put straight into the records of IAM. */
export function userWith(cloud: Cloud, statements: readonly object[], name = 'ana') {
  const scope = cloud.scope(accountId, 'us-east-1')
  const document = { Version: '2012-10-17' as const, Statement: statements as never[] }
  users.put(scope, {
    userName: name,
    userId: `AIDA${name.toUpperCase()}EXAMPLE0001`,
    path: '/',
    arn: `arn:aws:iam::${accountId}:user/${name}`,
    createdAtMs: 0,
    inlinePolicies: { own: { text: JSON.stringify(document), document } },
    attachedPolicies: [],
    tags: {},
  })
  const credentials = { accessKeyId: `AKIA${name.toUpperCase()}EXAMPLE`, secretAccessKey: 'secret' }
  accessKeys.put(scope, {
    ...credentials,
    accountId,
    userName: name,
    status: 'Active',
    createdAtMs: 0,
  })
  return credentials
}

export const allow = (Action: string | string[], Resource: string | string[] = '*') => ({
  Effect: 'Allow',
  Action,
  Resource,
})

/** Code and message of a call that is refused. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const { Code, name, message } = error as Error & { Code?: string }
    return `${Code ?? name}: ${message}`
  }
  return 'no refusal'
}
