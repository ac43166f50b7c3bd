import { gzipSync } from 'node:zlib'
import { orderedKey } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import { Invoke } from '@cloud-orrery/models/lambda'
import type { InputLogEvent } from '@cloud-orrery/models/logs'
import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { isTransient } from '../shared/transient-errors.ts'
import { eventId } from './event-ids.ts'
import { compileFilterPattern } from './filter-pattern/compilation.ts'
import {
  type LogGroup,
  type LogStream,
  type SubscriptionFilterRecord,
  subscriptionFilters,
} from './state.ts'

/** Events of a stream on their way to a filter's destination. */
interface Sending {
  readonly groupId: string
  readonly groupName: string
  readonly filterName: string
  readonly streamName: string
  readonly logEvents: readonly Readonly<Record<string, unknown>>[]
}

/** Failed deliveries are tried again for so long. Source: user guide, "Subscriptions": up to 24 hours. */
const retriesForMs = 86_400_000
const retryDelayMsMin = 1000
const retryDelayMsMax = 900_000

export function filtersOf(ctx: Context, { id }: LogGroup): Iterable<SubscriptionFilterRecord> {
  return subscriptionFilters.scan(ctx, { prefix: `${id}\u0000` })
}

/** Starts a delivery for each filter that some of the events pass. `sequence`: number of the first event. */
export function sendOn(
  ctx: Context,
  group: LogGroup,
  stream: LogStream,
  sequence: number,
  events: readonly InputLogEvent[],
): void {
  for (const filter of filtersOf(ctx, group)) {
    const match = compileFilterPattern(filter.pattern)
    const logEvents = events.flatMap(({ timestamp, message }, at) => {
      const extracted = match(message)
      if (extracted === undefined) return []
      const event = {
        streamId: stream.id,
        groupId: group.id,
        atMs: timestamp,
        ingestedAtMs: 0,
        sequence: sequence + at,
        message,
      }
      const fields = Object.keys(extracted).length === 0 ? {} : { extractedFields: extracted }
      return [{ id: eventId(event), timestamp, message, ...fields }]
    })
    if (logEvents.length === 0) continue
    const { id: groupId, name: groupName } = group
    ctx.after(0, deliverEvents, {
      groupId,
      groupName,
      filterName: filter.name,
      streamName: stream.name,
      logEvents,
    })
  }
}

/** One delivery. Throttles and faults are tried again, what is refused is lost. Source: as above. */
export const deliverEvents = task<Sending>('logs.deliver', {
  async run(ctx, sending) {
    const filter = subscriptionFilters.get(ctx, orderedKey(sending.groupId, sending.filterName))
    if (filter === undefined) return // Deleted while the events were on their way.
    await invokeFunction(ctx, filter, dataMessage(ctx, filter, sending))
  },
  retryDelayMs(attempt, error) {
    if (!isTransient(error)) return undefined
    const delayMs = Math.min(retryDelayMsMin * 2 ** (attempt - 1), retryDelayMsMax)
    return attempt * delayMs > retriesForMs ? undefined : delayMs
  },
  onGiveUp(ctx, { groupName, filterName }, { code, message }) {
    ctx.record('delivery', 'logs.discarded', { groupName, filterName, code, message })
  },
})

/** Recorded: logs, `test_put_subscription_filter_lambda`; the document is that of the user guide, example 2. */
function dataMessage(ctx: Context, filter: SubscriptionFilterRecord, sending: Sending): Uint8Array {
  const document = {
    messageType: 'DATA_MESSAGE',
    owner: ctx.accountId,
    logGroup: filter.groupName,
    logStream: sending.streamName,
    subscriptionFilters: [filter.name],
    logEvents: sending.logEvents,
  }
  const data = gzipSync(Buffer.from(JSON.stringify(document))).toString('base64')
  return Buffer.from(JSON.stringify({ awslogs: { data } }))
}

/** Calls as CloudWatch Logs: policies name it with its region or without. Recorded: logs, with it. */
export async function invokeFunction(
  ctx: Context,
  filter: Pick<SubscriptionFilterRecord, 'destinationArn' | 'groupName'>,
  payload: Uint8Array | undefined,
): Promise<void> {
  const [, , , region = '', accountId = ''] = filter.destinationArn.split(':')
  const input = {
    FunctionName: filter.destinationArn,
    ...(payload === undefined
      ? { InvocationType: 'DryRun' as const }
      : { InvocationType: 'Event' as const, Payload: payload }),
  }
  const sourceArn = `arn:${ctx.partition}:logs:${ctx.region}:${ctx.accountId}:log-group:${filter.groupName}:*`
  const options = { sourceArn, region, accountId }
  try {
    await ctx.call(Invoke, input, { as: 'logs.amazonaws.com', ...options })
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'AccessDeniedException') throw error
    await ctx.call(Invoke, input, { as: `logs.${ctx.region}.amazonaws.com`, ...options })
  }
}
