import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  type HistoryEvent,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
  type StateMachineType,
} from '@aws-sdk/client-sfn'
import { type Cloud, type CloudOptions, client, createCloud } from '@cloud-orrery/cloud'

/** A fresh cloud with a role that state machines may assume and that may do anything. */
export interface Workflows {
  readonly cloud: Cloud
  readonly sfn: SFNClient
  readonly roleArn: string
  /** Runs a definition to its end, or for a while of model time. */
  readonly run: (definition: object, options?: RunOptions) => Promise<WorkflowRun>
}

export interface RunOptions {
  readonly input?: unknown
  readonly type?: StateMachineType
  readonly name?: string
  /** Model time, default one day. */
  readonly seconds?: number
}

export interface WorkflowRun {
  readonly executionArn: string
  readonly description: DescribeExecutionCommandOutput
  readonly events: readonly HistoryEvent[]
}

const assumedByStates = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
})

const anything = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
})

export async function workflows(options: CloudOptions = {}): Promise<Workflows> {
  const cloud = createCloud({ deepFreeze: true, ...options })
  const iam = client(cloud, IAMClient)
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'workflow', AssumeRolePolicyDocument: assumedByStates }),
  )
  await iam.send(
    new PutRolePolicyCommand({ RoleName: 'workflow', PolicyName: 'all', PolicyDocument: anything }),
  )
  const roleArn = Role?.Arn ?? ''
  const sfn = client(cloud, SFNClient)
  let machines = 0
  const run = async (definition: object, options: RunOptions = {}): Promise<WorkflowRun> => {
    machines += 1
    const { stateMachineArn } = await sfn.send(
      new CreateStateMachineCommand({
        name: options.name ?? `machine-${machines}`,
        definition: JSON.stringify(definition),
        roleArn,
        type: options.type,
      }),
    )
    const { executionArn = '' } = await sfn.send(
      new StartExecutionCommand({
        stateMachineArn,
        name: `execution-${machines}`,
        input: JSON.stringify(options.input ?? {}),
      }),
    )
    await cloud.advance({ seconds: options.seconds ?? 86_400 })
    const description = await sfn.send(new DescribeExecutionCommand({ executionArn }))
    return { executionArn, description, events: await eventsOf(sfn, executionArn) }
  }
  return { cloud, sfn, roleArn, run }
}

export async function eventsOf(sfn: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = []
  for await (const page of paginateGetExecutionHistory(
    { client: sfn },
    { executionArn, maxResults: 1000 },
  )) {
    events.push(...(page.events ?? []))
  }
  return events
}

/** `3<2 PassStateExited {...}`: an event on one line. */
export function shownEvent({ id, previousEventId, type, timestamp, ...details }: HistoryEvent) {
  void timestamp
  const [only = {}] = Object.values(details)
  return `${id}<${previousEventId} ${type} ${JSON.stringify(only)}`
}
