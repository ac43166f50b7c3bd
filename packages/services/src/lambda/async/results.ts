import { AwsError } from '@cloud-orrery/models'
import { PutEvents } from '@cloud-orrery/models/events'
import { Invoke } from '@cloud-orrery/models/lambda'
import { PutObject } from '@cloud-orrery/models/s3'
import { Publish } from '@cloud-orrery/models/sns'
import { SendMessage } from '@cloud-orrery/models/sqs'
import type { Context } from '../../context.ts'
import type { Executed } from '../invoke/execution.ts'
import { lambdaPrincipal } from '../limits.ts'
import { type Found, latest } from '../lookup.ts'
import { measureFunction } from '../metrics.ts'
import type { EventInvokeConfigRecord } from '../state.ts'
import type { AsyncEvent } from './state.ts'

export type Condition =
  | 'Success'
  | 'RetriesExhausted'
  | 'EventAgeExceeded'
  | 'ZeroReservedConcurrency'

/** The end of an asynchronous event. */
export interface Result {
  readonly event: AsyncEvent
  readonly found: Found
  readonly config: EventInvokeConfigRecord | undefined
  readonly condition: Condition
  /** The last run; absent where there was none. */
  readonly executed?: Executed
  readonly executedVersion?: string
  /** Why there was none. */
  readonly error?: AwsError
}

/** Tells the destination, and for failures the dead-letter queue, as the function's role. */
export async function deliverResult(ctx: Context, result: Result): Promise<void> {
  const { config, condition, found } = result
  const { settings } = found.version.deployment
  const failed = condition !== 'Success'
  const { name } = found.fn
  if (failed) measureFunction(ctx, name, 'AsyncEventsDropped')
  const destination = failed ? config?.onFailure : config?.onSuccess
  const as = {
    role: settings.roleArn,
    service: lambdaPrincipal,
    sessionName: 'awslambda_destinations',
  }
  if (destination !== undefined) {
    const sent = await attempt(ctx, destination, () => sendRecord(ctx, destination, result, as))
    if (!sent) measureFunction(ctx, name, 'DestinationDeliveryFailures')
  }
  const { deadLetterArn } = settings
  if (failed && deadLetterArn !== undefined) {
    const sent = await attempt(ctx, deadLetterArn, () => deadLetter(ctx, deadLetterArn, result, as))
    if (!sent) measureFunction(ctx, name, 'DeadLetterErrors')
  }
}

/** What cannot be delivered is lost; the journal tells. Source: developer guide: `DestinationDeliveryFailures`. */
async function attempt(ctx: Context, arn: string, send: () => Promise<unknown>): Promise<boolean> {
  try {
    await send()
    return true
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    ctx.record('task', 'lambda.delivery-failed', { arn, code: error.code, message: error.message })
    return false
  }
}

type As = { readonly role: string; readonly service: string; readonly sessionName: string }

/** Recorded: lambda, `test_assess_lambda_destination_invocation`: the record, its members in this order. */
function recordOf(
  ctx: Context,
  { event, found, condition, executed, executedVersion, error }: Result,
) {
  const functionArn = `${found.fn.arn}:${event.qualifier ?? latest}`
  return {
    version: '1.0',
    timestamp: new Date(ctx.now()).toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn,
      condition,
      approximateInvokeCount: event.runs,
    },
    requestPayload: parsed(event.payload),
    ...(executed === undefined
      ? error === undefined
        ? {}
        : { responseContext: { statusCode: error.status, executedVersion: latest } }
      : {
          responseContext: {
            statusCode: 200,
            executedVersion,
            ...(executed.answer.failed ? { functionError: 'Unhandled' } : {}),
          },
          responsePayload: parsed(executed.answer.payload),
        }),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text // A custom runtime may answer with anything.
  }
}

async function sendRecord(ctx: Context, arn: string, result: Result, role: As): Promise<unknown> {
  const record = recordOf(ctx, result)
  const text = JSON.stringify(record)
  const [, , service, region = '', accountId = '', name = ''] = arn.split(':')
  const options = { as: role, ...(region === '' ? {} : { region }) }
  switch (service) {
    case 'sqs': {
      const QueueUrl = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`
      return await ctx.call(SendMessage, { QueueUrl, MessageBody: text }, options)
    }
    case 'sns':
      return await ctx.call(Publish, { TopicArn: arn, Message: text }, options)
    case 'lambda': {
      const input = {
        FunctionName: arn,
        InvocationType: 'Event',
        Payload: Buffer.from(text),
      } as const
      return await ctx.call(Invoke, input, options)
    }
    case 'events': {
      const { functionArn } = record.requestContext
      const kind = result.condition === 'Success' ? 'Success' : 'Failure'
      // Recorded: lambda, `test_invoke_lambda_eventbridge`.
      const Entries = [
        {
          Source: 'lambda',
          DetailType: `Lambda Function Invocation Result - ${kind}`,
          Detail: text,
          Resources: [arn, functionArn],
          EventBusName: arn,
        },
      ]
      return await ctx.call(PutEvents, { Entries }, options)
    }
    case 's3': {
      const Key = objectKey(result, record)
      return await ctx.call(PutObject, { Bucket: name, Key, Body: Buffer.from(text) }, { as: role })
    }
    default:
      return undefined // Other services are refused when the destination is set.
  }
}

/** Source: developer guide, "Destinations", S3: `aws/lambda/async/<function-name>/YYYY/MM/DD/...`. */
function objectKey(
  { found, event }: Result,
  { timestamp }: { readonly timestamp: string },
): string {
  const day = timestamp.slice(0, 10).replaceAll('-', '/')
  const moment = timestamp.replace(/:/g, '.').replace('Z', '')
  return `aws/lambda/async/${found.fn.name}/${day}/${moment}-${event.requestId}`
}

/** Source: developer guide, "Dead-letter queues": the event, and three attributes. Recorded: lambda, dead letters. */
async function deadLetter(ctx: Context, arn: string, result: Result, role: As): Promise<unknown> {
  const { event, executed, error } = result
  const [, , service, region = '', accountId = '', name = ''] = arn.split(':')
  const failure = executed === undefined ? undefined : parsed(executed.answer.payload)
  const message =
    typeof failure === 'object' && failure !== null && 'errorMessage' in failure
      ? String(failure.errorMessage)
      : (error?.message ?? 'Unhandled')
  const text = (StringValue: string) => ({ DataType: 'String', StringValue })
  const MessageAttributes = {
    RequestID: text(event.requestId),
    ErrorCode: { DataType: 'Number', StringValue: String(error?.status ?? 200) },
    ErrorMessage: text(message.slice(0, errorMessageMax) || 'Unhandled'),
  }
  const options = { as: role, region }
  if (service === 'sns') {
    return await ctx.call(
      Publish,
      { TopicArn: arn, Message: event.payload, MessageAttributes },
      options,
    )
  }
  const QueueUrl = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`
  return await ctx.call(
    SendMessage,
    { QueueUrl, MessageBody: event.payload, MessageAttributes },
    options,
  )
}

/** Source: as above: the first kilobyte. */
const errorMessageMax = 1024
