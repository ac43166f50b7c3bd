import {
  PutEvents,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@cloud-orrery/models/events'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { isTooDeep } from '../shared/json-depth.ts'
import { busAuthorization, findBus, namedBus } from './bus-lookup.ts'
import { archivedBytes, type BusEvent, compactJson } from './envelope.ts'
import { invalid } from './errors.ts'
import { entryTimeBytes, putEventsBytesMax } from './limits.ts'
import { routeEvent } from './routing.ts'
import { forwards } from './state.ts'

export const putEvents = operation(PutEvents, {
  authorize: ({ Entries }, ctx) => Entries.map((entry) => entryAuthorization(ctx, entry)),
  provenance: 'recorded',
  trail: { kind: 'data' },
  refuses: ['EndpointId'],
  run(ctx, { Entries }) {
    if (bytesOf(Entries) > putEventsBytesMax) {
      throw invalid('Total size of the entries in the request is over the limit.')
    }
    const results = Entries.map((entry) => put(ctx, entry))
    const failed = results.filter(({ ErrorCode }) => ErrorCode !== undefined)
    return { FailedEntryCount: failed.length, Entries: results }
  },
})

function entryAuthorization(ctx: Context, entry: PutEventsRequestEntry): Authorization {
  return busAuthorization(ctx, entry.EventBusName, {
    'events:source': entry.Source,
    'events:detail-type': entry.DetailType,
    'events:eventBusInvocation': String(forwardedEvent(ctx, entry) !== undefined),
  })
}

/** Source: EventBridge User Guide, "Calculating PutEvents event entry size". */
function bytesOf(entries: readonly PutEventsRequestEntry[]): number {
  let bytes = 0
  for (const { Time, Source = '', DetailType = '', Detail = '', Resources = [] } of entries) {
    if (Time !== undefined) bytes += entryTimeBytes
    for (const text of [Source, DetailType, Detail, ...Resources]) bytes += Buffer.byteLength(text)
  }
  return bytes
}

function put(ctx: Context, entry: PutEventsRequestEntry): PutEventsResultEntry {
  const forwarded = forwardedEvent(ctx, entry)
  const refusal = forwarded === undefined ? refusalOf(entry) : undefined
  if (refusal !== undefined) return refusal
  const bus = namedBus(ctx, entry.EventBusName)
  const there = ctx.at(bus)
  const event = forwarded ?? eventOf(ctx, entry)
  // An event for a bus that is not there is taken in and lost. Source: observed on AWS.
  if (findBus(there, bus.name) !== undefined) {
    there.after(0, routeEvent, { bus: bus.name, event })
  }
  return { EventId: event.id }
}

/** An event that another bus sends, with its envelope; see `target-kinds.ts`. */
function forwardedEvent(
  ctx: Context,
  { TraceHeader }: PutEventsRequestEntry,
): BusEvent | undefined {
  return TraceHeader === undefined ? undefined : forwards.get(ctx, TraceHeader)?.event
}

/** Recorded: events, PutEvents. */
function refusalOf(entry: PutEventsRequestEntry): PutEventsResultEntry | undefined {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (entry[name] === undefined || entry[name] === '') {
      return refused(
        'InvalidArgument',
        `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      )
    }
  }
  if (/^aws\./i.test(entry.Source ?? '')) {
    return refused('NotAuthorizedForSourceException', 'Not authorized for the source.')
  }
  return isObject(entry.Detail ?? '') && !isTooDeep(entry.Detail ?? '')
    ? undefined
    : refused('MalformedDetail', 'Detail is malformed.')
}

function refused(ErrorCode: string, ErrorMessage: string): PutEventsResultEntry {
  return { ErrorCode, ErrorMessage }
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

function eventOf(ctx: Context, entry: PutEventsRequestEntry): BusEvent {
  const { Source = '', DetailType = '', Detail = '', Resources = [], Time, TraceHeader } = entry
  const { principal } = ctx.caller
  return {
    id: ctx.ids.uuid(),
    detailType: DetailType,
    source: Source,
    account: 'accountId' in principal ? (principal.accountId ?? ctx.accountId) : ctx.accountId,
    region: ctx.region,
    timeMs: Math.floor((Time ?? ctx.now()) / 1000) * 1000,
    resources: Resources,
    detail: compactJson(Detail),
    ingestedAtMs: ctx.now(),
    sizeBytes: archivedBytes(Source, DetailType, Detail),
    ...(TraceHeader === undefined ? {} : { traceHeader: TraceHeader }),
  }
}
