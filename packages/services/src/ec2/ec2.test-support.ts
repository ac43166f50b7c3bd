import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { EC2Client } from '@aws-sdk/client-ec2'
import { type CloudOptions, client, createCloud } from '@cloud-orrery/cloud'
import { accessKeys, users } from '../shared/identity/state.ts'

export const accountId = '123456789012'
export const region = 'us-east-1'

export function start(options: CloudOptions = {}) {
  const cloud = createCloud({ deepFreeze: true, ...options })
  return { cloud, ec2: client(cloud, EC2Client) }
}

export type Started = ReturnType<typeof start>

/** A client as a user who may do no more than the statements say. */
export function limited({ cloud }: Started, ...statements: object[]): EC2Client {
  const scope = cloud.scope(accountId, region)
  const arn = `arn:aws:iam::${accountId}:user/limited`
  const document = { Version: '2012-10-17', Statement: statements }
  users.put(scope, {
    userName: 'limited',
    userId: 'AIDALIMITED000000000',
    path: '/',
    arn,
    createdAtMs: 0,
    inlinePolicies: { own: { text: JSON.stringify(document), document: document as never } },
    attachedPolicies: [],
    tags: {},
  })
  const accessKeyId = 'AKIALIMITED000000000'
  const secretAccessKey = 'secret'
  accessKeys.put(scope, {
    accessKeyId,
    secretAccessKey,
    accountId,
    userName: 'limited',
    status: 'Active',
    createdAtMs: 0,
  })
  return client(cloud, EC2Client, { credentials: { accessKeyId, secretAccessKey } })
}

/** A stack that is made, changed and deleted, and what became of it. */
export function stackIn({ cloud }: Pick<Started, 'cloud'>, StackName = 'net') {
  const cfn = client(cloud, CloudFormationClient)
  const told = async () => {
    const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }))
    const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName }))
    const failures = StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('FAILED'))
    const { StackResources = [] } = await cfn.send(new DescribeStackResourcesCommand({ StackName }))
    return {
      status: Stacks?.[0]?.StackStatus,
      reasons: failures.map(({ ResourceStatusReason }) => ResourceStatusReason),
      ids: Object.fromEntries(
        StackResources.map((it) => [it.LogicalResourceId ?? '', it.PhysicalResourceId ?? '']),
      ),
      outputs: Object.fromEntries(
        (Stacks?.[0]?.Outputs ?? []).map((it) => [it.OutputKey ?? '', it.OutputValue ?? '']),
      ),
    }
  }
  const input = (template: object) => ({
    StackName,
    TemplateBody: JSON.stringify(template),
    Capabilities: ['CAPABILITY_IAM' as const],
  })
  return {
    cfn,
    async create(template: object) {
      await cfn.send(new CreateStackCommand(input(template)))
      await cloud.advance({ minutes: 10 })
      return await told()
    },
    async update(template: object) {
      await cfn.send(new UpdateStackCommand(input(template)))
      await cloud.advance({ minutes: 10 })
      return await told()
    },
    async delete() {
      await cfn.send(new DeleteStackCommand({ StackName }))
      await cloud.advance({ minutes: 10 })
    },
  }
}
