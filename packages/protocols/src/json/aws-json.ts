import type { AwsError, OperationModel, Protocol, ServiceModel } from '@cloud-orrery/models'
import type { Codec, ResponseContext } from '../codec.ts'
import { errorShape, messageMember, queryErrorHeader } from '../error-shape.ts'
import {
  eventStreamMember,
  readEventStream,
  writeEventStream,
} from '../event-stream/event-stream.ts'
import { jsonEvents } from '../event-stream/payload-codecs.ts'
import type { ErrorContext, HttpRequest, HttpResponse, ResolvedOperation } from '../http.ts'
import { rpcBody } from '../request-body.ts'
import { encodeText } from '../values.ts'
import { parseJson, readJsonStructure } from './json-reader.ts'
import { writeJsonStructure } from './json-writer.ts'

/** awsJson1_0 and awsJson1_1: the operation in `X-Amz-Target`, one JSON object each way. */
export const awsJson: Codec = { decode, encode, encodeError }

const reading = { jsonNames: false }
const writing = { jsonNames: false }

export function awsJsonContentType(protocol: Protocol): string {
  return protocol === 'awsJson1_0' ? 'application/x-amz-json-1.0' : 'application/x-amz-json-1.1'
}

function decode(
  _model: ServiceModel,
  { operation }: ResolvedOperation,
  request: HttpRequest,
): Record<string, unknown> {
  const body = rpcBody(request)
  const stream = eventStreamMember(operation.input)
  if (stream !== undefined) {
    return { [stream.name]: readEventStream(stream.shape, body, jsonEvents) }
  }
  return readJsonStructure(parseJson(body), operation.input, reading)
}

function encode(
  _model: ServiceModel,
  { operation, protocol }: ResolvedOperation,
  output: Record<string, unknown>,
  { requestId }: ResponseContext,
): HttpResponse {
  const { output: shape } = operation
  const stream = eventStreamMember(shape)
  if (stream === undefined) {
    return response(200, protocol, writeJsonStructure(output, shape, writing), requestId)
  }
  const headers = {
    'x-amzn-requestid': requestId,
    'content-type': 'application/vnd.amazon.eventstream',
  }
  const events = output[stream.name] as AsyncIterable<Record<string, unknown>>
  const initial = { value: output, shape }
  return { status: 200, headers, body: writeEventStream(stream.shape, events, jsonEvents, initial) }
}

function response(
  status: number,
  protocol: Protocol,
  json: unknown,
  requestId: string,
  extra?: Readonly<Record<string, string>>,
): HttpResponse {
  const body = encodeText(JSON.stringify(json))
  const headers: Record<string, string> = {
    'x-amzn-requestid': requestId,
    'content-type': awsJsonContentType(protocol),
    'content-length': String(body.byteLength),
  }
  if (extra !== undefined) Object.assign(headers, extra)
  return { status, headers, body }
}

function encodeError(
  model: ServiceModel,
  protocol: Protocol,
  operation: OperationModel | undefined,
  error: AwsError,
  { requestId }: ErrorContext,
): HttpResponse {
  const shape = errorShape(model, operation, error)
  const __type = protocol === 'awsJson1_0' ? qualifiedCode(model, error, shape) : error.code
  const json: Record<string, unknown> = { __type }
  if (shape !== undefined) Object.assign(json, writeJsonStructure(error.fields, shape, writing))
  else Object.assign(json, error.fields)
  if (error.message !== '')
    json[messageMember(shape) ?? commonMessageMember(error.code)] = error.message
  const headers = { ...error.headers }
  if (model.awsQueryCompatible === true)
    headers['x-amzn-query-error'] = queryErrorHeader(error, shape)
  return response(error.status, protocol, json, requestId, headers)
}

/**
 * Errors that the framework answers rather than the service spell it `Message` in these two cases.
 * Source: answers of DynamoDB, Athena and Secrets Manager.
 */
function commonMessageMember(code: string): 'message' | 'Message' {
  return code === 'SerializationException' || code === 'AccessDeniedException'
    ? 'Message'
    : 'message'
}

/** Where the namespace in `__type` is not `com.amazonaws.<service>`. Recorded: CloudWatch, September 2025. */
const namespaces: Readonly<Record<string, string>> = {
  cloudwatch: 'com.amazonaws.cloudwatch.v2010_08_01',
  dynamodb: 'com.amazonaws.dynamodb.v20120810',
  dynamodbstreams: 'com.amazonaws.dynamodb.v20120810',
}

/** `com.amazonaws.sqs#QueueDoesNotExist`; errors of the framework have its own namespaces. */
export function qualifiedCode(
  model: ServiceModel,
  error: AwsError,
  shape: ReturnType<typeof errorShape>,
): string {
  if (shape !== undefined) {
    return `${namespaces[model.name] ?? `com.amazonaws.${model.name}`}#${error.code}`
  }
  if (error.code === 'ValidationException') return 'com.amazon.coral.validate#ValidationException'
  return `com.amazon.coral.service#${error.code}`
}
