import type {
  AwsError,
  Member,
  OperationModel,
  Protocol,
  ServiceModel,
  Shape,
} from '@cloud-orrery/models'
import type { Codec, ResponseContext } from '../codec.ts'
import { errorShape } from '../error-shape.ts'
import { readEventStream, writeEventStream } from '../event-stream/event-stream.ts'
import { xmlEvents } from '../event-stream/payload-codecs.ts'
import {
  type ErrorContext,
  emptyBody,
  type HttpRequest,
  type HttpResponse,
  type ResolvedOperation,
} from '../http.ts'
import { DecodeProblem } from '../problem.ts'
import type { TextWriting } from '../text-values.ts'
import { asRecord, bytesOf, decodeText, encodeText } from '../values.ts'
import { errorMembers } from '../xml/error-members.ts'
import { parseXml, type XmlElement } from '../xml/xml-reader.ts'
import { readXmlStructure, readXmlValue } from '../xml/xml-values.ts'
import { escapeXml, namespaceAttribute, writeXmlRoot, xmlElement } from '../xml/xml-writer.ts'
import { bodyMembersOnly, inputBindings, readRequestBindings } from './request-bindings.ts'
import { outputBindings, outsideBody, statusOf, writeHeaders } from './response-bindings.ts'
import { isStream } from './rest-json.ts'
import { s3HostId } from './s3-host-id.ts'

/** restXml: like restJson1 with XML bodies. S3 (`noErrorWrapping`) is stricter and has errors of its own. */
export const restXml: Codec = { decode, encode, encodeError }

const prologue = '<?xml version="1.0" encoding="UTF-8"?>\n'

function isS3(model: ServiceModel): boolean {
  return model.noErrorWrapping === true
}

/** S3 writes dates as `2009-10-12T17:50:30.000Z`. */
function writingOf(model: ServiceModel): TextWriting {
  return { timestamps: 'date-time', fraction: isS3(model), nestedNamespaces: true }
}

function decode(
  model: ServiceModel,
  { operation, labels }: ResolvedOperation,
  request: HttpRequest,
): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  const { payload, hasBodyMembers } = inputBindings(operation.input)
  const { body } = request
  if (payload !== undefined) {
    const value = readPayload(payload, request, isS3(model))
    if (value !== undefined) result[payload.name] = value
  } else if (hasBodyMembers && body.byteLength > 0) {
    const { input } = operation
    const root = rootOf(body, input.xmlName ?? input.name, isS3(model))
    const members = readXmlStructure(root, input, { strict: isS3(model) })
    Object.assign(result, bodyMembersOnly(members, input))
  }
  readRequestBindings(operation, labels, request, result)
  return result
}

/** The root element; S3 refuses one by another name. */
function rootOf(body: Uint8Array, name: string, strict: boolean): XmlElement {
  const root = parseXml(decodeText(body))
  if (strict && root.name !== name) {
    throw new DecodeProblem('unknown', 'Unknown root element', 'body', root.name)
  }
  return root
}

function readPayload(member: Member, { body }: HttpRequest, strict: boolean): unknown {
  const { shape } = member
  if (shape.eventStream === true) return readEventStream(shape, body, xmlEvents)
  switch (shape.type) {
    case 'blob':
      return body.byteLength > 0 || shape.streaming === true ? body : undefined
    case 'string':
    case 'enum':
      return body.byteLength > 0 ? decodeText(body) : undefined
    default: {
      if (body.byteLength === 0) return undefined
      const root = rootOf(body, member.xmlName ?? shape.xmlName ?? shape.name, strict)
      return readXmlValue(root, member, { strict })
    }
  }
}

function encode(
  model: ServiceModel,
  { operation }: ResolvedOperation,
  output: Record<string, unknown>,
  context: ResponseContext,
): HttpResponse {
  const { output: shape } = operation
  // A part of an object is `Partial Content`, which S3's model does not say.
  const isPart = isS3(model) && output['ContentRange'] !== undefined
  const status = isPart ? 206 : statusOf(shape, output, operation.http?.status ?? 200)
  const headers = requestIdHeaders(model, context)
  const body = writeBody(model, operation, output, headers)
  writeHeaders(shape, output, headers)
  if (body instanceof Uint8Array) headers['content-length'] ??= String(body.byteLength)
  return { status, headers, body }
}

function requestIdHeaders(
  model: ServiceModel,
  { requestId, hostId }: ResponseContext,
): Record<string, string> {
  if (!isS3(model)) return { 'x-amzn-requestid': requestId }
  return {
    'x-amz-id-2': hostId ?? s3HostId(requestId),
    'x-amz-request-id': requestId,
    server: 'AmazonS3',
  }
}

function writeBody(
  model: ServiceModel,
  operation: OperationModel,
  output: Record<string, unknown>,
  headers: Record<string, string>,
): HttpResponse['body'] {
  const { output: shape } = operation
  const { payload, hasBodyMembers } = outputBindings(shape)
  if (payload !== undefined) {
    const value = output[payload.name]
    return value === undefined || value === null
      ? emptyBody
      : writePayload(model, payload, value, headers)
  }
  if (!hasBodyMembers) return emptyBody
  headers['content-type'] = 'application/xml'
  if (operation.unwrappedXmlOutput === true) return unwrapped(model, shape, output)
  return encodeXml(model, shape.xmlName ?? shape.name, output, shape, undefined)
}

function encodeXml(
  model: ServiceModel,
  name: string,
  value: Record<string, unknown>,
  shape: Shape,
  member: Member | undefined,
): Uint8Array {
  const namespace = member?.xmlNamespace ?? shape.xmlNamespace ?? model.xmlNamespace
  const elsewhere = member === undefined ? outsideBody : undefined
  const writing = writingOf(model)
  return encodeText(prologue + writeXmlRoot(name, value, shape, namespace, writing, elsewhere))
}

/** GetBucketLocation answers with the constraint itself as the root's text. */
function unwrapped(model: ServiceModel, shape: Shape, output: Record<string, unknown>): Uint8Array {
  const [member] = Object.values(shape.members ?? {})
  const name = shape.xmlName ?? member?.xmlName ?? member?.name ?? shape.name
  const value = member === undefined ? undefined : output[member.name]
  const text = value === undefined || value === null ? '' : escapeXml(String(value))
  return encodeText(prologue + xmlElement(name, namespaceAttribute(model.xmlNamespace), text))
}

function writePayload(
  model: ServiceModel,
  member: Member,
  value: unknown,
  headers: Record<string, string>,
): HttpResponse['body'] {
  const { shape } = member
  if (shape.eventStream === true) {
    headers['content-type'] = 'application/vnd.amazon.eventstream'
    return writeEventStream(shape, value as AsyncIterable<Record<string, unknown>>, xmlEvents)
  }
  switch (shape.type) {
    case 'blob':
      headers['content-type'] = member.mediaType ?? shape.mediaType ?? 'application/octet-stream'
      return isStream(value) ? value : bytesOf(value)
    case 'string':
    case 'enum':
      headers['content-type'] = member.mediaType ?? shape.mediaType ?? 'text/plain'
      return encodeText(String(value))
    default: {
      headers['content-type'] = 'application/xml'
      const name = member.xmlName ?? shape.xmlName ?? shape.name
      return encodeXml(model, name, asRecord(value, shape.name), shape, member)
    }
  }
}

function encodeError(
  model: ServiceModel,
  _protocol: Protocol,
  operation: OperationModel | undefined,
  error: AwsError,
  context: ErrorContext,
): HttpResponse {
  const shape = errorShape(model, operation, error)
  const headers = requestIdHeaders(model, context)
  headers['content-type'] = 'application/xml'
  if (shape !== undefined) writeHeaders(shape, error.fields, headers)
  Object.assign(headers, error.headers)
  const isHead = context.method === 'HEAD' || operation?.http?.method === 'HEAD'
  if (isHead || error.status === 304) return { status: error.status, headers, body: emptyBody }
  const members = errorMembers(error, shape, writingOf(model))
  const xml = isS3(model)
    ? s3Error(error, members, context)
    : wrappedError(model, error, members, context)
  const body = encodeText(prologue + xml)
  headers['content-length'] = String(body.byteLength)
  return { status: error.status, headers, body }
}

/** Recorded: S3, many operations: Code, Message, the error's own fields, RequestId, HostId; no Resource. */
function s3Error(error: AwsError, members: string, context: ErrorContext): string {
  const element = (name: string, text: string | undefined) =>
    text === undefined ? '' : `<${name}>${escapeXml(text)}</${name}>`
  return `<Error>${element('Code', error.code)}${element('Message', error.message)}${members}${element(
    'RequestId',
    context.requestId,
  )}${element('HostId', context.hostId ?? s3HostId(context.requestId))}</Error>`
}

function wrappedError(
  model: ServiceModel,
  error: AwsError,
  members: string,
  { requestId }: ErrorContext,
): string {
  const type = error.fault === 'client' ? 'Sender' : 'Receiver'
  const message = error.message === '' ? '' : `<Message>${escapeXml(error.message)}</Message>`
  const content = `<Type>${type}</Type><Code>${escapeXml(error.code)}</Code>${message}${members}`
  return xmlElement(
    'ErrorResponse',
    namespaceAttribute(model.xmlNamespace),
    `<Error>${content}</Error><RequestId>${escapeXml(requestId)}</RequestId>`,
  )
}
