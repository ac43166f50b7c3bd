import type {
  AwsError,
  Member,
  OperationModel,
  Protocol,
  ServiceModel,
  Shape,
} from '@cloud-orrery/models'
import type { Codec, ResponseContext } from '../codec.ts'
import { errorShape, messageMember } from '../error-shape.ts'
import { readEventStream, writeEventStream } from '../event-stream/event-stream.ts'
import { jsonEvents } from '../event-stream/payload-codecs.ts'
import {
  type ErrorContext,
  emptyBody,
  type HttpRequest,
  type HttpResponse,
  type ResolvedOperation,
} from '../http.ts'
import { checkDepth, parseJson, readJsonStructure } from '../json/json-reader.ts'
import { writeJsonStructure, writeJsonValue } from '../json/json-writer.ts'
import { asRecord, bytesOf, decodeText, encodeText } from '../values.ts'
import { bodyMembersOnly, inputBindings, readRequestBindings } from './request-bindings.ts'
import { isInBody, outputBindings, statusOf, writeHeaders } from './response-bindings.ts'

/** restJson1: members in path, query and headers, the rest in a JSON body or one member as the body. */
export const restJson: Codec = { decode, encode, encodeError }

const naming = { jsonNames: true }

function decode(
  _model: ServiceModel,
  { operation, labels }: ResolvedOperation,
  request: HttpRequest,
): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  const { payload, hasBodyMembers } = inputBindings(operation.input)
  const { body } = request
  if (payload !== undefined) {
    const value = readPayload(payload, request)
    if (value !== undefined) result[payload.name] = value
  } else if (hasBodyMembers && body.byteLength > 0) {
    const members = readJsonStructure(parseJson(body), operation.input, naming)
    Object.assign(result, bodyMembersOnly(members, operation.input))
  }
  readRequestBindings(operation, labels, request, result)
  return result
}

function readPayload(member: Member, { body }: HttpRequest): unknown {
  const { shape } = member
  if (shape.eventStream === true) return readEventStream(shape, body, jsonEvents)
  switch (shape.type) {
    case 'blob':
      return body.byteLength > 0 || shape.streaming === true ? body : undefined
    case 'string':
    case 'enum':
      return body.byteLength > 0 ? decodeText(body) : undefined
    case 'document': {
      if (body.byteLength === 0) return undefined
      const value = parseJson(body)
      checkDepth(value)
      return value
    }
    default:
      return body.byteLength > 0 ? readJsonStructure(parseJson(body), shape, naming) : undefined
  }
}

function encode(
  model: ServiceModel,
  { operation }: ResolvedOperation,
  output: Record<string, unknown>,
  { requestId }: ResponseContext,
): HttpResponse {
  const { output: shape } = operation
  const status = statusOf(shape, output, operation.http?.status ?? 200)
  const headers: Record<string, string> = { 'x-amzn-requestid': requestId }
  const body = writeBody(model, shape, status, output, headers)
  writeHeaders(shape, output, headers)
  if (body instanceof Uint8Array) headers['content-length'] ??= String(body.byteLength)
  return { status, headers, body }
}

function writeBody(
  model: ServiceModel,
  shape: Shape,
  status: number,
  output: Record<string, unknown>,
  headers: Record<string, string>,
): HttpResponse['body'] {
  const { payload } = outputBindings(shape)
  if (payload !== undefined) {
    const value = output[payload.name]
    return value === undefined || value === null ? emptyBody : writePayload(payload, value, headers)
  }
  // An operation without an output has no body; one whose output has nothing to say answers `{}`.
  const isUnit = model.shapes[shape.name] !== shape
  if (isUnit || status === 204 || status === 304) return emptyBody
  headers['content-type'] = 'application/json'
  return encodeText(JSON.stringify(writeJsonStructure(bodyMembers(output, shape), shape, naming)))
}

function bodyMembers(output: Record<string, unknown>, shape: Shape): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    if (isInBody(member)) result[name] = output[name]
  }
  return result
}

function writePayload(
  member: Member,
  value: unknown,
  headers: Record<string, string>,
): HttpResponse['body'] {
  const { shape } = member
  if (shape.eventStream === true) {
    headers['content-type'] = 'application/vnd.amazon.eventstream'
    return writeEventStream(shape, value as AsyncIterable<Record<string, unknown>>, jsonEvents)
  }
  switch (shape.type) {
    case 'blob':
      headers['content-type'] = member.mediaType ?? shape.mediaType ?? 'application/octet-stream'
      return isStream(value) ? value : bytesOf(value)
    case 'string':
    case 'enum':
      headers['content-type'] = member.mediaType ?? shape.mediaType ?? 'text/plain'
      return encodeText(String(value))
    default:
      headers['content-type'] = 'application/json'
      return encodeText(JSON.stringify(writeJsonValue(value, member, naming)))
  }
}

export function isStream(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

function encodeError(
  model: ServiceModel,
  _protocol: Protocol,
  operation: OperationModel | undefined,
  error: AwsError,
  { requestId }: ErrorContext,
): HttpResponse {
  const shape = errorShape(model, operation, error)
  const headers: Record<string, string> = {
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': error.code,
    'content-type': 'application/json',
  }
  const fields = asRecord(error.fields, error.code)
  const json: Record<string, unknown> =
    shape === undefined
      ? { ...fields }
      : writeJsonStructure(bodyMembers(fields, shape), shape, naming)
  if (error.message !== '') {
    const name = messageMember(shape) ?? 'message'
    json[shape?.members?.[name]?.jsonName ?? name] = error.message
  }
  if (shape !== undefined) writeHeaders(shape, fields, headers)
  const body = encodeText(JSON.stringify(json))
  headers['content-length'] = String(body.byteLength)
  return { status: error.status, headers: { ...headers, ...error.headers }, body }
}
