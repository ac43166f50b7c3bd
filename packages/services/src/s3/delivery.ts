import { Invoke } from '@cloud-orrery/models/lambda'
import { Publish } from '@cloud-orrery/models/sns'
import { SendMessage } from '@cloud-orrery/models/sqs'
import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { isTransient } from '../shared/transient-errors.ts'
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
  switch (kind) {
    case 'queue': {
      const QueueUrl = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`
      await ctx.call(SendMessage, { QueueUrl, MessageBody: body }, options)
      break
    }
    case 'topic': {
      const message = { TopicArn: arn, Subject: 'Amazon S3 Notification', Message: body }
      await ctx.call(Publish, message, options)
      break
    }
    case 'function': {
      const Payload = new TextEncoder().encode(body)
      await ctx.call(Invoke, { FunctionName: arn, InvocationType: 'Event', Payload }, options)
      break
    }
    default:
      kind satisfies never
  }
}

/** Whether S3 may invoke a function for a bucket: nothing runs. Throws AwsError. */
export async function tryInvoke(ctx: Context, bucket: string, arn: string): Promise<void> {
  const [, , , region = '', accountId = ''] = arn.split(':')
  await ctx.call(
    Invoke,
    { FunctionName: arn, InvocationType: 'DryRun' },
    {
      as: 's3.amazonaws.com',
      sourceArn: bucketArn(ctx, bucket),
      sourceAccount: ctx.accountId,
      region,
      accountId,
    },
  )
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
    isTransient(error) ? notificationRetryMs[attempt - 1] : undefined,
})
