import { crc32 } from 'node:zlib'
import { AwsError, commonError } from '@cloud-orrery/models'

/** A header of an event stream message. Timestamps are epoch milliseconds. */
export type EventHeader =
  | { type: 'boolean'; value: boolean }
  | { type: 'byte' | 'short' | 'integer' | 'timestamp'; value: number }
  | { type: 'long'; value: number | bigint }
  | { type: 'binary'; value: Uint8Array }
  | { type: 'string' | 'uuid'; value: string }

export interface EventStreamMessage {
  headers: Record<string, EventHeader>
  payload: Uint8Array
}

/** Prelude (lengths and their CRC) and the message's CRC. Source: Smithy, Amazon event stream specification. */
const preludeBytes = 12
const trailerBytes = 4
/** Largest message: 24 MB with 128 KB of headers. */
const messageBytesMax = 24 * 1024 * 1024
const headersBytesMax = 128 * 1024

/** One message in the binary `application/vnd.amazon.eventstream` format. */
export function encodeEventStreamMessage({ headers, payload }: EventStreamMessage): Uint8Array {
  const headerBytes = Buffer.concat(
    Object.entries(headers).map(([name, header]) => encodeHeader(name, header)),
  )
  const total = preludeBytes + headerBytes.byteLength + payload.byteLength + trailerBytes
  const message = Buffer.alloc(total)
  message.writeUInt32BE(total, 0)
  message.writeUInt32BE(headerBytes.byteLength, 4)
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8)
  message.set(headerBytes, preludeBytes)
  message.set(payload, preludeBytes + headerBytes.byteLength)
  message.writeUInt32BE(crc32(message.subarray(0, total - trailerBytes)), total - trailerBytes)
  return message
}

/** `true` is 0 and `false` 1, so booleans have no code of their own here. */
const headerTypes = {
  byte: 2,
  short: 3,
  integer: 4,
  long: 5,
  binary: 6,
  string: 7,
  timestamp: 8,
  uuid: 9,
} as const

function encodeHeader(name: string, header: EventHeader): Buffer {
  const nameBytes = Buffer.from(name, 'utf8')
  const head = (type: number) =>
    Buffer.concat([Buffer.of(nameBytes.byteLength), nameBytes, Buffer.of(type)])
  if (header.type === 'boolean') return head(header.value ? 0 : 1)
  return Buffer.concat([head(headerTypes[header.type]), headerValue(header)])
}

function headerValue(header: Exclude<EventHeader, { type: 'boolean' }>): Buffer {
  switch (header.type) {
    case 'byte':
      return integer(1, (buffer) => buffer.writeInt8(header.value))
    case 'short':
      return integer(2, (buffer) => buffer.writeInt16BE(header.value))
    case 'integer':
      return integer(4, (buffer) => buffer.writeInt32BE(header.value))
    case 'long':
    case 'timestamp':
      return integer(8, (buffer) => buffer.writeBigInt64BE(BigInt(header.value)))
    case 'uuid':
      return Buffer.from(header.value.replaceAll('-', ''), 'hex')
    case 'binary':
    case 'string': {
      const bytes = Buffer.from(header.value as string)
      return Buffer.concat([integer(2, (buffer) => buffer.writeUInt16BE(bytes.byteLength)), bytes])
    }
    default:
      return header satisfies never
  }
}

function integer(size: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(size)
  write(buffer)
  return buffer
}

function corrupt(detail: string): AwsError {
  return new AwsError(commonError('SerializationException', 400), detail)
}

/** All messages of a whole stream. Throws `SerializationException` for lengths, CRCs or headers that are off. */
export function decodeEventStreamMessages(bytes: Uint8Array): EventStreamMessage[] {
  const messages: EventStreamMessage[] = []
  const stream = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  while (at < stream.byteLength) {
    if (stream.byteLength - at < preludeBytes + trailerBytes)
      throw corrupt('Truncated event stream')
    const total = stream.readUInt32BE(at)
    const headersLength = stream.readUInt32BE(at + 4)
    if (total > messageBytesMax || headersLength > headersBytesMax) {
      throw corrupt('Event stream message too large')
    }
    const fits = total >= preludeBytes + headersLength + trailerBytes
    if (!fits || at + total > stream.byteLength) throw corrupt('Truncated event stream')
    messages.push(decodeMessage(stream.subarray(at, at + total), headersLength))
    at += total
  }
  return messages
}

function decodeMessage(message: Buffer, headersLength: number): EventStreamMessage {
  const end = message.byteLength - trailerBytes
  if (crc32(message.subarray(0, 8)) !== message.readUInt32BE(8)) {
    throw corrupt('Event stream prelude checksum mismatch')
  }
  if (crc32(message.subarray(0, end)) !== message.readUInt32BE(end)) {
    throw corrupt('Event stream message checksum mismatch')
  }
  const headersEnd = preludeBytes + headersLength
  return {
    headers: decodeHeaders(message.subarray(preludeBytes, headersEnd)),
    payload: new Uint8Array(message.subarray(headersEnd, end)),
  }
}

function decodeHeaders(bytes: Buffer): Record<string, EventHeader> {
  const headers: Record<string, EventHeader> = {}
  let at = 0
  const take = (count: number): Buffer => {
    if (at + count > bytes.byteLength) throw corrupt('Truncated event stream header')
    at += count
    return bytes.subarray(at - count, at)
  }
  while (at < bytes.byteLength) {
    const name = take(take(1).readUInt8()).toString('utf8')
    if (name === '' || name === '__proto__') throw corrupt('Malformed event stream header')
    headers[name] = decodeHeader(take(1).readUInt8(), take)
  }
  return headers
}

function decodeHeader(type: number, take: (count: number) => Buffer): EventHeader {
  switch (type) {
    case 0:
    case 1:
      return { type: 'boolean', value: type === 0 }
    case 2:
      return { type: 'byte', value: take(1).readInt8() }
    case 3:
      return { type: 'short', value: take(2).readInt16BE() }
    case 4:
      return { type: 'integer', value: take(4).readInt32BE() }
    case 5: {
      const value = take(8).readBigInt64BE()
      const number = Number(value)
      return { type: 'long', value: Number.isSafeInteger(number) ? number : value }
    }
    case 6:
      return { type: 'binary', value: new Uint8Array(take(take(2).readUInt16BE())) }
    case 7:
      return { type: 'string', value: take(take(2).readUInt16BE()).toString('utf8') }
    case 8:
      return { type: 'timestamp', value: Number(take(8).readBigInt64BE()) }
    case 9: {
      const hex = take(16).toString('hex')
      return { type: 'uuid', value: hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') }
    }
    default:
      throw corrupt('Unknown event stream header type')
  }
}
