import { AwsError } from '@cloud-orrery/models'
import { CreateLogGroup, CreateLogStream, PutLogEvents } from '@cloud-orrery/models/logs'
import type { Context } from '../../context.ts'
import type { EnvironmentRecord } from '../state.ts'
import type { LogEvent } from './log-lines.ts'

/** Source: PutLogEvents. */
const batchEventsMax = 10_000
const batchBytesMax = 1_048_576
const eventRestBytes = 26
/** Longer lines are cut. Source: PutLogEvents: an event of at most 1 MB. */
const lineBytesMax = batchBytesMax - eventRestBytes

/**
 * Writes the log of an invocation as the function's role. What the role may not do is not done: there is no log then,
 * and nobody is told. Returns what is known of the log stream from here on.
 */
export async function writeLog(
  ctx: Context,
  environment: EnvironmentRecord,
  events: readonly LogEvent[],
): Promise<EnvironmentRecord['logs']> {
  const { credentials } = environment
  if (credentials === undefined) return environment.logs
  const as = { as: { caller: credentials.caller } } as const
  let { logs } = environment
  if (logs === 'denied') return logs
  if (logs === 'unopened') logs = (await open(ctx, environment, as)) ? 'open' : 'denied'
  if (logs === 'denied') return logs
  const { logGroup: logGroupName, logStream: logStreamName } = environment
  for (const batch of batchesOf(events)) {
    const input = { logGroupName, logStreamName, logEvents: batch }
    const refused = await attempt(ctx.call(PutLogEvents, input, as))
    if (refused?.code !== 'ResourceNotFoundException') continue
    // Somebody deleted group or stream: Lambda makes them again.
    if (!(await open(ctx, environment, as))) return 'denied'
    await attempt(ctx.call(PutLogEvents, input, as))
  }
  return logs
}

type As = Parameters<Context['call']>[2]

/** Makes the stream, and the group where it is missing. */
async function open(
  ctx: Context,
  { logGroup: logGroupName, logStream: logStreamName }: EnvironmentRecord,
  as: As,
): Promise<boolean> {
  const makeStream = () => attempt(ctx.call(CreateLogStream, { logGroupName, logStreamName }, as))
  let refused = await makeStream()
  if (refused?.code === 'ResourceNotFoundException') {
    const group = await attempt(ctx.call(CreateLogGroup, { logGroupName }, as))
    if (group !== undefined && group.code !== 'ResourceAlreadyExistsException') return false
    refused = await makeStream()
  }
  return refused === undefined || refused.code === 'ResourceAlreadyExistsException'
}

/** The refusal, if there was one. */
async function attempt(call: Promise<unknown>): Promise<AwsError | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    if (error instanceof AwsError) return error
    throw error
  }
}

function* batchesOf(events: readonly LogEvent[]): Generator<LogEvent[]> {
  let batch: LogEvent[] = []
  let bytes = 0
  for (const { timestamp, message } of events) {
    if (message.trim() === '') continue
    const cut =
      Buffer.byteLength(message) > lineBytesMax
        ? Buffer.from(message).subarray(0, lineBytesMax).toString()
        : message
    const size = Buffer.byteLength(cut) + eventRestBytes
    if (batch.length === batchEventsMax || bytes + size > batchBytesMax) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push({ timestamp, message: cut })
    bytes += size
  }
  if (batch.length > 0) yield batch
}
