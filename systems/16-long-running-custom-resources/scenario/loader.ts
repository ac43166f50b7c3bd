import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type StackEvent,
} from '@aws-sdk/client-cloudformation'
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn'
import { cachedAssembly } from '@cloud-orrery/cloud'
import { type Aws, system } from '@cloud-orrery/vitest/scenario'
import { App } from 'aws-cdk-lib'
import { demo } from '../lib/demo.ts'

const folder = new URL('..', import.meta.url).pathname

export const stackName = 'cfn-custom-resource-sfn'
export const commonName = 'cfn-custom-resource-common-lib'

export type Outputs = Readonly<Record<string, string>>

/** Both stacks, deployed: two hours of model time. */
export const loader = system({
  name: '16-long-running-custom-resources',
  async setUp(aws) {
    const { outputs } = await aws.deploy(folder)
    return { outputs }
  },
})

/** What the app can be given: see `lib/demo.ts`. */
export type Settings = Partial<
  Record<'revision' | 'ts' | 'work' | 'undo' | 'quickWork' | 'timeout', string | number>
>

interface Template {
  readonly Resources: Record<
    string,
    { readonly Type: string; readonly Properties: Record<string, unknown> }
  >
}

const templates = new Map<string, Template>()

/** The template that `cdk synth -c name=value` gives; the code is that which is deployed already. */
export function templateWith(settings: Settings): Template {
  const key = JSON.stringify(settings)
  const known = templates.get(key)
  if (known !== undefined) return known
  const { context } = readJson(join(folder, 'cdk.json')) as { context: object }
  // Functions are not bundled anew: that takes seconds, and gives what the deployed assembly has.
  const app = new App({ context: { ...context, ...settings, 'aws:cdk:bundling-stacks': [] } })
  demo(app)
  const template = app.synth().getStackByName(stackName).template as Template
  const deployed = readJson(join(cachedAssembly(folder), `${stackName}.template.json`)) as Template
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue
    Properties['Code'] = deployed.Resources[id]?.Properties['Code']
  }
  templates.set(key, template)
  return template
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** Events of a stack, oldest first; the last stack of that name, if it is gone. */
export async function eventsOf(aws: Aws, stack = stackName): Promise<StackEvent[]> {
  const cloudFormation = aws.client(CloudFormationClient)
  const events: StackEvent[] = []
  let NextToken: string | undefined
  do {
    const page = await cloudFormation.send(
      new DescribeStackEventsCommand({ StackName: stack, NextToken }),
    )
    events.push(...(page.StackEvents ?? []))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return events.reverse()
}

/** What became of the resources of a type: `CREATE_COMPLETE 10`, in seconds since the stack's last operation began. */
export function statusesOf(events: readonly StackEvent[], type: string): string[] {
  return events
    .filter(({ ResourceType }) => ResourceType === type)
    .map(({ ResourceStatus }) => String(ResourceStatus))
}

export async function statusOf(aws: Aws): Promise<string> {
  const { Stacks = [] } = await aws
    .client(CloudFormationClient)
    .send(new DescribeStacksCommand({ StackName: stackName }))
  return String(Stacks[0]?.StackStatus)
}

/** A row that the work has left, as plain texts. */
export async function rowOf(
  aws: Aws,
  TableName: string | undefined,
  sk = 'DemoCustomResource',
): Promise<Record<string, string | undefined> | undefined> {
  const { Item } = await aws
    .client(DynamoDBClient)
    .send(new GetItemCommand({ TableName, Key: { pk: { S: 'demo-sfn' }, sk: { S: sk } } }))
  if (Item === undefined) return undefined
  return Object.fromEntries(Object.entries(Item).map(([name, { S }]) => [name, S]))
}

/** Executions of a machine for one of the resources, oldest first. */
export async function executionsOf(
  aws: Aws,
  stateMachineArn: string | undefined,
  resource = 'DemoCustomResource',
): Promise<(DescribeExecutionOutput & { request: string })[]> {
  const states = aws.client(SFNClient)
  const { executions = [] } = await states.send(new ListExecutionsCommand({ stateMachineArn }))
  const all: (DescribeExecutionOutput & { request: string })[] = []
  for (const { executionArn } of executions.reverse()) {
    const execution = await states.send(new DescribeExecutionCommand({ executionArn }))
    const { cfnEvent } = JSON.parse(execution.input ?? '{}') as {
      cfnEvent: { RequestType: string; LogicalResourceId: string }
    }
    if (!cfnEvent.LogicalResourceId.startsWith(resource)) continue
    all.push({ ...execution, request: cfnEvent.RequestType })
  }
  return all
}
