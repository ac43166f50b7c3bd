import { orderedKey } from '@cloud-orrery/kernel'
import { PutObject } from '@cloud-orrery/models/s3'
import type { Context } from '../../context.ts'
import { type AnsweredRequest, task } from '../../define.ts'
import { isTransient } from '../../shared/transient-errors.ts'
import { bucketArn } from '../access.ts'
import { logDelayMs, notificationRetryMs } from '../limits.ts'
import { placeOf } from '../request-place.ts'
import { type BucketRecord, buckets, logLines, type VersionRecord } from '../state.ts'
import { actionLine, requestLine } from './log-lines.ts'
import { loggedOperation } from './logged-operations.ts'

/** Notes a request for the log of its bucket, where that has one. */
export function logRequest(ctx: Context, answered: AnsweredRequest): void {
  const { request, operation } = answered
  const name = placeOf(request.path).bucket
  const bucket = buckets.get(ctx, name)
  if (bucket?.logging === undefined) return
  note(ctx, bucket, requestLine(ctx, bucket, loggedOperation(operation, request.method), answered))
}

/** Notes what S3 does by a rule of a lifecycle. */
export function logAction(ctx: Context, operation: string, version: VersionRecord): void {
  const bucket = buckets.get(ctx, version.bucket)
  if (bucket?.logging === undefined) return
  note(ctx, bucket, actionLine(ctx, bucket, operation, version))
}

function note(ctx: Context, { name, accountId, region }: BucketRecord, line: string): void {
  let last = 0
  for (const noted of logLines.scan(ctx, { prefix: orderedKey(name, ''), reverse: true })) {
    last = noted.sequence
    break
  }
  if (last === 0) {
    const delayMs = ctx.choose('s3.logging.delayMs', logDelayMs)
    ctx.at({ accountId, region }).after(delayMs, deliverLog, { bucket: name })
  }
  logLines.put(ctx, { bucket: name, sequence: last + 1, line })
}

interface LogDelivery {
  readonly bucket: string
}

/**
 * Writes the lines that have gathered, as an object in the target bucket. S3 promises that it does its best, and no
 * more: a target that refuses gets no log. Source: S3 User Guide, "Logging requests with server access logging".
 * Deviation: AWS writes several objects an hour, ours one.
 */
export const deliverLog = task<LogDelivery>('s3.deliverLog', {
  async run(ctx, { bucket: name }) {
    const bucket = buckets.get(ctx, name)
    const lines = [...logLines.scan(ctx, { prefix: orderedKey(name, '') })]
    const logging = bucket?.logging
    if (bucket !== undefined && logging !== undefined && lines.length > 0) {
      const input = {
        Bucket: logging.TargetBucket,
        Key: keyOf(ctx, bucket),
        Body: new TextEncoder().encode(lines.map(({ line }) => `${line}\n`).join('')),
        ContentType: 'text/plain',
      }
      await ctx.call(PutObject, input, {
        as: 'logging.s3.amazonaws.com',
        sourceArn: bucketArn(ctx, name),
        sourceAccount: bucket.accountId,
        region: bucket.region,
        accountId: bucket.accountId,
      })
    }
    for (const { sequence } of lines) logLines.delete(ctx, orderedKey(name, sequence))
    // What came while the log was written waits for the next.
    if (logLines.scan(ctx, { prefix: orderedKey(name, '') }).next().done !== true) {
      ctx.after(ctx.choose('s3.logging.delayMs', logDelayMs), deliverLog, { bucket: name })
    }
  },
  retryDelayMs: (attempt, error) =>
    isTransient(error) ? notificationRetryMs[attempt - 1] : undefined,
  onGiveUp(ctx, { bucket: name }) {
    for (const { sequence } of [...logLines.scan(ctx, { prefix: orderedKey(name, '') })]) {
      logLines.delete(ctx, orderedKey(name, sequence))
    }
  },
})

/** `prefix2026-01-01-01-00-00-0123456789ABCDEF`, or in folders by day. */
function keyOf(ctx: Context, { name, accountId, region, logging }: BucketRecord): string {
  const { TargetPrefix: prefix = '', TargetObjectKeyFormat: format } = logging ?? {}
  const time = new Date(ctx.now()).toISOString().slice(0, 19).replace(/[T:]/g, '-')
  const id = ctx.ids.hex(16).toUpperCase()
  if (format?.PartitionedPrefix === undefined) return `${prefix}${time}-${id}`
  const [year, month, day] = time.split('-')
  const hour =
    format.PartitionedPrefix.PartitionDateSource === 'EventTime'
      ? `${year}-${month}-${day}-00-00-00`
      : time
  return `${prefix}${accountId}/${region}/${name}/${year}/${month}/${day}/${hour}-${id}`
}
