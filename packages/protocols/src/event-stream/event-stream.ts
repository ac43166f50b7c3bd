import { AwsError, type Member, type Shape } from '@cloud-orrery/models'
import { DecodeProblem } from '../problem.ts'
import { asRecord, bytesOf, decodeText, encodeText } from '../values.ts'
import {
  decodeEventStreamMessages,
  type EventHeader,
  type EventStreamMessage,
  encodeEventStreamMessage,
} from './message.ts'
import type { EventCodec } from './payload-codecs.ts'

/** The member that is an event stream, if a structure has one. */
export function eventStreamMember(shape: Shape): Member | undefined {
  const cached = streamMembers.get(shape)
  if (cached !== undefined) return cached.member
  const member = Object.values(shape.members ?? {}).find(
    ({ shape: { eventStream } }) => eventStream,
  )
  streamMembers.set(shape, { member })
  return member
}

const streamMembers = new WeakMap<Shape, { member: Member | undefined }>()

const text = (value: string): EventHeader => ({ type: 'string', value })

/** The other members of an RPC output, sent ahead of the events. */
export interface InitialResponse {
  value: Record<string, unknown>
  shape: Shape
}

/**
 * Events as the bytes of an event stream. Each event is an object with one key, the union's member.
 * An `AwsError` thrown by the iterable ends the stream with an exception message, as AWS does.
 */
export async function* writeEventStream(
  shape: Shape,
  events: AsyncIterable<Record<string, unknown>> | Iterable<Record<string, unknown>>,
  codec: EventCodec,
  initial?: InitialResponse,
): AsyncGenerator<Uint8Array> {
  if (initial !== undefined) yield encodeEventStreamMessage(initialMessage(initial, codec))
  try {
    for await (const event of events)
      yield encodeEventStreamMessage(eventMessage(event, shape, codec))
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause
    yield encodeEventStreamMessage(errorMessage(cause, shape, codec))
  }
}

function initialMessage({ value, shape }: InitialResponse, codec: EventCodec): EventStreamMessage {
  const rest: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    if (member.shape.eventStream !== true) rest[name] = value[name]
  }
  return {
    headers: {
      ':event-type': text('initial-response'),
      ':content-type': text(codec.contentType),
      ':message-type': text('event'),
    },
    payload: codec.write(rest, shape),
  }
}

function eventMessage(
  event: Record<string, unknown>,
  shape: Shape,
  codec: EventCodec,
): EventStreamMessage {
  const [name = '', value] =
    Object.entries(event).find(([, item]) => item !== undefined && item !== null) ?? []
  const member = shape.members?.[name]
  if (member === undefined) throw new TypeError(`${shape.name} has no event ${name}`)
  const isException = member.shape.error !== undefined
  const headers: Record<string, EventHeader> = isException
    ? { ':message-type': text('exception'), ':exception-type': text(name) }
    : { ':message-type': text('event'), ':event-type': text(name) }
  const payload = writeEvent(asRecord(value, name), member.shape, codec, headers)
  return { headers, payload }
}

/** Header members go into `headers`; the rest, or the one payload member, is the payload. */
function writeEvent(
  value: Record<string, unknown>,
  shape: Shape,
  codec: EventCodec,
  headers: Record<string, EventHeader>,
): Uint8Array {
  const body: Record<string, unknown> = {}
  let payload: Member | undefined
  let bodyMembers = 0
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    const item = value[name]
    if (member.eventPayload === true) payload = member
    else if (member.eventHeader !== true) {
      bodyMembers += 1
      body[name] = item
    } else if (item !== undefined && item !== null) headers[name] = eventHeader(item, member)
  }
  if (payload !== undefined) return writePayload(value[payload.name], payload, codec, headers)
  if (bodyMembers === 0) return new Uint8Array(0)
  headers[':content-type'] = text(codec.contentType)
  return codec.write(body, shape)
}

function writePayload(
  value: unknown,
  { shape }: Member,
  codec: EventCodec,
  headers: Record<string, EventHeader>,
): Uint8Array {
  if (value === undefined || value === null) return new Uint8Array(0)
  switch (shape.type) {
    case 'blob':
      headers[':content-type'] = text('application/octet-stream')
      return bytesOf(value)
    case 'string':
      headers[':content-type'] = text('text/plain')
      return encodeText(String(value))
    default:
      headers[':content-type'] = text(codec.contentType)
      return codec.write(asRecord(value, shape.name), shape)
  }
}

function eventHeader(value: unknown, { shape }: Member): EventHeader {
  switch (shape.type) {
    case 'boolean':
      return { type: 'boolean', value: value === true }
    case 'byte':
    case 'short':
    case 'integer':
    case 'timestamp':
      return { type: shape.type, value: Number(value) }
    case 'long':
      return { type: 'long', value: value as number | bigint }
    case 'blob':
      return { type: 'binary', value: bytesOf(value) }
    default:
      return text(String(value))
  }
}

/** A modelled error is an exception of the union; any other an unmodelled error. */
function errorMessage(error: AwsError, shape: Shape, codec: EventCodec): EventStreamMessage {
  const found = Object.entries(shape.members ?? {}).find(
    ([, member]) => member.shape.error !== undefined && member.shape.name === error.code,
  )
  if (found === undefined) {
    return {
      headers: {
        ':message-type': text('error'),
        ':error-code': text(error.code),
        ':error-message': text(error.message),
      },
      payload: new Uint8Array(0),
    }
  }
  const [name, member] = found
  const messageName = member.shape.members?.['Message'] === undefined ? 'message' : 'Message'
  return eventMessage({ [name]: { ...error.fields, [messageName]: error.message } }, shape, codec)
}

/**
 * The events of a whole stream that a client sent. Envelopes of signed messages are opened.
 * Deviation: the signatures of single messages are not verified.
 */
export function readEventStream(
  shape: Shape,
  bytes: Uint8Array,
  codec: EventCodec,
): Record<string, unknown>[] {
  const events: Record<string, unknown>[] = []
  for (const message of decodeEventStreamMessages(bytes)) {
    for (const inner of opened(message)) {
      const event = readEvent(inner, shape, codec)
      if (event !== undefined) events.push(event)
    }
  }
  return events
}

/** A signed message has a signature, a date, and another message as its payload; the last one is empty. */
function opened(message: EventStreamMessage): EventStreamMessage[] {
  return message.headers[':chunk-signature'] === undefined
    ? [message]
    : decodeEventStreamMessages(message.payload)
}

function readEvent(
  { headers, payload }: EventStreamMessage,
  shape: Shape,
  codec: EventCodec,
): Record<string, unknown> | undefined {
  const type = headers[':event-type']
  if (type?.type !== 'string') throw new DecodeProblem('type', 'An event has no type')
  if (type.value === 'initial-request') return undefined
  const members = shape.members ?? {}
  const member = Object.hasOwn(members, type.value) ? members[type.value] : undefined
  if (member === undefined) throw new DecodeProblem('unknown', `Unknown event ${type.value}`)
  return { [type.value]: readEventMembers(headers, payload, member.shape, codec) }
}

function readEventMembers(
  headers: Readonly<Record<string, EventHeader>>,
  payload: Uint8Array,
  shape: Shape,
  codec: EventCodec,
): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  let hasPayload = false
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    if (member.eventPayload === true) {
      hasPayload = true
      if (payload.byteLength > 0) result[name] = readPayload(payload, member, codec)
    } else if (member.eventHeader === true && headers[name] !== undefined) {
      result[name] = headers[name].value
    }
  }
  if (!hasPayload && payload.byteLength > 0) {
    for (const [name, value] of Object.entries(codec.read(payload, shape))) result[name] ??= value
  }
  return result
}

function readPayload(payload: Uint8Array, { shape }: Member, codec: EventCodec): unknown {
  if (shape.type === 'blob') return payload
  if (shape.type === 'string') return decodeText(payload)
  return codec.read(payload, shape)
}
