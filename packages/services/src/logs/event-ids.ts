import type { LogEvent } from './state.ts'

/**
 * Ids and tokens of CloudWatch Logs are numbers of 56 digits whose upper part is the event's time. Ours are
 * built likewise: ms since 1970 times 2^144, the stream's id times 2^96, the event's number in its group.
 */
const digits = 56
const timeBits = 144n
const streamBits = 96n

export function eventId({ atMs, streamId, sequence }: LogEvent): string {
  const stream = BigInt(`0x${streamId}`) << streamBits
  return padded((BigInt(atMs) << timeBits) + stream + BigInt(sequence))
}

/** A place between events: before all events of `atMs` whose number is greater. */
export interface Position {
  readonly atMs: number
  readonly sequence: number
}

/** `f/...` goes on after a position, `b/...` before it. */
export function streamToken(direction: 'f' | 'b', { atMs, sequence }: Position): string {
  return `${direction}/${padded((BigInt(atMs) << timeBits) + BigInt(sequence))}/s`
}

/** Undefined for what is no token. */
export function streamPosition(
  token: string,
): (Position & { readonly direction: 'f' | 'b' }) | undefined {
  const match = /^([fb])\/(\d{56})\/s$/.exec(token)
  if (match === null) return undefined
  const number = BigInt(match[2] ?? '')
  const atMs = Number(number >> timeBits)
  const sequence = Number(BigInt.asUintN(Number(streamBits), number))
  if (!Number.isSafeInteger(atMs) || !Number.isSafeInteger(sequence)) return undefined
  return { direction: match[1] === 'b' ? 'b' : 'f', atMs, sequence }
}

function padded(number: bigint): string {
  return number.toString().padStart(digits, '0')
}
