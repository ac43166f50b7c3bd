import { isTooDeep } from '../../shared/json-depth.ts'
import { eventId } from '../event-ids.ts'
import type { LogEvent } from '../state.ts'

/** A value of a field: text, or a number that an expression gave; lists and maps stay JSON text. */
export type Value = string | number

/** Fields of one event or one row of an aggregation, found when they are asked for. */
export interface Row {
  get(name: string): Value | undefined
}

/** What is known of an event besides its message. */
export interface EventPlace {
  readonly groupName: string
  readonly streamName: string
  readonly accountId: string
}

/** Characters of a path to a member of JSON. The bound is ours; AWS names none. */
const pathLengthMax = 1000

/** `2026-01-01 00:00:00.000`, as results show moments. */
export function shownTime(atMs: number): string {
  return new Date(atMs).toISOString().replace('T', ' ').replace('Z', '')
}

/** An event and the fields that Logs Insights discovers in it. Source: Supported logs and discovered fields. */
export class EventRow implements Row {
  readonly event: LogEvent
  readonly #place: EventPlace
  #root: unknown
  #isParsed = false
  #lambda: Readonly<Record<string, Value>> | undefined

  constructor(event: LogEvent, place: EventPlace) {
    this.event = event
    this.#place = place
  }

  get(name: string): Value | undefined {
    if (!name.startsWith('@')) return this.#member(name)
    const { event } = this
    const { groupName, streamName, accountId } = this.#place
    switch (name) {
      case '@message':
        return event.message
      case '@timestamp':
        return event.atMs
      case '@ingestionTime':
        return event.ingestedAtMs
      case '@logStream':
        return streamName
      case '@log':
        return `${accountId}:${groupName}`
      case '@ptr':
        return eventId(event)
      default:
        this.#lambda ??= lambdaFields(event.message)
        return (
          (Object.hasOwn(this.#lambda, name) ? this.#lambda[name] : undefined) ?? this.#member(name)
        )
    }
  }

  /** Every way of cutting a path into names is tried: longer paths name nothing. */
  #member(path: string): Value | undefined {
    return path.length > pathLengthMax ? undefined : textOf(inside(this.#json(), path))
  }

  #json(): unknown {
    if (!this.#isParsed) {
      this.#isParsed = true
      this.#root = jsonIn(this.event.message)
    }
    return this.#root
  }
}

/** JSON that is the message, or that ends it after what a runtime wrote before it. */
function jsonIn(message: string): unknown {
  const start = message.indexOf('{')
  const text = message.trimEnd()
  if (start === -1 || !text.endsWith('}')) return undefined
  try {
    const json = text.slice(start)
    const root: unknown = JSON.parse(json)
    return isTooDeep(json) ? undefined : root
  } catch {
    return undefined // Braces alone are no JSON.
  }
}

/** `a.b.0.c`: members by name, items by number. */
function inside(root: unknown, path: string): unknown {
  if (typeof root !== 'object' || root === null) return undefined
  // Objects and arrays have members by name.
  const members = root as Readonly<Record<string, unknown>>
  if (Object.hasOwn(members, path)) return members[path]
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot)
    if (!Object.hasOwn(members, head)) continue
    const found = inside(members[head], path.slice(dot + 1))
    if (found !== undefined) return found
  }
  return undefined
}

function textOf(value: unknown): Value | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' || typeof value === 'number') return value
  return typeof value === 'boolean' ? String(Number(value)) : JSON.stringify(value)
}

/** Of lines that Lambda writes: START, END and REPORT, and those of its runtimes with their request id. */
function lambdaFields(message: string): Readonly<Record<string, Value>> {
  const platform = /^(START|END|REPORT|INIT_START|XRAY) (?:RequestId: ([\w-]+))?/.exec(message)
  if (platform === null) {
    const requestId = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t([0-9a-f]{8}-[0-9a-f-]{27})\t/.exec(message)?.[1]
    return requestId === undefined ? {} : { '@requestId': requestId }
  }
  const [, type = '', requestId] = platform
  const fields: Record<string, Value> = { '@type': type }
  if (requestId !== undefined) fields['@requestId'] = requestId
  if (type !== 'REPORT') return fields
  const number = (form: RegExp) => {
    const text = form.exec(message)?.[1]
    return text === undefined ? undefined : Number(text)
  }
  const found: readonly (readonly [string, number | undefined, number])[] = [
    ['@duration', number(/\tDuration: ([\d.]+) ms/), 1],
    ['@billedDuration', number(/\tBilled Duration: ([\d.]+) ms/), 1],
    ['@initDuration', number(/\tInit Duration: ([\d.]+) ms/), 1],
    // In bytes, of a thousand to the kilobyte. Source: sample queries for Lambda.
    ['@memorySize', number(/\tMemory Size: (\d+) MB/), 1_000_000],
    ['@maxMemoryUsed', number(/\tMax Memory Used: (\d+) MB/), 1_000_000],
  ]
  for (const [name, value, unit] of found) if (value !== undefined) fields[name] = value * unit
  const traceId = /\tXRAY TraceId: (\S+)/.exec(message)?.[1]
  if (traceId !== undefined) fields['@xrayTraceId'] = traceId
  return fields
}

/** All fields that an event has, for GetLogRecord: members of JSON by their paths. */
export function allFields(row: EventRow): Readonly<Record<string, string>> {
  const names = [
    ...['@message', '@timestamp', '@ingestionTime', '@logStream', '@log', '@type', '@requestId'],
    ...['@duration', '@billedDuration', '@initDuration', '@memorySize', '@maxMemoryUsed'],
    ...leaves(jsonIn(row.event.message), ''),
  ]
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = row.get(name)
      return value === undefined ? [] : [[name, String(value)]]
    }),
  )
}

/** Source: Supported logs and discovered fields: up to 1,000 fields of an event. */
const fieldsMax = 1000

function leaves(value: unknown, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return path === '' ? [] : [path]
  return Object.entries(value)
    .flatMap(([name, member]) => leaves(member, path === '' ? name : `${path}.${name}`))
    .slice(0, fieldsMax)
}
