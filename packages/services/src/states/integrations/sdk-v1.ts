import { AwsError, loadServiceModel } from '@cloud-orrery/models'
import type { Context } from '../../context.ts'
import type { Json, JsonObject } from '../asl/json.ts'
import type { TaskOutcome } from '../executions/contract.ts'

/** A service as the SDK for Java 1 names it in its errors, which the optimised integrations show. */
export interface SdkV1Service {
  /** Folder of the model. */
  readonly folder: string
  /** In front of the error's name: `DynamoDB`. */
  readonly prefix: string
  /** In the cause: `AmazonDynamoDBv2`. */
  readonly name: string
  /** For errors that the service's model does not list. */
  readonly baseException: string
}

export const lambdaV1: SdkV1Service = {
  folder: 'lambda',
  prefix: 'Lambda',
  name: 'AWSLambda',
  baseException: 'AWSLambdaException',
}
export const sqsV1: SdkV1Service = {
  folder: 'sqs',
  prefix: 'SQS',
  name: 'AmazonSQS',
  baseException: 'AmazonSQSException',
}
export const snsV1: SdkV1Service = {
  folder: 'sns',
  prefix: 'SNS',
  name: 'AmazonSNS',
  baseException: 'AmazonSNSException',
}
export const dynamodbV1: SdkV1Service = {
  folder: 'dynamodb',
  prefix: 'DynamoDB',
  name: 'AmazonDynamoDBv2',
  baseException: 'AmazonDynamoDBException',
}
export const statesV1: SdkV1Service = {
  folder: 'states',
  prefix: 'StepFunctions',
  name: 'AWSStepFunctions',
  baseException: 'AWSStepFunctionsException',
}
export const eventsV1: SdkV1Service = {
  folder: 'events',
  prefix: 'EventBridge',
  name: 'AmazonEventBridge',
  baseException: 'AmazonEventBridgeException',
}

/** Does a call, and turns AWS's refusal into the state's failure. Recorded: states, 2022 to 2024. */
export async function outcomeOf(
  ctx: Context,
  service: SdkV1Service,
  call: () => Promise<TaskOutcome>,
): Promise<TaskOutcome> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return failureOf(ctx, service, error)
  }
}

function failureOf(ctx: Context, service: SdkV1Service, error: AwsError): TaskOutcome {
  const wireCode = error.queryCode ?? error.code
  const modelled = Object.values(loadServiceModel(service.folder).shapes).find(
    (shape) => shape.error !== undefined && shape.name === error.code,
  )
  const name =
    modelled === undefined ? service.baseException : withException(wireName(error, service))
  const facts = [
    `Service: ${service.name}`,
    `Status Code: ${error.queryStatus ?? error.status}`,
    `Error Code: ${wireCode}`,
    `Request ID: ${ctx.ids.uuid()}`,
    'Proxy: null',
  ]
  return {
    kind: 'failed',
    error: `${service.prefix}.${name}`,
    cause: `${error.message} (${facts.join('; ')})`,
  }
}

/** SQS speaks JSON and keeps its old codes; there the exception has the shape's name. */
function wireName({ code, queryCode }: AwsError, { folder }: SdkV1Service): string {
  return folder === 'sqs' ? code : (queryCode ?? code)
}

function withException(code: string): string {
  return code.endsWith('Exception') ? code : `${code.replace(/Error$|Fault$/, '')}Exception`
}

export type Header = readonly [name: string, value: string]

/**
 * What the SDK for Java 1 adds to every answer, and the optimised integrations show. Recorded: states, 2022 to 2024.
 */
// Deviation: of the headers, those are here that were recorded; their lengths are those of an answer of that kind.
export function sdkMetadata(ctx: Context, body: Header[], status = 200): JsonObject {
  const requestId = ctx.ids.uuid()
  const headers: readonly Header[] = [
    ['x-amzn-RequestId', requestId],
    ['Date', new Date(ctx.now()).toUTCString()],
    ...body,
  ]
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(
        headers.map(([name, value]): [string, Json] => [name, [value]]),
      ),
      HttpHeaders: Object.fromEntries(headers),
      HttpStatusCode: status,
    },
    SdkResponseMetadata: { RequestId: requestId },
  }
}

/** Headers of an answer in JSON. */
export function jsonHeaders(
  answer: unknown,
  connection: 'connection' | 'Connection' = 'connection',
): Header[] {
  return [
    [connection, 'keep-alive'],
    ['Content-Length', String(Buffer.byteLength(JSON.stringify(answer)))],
    ['Content-Type', 'application/x-amz-json-1.0'],
  ]
}
