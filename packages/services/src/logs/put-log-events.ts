import {
  type InputLogEvent,
  PutLogEvents,
  type RejectedLogEventsInfo,
} from '@cloud-orrery/models/logs'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { batchTooLarge, eventTooLarge, spanTooLong, wrongOrder } from './errors.ts'
import { publishMetrics } from './extracted-metrics.ts'
import { batchBytesMax, batchSpanMsMax, futureMsMax, pastMsMax } from './limits.ts'
import { expiredBeforeMs, judgedStream, theGroup, theStream } from './lookup.ts'
import { type LogGroup, logEvents, logGroups, logStreams, streamKeys } from './state.ts'
import { sendOn } from './subscriptions.ts'
import { bytesOf, planSweep } from './sweep.ts'

/** The sequence token is ignored, as it has been since 2023. Source: PutLogEvents. */
export const putLogEvents = operation(PutLogEvents, {
  authorize: ({ logGroupName, logStreamName }, ctx) =>
    judgedStream(ctx, logGroupName, logStreamName),
  provenance: 'recorded',
  refuses: ['entity'],
  trail: { kind: 'data' },
  run(ctx, { logGroupName, logStreamName, logEvents: batch }) {
    checkBatch(batch)
    const group = theGroup(ctx, { logGroupName })
    const stream = theStream(ctx, group, logStreamName)
    const { accepted, rejected } = sorted(ctx, group, batch)
    const nextSequenceToken = `49${ctx.ids.from('0123456789', 54)}`
    const first = accepted[0]
    const last = accepted.at(-1)
    if (first === undefined || last === undefined) {
      return { nextSequenceToken, rejectedLogEventsInfo: rejected }
    }
    const ingestedAtMs = ctx.now()
    let sequence = group.nextSequence
    let storedBytes = group.storedBytes
    for (const { timestamp, message } of accepted) {
      logEvents.put(ctx, {
        streamId: stream.id,
        groupId: group.id,
        atMs: timestamp,
        ingestedAtMs,
        sequence,
        message,
      })
      sequence += 1
      storedBytes += bytesOf(message)
    }
    logGroups.update(ctx, group.name, { nextSequence: sequence, storedBytes })
    logStreams.update(ctx, streamKeys.name(stream), {
      firstEventAtMs: Math.min(stream.firstEventAtMs ?? Infinity, first.timestamp),
      lastEventAtMs: Math.max(stream.lastEventAtMs ?? 0, last.timestamp),
      lastIngestedAtMs: ingestedAtMs,
      sequenceToken: nextSequenceToken,
    })
    planSweep(ctx, group.name)
    sendOn(ctx, group, stream, group.nextSequence, accepted)
    publishMetrics(ctx, group, accepted)
    return { nextSequenceToken, rejectedLogEventsInfo: rejected }
  },
})

function checkBatch(batch: readonly InputLogEvent[]): void {
  let bytes = 0
  let beforeMs = 0
  for (const { timestamp, message } of batch) {
    if (timestamp < beforeMs) throw wrongOrder()
    beforeMs = timestamp
    const size = bytesOf(message)
    if (size > batchBytesMax) throw eventTooLarge(size)
    bytes += size
  }
  if (beforeMs - (batch[0]?.timestamp ?? 0) > batchSpanMsMax) throw spanTooLong()
  if (bytes > batchBytesMax) throw batchTooLarge(bytes)
}

/** What of a batch is taken, and where what is not begins and ends. */
function sorted(
  ctx: Context,
  group: LogGroup,
  batch: readonly InputLogEvent[],
): { accepted: readonly InputLogEvent[]; rejected: RejectedLogEventsInfo | undefined } {
  const tooOld = indexFrom(batch, ctx.now() - pastMsMax)
  const expired = indexFrom(batch, expiredBeforeMs(ctx, group))
  const tooNew = indexFrom(batch, ctx.now() + futureMsMax + 1)
  const rejected = {
    ...(tooNew < batch.length ? { tooNewLogEventStartIndex: tooNew } : {}),
    ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
    ...(expired > 0 ? { expiredLogEventEndIndex: expired } : {}),
  }
  return {
    accepted: batch.slice(Math.max(tooOld, expired), tooNew),
    rejected: Object.keys(rejected).length === 0 ? undefined : rejected,
  }
}

/** Index of the first event at or after a moment; the batch's length where there is none. */
function indexFrom(batch: readonly InputLogEvent[], atMs: number): number {
  const index = batch.findIndex(({ timestamp }) => timestamp >= atMs)
  return index === -1 ? batch.length : index
}
