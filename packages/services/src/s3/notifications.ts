import { AwsError } from '@cloud-orrery/models'
import {
  GetBucketNotificationConfiguration,
  type NotificationConfiguration,
  PutBucketNotificationConfiguration,
} from '@cloud-orrery/models/s3'
import { s3HostId } from '@cloud-orrery/protocols'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { tellWatcher } from '../shared/bucket-watchers.ts'
import { isTransient } from '../shared/transient-errors.ts'
import { bucketArn, bucketOf, scopeOfBucket } from './access.ts'
import { deliver, send, tryInvoke } from './delivery.ts'
import { internalError, invalidArgument, s3Error } from './errors.ts'
import { type EventName, eventBridgeEvent, eventRecord } from './event-records.ts'
import {
  checkedFilter,
  checkOverlaps,
  type DestinationKind,
  type NotificationRule,
  rulesOf,
  wants,
} from './notification-rules.ts'
import { buckets, type VersionRecord } from './state.ts'

/** Tells whoever the bucket's configuration names, and EventBridge where it is asked to. */
export function notify(ctx: Context, event: EventName, version: VersionRecord): void {
  const bucket = bucketOf(ctx, version.bucket)
  tellWatcher(ctx, version)
  const { notifications } = bucket
  for (const rule of rulesOf(notifications)) {
    if (!wants(rule, event, version.key)) continue
    const record = eventRecord(ctx, bucket, event, version, rule.id)
    // S3 promises at least one delivery, in seconds, in no order.
    const copies = ctx.choose('s3.notification.copies', [1, 2])
    for (let copy = 0; copy < copies; copy += 1) {
      const delayMs = ctx.choose('s3.notification.delayMs', [0, 1000, 5000])
      ctx.after(delayMs, deliver, {
        bucket: bucket.name,
        kind: rule.kind,
        arn: rule.arn,
        body: JSON.stringify({ Records: [record] }),
      })
    }
  }
  if (notifications.EventBridgeConfiguration === undefined) return
  const bridged = eventBridgeEvent(ctx, bucket, event, version)
  if (bridged !== undefined) ctx.emit(bridged)
}

export const putBucketNotificationConfiguration = operation(PutBucketNotificationConfiguration, {
  authorize: (input, ctx) => ({
    action: 's3:PutBucketNotification',
    resource: bucketArn(ctx, input.Bucket),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  async run(ctx, { Bucket, NotificationConfiguration: asked, SkipDestinationValidation }) {
    bucketOf(ctx, Bucket)
    const notifications = checked(ctx, asked)
    const rules = rulesOf(notifications)
    for (const rule of rules) checkArn(rule)
    checkOverlaps(rules)
    if (SkipDestinationValidation !== true) await validateDestinations(ctx, Bucket, rules)
    bucketOf(ctx, Bucket)
    buckets.update(ctx, Bucket, { notifications })
    return {}
  },
})

export const getBucketNotificationConfiguration = operation(GetBucketNotificationConfiguration, {
  authorize: (input, ctx) => ({
    action: 's3:GetBucketNotification',
    resource: bucketArn(ctx, input.Bucket),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run: (ctx, { Bucket }) => bucketOf(ctx, Bucket).notifications,
})

/** The configuration as it is kept: each rule with an id, filters in S3's spelling. */
function checked(ctx: Context, asked: NotificationConfiguration): NotificationConfiguration {
  const { TopicConfigurations, QueueConfigurations, LambdaFunctionConfigurations } = asked
  const keep = <
    R extends { readonly Id?: string | undefined; readonly Filter?: NotificationRule['filter'] },
  >(
    rules: readonly R[] | undefined,
  ): R[] | undefined => {
    if (rules === undefined || rules.length === 0) return undefined
    return rules.map(({ Filter, ...rule }) => {
      const filter = checkedFilter(Filter)
      const kept = { ...rule, Id: rule.Id || newRuleId(ctx), ...(filter && { Filter: filter }) }
      return kept as unknown as R // The same rule with its id and its filter.
    })
  }
  const topics = keep(TopicConfigurations)
  const queues = keep(QueueConfigurations)
  const functions = keep(LambdaFunctionConfigurations)
  return {
    ...(topics && { TopicConfigurations: topics }),
    ...(queues && { QueueConfigurations: queues }),
    ...(functions && { LambdaFunctionConfigurations: functions }),
    ...(asked.EventBridgeConfiguration && { EventBridgeConfiguration: {} }),
  }
}

function newRuleId(ctx: Context): string {
  return Buffer.from(ctx.ids.uuid()).toString('base64')
}

/** What S3 calls a destination where it complains of one. */
const argumentNames: Record<DestinationKind, string> = {
  queue: 'Queue',
  topic: 'Topic',
  function: 'CloudFunction',
}

const arnServices: Record<DestinationKind, string> = {
  queue: 'sqs',
  topic: 'sns',
  function: 'lambda',
}

/** Recorded: S3, PutBucketNotificationConfiguration with ARNs that are none. */
function checkArn({ kind, arn }: NotificationRule): void {
  const [prefix, partition, service, region, account, name] = arn.split(':')
  const isArn = prefix === 'arn' && partition && region && account && name
  if (isArn && service === arnServices[kind]) return
  throw invalidArgument('The ARN could not be parsed', argumentNames[kind], arn)
}

/** Sends `s3:TestEvent` to each destination; all that refuse it are told of at once. Throws InvalidArgument. */
async function validateDestinations(
  ctx: Context,
  bucket: string,
  rules: readonly NotificationRule[],
): Promise<void> {
  const fields: Record<string, string> = {}
  let count = 0
  for (const { kind, arn } of rules) {
    const problem = await destinationProblem(ctx, bucket, kind, arn)
    if (problem === undefined) continue
    count += 1
    // A function's name comes with its qualifier, which is none.
    fields[`ArgumentName${count}`] = kind === 'function' ? `${arn}, null` : arn
    fields[`ArgumentValue${count}`] = problem
  }
  if (count === 0) return
  throw s3Error(
    'InvalidArgument',
    'Unable to validate the following destination configurations',
    fields,
  )
}

async function destinationProblem(
  ctx: Context,
  bucket: string,
  kind: DestinationKind,
  arn: string,
): Promise<string | undefined> {
  const body = JSON.stringify({
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: new Date(ctx.now()).toISOString(),
    Bucket: bucket,
    RequestId: ctx.requestId,
    HostId: s3HostId(ctx.requestId),
  })
  if (arn.split(':')[3] !== bucketOf(ctx, bucket).region) {
    return 'The notification destination service region is not valid for the bucket location constraint'
  }
  try {
    if (kind === 'function') await tryInvoke(ctx, bucket, arn)
    else await send(ctx, { bucket, kind, arn, body })
    return undefined
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (isTransient(error)) throw internalError()
    if (kind === 'function') return `Not authorized to invoke function [${arn}]`
    const missing = /NonExistentQueue|QueueDoesNotExist|NotFound/.test(error.code)
    const what = kind === 'queue' ? 'queue' : 'topic'
    if (missing) return `The destination ${what} does not exist`
    return kind === 'queue'
      ? 'Permissions on the destination queue do not allow S3 to publish notifications from this bucket'
      : 'Permissions on the destination topic do not allow S3 to publish notifications from this bucket'
  }
}
