import type { AwsError, OperationModel, Protocol, ServiceModel } from '@cloud-orrery/models'
import type { Codec, ResponseContext } from '../codec.ts'
import { errorShape, messageMember, queryErrorHeader } from '../error-shape.ts'
import {
  eventStreamMember,
  readEventStream,
  writeEventStream,
} from '../event-stream/event-stream.ts'
import { cborEvents } from '../event-stream/payload-codecs.ts'
import {
  type ErrorContext,
  emptyBody,
  type HttpRequest,
  type HttpResponse,
  type ResolvedOperation,
} from '../http.ts'
import { qualifiedCode } from '../json/aws-json.ts'
import { rpcBody } from '../request-body.ts'
import { parseCbor } from './cbor-reader.ts'
import { readCborStructure, writeCborStructure } from './cbor-values.ts'
import { CborWriter } from './cbor-writer.ts'

/** rpcv2Cbor: `/service/X/operation/Y`, one CBOR map each way. */
export const rpcV2Cbor: Codec = { decode, encode, encodeError }

function decode(
  _model: ServiceModel,
  { operation }: ResolvedOperation,
  request: HttpRequest,
): Record<string, unknown> {
  const body = rpcBody(request)
  const stream = eventStreamMember(operation.input)
  if (stream !== undefined) {
    return { [stream.name]: readEventStream(stream.shape, body, cborEvents) }
  }
  if (body.byteLength === 0) return {}
  return readCborStructure(parseCbor(body), operation.input)
}

function encode(
  model: ServiceModel,
  { operation }: ResolvedOperation,
  output: Record<string, unknown>,
  { requestId }: ResponseContext,
): HttpResponse {
  const { output: shape } = operation
  const headers: Record<string, string> = {
    'smithy-protocol': 'rpc-v2-cbor',
    'x-amzn-requestid': requestId,
  }
  const stream = eventStreamMember(shape)
  if (stream !== undefined) {
    headers['content-type'] = 'application/vnd.amazon.eventstream'
    const events = output[stream.name] as AsyncIterable<Record<string, unknown>>
    const initial = { value: output, shape }
    return {
      status: 200,
      headers,
      body: writeEventStream(stream.shape, events, cborEvents, initial),
    }
  }
  // An operation without output has no body. Source: Smithy RPC v2 CBOR protocol, HTTP responses.
  if (model.shapes[shape.name] !== shape) {
    headers['content-length'] = '0'
    return { status: 200, headers, body: emptyBody }
  }
  const writer = new CborWriter()
  writeCborStructure(writer, output, shape)
  return finished(200, headers, writer)
}

function finished(
  status: number,
  headers: Record<string, string>,
  writer: CborWriter,
): HttpResponse {
  const body = writer.result()
  headers['content-type'] = 'application/cbor'
  headers['content-length'] = String(body.byteLength)
  return { status, headers, body }
}

function encodeError(
  model: ServiceModel,
  _protocol: Protocol,
  operation: OperationModel | undefined,
  error: AwsError,
  { requestId }: ErrorContext,
): HttpResponse {
  const shape = errorShape(model, operation, error)
  const extra: (readonly [string, string])[] = [['__type', qualifiedCode(model, error, shape)]]
  if (error.message !== '') extra.push([messageMember(shape) ?? 'message', error.message])
  const { message: _lower, Message: _upper, ...fields } = error.fields
  const writer = new CborWriter()
  writeCborStructure(writer, fields, shape ?? { name: error.code, type: 'structure' }, extra)
  const headers: Record<string, string> = {
    'smithy-protocol': 'rpc-v2-cbor',
    'x-amzn-requestid': requestId,
    ...error.headers,
  }
  if (model.awsQueryCompatible === true) {
    headers['x-amzn-query-error'] = queryErrorHeader(error, shape)
  }
  return finished(error.status, headers, writer)
}
