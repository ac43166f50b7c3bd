import { AwsError } from '@cloud-orrery/models'
import { PutObject } from '@cloud-orrery/models/s3'
import { Publish } from '@cloud-orrery/models/sns'
import { SendMessage } from '@cloud-orrery/models/sqs'
import type { Context } from '../../../context.ts'
import { lambdaPrincipal } from '../../limits.ts'
import type { Found } from '../../lookup.ts'
import type { MappingRecord } from '../state.ts'
import { streamSource } from './source.ts'
import type { ReaderRecord, StreamItem } from './state.ts'

/** A batch that is given up. */
export interface Discarded {
  readonly items: readonly StreamItem[]
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded'
  readonly requestId: string
  readonly invokeCount: number
  /** Absent where the function was not the reason. */
  readonly response?: { readonly executedVersion: string; readonly functionError: string | null }
}

/** Tells a mapping's destination of a batch that is given up, as the function's role. */
export async function tellDestination(
  ctx: Context,
  mapping: MappingRecord,
  found: Found,
  reader: ReaderRecord,
  discarded: Discarded,
): Promise<void> {
  const arn = mapping.stream?.onFailure
  const { items, condition } = discarded
  const told = { uuid: mapping.uuid, condition, records: items.length }
  ctx.record('task', 'lambda.batch-discarded', told)
  if (arn === undefined || items.length === 0) return
  try {
    await send(ctx, arn, mapping, found, reader, discarded)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    // What cannot be delivered is lost. Source: developer guide: `DestinationDeliveryFailures`.
    ctx.record('task', 'lambda.delivery-failed', { arn, code: error.code, message: error.message })
  }
}

/** Recorded: lambda, `test_dynamodb_event_source_mapping_with_sns_on_failure_destination_config`. */
function recordOf(
  ctx: Context,
  { functionArn, sourceArn }: MappingRecord,
  { shardId }: ReaderRecord,
  { items, condition, requestId, invokeCount, response }: Discarded,
) {
  const source = streamSource(sourceArn)
  const momentOf = (atMs = 0) => {
    const text = new Date(atMs).toISOString()
    return source?.tellsMs ? text : text.replace(/\.\d+/, '')
  }
  return {
    requestContext: { requestId, functionArn, condition, approximateInvokeCount: invokeCount },
    ...(response === undefined ? {} : { responseContext: { statusCode: 200, ...response } }),
    version: '1.0',
    timestamp: new Date(ctx.now()).toISOString(),
    [source?.batchInfo ?? 'BatchInfo']: {
      shardId,
      startSequenceNumber: items[0]?.sequenceNumber,
      endSequenceNumber: items.at(-1)?.sequenceNumber,
      approximateArrivalOfFirstRecord: momentOf(items[0]?.atMs),
      approximateArrivalOfLastRecord: momentOf(items.at(-1)?.atMs),
      batchSize: items.length,
      streamArn: sourceArn,
    },
  }
}

async function send(
  ctx: Context,
  arn: string,
  mapping: MappingRecord,
  found: Found,
  reader: ReaderRecord,
  discarded: Discarded,
): Promise<void> {
  const record = recordOf(ctx, mapping, reader, discarded)
  const text = JSON.stringify(record)
  const as = {
    role: found.version.deployment.settings.roleArn,
    service: lambdaPrincipal,
    sessionName: 'awslambda_destinations',
  }
  const [, , service, region = '', accountId = '', name = ''] = arn.split(':')
  switch (service) {
    case 'sqs': {
      const QueueUrl = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`
      await ctx.call(SendMessage, { QueueUrl, MessageBody: text }, { as, region })
      return
    }
    case 'sns':
      await ctx.call(Publish, { TopicArn: arn, Message: text }, { as, region })
      return
    default: {
      // A bucket: others are refused when the destination is set. It gets the event too.
      const payload = JSON.stringify({ Records: discarded.items.map(({ event }) => event) })
      const Body = Buffer.from(JSON.stringify({ ...record, payload }))
      const Key = objectKey(ctx, mapping, reader)
      await ctx.call(PutObject, { Bucket: name, Key, Body }, { as })
    }
  }
}

/** Source: developer guide, "Retain discarded records for a DynamoDB event source". */
function objectKey(ctx: Context, { uuid }: MappingRecord, { shardId }: ReaderRecord): string {
  const moment = new Date(ctx.now()).toISOString().slice(0, 19)
  const day = moment.slice(0, 10).replaceAll('-', '/')
  return `aws/lambda/${uuid}/${shardId}/${day}/${moment.replaceAll(':', '.')}-${ctx.ids.uuid()}`
}
