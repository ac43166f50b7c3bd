import { orderedKey, table } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import { CreateLogStream, PutLogEvents } from '@cloud-orrery/models/logs'
import type { HistoryEvent } from '@cloud-orrery/models/states'
import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { executionSettings } from './execution-settings.ts'
import type { Execution } from './executions/state.ts'
import { logEventsPerCallMax } from './limits.ts'
import { deliveryPrincipal } from './machines/logging-destination.ts'
import type { Logging } from './state.ts'

/** Lines of one group that wait for their delivery. */
interface PendingLines {
  readonly groupArn: string
  readonly number: number
  readonly stream: string
  readonly lines: readonly { readonly timestamp: number; readonly message: string }[]
}

export const pendingLogs = table<PendingLines>('states.pendingLogs', {
  key: ({ groupArn, number }) => orderedKey(groupArn, number),
  partition: 'region',
})

/** Hands events of a history to the log group of their machine. Recorded: states, 2024. */
export function deliverLogs(
  ctx: Context,
  execution: Execution,
  events: readonly HistoryEvent[],
): void {
  const { logging } = executionSettings(execution)
  const [groupArn] = logging.destinations ?? []
  if (groupArn === undefined || logging.level === 'OFF') return
  const wanted = events.filter(({ type }) => isLogged(logging.level, type))
  if (wanted.length === 0) return
  let last: PendingLines | undefined
  for (const it of pendingLogs.scan(ctx, { prefix: orderedKey(groupArn, ''), reverse: true })) {
    last = it
    break
  }
  const lines = wanted.map((event) => ({
    timestamp: event.timestamp,
    message: lineOf(execution, event, logging),
  }))
  pendingLogs.put(ctx, {
    groupArn,
    number: (last?.number ?? 0) + 1,
    stream: streamOf(execution),
    lines,
  })
  // One delivery takes all that waits.
  if (last === undefined) ctx.after(0, writeLogs, { groupArn })
}

/** `states/machine/2026-01-01-00-00/0123abcd`. Source: Developer Guide, "Logging in CloudWatch Logs". */
function streamOf({ stateMachineArn, startedAtMs }: Execution): string {
  const name = (stateMachineArn.split(':')[6] ?? '').replace(/\/.*$/, '')
  const hour = new Date(startedAtMs).toISOString().slice(0, 13).replace('T', '-')
  return `states/${name}/${hour}-00/00000000`
}

const failures =
  /^(Execution|Fail|Task|LambdaFunction|Activity|Map|Parallel|Wait).*(Failed|TimedOut|Aborted)$/

/** Source: Step Functions Developer Guide, "Log levels for Step Functions execution events". Recorded: states, 2024. */
function isLogged(level: Logging['level'], type: string): boolean {
  if (level === 'ALL') return true
  if (level === 'FATAL') return /^Execution(Aborted|Failed|TimedOut)$/.test(type)
  return level === 'ERROR' && (failures.test(type) || errorTypes.has(type))
}

const errorTypes: ReadonlySet<string> = new Set([
  'ActivityScheduleFailed',
  'LambdaFunctionScheduleFailed',
  'LambdaFunctionStartFailed',
  'FailStateEntered',
  'MapIterationAborted',
  'MapIterationFailed',
  'TaskStartFailed',
  'TaskSubmitFailed',
])

function lineOf(execution: Execution, event: HistoryEvent, logging: Logging): string {
  const { id, previousEventId = 0, timestamp, type } = event
  const line = {
    id: String(id),
    type,
    ...detailsOf(event, logging.includeExecutionData),
    previous_event_id: String(previousEventId),
    event_timestamp: String(timestamp),
    execution_arn: execution.executionArn,
    redrive_count: String(execution.redriveCount),
  }
  return JSON.stringify(line)
}

const data: ReadonlySet<string> = new Set([
  'input',
  'inputDetails',
  'output',
  'outputDetails',
  'parameters',
  'assignedVariables',
  'assignedVariablesDetails',
])

function detailsOf(event: HistoryEvent, withData: boolean): { details?: Record<string, unknown> } {
  const found = Object.entries(event).find(([name]) => name.endsWith('EventDetails'))?.[1]
  if (typeof found !== 'object' || found === null) return {}
  const entries = Object.entries(found).filter(([name]) => withData || !data.has(name))
  return { details: Object.fromEntries(entries) }
}

export const writeLogs = task<{ groupArn: string }>('states.write-logs', {
  async run(ctx, { groupArn }) {
    const waiting = [...pendingLogs.scan(ctx, { prefix: orderedKey(groupArn, '') })]
    for (const { number } of waiting) pendingLogs.delete(ctx, orderedKey(groupArn, number))
    const streams = Map.groupBy(waiting, ({ stream }) => stream)
    for (const [stream, pending] of streams) {
      await write(
        ctx,
        groupArn,
        stream,
        pending.flatMap(({ lines }) => lines),
      )
    }
  },
})

/** As log delivery, which the log group's policy lets write. What cannot be delivered is lost, as on AWS. */
async function write(
  ctx: Context,
  groupArn: string,
  logStreamName: string,
  lines: PendingLines['lines'],
): Promise<void> {
  const logGroupName = groupArn.split(':')[6] ?? ''
  const { partition, region, accountId } = ctx
  const options = {
    as: deliveryPrincipal,
    sourceArn: `arn:${partition}:logs:${region}:${accountId}:delivery-source`,
    accountId,
  }
  try {
    await createStream(ctx, logGroupName, logStreamName, options)
    for (let at = 0; at < lines.length; at += logEventsPerCallMax) {
      const logEvents = lines.slice(at, at + logEventsPerCallMax)
      await ctx.call(PutLogEvents, { logGroupName, logStreamName, logEvents }, options)
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    ctx.record('event', 'states.logs-lost', { groupArn, code: error.code, count: lines.length })
  }
}

async function createStream(
  ctx: Context,
  logGroupName: string,
  logStreamName: string,
  options: { as: string; sourceArn: string; accountId: string },
): Promise<void> {
  try {
    await ctx.call(CreateLogStream, { logGroupName, logStreamName }, options)
  } catch (error) {
    const isThere = error instanceof AwsError && error.code === 'ResourceAlreadyExistsException'
    if (!isThere) throw error
  }
}
