import {
  CreateStateMachineCommand,
  type CreateStateMachineCommandInput,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn'
import { type Cloud, type CloudOptions, client, createCloud } from '@cloud-orrery/cloud'
import { accessKeys, roles, users } from '../shared/identity/state.ts'

const services = ['states.amazonaws.com', 'lambda.amazonaws.com', 'events.amazonaws.com']

export const statesRole = 'states-role'
export const statesRoleArn = `arn:aws:iam::123456789012:role/${statesRole}`

/** A cloud with a role that Step Functions may assume, and a client as the account's administrator. */
export function statesCloud(actions: readonly string[] = ['*'], options: CloudOptions = {}) {
  const cloud = createCloud({ deepFreeze: true, ...options })
  const roleArn = giveRole(cloud, actions)
  return { cloud, sfn: client(cloud, SFNClient), roleArn }
}

/** A role that services may assume; it may do what `actions` say, with everything. */
export function giveRole(
  cloud: Cloud,
  actions: readonly string[],
  name = statesRole,
  options: { accountId?: string; trusts?: object } = {},
): string {
  const { accountId = cloud.defaultAccountId, trusts } = options
  const scope = cloud.scope(accountId, cloud.defaultRegion)
  const Principal = trusts ?? { Service: services }
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
  } as const
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: [...actions], Resource: '*' }],
  } as const
  const arn = `arn:aws:iam::${accountId}:role/${name}`
  const id = name.toUpperCase().replace(/[^A-Z]/g, 'A')
  roles.put(scope, {
    roleName: name,
    roleId: `AROA${id.padEnd(17, 'A').slice(0, 17)}`,
    arn,
    path: '/',
    createdAtMs: 0,
    trustPolicy: { text: JSON.stringify(trust), document: trust as never }, // A trust policy, checked by its use.
    maxSessionDurationSeconds: 3600,
    inlinePolicies:
      actions.length === 0 ? {} : { own: { text: JSON.stringify(document), document } },
    attachedPolicies: [],
    tags: {},
  })
  return arn
}

/** Credentials of a user with one statement. */
export function giveUser(
  cloud: Cloud,
  statement: { Action: string | string[]; Resource: string; Condition?: object } | undefined,
) {
  const scope = cloud.scope(cloud.defaultAccountId, cloud.defaultRegion)
  const document = {
    Version: '2012-10-17',
    Statement: statement === undefined ? [] : [{ Effect: 'Allow', ...statement }],
  } as never // A policy, checked by its use.
  users.put(scope, {
    userName: 'bob',
    userId: 'AIDABOBBOBBOBBOBBOBBO',
    path: '/',
    arn: `arn:aws:iam::${cloud.defaultAccountId}:user/bob`,
    createdAtMs: 0,
    inlinePolicies:
      statement === undefined ? {} : { own: { text: JSON.stringify(document), document } },
    attachedPolicies: [],
    tags: {},
  })
  const credentials = { accessKeyId: 'AKIABOBBOBBOBBOBBOBB', secretAccessKey: 'secret' }
  accessKeys.put(scope, {
    ...credentials,
    userName: 'bob',
    accountId: cloud.defaultAccountId,
    createdAtMs: 0,
    status: 'Active',
  })
  return credentials
}

export type Made = ReturnType<typeof statesCloud>

/** A definition of one state that ends. */
export function single(state: object): string {
  return JSON.stringify({ StartAt: 'Only', States: { Only: { ...state, End: true } } })
}

export const passing = single({ Type: 'Pass' })

export async function makeMachine(
  { sfn, roleArn }: Made,
  definition: string | object = passing,
  input: Partial<CreateStateMachineCommandInput> = {},
): Promise<string> {
  const text = typeof definition === 'string' ? definition : JSON.stringify(definition)
  const { stateMachineArn = '' } = await sfn.send(
    new CreateStateMachineCommand({ name: 'machine', definition: text, roleArn, ...input }),
  )
  return stateMachineArn
}

/** Starts an execution, lets everything happen that is due now, and describes it. */
export async function runMachine(
  { cloud, sfn }: Made,
  stateMachineArn: string,
  input: unknown = {},
  name?: string,
) {
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input), name }),
  )
  await cloud.settle()
  const { $metadata: _, ...described } = await sfn.send(
    new DescribeExecutionCommand({ executionArn }),
  )
  return described
}

export async function eventsOf({ sfn }: Pick<Made, 'sfn'>, executionArn: string | undefined) {
  const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }))
  return events
}
