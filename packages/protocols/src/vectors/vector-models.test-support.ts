import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  linkServiceModel,
  type Protocol,
  type ServiceModel,
  type StoredServiceModel,
} from '@cloud-orrery/models'

import { parseJson } from '../json/json-reader.ts'

/** The folder of recorded answers and vectors, or undefined where it is absent. */
export function dataFolder(): string | undefined {
  const root = fileURLToPath(new URL('../../../../', import.meta.url))
  const folder = process.env['ORRERY_DATA'] ?? `${root}../shared/data`
  return existsSync(folder) ? folder : undefined
}

/** A member as botocore writes it. */
interface VectorMember {
  shape: string
  location?: string
  locationName?: string
  flattened?: boolean
  xmlAttribute?: boolean
  xmlNamespace?: string | { uri: string; prefix?: string }
  jsonvalue?: boolean
  idempotencyToken?: boolean
  queryName?: string
}

export interface VectorShape {
  type: string
  members?: Record<string, VectorMember>
  member?: VectorMember
  key?: VectorMember
  value?: VectorMember
  payload?: string
  required?: string[]
  locationName?: string
  timestampFormat?: string
  xmlNamespace?: string | { uri: string; prefix?: string }
  document?: boolean
  union?: boolean
  exception?: boolean
  fault?: boolean
  error?: { httpStatusCode?: number; senderFault?: boolean; code?: string }
}

export interface VectorOperation {
  name: string
  http: { method: string; requestUri: string; responseCode?: number }
  input?: { shape: string; locationName?: string }
  output?: { shape: string }
  errors?: { shape: string }[]
}

export interface VectorCase {
  id: string
  given: VectorOperation
  params?: Record<string, unknown>
  serialized?: {
    method: string
    uri: string
    headers?: Record<string, string>
    body?: string
  }
  result?: Record<string, unknown>
  errorCode?: string
  errorMessage?: string
  error?: Record<string, unknown>
  response?: { status_code: number; headers?: Record<string, string>; body?: string }
}

export interface VectorGroup {
  description: string
  metadata: {
    protocol: string
    jsonVersion?: string
    targetPrefix?: string
    awsQueryCompatible?: object
  }
  shapes: Record<string, VectorShape>
  cases: VectorCase[]
  clientEndpoint?: string
}

export function vectorGroups(kind: 'input' | 'output', file: string): VectorGroup[] {
  const folder = dataFolder()
  if (folder === undefined) return []
  // Longs in the vectors go past 2^53.
  return parseJson(readFileSync(`${folder}/protocols/${kind}/${file}`)) as VectorGroup[]
}

function protocolOf({ metadata }: VectorGroup): Protocol {
  switch (metadata.protocol) {
    case 'json':
      return metadata.jsonVersion === '1.0' ? 'awsJson1_0' : 'awsJson1_1'
    case 'query':
      return 'awsQuery'
    case 'ec2':
      return 'ec2Query'
    case 'rest-json':
      return 'restJson1'
    case 'rest-xml':
      return 'restXml'
    default:
      return 'rpcv2Cbor'
  }
}

/** One case's operation with its shapes as a service's model. */
export function vectorModel(group: VectorGroup, { given }: VectorCase): ServiceModel {
  const protocol = protocolOf(group)
  const shapes: StoredServiceModel['shapes'] = {}
  for (const [name, shape] of Object.entries(group.shapes)) {
    shapes[name] = storedShape(shape, protocol)
  }
  if (given.input?.locationName !== undefined && shapes[given.input.shape] !== undefined) {
    Object.assign(shapes[given.input.shape] ?? {}, { xmlName: given.input.locationName })
  }
  const stored: StoredServiceModel = {
    name: 'vectors',
    sdkId: 'Vectors',
    endpointPrefix: 'vectors',
    signingName: 'vectors',
    arnNamespace: 'vectors',
    eventSource: 'vectors.amazonaws.com',
    apiVersion: '2020-01-08',
    targetPrefix: group.metadata.targetPrefix ?? 'Vectors',
    protocols: [protocol],
    ...(group.metadata.awsQueryCompatible === undefined ? {} : { awsQueryCompatible: true }),
    ...(protocol === 'awsQuery' || protocol === 'ec2Query'
      ? { xmlNamespace: { uri: 'https://example.com/' } }
      : {}),
    operations: {
      [given.name]: {
        ...(given.input === undefined ? {} : { input: given.input.shape }),
        ...(given.output === undefined ? {} : { output: given.output.shape }),
        errors: (given.errors ?? []).map(({ shape }) => shape),
        http: {
          method: given.http.method,
          uri: given.http.requestUri,
          status: given.http.responseCode ?? 200,
        },
      },
    },
    shapes,
    checksum: '',
    source: 'botocore protocol vectors',
  }
  return linkServiceModel(stored)
}

type StoredShape = StoredServiceModel['shapes'][string]
type StoredMember = NonNullable<StoredShape['member']>

function storedShape(shape: VectorShape, protocol: Protocol): StoredShape {
  const stored: Record<string, unknown> = { type: storedType(shape) }
  if (shape.members !== undefined) {
    stored['members'] = Object.fromEntries(
      Object.entries(shape.members).map(([name, member]) => [
        name,
        {
          // botocore repeats a payload's name as its location name; the root element has its shape's.
          ...storedMember(
            member.locationName === name && shape.payload === name
              ? { shape: member.shape }
              : member,
            protocol,
          ),
          ...(shape.payload === name ? { location: 'payload' } : {}),
          ...(shape.required?.includes(name) === true ? { required: true } : {}),
        },
      ]),
    )
  }
  for (const part of ['member', 'key', 'value'] as const) {
    const member = shape[part]
    if (member !== undefined) stored[part] = storedMember(member, protocol)
  }
  if (shape.timestampFormat !== undefined) {
    stored['timestampFormat'] = timestampFormats[shape.timestampFormat]
  }
  if (shape.locationName !== undefined) stored['xmlName'] = shape.locationName
  if (shape.xmlNamespace !== undefined) stored['xmlNamespace'] = namespace(shape.xmlNamespace)
  if (shape.exception === true) {
    stored['error'] = {
      fault: shape.fault === true ? 'server' : 'client',
      status: shape.error?.httpStatusCode ?? 400,
      ...(shape.error?.code === undefined ? {} : { queryCode: shape.error.code }),
    }
  }
  // The literal above has the form of a stored shape; its keys are filled one by one.
  return stored as unknown as StoredShape
}

const timestampFormats: Readonly<Record<string, string>> = {
  iso8601: 'date-time',
  unixTimestamp: 'epoch-seconds',
  rfc822: 'http-date',
}

function storedType(shape: VectorShape): string {
  if (shape.document === true) return 'document'
  if (shape.union === true) return 'union'
  return shape.type === 'character' ? 'string' : shape.type
}

const locations: Readonly<Record<string, string>> = {
  header: 'header',
  headers: 'prefixHeaders',
  querystring: 'query',
  uri: 'label',
  statusCode: 'responseCode',
}

function storedMember(member: VectorMember, protocol: Protocol): StoredMember {
  const stored: Record<string, unknown> = { target: member.shape }
  const { location, locationName } = member
  if (location === 'querystring' && locationName === undefined) stored['location'] = 'queryParams'
  else if (location !== undefined) stored['location'] = locations[location]
  if (location !== undefined && locationName !== undefined) stored['locationName'] = locationName
  else if (locationName !== undefined) {
    stored[protocol === 'restJson1' || protocol.startsWith('awsJson') ? 'jsonName' : 'xmlName'] =
      locationName
  }
  if (member.queryName !== undefined) stored['ec2QueryName'] = member.queryName
  if (member.flattened === true) stored['xmlFlattened'] = true
  if (member.xmlAttribute === true) stored['xmlAttribute'] = true
  if (member.xmlNamespace !== undefined) stored['xmlNamespace'] = namespace(member.xmlNamespace)
  if (member.jsonvalue === true) stored['mediaType'] = 'application/json'
  if (member.idempotencyToken === true) stored['idempotencyToken'] = true
  return stored as unknown as StoredMember
}

function namespace(value: string | { uri: string; prefix?: string }) {
  return typeof value === 'string' ? { uri: value } : value
}
