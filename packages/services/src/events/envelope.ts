import type { Context, ServiceEvent } from '../context.ts'

/** An event on a bus, as plain data. */
export interface BusEvent {
  readonly id: string
  readonly detailType: string
  readonly source: string
  /** Account and Region from which it came first. */
  readonly account: string
  readonly region: string
  readonly timeMs: number
  readonly resources: readonly string[]
  /** JSON text of the detail, without insignificant white space. */
  readonly detail: string
  /** When EventBridge took it in. */
  readonly ingestedAtMs: number
  /** What an archive counts for it. */
  readonly sizeBytes: number
  readonly replayName?: string
  /** Rules to which a replay is limited. */
  readonly replayTo?: readonly string[]
  readonly traceHeader?: string
  /** The bus that forwarded it: such an event goes to no third bus. */
  readonly forwardedBy?: string
}

/** `2026-01-01T00:00:00Z`: EventBridge's times have whole seconds. */
export function eventTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** The event as targets get it. The detail keeps its digits and the order of its names. */
export function eventJson(event: BusEvent): string {
  return `${headJson(event)},"detail":${event.detail}}`
}

/** `<aws.events.event>`: everything but the detail, with one name spelled otherwise. Recorded: events. */
export function eventJsonWithoutDetail(event: BusEvent): string {
  const { id, account, detailType, source, region, resources } = event
  const time = eventTime(event.timeMs)
  return JSON.stringify({ id, account, detailType, time, source, region, resources, version: '0' })
}

/** The event as values, for patterns and paths. */
export function eventValue(event: BusEvent): Readonly<Record<string, unknown>> {
  return { ...head(event), detail: JSON.parse(event.detail) as unknown }
}

function head(event: BusEvent): Readonly<Record<string, unknown>> {
  const { id, detailType, source, account, region, resources, replayName } = event
  return {
    version: '0',
    id,
    'detail-type': detailType,
    source,
    account,
    time: eventTime(event.timeMs),
    region,
    ...(replayName === undefined ? {} : { 'replay-name': replayName }),
    resources,
  }
}

function headJson(event: BusEvent): string {
  return JSON.stringify(head(event)).slice(0, -1)
}

/** JSON text without white space between its tokens; all else stays as it was written. */
export function compactJson(json: string): string {
  return json.replace(/("[^"\\]*(?:\\.[^"\\]*)*")|\s+/g, '$1')
}

/** Bytes of an event in an archive: source, detail type, time and the detail as it was put. Recorded: events. */
export function archivedBytes(source: string, detailType: string, detail: string): number {
  return (
    Buffer.byteLength(source) +
    Buffer.byteLength(detailType) +
    Buffer.byteLength(detail) +
    timeBytes
  )
}

/** Length of a time in an event. */
const timeBytes = 20

/** An event that an AWS service puts on the default bus of an account. */
export function serviceEvent(
  ctx: Context,
  { source, detailType, resources = [], detail }: ServiceEvent,
  timeMs = ctx.now(),
): BusEvent {
  const text = JSON.stringify(detail)
  return {
    id: ctx.ids.uuid(),
    detailType,
    source,
    account: ctx.accountId,
    region: ctx.region,
    timeMs,
    resources,
    detail: text,
    ingestedAtMs: ctx.now(),
    sizeBytes: archivedBytes(source, detailType, text),
  }
}
