import {
  DescribeExecution,
  DescribeStateMachineForExecution,
  GetExecutionHistory,
  type HistoryEvent,
} from '@cloud-orrery/models/states'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { pageOf } from '../shared/pages.ts'
import { executionAuthorization } from './access.ts'
import { parsedArn, unqualified } from './arns.ts'
import { variableReferences } from './asl/validation.ts'
import { engine } from './engine.ts'
import { executionMissing, invalidToken, wrongResourceType } from './errors.ts'
import { executionSettings } from './execution-settings.ts'
import { type Execution, executions } from './executions/state.ts'
import { shownConfiguration } from './machines/configuration.ts'
import { machineHolder, openEncrypted } from './machines/encryption.ts'
import { itemsMax } from './pages.ts'

/** An execution by its ARN. Express executions are not kept for callers, but for those of Map states. */
export function theExecution(ctx: Context, arn: string): Execution {
  const { kind } = parsedArn(arn, 'execution', 'express')
  const execution = executions.get(ctx, arn)
  if (kind === 'express' && execution?.mapRunArn === undefined) throw wrongResourceType(kind)
  if (execution === undefined) throw executionMissing(arn)
  return execution
}

/** Refuses who may not decrypt what the execution's key protects. */
async function open(ctx: Context, execution: Execution): Promise<void> {
  const holder = machineHolder(machineArnOf(execution))
  await openEncrypted(ctx, executionSettings(execution)?.encryption, holder)
}

/** A child of a distributed Map state names its machine with a label behind it. */
function machineArnOf({ stateMachineArn }: Execution): string {
  return unqualified(stateMachineArn).replace(/\/.*$/, '')
}

export const describeExecution = operation(DescribeExecution, {
  authorize: ({ executionArn }, ctx) => executionAuthorization(ctx, executionArn),
  provenance: 'recorded',
  async run(ctx, { executionArn, includedData = 'ALL_DATA' }) {
    const execution = theExecution(ctx, executionArn)
    const isEncrypted = executionSettings(execution)?.encryption !== undefined
    const isWhole = includedData === 'ALL_DATA' || !isEncrypted
    if (isWhole) await open(ctx, execution)
    return { ...shownExecution(ctx, execution), ...shownData(execution, isWhole) }
  },
})

/** What descriptions and lists have in common. */
export function listedExecution(execution: Execution) {
  const { stoppedAtMs, redrivenAtMs, stateMachineVersionArn, stateMachineAliasArn } = execution
  return {
    executionArn: execution.executionArn,
    stateMachineArn: execution.stateMachineArn,
    name: execution.name,
    status: execution.status,
    startDate: execution.startedAtMs,
    redriveCount: execution.redriveCount,
    ...(stoppedAtMs === undefined ? {} : { stopDate: stoppedAtMs }),
    ...(redrivenAtMs === undefined ? {} : { redriveDate: redrivenAtMs }),
    ...(stateMachineVersionArn === undefined ? {} : { stateMachineVersionArn }),
    ...(stateMachineAliasArn === undefined ? {} : { stateMachineAliasArn }),
    ...(execution.mapRunArn === undefined ? {} : { mapRunArn: execution.mapRunArn }),
  }
}

function shownExecution(ctx: Context, execution: Execution) {
  const { error, cause, traceHeader } = execution
  const { status, reason } = engine.redriveStatus(ctx, execution)
  return {
    ...listedExecution(execution),
    redriveStatus: status,
    ...(reason === undefined ? {} : { redriveStatusReason: reason }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
    ...(traceHeader === undefined ? {} : { traceHeader }),
  }
}

function shownData({ input, output }: Execution, included: boolean) {
  return {
    ...(included ? { input } : {}),
    inputDetails: { included },
    ...(output === undefined
      ? {}
      : { ...(included ? { output } : {}), outputDetails: { included } }),
  }
}

export const describeStateMachineForExecution = operation(DescribeStateMachineForExecution, {
  authorize: ({ executionArn }, ctx) => executionAuthorization(ctx, executionArn),
  provenance: 'recorded',
  async run(ctx, { executionArn, includedData = 'ALL_DATA' }) {
    const execution = theExecution(ctx, executionArn)
    const { logging, tracing, encryption } = executionSettings(execution)
    const isWhole = includedData === 'ALL_DATA' || encryption === undefined
    if (isWhole) await open(ctx, execution)
    const definition = Buffer.from(ctx.blobs.get(execution.definition)).toString()
    const references = isWhole ? variableReferences(definition) : {}
    const { roleArn, revisionId, mapRunArn, stateMachineArn } = execution
    const [name = '', label] = (stateMachineArn.split(':')[6] ?? '').split('/')
    return {
      stateMachineArn,
      name,
      definition: isWhole ? definition : '{}',
      updateDate: execution.startedAtMs,
      ...shownConfiguration({
        definition,
        roleArn,
        logging,
        tracing,
        ...(encryption === undefined ? {} : { encryption }),
        ...(revisionId === undefined ? {} : { revisionId }),
      }),
      ...(mapRunArn === undefined ? {} : { mapRunArn }),
      ...(label === undefined ? {} : { label }),
      ...(Object.keys(references).length === 0 ? {} : { variableReferences: references }),
    }
  },
})

export const getExecutionHistory = operation(GetExecutionHistory, {
  authorize: ({ executionArn }, ctx) => executionAuthorization(ctx, executionArn),
  provenance: 'recorded',
  async run(ctx, input) {
    const { executionArn, maxResults, nextToken: token, reverseOrder = false } = input
    const { includeExecutionData = true } = input
    const execution = theExecution(ctx, executionArn)
    await open(ctx, execution)
    const { items, nextToken } = pageOf({
      list: ({ after }) =>
        engine.history(ctx, executionArn, {
          reverse: reverseOrder,
          ...(after === undefined ? {} : { afterId: Number(after) }),
        }),
      positionOf: ({ id }) => String(id),
      itemsMax: itemsMax(maxResults),
      token,
      request: ['history', executionArn, reverseOrder],
      refused: invalidToken,
    })
    const events = includeExecutionData ? items : items.map(withoutData)
    return { events, ...(nextToken === undefined ? {} : { nextToken }) }
  },
})

const dataFields: ReadonlySet<string> = new Set([
  'input',
  'inputDetails',
  'output',
  'outputDetails',
  'parameters',
  'assignedVariables',
  'assignedVariablesDetails',
])

/** An event without input, output and parameters. Source: its API reference, `includeExecutionData`. */
function withoutData(event: HistoryEvent): HistoryEvent {
  const entries = Object.entries(event).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).filter(([field]) => !dataFields.has(field)))
      : value,
  ])
  return Object.fromEntries(entries) as HistoryEvent // Fields that may be absent are taken out, none are added.
}
