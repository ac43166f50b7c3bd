import {
  CloudFormationClient,
  CreateStackInstancesCommand,
  type CreateStackInstancesCommandInput,
  CreateStackSetCommand,
  type CreateStackSetCommandInput,
  DescribeStackSetOperationCommand,
  ListStackInstancesCommand,
  ListStackSetOperationResultsCommand,
} from '@aws-sdk/client-cloudformation'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { type Cloud, client, createCloud } from '@cloud-orrery/cloud'
import { accountId, queue, resourcesOf } from '../stacks.test-support.ts'

export const administration = 'AWSCloudFormationStackSetAdministrationRole'
export const execution = 'AWSCloudFormationStackSetExecutionRole'
export const first = '222222222222'
export const second = '333333333333'

const trust = (Principal: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
  })

const allow = (Action: string | readonly string[], Resource: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] })

/** The administration role, as the user guide has it. */
export async function administrator(cloud: Cloud): Promise<void> {
  const iam = client(cloud, IAMClient)
  await iam.send(
    new CreateRoleCommand({
      RoleName: administration,
      AssumeRolePolicyDocument: trust({ Service: 'cloudformation.amazonaws.com' }),
    }),
  )
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: administration,
      PolicyName: 'assume',
      PolicyDocument: allow('sts:AssumeRole', `arn:*:iam::*:role/${execution}`),
    }),
  )
}

const administrationArn = `arn:aws:iam::${accountId}:role/${administration}`

/** The execution role of an account, which trusts the administration role and may do `actions`. */
export async function executor(
  cloud: Cloud,
  account: string,
  actions: readonly string[] = ['*'],
  trusted = administrationArn,
) {
  const iam = client(cloud, IAMClient, { accountId: account })
  await iam.send(
    new CreateRoleCommand({
      RoleName: execution,
      AssumeRolePolicyDocument: trust({ AWS: trusted }),
    }),
  )
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: execution,
      PolicyName: 'work',
      PolicyDocument: allow(actions, '*'),
    }),
  )
}

/** A queue whose name is a parameter. */
export const namedQueue = resourcesOf(
  { Queue: queue({ Ref: 'Name' }, { DelaySeconds: { Ref: 'Delay' } }) },
  { Parameters: { Name: { Type: 'String' }, Delay: { Type: 'Number', Default: 0 } } },
)

type Set = Partial<CreateStackSetCommandInput>
type Instances = Partial<CreateStackInstancesCommandInput>

/** A cloud with both roles in two accounts, and short ways to work on the stack set `set`. */
export async function setWorld(cloud: Cloud = createCloud({ deepFreeze: true })) {
  await administrator(cloud)
  await executor(cloud, first)
  await executor(cloud, second)
  return setClient(cloud)
}

/** The same without any role. */
export function setClient(cloud: Cloud) {
  const cfn = client(cloud, CloudFormationClient)
  const rest = async (call: Promise<{ OperationId?: string | undefined }>) => {
    const { OperationId = '' } = await call
    await cloud.advance({ minutes: 10 })
    return OperationId
  }
  return {
    cloud,
    cfn,
    rest,
    create: (more: Set = {}) =>
      cfn.send(
        new CreateStackSetCommand({
          StackSetName: 'set',
          TemplateBody: JSON.stringify(namedQueue),
          Parameters: [{ ParameterKey: 'Name', ParameterValue: 'jobs' }],
          ...more,
        }),
      ),
    instances: (more: Instances = {}) =>
      rest(
        cfn.send(
          new CreateStackInstancesCommand({
            StackSetName: 'set',
            Accounts: [first, second],
            Regions: ['us-east-1', 'eu-west-1'],
            ...more,
          }),
        ),
      ),
    /** `account region status detail` of each instance. */
    async list() {
      const { Summaries = [] } = await cfn.send(
        new ListStackInstancesCommand({ StackSetName: 'set' }),
      )
      return Summaries.map(({ Account, Region, Status, StackInstanceStatus }) =>
        [Account, Region, Status, StackInstanceStatus?.DetailedStatus].join(' '),
      )
    },
    /** `account region status reason` of each result. */
    async results(OperationId: string) {
      const { Summaries = [] } = await cfn.send(
        new ListStackSetOperationResultsCommand({ StackSetName: 'set', OperationId }),
      )
      return Summaries.map(({ Account, Region, Status, StatusReason }) =>
        [Account, Region, Status, ...(StatusReason === undefined ? [] : [StatusReason])].join(' '),
      )
    },
    async status(OperationId: string) {
      const { StackSetOperation } = await cfn.send(
        new DescribeStackSetOperationCommand({ StackSetName: 'set', OperationId }),
      )
      return StackSetOperation?.Status
    },
  }
}

export type SetWorld = ReturnType<typeof setClient>
