import { orderedKey } from '@cloud-orrery/kernel'
import { GetLogEvents, type GetLogEventsRequest } from '@cloud-orrery/models/logs'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { decrypted } from './encryption.ts'
import { invalidToken } from './errors.ts'
import { type Position, streamPosition, streamToken } from './event-ids.ts'
import { pageBytesMax, pageEventsMax } from './limits.ts'
import {
  expiredBeforeMs,
  judgedGroup,
  judgedStream,
  nameOf,
  theGroup,
  theStream,
} from './lookup.ts'
import { type LogEvent, type LogGroup, type LogStream, logEvents } from './state.ts'
import { bytesOf } from './sweep.ts'

/** Deviation: tokens do not expire; on AWS they do, after 24 hours. */
export const getLogEvents = operation(GetLogEvents, {
  authorize(input, ctx) {
    const name = nameOf(input) ?? ''
    return [judgedStream(ctx, name, input.logStreamName), ...unmasking(ctx, name, input.unmask)]
  },
  provenance: 'recorded',
  trail: { kind: 'data' },
  run: (ctx, input) => decrypted(ctx, theGroup(ctx, input), (group) => eventsOf(ctx, group, input)),
})

function eventsOf(ctx: Context, group: LogGroup, input: GetLogEventsRequest) {
  const stream = theStream(ctx, group, input.logStreamName)
  const at = input.nextToken === undefined ? undefined : streamPosition(input.nextToken)
  if (input.nextToken !== undefined && at === undefined) throw invalidToken()
  const fromMs = Math.max(input.startTime ?? 0, expiredBeforeMs(ctx, group))
  const forward = at === undefined ? input.startFromHead === true : at.direction === 'f'
  const events = page(range(ctx, stream, input, fromMs, at, forward), input.limit)
  if (!forward) events.reverse()
  const [first] = events
  const last = events.at(-1)
  const output = events.map(({ atMs, message, ingestedAtMs }) => ({
    timestamp: atMs,
    message,
    ingestionTime: ingestedAtMs,
  }))
  return first !== undefined && last !== undefined
    ? {
        events: output,
        nextForwardToken: streamToken('f', last),
        nextBackwardToken: streamToken('b', first),
      }
    : { events: output, ...tokensAtEnd(at, fromMs) }
}

/** The permission that `unmask` needs. No log group of the model masks anything. */
export function unmasking(ctx: Context, name: string, unmask = false): Authorization[] {
  return unmask ? [{ ...judgedGroup(ctx, name), action: 'logs:Unmask' }] : []
}

type At = ReturnType<typeof streamPosition>

/** A stream's events from a place on, in the direction of the token. */
function range(
  ctx: Context,
  { id }: LogStream,
  { endTime }: GetLogEventsRequest,
  fromMs: number,
  at: At,
  forward: boolean,
): Iterable<LogEvent> {
  const bounds = {
    prefix: orderedKey(id, ''),
    from: orderedKey(id, fromMs),
    ...(endTime === undefined ? {} : { before: orderedKey(id, endTime) }),
  }
  const after = at === undefined ? {} : { after: orderedKey(id, at.atMs, at.sequence) }
  return logEvents.scan(ctx, { ...bounds, ...after, reverse: !forward })
}

/** Events until the page is full: by number, or by bytes. */
function page(events: Iterable<LogEvent>, limit = pageEventsMax): LogEvent[] {
  const found: LogEvent[] = []
  let bytes = 0
  for (const event of events) {
    bytes += bytesOf(event.message)
    if (found.length === limit || (bytes > pageBytesMax && found.length > 0)) break
    found.push(event)
  }
  return found
}

/** At the end of a stream the token that came is given back; the other one turns round. */
function tokensAtEnd(at: At, fromMs: number) {
  const here: Position = at ?? { atMs: fromMs, sequence: 0 }
  const turned = (step: number): Position => ({
    ...here,
    sequence: Math.max(0, here.sequence + step),
  })
  return {
    nextForwardToken: streamToken('f', at?.direction === 'b' ? turned(-1) : here),
    nextBackwardToken: streamToken('b', at?.direction === 'f' ? turned(1) : here),
  }
}
