import { crc32 } from 'node:zlib'

/**
 * The unit of logs and snapshots: 4 bytes length of the payload, 4 bytes CRC-32 of these, 4 bytes CRC-32 of the
 * payload, all little-endian, then the payload. The length has a checksum of its own, so that a write that was
 * cut short is told from damage.
 */
export const frameHeadBytes = 12

/** Largest payload, in bytes: more is no frame of ours. */
export const payloadBytesMax = 1024 ** 3

export function frameOf(payload: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(frameHeadBytes + payload.byteLength)
  frame.writeUInt32LE(payload.byteLength, 0)
  frame.writeUInt32LE(crc32(frame.subarray(0, 4)), 4)
  frame.writeUInt32LE(crc32(payload), 8)
  frame.set(payload, frameHeadBytes)
  return frame
}

/** How a run of frames ends. `torn`: in the middle of a write. `damaged`: these bytes were never written so. */
export type FramesEnd =
  | { readonly kind: 'whole' }
  | { readonly kind: 'torn' | 'damaged'; readonly offset: number; readonly why: string }

export interface ScannedFrames {
  readonly payloads: readonly Uint8Array[]
  /** Where the last sound frame ends. */
  readonly soundBytes: number
  readonly end: FramesEnd
}

/** Reads frames until the end of the bytes or the first that is not sound. */
export function scanFrames(bytes: Uint8Array): ScannedFrames {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const payloads: Uint8Array[] = []
  let offset = 0
  while (offset < view.byteLength) {
    const end = endAt(view, offset)
    if (end !== undefined) return { payloads, soundBytes: offset, end }
    const start = offset + frameHeadBytes
    const next = start + view.readUInt32LE(offset)
    payloads.push(view.subarray(start, next))
    offset = next
  }
  return { payloads, soundBytes: offset, end: { kind: 'whole' } }
}

/** Undefined where a sound frame begins. */
function endAt(view: Buffer, offset: number): FramesEnd | undefined {
  const leftBytes = view.byteLength - offset
  if (leftBytes < frameHeadBytes) {
    return { kind: 'torn', offset, why: `${leftBytes} bytes of the head of a frame` }
  }
  const lengthBytes = view.readUInt32LE(offset)
  if (crc32(view.subarray(offset, offset + 4)) !== view.readUInt32LE(offset + 4)) {
    // A file system may have made room for a write whose bytes never came.
    const isBlank = view.subarray(offset).every((byte) => byte === 0)
    if (isBlank) return { kind: 'torn', offset, why: `${leftBytes} zero bytes` }
    return { kind: 'damaged', offset, why: 'the length of a frame does not fit its checksum' }
  }
  if (lengthBytes > payloadBytesMax) {
    return { kind: 'damaged', offset, why: `a frame of ${lengthBytes} bytes` }
  }
  if (leftBytes < frameHeadBytes + lengthBytes) {
    const had = leftBytes - frameHeadBytes
    return { kind: 'torn', offset, why: `${had} of the ${lengthBytes} bytes of a frame` }
  }
  const start = offset + frameHeadBytes
  if (crc32(view.subarray(start, start + lengthBytes)) !== view.readUInt32LE(offset + 8)) {
    return { kind: 'damaged', offset, why: 'the content of a frame does not fit its checksum' }
  }
  return undefined
}
