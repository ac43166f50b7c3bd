import {
  type Capability,
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  type StackEvent,
} from '@aws-sdk/client-cloudformation'
import { type Cloud, type CloudOptions, client, createCloud } from '@cloud-orrery/cloud'
import { expect } from 'vitest'
import {
  asRecorded,
  type Bindings,
  expectRecorded,
  type Recorded,
  recording,
} from '../shared/recorded.test-support.ts'

/**
 * Deploys one template by a change set, changes it into another by a second one, and deletes it: what the
 * recorded tests named `test_change_set_*` do. Everything AWS answered on the way is compared.
 */
export interface RecordedUpdate {
  readonly before: object
  readonly after: object
  readonly parametersBefore?: Readonly<Record<string, string>>
  readonly parametersAfter?: Readonly<Record<string, string>>
  /** Done on a fresh cloud, and between the two deployments. */
  readonly prepare?: (cloud: Cloud) => Promise<unknown>
  readonly between?: (cloud: Cloud) => Promise<unknown>
  readonly options?: CloudOptions
  /** What placeholders of the recording stand for in this run. */
  readonly bindings?: Readonly<Record<string, string>>
}

/**
 * As `expectRecorded`. Recordings made before December 2025 lack `LastOperations`, which AWS answers since.
 */
export function expectAnswers(
  found: unknown,
  recorded: unknown,
  bindings?: Bindings,
  ignore?: readonly string[],
): void {
  const since = JSON.stringify(recorded).includes('"LastOperations"')
  const answers = since ? found : without('LastOperations', found)
  expectRecorded(answers, recorded, bindings, ignore)
}

function without(name: string, value: unknown): unknown {
  if (value instanceof Date || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => without(name, item))
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== name)
      .map(([key, item]) => [key, without(name, item)]),
  )
}

/** The account that recordings show. */
export const recordedAccount = '111111111111'

export function recordedCloud(options: CloudOptions = {}): {
  cloud: Cloud
  cfn: CloudFormationClient
} {
  const cloud = createCloud({ ...options, accountId: recordedAccount, deepFreeze: true })
  return { cloud, cfn: client(cloud, CloudFormationClient) }
}

const StackName = 'stack-1'
const ChangeSetName = 'cs-1'

export async function replayUpdate(
  file: string,
  name: string,
  update: RecordedUpdate,
): Promise<void> {
  const recorded = recording(`cloudformation/${file}`, name)
  const { cloud, cfn } = recordedCloud(update.options)
  await update.prepare?.(cloud)
  const found: Recorded = {}
  const first = recorded['describe-change-set-1'] as { Capabilities: Capability[] }
  const world: World = { cloud, cfn, found, capabilities: first.Capabilities }
  const created = await deploy(world, 1, 'CREATE', update.before, update.parametersBefore)
  await update.between?.(cloud)
  await deploy(world, 2, 'UPDATE', update.after, update.parametersAfter)
  // Older recordings took the events before the deletion, newest first; newer ones after it.
  const late =
    Object.keys(recorded).indexOf('delete-describe') <
    Object.keys(recorded).indexOf('per-resource-events')
  if (!late) found['per-resource-events'] = await eventsByResource(cfn, created)
  await cfn.send(new DeleteStackCommand({ StackName: created }))
  await cloud.advance({ minutes: 2 })
  found['delete-describe'] = await describe(cfn, created)
  if (late) {
    const shown = JSON.stringify(recorded['per-resource-events'])
    const newest = shown.includes('"PhysicalResourceId":""')
    found['per-resource-events'] = withoutRepeats(await eventsByResource(cfn, created), newest)
  }
  if ('all-events' in recorded) found['all-events'] = await statusesInOrder(cfn, created)
  const bindings: Bindings = new Map(Object.entries(update.bindings ?? {}))
  expectAnswers(normal(found), normal(withDrawnNames(recorded)), bindings)
}

interface World {
  readonly cloud: Cloud
  readonly cfn: CloudFormationClient
  readonly found: Recorded
  /** Newer recordings were made with all capabilities. */
  readonly capabilities: Capability[]
}

async function deploy(
  { cloud, cfn, found, capabilities }: World,
  step: number,
  type: 'CREATE' | 'UPDATE',
  template: object,
  parameters: Readonly<Record<string, string>> = {},
): Promise<string> {
  const creation = await cfn.send(
    new CreateChangeSetCommand({
      StackName,
      ChangeSetName,
      ChangeSetType: type,
      TemplateBody: JSON.stringify(template),
      Capabilities: capabilities,
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  )
  found[`create-change-set-${step}`] = await asRecorded(Promise.resolve(creation))
  await cloud.advance({ seconds: 5 })
  const ChangeSetId = creation.Id ?? ''
  const shown = { ChangeSetName: ChangeSetId, StackName }
  found[`describe-change-set-${step}-prop-values`] = await asRecorded(
    cfn.send(new DescribeChangeSetCommand({ ...shown, IncludePropertyValues: true })),
  )
  found[`describe-change-set-${step}`] = await asRecorded(
    cfn.send(new DescribeChangeSetCommand(shown)),
  )
  found[`execute-change-set-${step}`] = await asRecorded(
    cfn.send(new ExecuteChangeSetCommand(shown)),
  )
  await cloud.advance({ minutes: 2 })
  const stackId = creation.StackId ?? ''
  found[`post-create-${step}-describe`] = await describe(cfn, stackId)
  return stackId
}

async function describe(cfn: CloudFormationClient, stackId: string): Promise<Recorded> {
  const answer = await asRecorded(cfn.send(new DescribeStacksCommand({ StackName: stackId })))
  const [stack] = answer['Stacks'] as Recorded[] // DescribeStacks answers with a list.
  return stack ?? {}
}

async function eventsOf(cfn: CloudFormationClient, stackId: string): Promise<StackEvent[]> {
  const { StackEvents = [] } = await cfn.send(
    new DescribeStackEventsCommand({ StackName: stackId }),
  )
  return StackEvents
}

/** Who came into which status, oldest first, without repeats and clean-ups: what one recorded test keeps. */
async function statusesInOrder(
  cfn: CloudFormationClient,
  stackId: string,
): Promise<readonly (readonly string[])[]> {
  const last = new Map<string, string>()
  const statuses: string[][] = []
  for (const { LogicalResourceId: id = '', ResourceStatus: status = '' } of (
    await eventsOf(cfn, stackId)
  ).toReversed()) {
    if (last.get(id) === status || noise.includes(status)) continue
    last.set(id, status)
    statuses.push([id, status])
  }
  return statuses
}

const noise = ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS']

async function eventsByResource(
  cfn: CloudFormationClient,
  stackId: string,
): Promise<Record<string, StackEvent[]>> {
  const events: Record<string, StackEvent[]> = {}
  for (const event of await eventsOf(cfn, stackId)) {
    const key = event.LogicalResourceId ?? ''
    events[key] = [...(events[key] ?? []), event]
  }
  return events
}

/**
 * Newer recordings keep few members, oldest first, of the last of each run of events with the same status; the newest
 * ones of the first of each run, and nothing of deletions.
 */
function withoutRepeats(
  events: Record<string, StackEvent[]>,
  newest: boolean,
): Record<string, Partial<StackEvent>[]> {
  const kept: Record<string, Partial<StackEvent>[]> = {}
  for (const [name, list] of Object.entries(events)) {
    const beside = newest ? 1 : -1
    const runs = list.filter(
      (event, i) => event.ResourceStatus !== list[i + beside]?.ResourceStatus,
    )
    kept[name === StackName ? 'Stack' : name] = runs
      .filter(({ ResourceStatus = '' }) => !noise.includes(ResourceStatus))
      .filter(({ ResourceStatus = '' }) => !newest || !ResourceStatus.startsWith('DELETE_'))
      .toReversed()
      .map(
        ({ LogicalResourceId, PhysicalResourceId, ResourceStatus, ResourceType, Timestamp }) => ({
          LogicalResourceId,
          PhysicalResourceId,
          ResourceStatus,
          ResourceType,
          Timestamp,
        }),
      )
  }
  return kept
}

/**
 * Takes away what recordings of the same request differ in: the order of details, the moments and UUIDs in
 * event ids, and `Replacement` of additions, which AWS answered until April 2025 and left out since.
 */
export function normal(value: unknown): unknown {
  if (value instanceof Date) return value
  if (Array.isArray(value)) return value.map(normal)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([key, item]): [string, unknown] => {
    if (key === 'Details' && Array.isArray(item)) return [key, item.map(normal).sort(byText)]
    if (key === 'EventId' && typeof item === 'string') return [key, eventShape(item)]
    return [key === StackName ? '<stack-name:1>' : key, normal(item)]
  })
  const { Replacement, ...rest } = Object.fromEntries(members)
  return rest['Action'] === 'Add' || Replacement === undefined ? rest : { ...rest, Replacement }
}

function byText(left: unknown, right: unknown): number {
  return sortText(left) < sortText(right) ? -1 : 1
}

function sortText(detail: unknown): string {
  const { ChangeSource, CausingEntity, Target } = detail as Recorded & { Target: Recorded }
  return JSON.stringify([ChangeSource, CausingEntity, Target['Attribute'], Target['Name']])
}

function eventShape(id: string): string {
  return id
    .replace(/<uuid:\d+>|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, 'uuid')
    .replace(/-(date|\d{4}-\d\d-\d\dT.*Z)$/, '-date')
}

/** Suffixes that AWS draws are placeholders like the others: the same one stands for the same text. */
export function withDrawnNames<T>(recorded: T): T {
  const text = JSON.stringify(recorded).replace(
    /"(CFN-[a-zA-Z0-9]+|stack-[0-9a-f]{8}-[a-zA-Z0-9]+)-([a-zA-Z0-9]{12})"/g,
    '"$1-<drawn-$2>"',
  )
  return JSON.parse(text) as T // What was serialised just above.
}

/** The error of a call, as a recording of `str(exception)` has it. */
export async function errorText(operation: string, call: Promise<object>): Promise<string> {
  const answer = await asRecorded(call)
  const { Code, Message } = (answer['Error'] ?? {}) as { Code?: string; Message?: string }
  expect(Code).toBeDefined()
  return `An error occurred (${Code}) when calling the ${operation} operation: ${Message}`
}
