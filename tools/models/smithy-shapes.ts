import type {
  MemberLocation,
  ShapeType,
  StoredMember,
  StoredShape,
  TimestampFormat,
  XmlNamespace,
} from '@cloud-orrery/models'
import {
  bare,
  figure,
  record,
  type SmithyReference,
  type SmithyShape,
  type Traits,
  text,
  unit,
} from './smithy-ast.ts'
import { compact } from './stored-model.ts'

const prelude: Readonly<Record<string, ShapeType>> = {
  String: 'string',
  Blob: 'blob',
  Boolean: 'boolean',
  PrimitiveBoolean: 'boolean',
  Byte: 'byte',
  PrimitiveByte: 'byte',
  Short: 'short',
  PrimitiveShort: 'short',
  Integer: 'integer',
  PrimitiveInteger: 'integer',
  Long: 'long',
  PrimitiveLong: 'long',
  BigInteger: 'bigInteger',
  Float: 'float',
  PrimitiveFloat: 'float',
  Double: 'double',
  PrimitiveDouble: 'double',
  BigDecimal: 'bigDecimal',
  Timestamp: 'timestamp',
  Document: 'document',
}

/** Shape names without namespace; a prelude shape whose name the service uses itself gets a prefix. */
export class NameTable {
  readonly #taken: ReadonlySet<string>
  readonly #rename: Readonly<Record<string, string>>

  constructor(ast: Record<string, SmithyShape>, rename: Readonly<Record<string, string>>) {
    this.#taken = new Set(Object.keys(ast).map(bare))
    this.#rename = rename
  }

  of(id: string): string {
    const renamed = this.#rename[id]
    if (renamed !== undefined) return renamed
    const name = bare(id)
    return id.startsWith('smithy.api#') && this.#taken.has(name) ? `Smithy${name}` : name
  }
}

/** The shapes that operations reach, and what those reach; `reached` grows while it is walked. */
export function readShapes(
  service: SmithyShape,
  ast: Record<string, SmithyShape>,
  names: NameTable,
  reached: Set<string>,
): Record<string, StoredShape> {
  const shapes: Record<string, StoredShape> = {}
  const statuses = answersStatuses(service)
  // A set that grows while it is walked: each shape is read once, after the first that names it.
  for (const id of reached) {
    const member = (reference: SmithyReference | undefined): StoredMember | undefined => {
      if (reference === undefined) return undefined
      reached.add(reference.target)
      return readMember(reference, names)
    }
    const shape = ast[id]
    const name = names.of(id)
    const stored =
      shape === undefined
        ? preludeShape(id)
        : readShape(shape, errorOf(name, shape, statuses), member)
    if (shapes[name] !== undefined) throw new Error(`two shapes are called ${name}`)
    shapes[name] = stored
  }
  return Object.fromEntries(Object.entries(shapes).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * Services that speak awsJson answer all client errors with 400 and all server errors with 500, whatever
 * `httpError` says, unless they once spoke awsQuery. Recorded: kms NotFoundException, sqs PurgeQueue.
 */
function answersStatuses({ traits = {} }: SmithyShape): boolean {
  const json = ['aws.protocols#awsJson1_0', 'aws.protocols#awsJson1_1'].some((it) => it in traits)
  return !json || 'aws.protocols#awsQueryCompatible' in traits
}

function preludeShape(id: string): StoredShape {
  const type = prelude[bare(id)]
  if (!id.startsWith('smithy.api#') || type === undefined) {
    if (id === unit) return { type: 'structure', members: {} }
    throw new Error(`unknown shape ${id}`)
  }
  return { type }
}

function readShape(
  shape: SmithyShape,
  error: StoredShape['error'],
  member: (reference: SmithyReference | undefined) => StoredMember | undefined,
): StoredShape {
  const traits = shape.traits ?? {}
  const values = enumValues(shape)
  const streaming = traits['smithy.api#streaming'] !== undefined
  const type = shape.type === 'set' ? 'list' : (shape.type as ShapeType)
  const structured = type === 'structure' || type === 'union'
  const enumerated = type === 'enum' || type === 'intEnum'
  const members =
    structured && !enumerated
      ? Object.fromEntries(Object.entries(shape.members ?? {}).map(([k, it]) => [k, member(it)]))
      : undefined
  return compact({
    type: type === 'string' && values !== undefined ? 'enum' : type,
    members: members as Record<string, StoredMember> | undefined,
    member: member(shape.member),
    key: member(shape.key),
    value: member(shape.value),
    enum: type === 'intEnum' ? undefined : (values as string[] | undefined),
    intEnum: type === 'intEnum' ? (values as number[] | undefined) : undefined,
    ...constraints(traits),
    uniqueItems: traits['smithy.api#uniqueItems'] !== undefined || shape.type === 'set',
    sparse: traits['smithy.api#sparse'] !== undefined,
    sensitive: traits['smithy.api#sensitive'] !== undefined,
    streaming: streaming && type === 'blob',
    requiresLength: traits['smithy.api#requiresLength'] !== undefined,
    eventStream: streaming && type === 'union',
    timestampFormat: traits['smithy.api#timestampFormat'] as TimestampFormat | undefined,
    mediaType: text(traits['smithy.api#mediaType']),
    xmlName: text(traits['smithy.api#xmlName']),
    xmlNamespace: traits['smithy.api#xmlNamespace'] as XmlNamespace | undefined,
    error,
  })
}

function enumValues(shape: SmithyShape): (string | number)[] | undefined {
  if (shape.type === 'enum' || shape.type === 'intEnum') {
    return Object.entries(shape.members ?? {}).map(
      ([name, { traits }]) =>
        (traits?.['smithy.api#enumValue'] as string | number | undefined) ?? name,
    )
  }
  const older = shape.traits?.['smithy.api#enum'] as { value: string }[] | undefined
  return older?.map(({ value }) => value)
}

function errorOf(
  name: string,
  { traits = {} }: SmithyShape,
  statuses: boolean,
): StoredShape['error'] {
  const fault = traits['smithy.api#error'] as 'client' | 'server' | undefined
  if (fault === undefined) return undefined
  const query = traits['aws.protocols#awsQueryError'] as
    | { code: string; httpResponseCode: number }
    | undefined
  const own = statuses ? (traits['smithy.api#httpError'] as number | undefined) : undefined
  const status = own ?? (fault === 'client' ? 400 : 500)
  const differs = query !== undefined && (query.code !== name || query.httpResponseCode !== status)
  return compact({
    fault,
    status,
    queryCode: differs ? query.code : undefined,
    queryStatus: differs ? query.httpResponseCode : undefined,
  })
}

function readMember({ target, traits = {} }: SmithyReference, names: NameTable): StoredMember {
  const location = locationOf(traits)
  const byDefault = traits['smithy.api#default']
  return compact({
    target: names.of(target),
    required: traits['smithy.api#required'] !== undefined,
    ...location,
    jsonName: text(traits['smithy.api#jsonName']),
    xmlName: text(traits['smithy.api#xmlName']),
    xmlFlattened: traits['smithy.api#xmlFlattened'] !== undefined,
    xmlAttribute: traits['smithy.api#xmlAttribute'] !== undefined,
    xmlNamespace: traits['smithy.api#xmlNamespace'] as XmlNamespace | undefined,
    ec2QueryName: text(traits['aws.protocols#ec2QueryName']),
    timestampFormat: traits['smithy.api#timestampFormat'] as TimestampFormat | undefined,
    mediaType: text(traits['smithy.api#mediaType']),
    idempotencyToken: traits['smithy.api#idempotencyToken'] !== undefined,
    hostLabel: traits['smithy.api#hostLabel'] !== undefined,
    eventHeader: traits['smithy.api#eventHeader'] !== undefined,
    eventPayload: traits['smithy.api#eventPayload'] !== undefined,
    // A default of false would vanish with the other false fields; it is what absence means anyway.
    default: byDefault === null ? undefined : byDefault,
    ...constraints(traits),
  })
}

const locations: readonly (readonly [string, MemberLocation])[] = [
  ['smithy.api#httpHeader', 'header'],
  ['smithy.api#httpPrefixHeaders', 'prefixHeaders'],
  ['smithy.api#httpQuery', 'query'],
  ['smithy.api#httpQueryParams', 'queryParams'],
  ['smithy.api#httpLabel', 'label'],
  ['smithy.api#httpPayload', 'payload'],
  ['smithy.api#httpResponseCode', 'responseCode'],
]

function locationOf(traits: Traits): Pick<StoredMember, 'location' | 'locationName'> {
  for (const [id, location] of locations) {
    const trait = traits[id]
    if (trait !== undefined) return compact({ location, locationName: text(trait) })
  }
  return {}
}

function constraints(
  traits: Traits,
): Pick<StoredShape, 'lengthMin' | 'lengthMax' | 'rangeMin' | 'rangeMax' | 'pattern'> {
  const length = record(traits['smithy.api#length'])
  const range = record(traits['smithy.api#range'])
  return compact({
    lengthMin: figure(length['min']),
    lengthMax: figure(length['max']),
    rangeMin: figure(range['min']),
    rangeMax: figure(range['max']),
    pattern: text(traits['smithy.api#pattern']),
  })
}
