import {
  type _Event,
  type LookupAttribute,
  LookupEvents,
  type LookupEventsRequest,
} from '@cloud-orrery/models/cloudtrail'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { pageToken, positionOf } from '../shared/page-tokens.ts'
import {
  invalidLookupAttribute,
  invalidNextToken,
  lookupAttributeNotOfInsights,
  startAfterEnd,
  tooManyLookupAttributes,
} from './errors.ts'
import { eventNameOf } from './event-kinds.ts'
import { attributeValueMax, historyMs, lookupAttributesMax, pageEventsMax } from './limits.ts'
import { eventIdOf, eventRecord } from './record.ts'
import { isInHistoryOf, type RecordedCall, recordedCall } from './recorded-call.ts'
import { resourcesOf } from './resources.ts'
import { userNameOf } from './user-identity.ts'

// Deviation: an event can be looked up at once; AWS takes about five minutes.
export const lookupEvents = operation(LookupEvents, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, input) {
    const attribute = lookupAttribute(input)
    const { StartTime, EndTime, EventCategory, MaxResults = pageEventsMax } = input
    if (StartTime !== undefined && EndTime !== undefined && StartTime > EndTime) {
      throw startAfterEnd()
    }
    const before = pageStart(input)
    // Insights events come from trails that ask for them, and there are no trails.
    if (EventCategory === 'insight') return { Events: [] }
    const query = { attribute, startMs: StartTime, endMs: EndTime, before }
    const calls = newestCalls(ctx, query, MaxResults + 1)
    const page = calls.slice(0, MaxResults)
    const last = page.at(-1)
    const Events = page.map((call) => eventOf(call, ctx.accountId))
    if (last === undefined || calls.length === page.length) return { Events }
    return { Events, NextToken: pageToken(String(last.sequence), queryOf(input)) }
  },
})

interface Query {
  readonly attribute: LookupAttribute | undefined
  readonly startMs: number | undefined
  readonly endMs: number | undefined
  /** Sequence in the journal before which the page starts. */
  readonly before: number
}

/** At most `count` calls that the query asks for, the newest first. */
function newestCalls(ctx: Context, query: Query, count: number): RecordedCall[] {
  const { attribute, before, endMs = Number.POSITIVE_INFINITY } = query
  const startMs = Math.max(query.startMs ?? 0, ctx.now() - historyMs)
  const found: RecordedCall[] = []
  const entries = ctx.journal()
  for (let at = entries.length - 1; at >= 0 && found.length < count; at -= 1) {
    const entry = entries[at]
    if (entry === undefined || entry.sequence >= before) continue
    const timeMs = eventTimeMs(entry.atMs)
    if (timeMs < startMs) break // The journal is in order of time.
    if (timeMs > endMs) continue
    const call = recordedCall(entry)
    if (call === undefined || call.region !== ctx.region) continue
    if (!isInHistoryOf(call, ctx.accountId)) continue
    if (attribute === undefined || matches(call, ctx.accountId, attribute)) found.push(call)
  }
  return found
}

/** Events are dated by the second. */
function eventTimeMs(atMs: number): number {
  return Math.floor(atMs / 1000) * 1000
}

/** The one attribute that is asked for, if any. */
function lookupAttribute(input: LookupEventsRequest): LookupAttribute | undefined {
  const { LookupAttributes = [], EventCategory } = input
  if (LookupAttributes.length > lookupAttributesMax) throw tooManyLookupAttributes()
  const attribute = LookupAttributes[0]
  if (attribute === undefined) return undefined
  const { AttributeKey: key, AttributeValue: value } = attribute
  const length = value.length + (value.match(/[_ ,\n]/g)?.length ?? 0)
  if (length > attributeValueMax) throw invalidLookupAttribute(key, value)
  if (key === 'ReadOnly' && value !== 'true' && value !== 'false') {
    throw invalidLookupAttribute(key, value)
  }
  if (EventCategory === 'insight' && !insightsAttributes.has(key)) {
    throw lookupAttributeNotOfInsights(key)
  }
  return attribute
}

/** Source: API reference, LookupEvents. */
const insightsAttributes: ReadonlySet<string> = new Set(['EventId', 'EventName', 'EventSource'])

function matches(
  call: RecordedCall,
  accountId: string,
  { AttributeKey: key, AttributeValue: value }: LookupAttribute,
): boolean {
  switch (key) {
    case 'EventId':
      return eventIdOf(call, accountId) === value
    case 'EventName':
      return eventNameOf(call.service, call.operation.name) === value
    case 'EventSource':
      return call.model.eventSource === value
    case 'ReadOnly':
      return String(call.readOnly) === value
    case 'Username':
      return userNameOf(call.caller, accountId) === value
    case 'AccessKeyId':
      return accessKeyOf(call, accountId) === value
    case 'ResourceName':
      return resourcesOf(call).some(({ name }) => name === value)
    case 'ResourceType':
      return resourcesOf(call).some(({ type }) => type === value)
    default:
      return false
  }
}

/** The key that signed, which accounts other than the caller's do not learn. */
function accessKeyOf(
  { caller, callerAccountId }: RecordedCall,
  accountId: string,
): string | undefined {
  return callerAccountId === accountId ? caller.accessKeyId : undefined
}

function eventOf(call: RecordedCall, accountId: string): _Event {
  const { service, operation: called, model } = call
  const AccessKeyId = accessKeyOf(call, accountId)
  const Username = userNameOf(call.caller, accountId)
  return {
    EventId: eventIdOf(call, accountId),
    EventName: eventNameOf(service, called.name),
    ReadOnly: String(call.readOnly),
    ...(AccessKeyId === undefined ? {} : { AccessKeyId }),
    EventTime: eventTimeMs(call.atMs),
    EventSource: model.eventSource,
    ...(Username === undefined ? {} : { Username }),
    Resources: resourcesOf(call).map(({ type, name }) => ({
      ResourceType: type,
      ResourceName: name,
    })),
    CloudTrailEvent: JSON.stringify(eventRecord(call, accountId)),
  }
}

/** Where the page starts; the token holds only for the query that it was given out for. */
function pageStart(input: LookupEventsRequest): number {
  if (input.NextToken === undefined) return Number.POSITIVE_INFINITY
  const before = positionOf(input.NextToken, queryOf(input))
  if (before === undefined) throw invalidNextToken()
  return Number(before)
}

function queryOf({ NextToken: _, MaxResults: __, ...query }: LookupEventsRequest): unknown {
  return query
}
