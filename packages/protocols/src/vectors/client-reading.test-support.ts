import type { Member, OperationModel, Protocol, Shape } from '@cloud-orrery/models'
import { parseCbor } from '../cbor/cbor-reader.ts'
import { readCborStructure } from '../cbor/cbor-values.ts'
import { parseJson, readJsonStructure } from '../json/json-reader.ts'
import { readRequestBindings } from '../rest/request-bindings.ts'
import { decodeText } from '../values.ts'
import { parseXml, type XmlElement } from '../xml/xml-reader.ts'
import { readXmlStructure, readXmlValue } from '../xml/xml-values.ts'

/** A response as a client sees it. */
export interface ReadResponse {
  status: number
  headers: Record<string, string>
  body: Uint8Array
}

/** What a client makes of a success. Written with this package's readers, and checked on AWS's own responses. */
export function readOutput(
  protocol: Protocol,
  operation: OperationModel,
  response: ReadResponse,
): Record<string, unknown> {
  const { output } = operation
  const { body } = response
  switch (protocol) {
    case 'awsJson1_0':
    case 'awsJson1_1':
      return body.byteLength === 0 ? {} : jsonMembers(body, output)
    case 'rpcv2Cbor':
      return body.byteLength === 0 ? {} : readCborStructure(parseCbor(body), output)
    case 'awsQuery': {
      if (body.byteLength === 0) return {}
      const root = parseXml(decodeText(body))
      const result = root.children.find(({ name }) => name === `${operation.name}Result`)
      return readXmlStructure(result ?? root, output, { strict: false })
    }
    case 'ec2Query':
      return readXmlStructure(parseXml(decodeText(body)), output, { strict: false })
    case 'restJson1':
    case 'restXml':
      return readRest(protocol, output, response)
    default:
      return protocol satisfies never
  }
}

function jsonMembers(body: Uint8Array, shape: Shape): Record<string, unknown> {
  const json = parseJson(body)
  return typeof json === 'object' ? readJsonStructure(json, shape, { jsonNames: true }) : {}
}

function readRest(
  protocol: 'restJson1' | 'restXml',
  shape: Shape,
  { status, headers, body }: ReadResponse,
): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  const members = Object.values(shape.members ?? {})
  const payload = members.find(({ location }) => location === 'payload')
  if (payload !== undefined) {
    const value = readPayload(protocol, payload, body)
    if (value !== undefined) result[payload.name] = value
  } else if (body.byteLength > 0) {
    Object.assign(
      result,
      protocol === 'restJson1'
        ? jsonMembers(body, shape)
        : readXmlStructure(parseXml(decodeText(body)), shape, { strict: false }),
    )
  }
  const code = members.find(({ location }) => location === 'responseCode')
  if (code !== undefined) result[code.name] = status
  const operation = { name: '', input: shape, output: shape, errors: [] }
  // With an empty prefix all headers are in the map: those of the server itself are not meant.
  const own = ['x-amzn-requestid', 'content-type', 'content-length']
  const named = Object.entries(headers).filter(([name]) => !own.includes(name))
  const request = { method: 'GET', path: '/', query: '', headers: Object.fromEntries(named), body }
  readRequestBindings(operation, {}, request, result)
  return result
}

function readPayload(protocol: 'restJson1' | 'restXml', member: Member, body: Uint8Array): unknown {
  const { shape } = member
  if (shape.type === 'blob') return body.byteLength === 0 ? undefined : body
  if (body.byteLength === 0) return undefined
  if (shape.type === 'string' || shape.type === 'enum') return decodeText(body)
  if (protocol === 'restXml')
    return readXmlValue(parseXml(decodeText(body)), member, { strict: false })
  return shape.type === 'document' ? parseJson(body) : jsonMembers(body, shape)
}

export interface ReadError {
  code: string | undefined
  message: string | undefined
  fields: Record<string, unknown>
}

/** What a client makes of an error. */
export function readError(
  protocol: Protocol,
  shape: Shape | undefined,
  response: ReadResponse,
): ReadError {
  const { body, headers } = response
  if (protocol === 'awsQuery' || protocol === 'restXml' || protocol === 'ec2Query') {
    return xmlError(protocol, shape, parseXml(decodeText(body)), headers)
  }
  const parsed =
    body.byteLength === 0 ? {} : protocol === 'rpcv2Cbor' ? parseCbor(body) : parseJson(body)
  const json = parsed as Record<string, unknown>
  const code = headers['x-amzn-errortype'] ?? json['__type'] ?? json['code']
  const query = headers['x-amzn-query-error']
  const fields =
    shape === undefined
      ? {}
      : protocol === 'rpcv2Cbor'
        ? readCborStructure(json, shape)
        : readJsonStructure(json, shape, { jsonNames: true })
  addHeaders(fields, shape, headers)
  return {
    code: query?.split(';')[0] ?? String(code).split(':')[0]?.split('#').at(-1),
    message: textOf(json['message'] ?? json['Message']),
    fields: withoutMessage(fields),
  }
}

function xmlError(
  protocol: Protocol,
  shape: Shape | undefined,
  root: XmlElement,
  headers: Record<string, string>,
): ReadError {
  const errors = root.children.find(({ name }) => name === 'Errors')
  const error = (errors ?? root).children.find(({ name }) => name === 'Error') ?? root
  const text = (name: string) => error.children.find((child) => child.name === name)?.text
  const fields = shape === undefined ? {} : readXmlStructure(error, shape, { strict: false })
  if (protocol === 'restXml') addHeaders(fields, shape, headers)
  return { code: text('Code'), message: text('Message'), fields: withoutMessage(fields) }
}

function addHeaders(
  fields: Record<string, unknown>,
  shape: Shape | undefined,
  headers: Record<string, string>,
): void {
  for (const member of Object.values(shape?.members ?? {})) {
    const text = headers[(member.locationName ?? '').toLowerCase()]
    if (member.location === 'header' && text !== undefined) fields[member.name] = text
  }
}

function withoutMessage({ message, Message, ...rest }: Record<string, unknown>) {
  return rest
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value)
}
