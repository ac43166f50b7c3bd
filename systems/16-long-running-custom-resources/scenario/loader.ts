import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type StackEvent,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
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
  if (Object.keys(settings).length === 0) return deployedTemplate()
  const key = JSON.stringify(settings)
  const known = templates.get(key)
  if (known !== undefined) return known
  const { context } = readJson(join(folder, 'cdk.json')) as { context: object }
  // Functions are not bundled anew: that takes seconds, and gives what the deployed assembly has.
  const app = new App({ context: { ...context, ...settings, 'aws:cdk:bundling-stacks': [] } })
  demo(app)
  const template = app.synth().getStackByName(stackName).template as Template
  const deployed = deployedTemplate()
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue
    Properties['Code'] = deployed.Resources[id]?.Properties['Code']
  }
  templates.set(key, template)
  return template
}

/** The template of the assembly that `setUp` deploys. */
export function deployedTemplate(): Template {
  return readJson(join(cachedAssembly(folder), `${stackName}.template.json`)) as Template
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** Events of a stack, oldest first. */
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

export async function statusOf(aws: Aws, StackName = secondName): Promise<string> {
  const { Stacks = [] } = await aws
    .client(CloudFormationClient)
    .send(new DescribeStacksCommand({ StackName }))
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

export interface Execution {
  readonly arn: string
  readonly request: string
  /** `RUNNING` while it has not ended. */
  readonly status: string
  /** Epoch ms. */
  readonly startedAtMs: number
  readonly endedAtMs: number | undefined
  readonly error: string | undefined
  readonly callbackUrl: string
}

/** Executions for a resource, oldest first, as their events tell of them: also of a machine that is gone. */
export function executionsOf(aws: Aws, resource = 'DemoCustomResource'): Execution[] {
  const found = new Map<string, Execution>()
  for (const { detail } of aws.journal.events('Step Functions Execution Status Change')) {
    const told = detail as StatusChange // Step Functions' own events.
    const { cfnEvent } = JSON.parse(told.input) as {
      cfnEvent: {
        RequestType: string
        LogicalResourceId: string
        ResourceProperties: { CallbackUrl?: string }
      }
    }
    if (!cfnEvent.LogicalResourceId.startsWith(resource)) continue
    found.set(told.executionArn, {
      arn: told.executionArn,
      request: cfnEvent.RequestType,
      status: told.status,
      startedAtMs: told.startDate,
      endedAtMs: told.stopDate ?? undefined,
      error: told.error ?? undefined,
      callbackUrl: cfnEvent.ResourceProperties.CallbackUrl ?? '',
    })
  }
  return [...found.values()]
}

interface StatusChange {
  readonly executionArn: string
  readonly status: string
  readonly startDate: number
  readonly stopDate: number | null
  readonly error: string | null
  readonly input: string
}

/** `Create SUCCEEDED`, an execution a line. */
export function endsOf(executions: readonly Execution[]): string[] {
  return executions.map(({ request, status }) => `${request} ${status}`)
}

/** Of a second stack of the app, beside the deployed one: promises about what is made see it made anew. */
export const secondName = 'second-sfn'

/** Begins to make the second stack, or to change the first, and does not wait for it. Its id. */
export async function begin(
  aws: Aws,
  how: 'create' | 'update' = 'create',
  settings: Settings = {},
): Promise<string> {
  const cloudFormation = aws.client(CloudFormationClient)
  const input = {
    StackName: how === 'create' ? secondName : stackName,
    TemplateBody: JSON.stringify(templateWith(settings)),
    Capabilities: ['CAPABILITY_IAM' as const],
  }
  const { StackId = '' } = await cloudFormation.send(
    how === 'create' ? new CreateStackCommand(input) : new UpdateStackCommand(input),
  )
  return StackId
}

/** When a resource (by its type, or the beginning of its id) first came to a status, epoch ms. */
export function whenOf(events: readonly StackEvent[], what: string, status: string): number {
  const event = events.find((it) => isAbout(it, what) && it.ResourceStatus === status)
  return event?.Timestamp?.getTime() ?? Number.NaN
}

/** Why a resource (by its type, or the beginning of its id) failed. */
export function reasonOf(events: readonly StackEvent[], what: string): string | undefined {
  return events.find((it) => isAbout(it, what) && /FAILED/.test(it.ResourceStatus ?? ''))
    ?.ResourceStatusReason
}

function isAbout({ ResourceType, LogicalResourceId = '' }: StackEvent, what: string): boolean {
  return ResourceType === what || LogicalResourceId.startsWith(what)
}
