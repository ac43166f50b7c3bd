import { badIterator } from './errors.ts'

/** Where reading goes on: before the record with this sequence number, whether it is there yet or not. */
export interface Position {
  readonly streamArn: string
  readonly shardId: string
  readonly sequence: number
  /** Records before this moment are passed over: AT_TIMESTAMP. */
  readonly fromMs?: number
  readonly issuedAtMs: number
}

/** The token has the stream's ARN before it, as on AWS: `arn|1|token`. */
export function iteratorText(position: Position): string {
  const { streamArn, shardId, sequence, fromMs, issuedAtMs } = position
  const token = JSON.stringify([
    shardId,
    sequence,
    issuedAtMs,
    ...(fromMs === undefined ? [] : [fromMs]),
  ])
  return `${streamArn}|1|${Buffer.from(token).toString('base64')}`
}

export function readIterator(text: string): Position {
  const [streamArn = '', version, token = ''] = text.split('|')
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(token, 'base64').toString())
  } catch {
    throw badIterator() // No token of ours.
  }
  if (version !== '1' || !Array.isArray(parts)) throw badIterator()
  const [shardId, sequence, issuedAtMs, fromMs] = parts as unknown[]
  if (typeof shardId !== 'string' || typeof sequence !== 'number') throw badIterator()
  if (typeof issuedAtMs !== 'number') throw badIterator()
  return {
    streamArn,
    shardId,
    sequence,
    issuedAtMs,
    ...(typeof fromMs === 'number' ? { fromMs } : {}),
  }
}

/** The stream that an iterator belongs to: what a policy judges. */
export function streamOfIterator(text: string): string {
  const arn = text.split('|')[0] ?? ''
  return arn.startsWith('arn:') ? arn : '*'
}
