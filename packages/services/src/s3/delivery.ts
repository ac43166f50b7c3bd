import { Publish } from '@cloud-orrery/models/sns'
import { SendMessage } from '@cloud-orrery/models/sqs'
import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { bucketArn } from './access.ts'
import { notificationRetryMs } from './limits.ts'
import type { DestinationKind } from './notification-rules.ts'

export interface Notification {
  readonly bucket: string
  readonly kind: DestinationKind
  readonly arn: string
  readonly body: string
}

/** As S3 itself, on behalf of the bucket: only the destination's policy can allow it. */
export async function send(ctx: Context, { bucket, kind, arn, body }: Notification): Promise<void> {
  const [, , , region = '', accountId = '', name = ''] = arn.split(':')
  const options = {
    as: 's3.amazonaws.com',
    sourceArn: bucketArn(ctx, bucket),
    sourceAccount: ctx.accountId,
    region,
    accountId,
  }
  if (kind === 'queue') {
    const QueueUrl = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`
    await ctx.call(SendMessage, { QueueUrl, MessageBody: body }, options)
  } else {
    const message = { TopicArn: arn, Subject: 'Amazon S3 Notification', Message: body }
    await ctx.call(Publish, message, options)
  }
}

/**
 * Delivers one notification. Faults of the destination are tried again; a refusal is final.
 * Deviation: AWS does not say how often it tries; ours tries for some thirteen minutes.
 */
export const deliver = task<Notification>('s3.deliver', {
  async run(ctx, notification) {
    await send(ctx, notification)
  },
  retryDelayMs: (attempt, error) =>
    error.fault === 'server' || /Throttl/.test(error.code)
      ? notificationRetryMs[attempt - 1]
      : undefined,
})
