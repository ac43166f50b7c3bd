import { orderedKey } from '@cloud-orrery/kernel'
import { FilterLogEvents, type FilterLogEventsRequest } from '@cloud-orrery/models/logs'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { pageToken, positionOf } from '../shared/page-tokens.ts'
import { decrypted } from './encryption.ts'
import { invalidToken, streamNamesAndPrefix } from './errors.ts'
import { eventId } from './event-ids.ts'
import { compileFilterPattern } from './filter-pattern/compilation.ts'
import { unmasking } from './get-log-events.ts'
import { pageBytesMax, pageEventsMax, scannedEventsMax } from './limits.ts'
import { expiredBeforeMs, judgedGroup, nameOf, theGroup, theStream } from './lookup.ts'
import { eventKeys, type LogEvent, type LogGroup, logEvents, logStreams } from './state.ts'
import { bytesOf } from './sweep.ts'

/** Events of all streams, interleaved by time, ingestion and order of arrival. Source: FilterLogEvents. */
export const filterLogEvents = operation(FilterLogEvents, {
  authorize(input, ctx) {
    const name = nameOf(input) ?? ''
    return [judgedGroup(ctx, name), ...unmasking(ctx, name, input.unmask)]
  },
  provenance: 'recorded',
  trail: { kind: 'data' },
  run(ctx, input) {
    if (input.startFromHead === false) {
      throw notModelled('startFromHead false of logs:FilterLogEvents')
    }
    if (input.logStreamNames !== undefined && input.logStreamNamePrefix !== undefined) {
      throw streamNamesAndPrefix()
    }
    return decrypted(ctx, theGroup(ctx, input), (group) => search(ctx, group, input))
  },
})

function search(ctx: Context, group: LogGroup, input: FilterLogEventsRequest) {
  const match = compileFilterPattern(input.filterPattern ?? '')
  const streamName = namesOfStreams(ctx, group, input)
  const { nextToken: token, limit = pageEventsMax, interleaved: _, ...request } = input
  const after = token === undefined ? undefined : positionOf(token, request)
  if (token !== undefined && after === undefined) throw invalidToken()
  const events: { event: LogEvent; name: string }[] = []
  let bytes = 0
  let scanned = 0
  let last: LogEvent | undefined
  let full = false
  for (const event of range(ctx, group, input, after)) {
    full = events.length === limit || scanned === scannedEventsMax
    if (full) break
    const name = streamName(event.streamId)
    if (name !== undefined && match(event.message) !== undefined) {
      bytes += bytesOf(event.message)
      full = bytes > pageBytesMax && events.length > 0
      if (full) break
      events.push({ event, name })
    }
    scanned += 1
    last = event
  }
  return {
    events: events.map(({ event, name }) => ({
      logStreamName: name,
      timestamp: event.atMs,
      message: event.message,
      ingestionTime: event.ingestedAtMs,
      eventId: eventId(event),
    })),
    searchedLogStreams: [], // No longer supported, since 2020. Source: FilterLogEvents.
    nextToken: full && last !== undefined ? pageToken(place(last), request) : undefined,
  }
}

function range(
  ctx: Context,
  group: LogGroup,
  { startTime = 0, endTime }: FilterLogEventsRequest,
  after: string | undefined,
): Iterable<LogEvent> {
  const fromMs = Math.max(startTime, expiredBeforeMs(ctx, group))
  return logEvents.scanIndex(ctx, 'group', {
    prefix: orderedKey(group.id, ''),
    from: orderedKey(group.id, fromMs),
    // Events of the last moment belong to the range here, unlike with GetLogEvents.
    ...(endTime === undefined ? {} : { before: orderedKey(group.id, endTime + 1) }),
    ...(after === undefined ? {} : { after }),
  })
}

/** The name of a stream that is looked at; undefined for others, and for streams that are gone. */
function namesOfStreams(
  ctx: Context,
  group: LogGroup,
  { logStreamNames, logStreamNamePrefix = '' }: FilterLogEventsRequest,
): (streamId: string) => string | undefined {
  const wanted =
    logStreamNames && new Set(logStreamNames.map((name) => theStream(ctx, group, name).id))
  const names = new Map<string, string | undefined>()
  return (streamId) => {
    if (wanted?.has(streamId) === false) return undefined
    if (!names.has(streamId)) {
      const name = logStreams.first(ctx, 'id', streamId)?.name
      names.set(streamId, name?.startsWith(logStreamNamePrefix) === true ? name : undefined)
    }
    return names.get(streamId)
  }
}

function place(event: LogEvent): string {
  return orderedKey(eventKeys.group(event), eventKeys.stream(event))
}
