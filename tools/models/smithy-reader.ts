import type {
  MemberLocation,
  Protocol,
  ShapeType,
  StoredMember,
  StoredOperation,
  StoredServiceModel,
  StoredShape,
  TimestampFormat,
  XmlNamespace,
} from '@cloud-orrery/models'
import type { ServiceEntry } from './services.ts'
import {
  resolveModel,
  type SmithyModel,
  type SmithyReference,
  type SmithyShape,
  type Traits,
} from './smithy-ast.ts'
import { compact, type Origin } from './stored-model.ts'

/** Protocol traits, the one that AWS's own clients prefer first. */
const protocolTraits: readonly (readonly [string, Protocol])[] = [
  ['smithy.protocols#rpcv2Cbor', 'rpcv2Cbor'],
  ['aws.protocols#awsJson1_0', 'awsJson1_0'],
  ['aws.protocols#awsJson1_1', 'awsJson1_1'],
  ['aws.protocols#restJson1', 'restJson1'],
  ['aws.protocols#restXml', 'restXml'],
  ['aws.protocols#awsQuery', 'awsQuery'],
  ['aws.protocols#ec2Query', 'ec2Query'],
]
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
const unit = 'smithy.api#Unit'

/** A Smithy JSON AST as our stored model: only what operations reach, documentation left out. */
export function readSmithy(
  model: SmithyModel,
  entry: ServiceEntry,
  origin: Origin,
): StoredServiceModel {
  const ast = resolveModel(model)
  const found = Object.entries(ast).filter(([, shape]) => shape.type === 'service')
  const service = found[0]
  if (service === undefined || found.length > 1) throw new Error(`${origin.name}: not one service`)
  const [serviceId, shape] = service
  const names = new NameTable(ast, shape.rename ?? {})
  const operations: Record<string, StoredOperation> = {}
  const reached = new Set<string>()
  for (const id of operationIds(ast, shape).sort()) {
    operations[bare(id)] = readOperation(ast, id, shape, names, reached)
  }
  return {
    ...serviceFacts(bare(serviceId), shape, entry, origin),
    operations,
    shapes: readShapes(answersStatuses(shape), ast, names, reached),
  }
}

function serviceFacts(
  shapeName: string,
  shape: SmithyShape,
  entry: ServiceEntry,
  { name, source, checksum }: Origin,
): Omit<StoredServiceModel, 'operations' | 'shapes'> {
  const traits = shape.traits ?? {}
  const aws = record(traits['aws.api#service'])
  const signing = record(traits['aws.auth#sigv4'])
  const signingName = text(signing['name']) ?? name
  const arnNamespace = text(aws['arnNamespace']) ?? signingName
  const declared = protocolTraits.filter(([id]) => traits[id] !== undefined).map(([, it]) => it)
  const query = record(traits['aws.protocols#awsQuery'])
  const restXml = record(traits['aws.protocols#restXml'])
  const namespace =
    (traits['smithy.api#xmlNamespace'] as XmlNamespace | undefined) ??
    (entry.xmlNamespace === undefined ? undefined : { uri: entry.xmlNamespace })
  return compact({
    name,
    sdkId: text(aws['sdkId']) ?? name,
    endpointPrefix: text(aws['endpointPrefix']) ?? arnNamespace,
    signingName,
    arnNamespace: entry.arnNamespace ?? arnNamespace,
    eventSource:
      entry.eventSource ?? text(aws['cloudTrailEventSource']) ?? `${signingName}.amazonaws.com`,
    apiVersion: shape.version ?? '',
    targetPrefix: shapeName,
    protocols: [
      ...declared,
      ...(entry.olderProtocols ?? []).filter((it) => !declared.includes(it)),
    ],
    awsQueryCompatible: traits['aws.protocols#awsQueryCompatible'] !== undefined,
    xmlNamespace: namespace,
    noErrorWrapping:
      entry.noErrorWrapping === true ||
      restXml['noErrorWrapping'] === true ||
      query['noErrorWrapping'] === true,
    global: entry.global,
    checksum,
    source,
  })
}

function operationIds(ast: Record<string, SmithyShape>, top: SmithyShape): string[] {
  const ids = new Set<string>()
  const visit = (shape: SmithyShape): void => {
    const { create, put, read, update, delete: remove, list } = shape
    const lifecycle = [create, put, read, update, remove, list].filter((it) => it !== undefined)
    const own = [...(shape.operations ?? []), ...(shape.collectionOperations ?? []), ...lifecycle]
    for (const { target } of own) ids.add(target)
    for (const { target } of shape.resources ?? []) {
      const resource = ast[target]
      if (resource !== undefined) visit(resource)
    }
  }
  visit(top)
  return [...ids]
}

function readOperation(
  ast: Record<string, SmithyShape>,
  id: string,
  service: SmithyShape,
  names: NameTable,
  reached: Set<string>,
): StoredOperation {
  const operation = ast[id]
  if (operation === undefined) throw new Error(`unknown operation ${id}`)
  const traits = operation.traits ?? {}
  const reach = (reference: SmithyReference | undefined): string | undefined => {
    if (reference === undefined || reference.target === unit) return undefined
    reached.add(reference.target)
    return names.of(reference.target)
  }
  const errors = [...(operation.errors ?? []), ...(service.errors ?? [])]
  const http = traits['smithy.api#http'] as
    | { method: string; uri: string; code?: number }
    | undefined
  const auth = traits['smithy.api#auth'] as string[] | undefined
  const endpoint = record(traits['smithy.api#endpoint'])
  const paginated = traits['smithy.api#paginated']
  const rest = protocolTraits.some(
    ([t, p]) => p.startsWith('rest') && service.traits?.[t] !== undefined,
  )
  return compact({
    input: reach(operation.input),
    output: reach(operation.output),
    errors: [...new Set(errors.map((it) => reach(it)).filter((it) => it !== undefined))],
    http:
      http === undefined || !rest
        ? undefined
        : { method: http.method, uri: http.uri, status: http.code ?? 200 },
    auth: auth === undefined || auth.length === 0 ? undefined : auth.map(authName),
    optionalAuth: traits['smithy.api#optionalAuth'] !== undefined || auth?.length === 0,
    unsignedPayload: traits['aws.auth#unsignedPayload'] !== undefined,
    checksum: checksumOf(traits),
    hostPrefix: text(endpoint['hostPrefix']),
    readonly: traits['smithy.api#readonly'] !== undefined,
    idempotent: traits['smithy.api#idempotent'] !== undefined,
    unwrappedXmlOutput: traits['aws.customizations#s3UnwrappedXmlOutput'] !== undefined,
    paginated:
      paginated === undefined
        ? undefined
        : compact({ ...record(service.traits?.['smithy.api#paginated']), ...record(paginated) }),
  })
}

function authName(id: string): string {
  return bare(id)
}

function checksumOf(traits: Traits): StoredOperation['checksum'] {
  const checksum = record(traits['aws.protocols#httpChecksum'])
  const required =
    checksum['requestChecksumRequired'] === true ||
    traits['smithy.api#httpChecksumRequired'] !== undefined
  const algorithms = checksum['responseAlgorithms'] as string[] | undefined
  const found = compact({
    requestAlgorithmMember: text(checksum['requestAlgorithmMember']),
    requestRequired: required,
    requestValidationModeMember: text(checksum['requestValidationModeMember']),
    responseAlgorithms: algorithms,
  })
  return Object.keys(found).length === 0 ? undefined : found
}

/** Shape names without namespace; a prelude shape whose name the service uses itself gets a prefix. */
class NameTable {
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

function readShapes(
  statuses: boolean,
  ast: Record<string, SmithyShape>,
  names: NameTable,
  reached: Set<string>,
): Record<string, StoredShape> {
  const shapes: Record<string, StoredShape> = {}
  // A set that grows while it is walked: each shape is read once, after the first that names it.
  for (const id of reached) {
    const member = (reference: SmithyReference | undefined): StoredMember | undefined => {
      if (reference === undefined) return undefined
      reached.add(reference.target)
      return readMember(reference, names)
    }
    const shape = ast[id]
    const name = names.of(id)
    const stored = shape === undefined ? preludeShape(id) : readShape(statuses, name, shape, member)
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
  statuses: boolean,
  name: string,
  shape: SmithyShape,
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
    error: errorOf(name, traits, statuses),
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

function errorOf(name: string, traits: Traits, statuses: boolean): StoredShape['error'] {
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

function bare(id: string): string {
  return id.slice(id.indexOf('#') + 1)
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function figure(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value)
}
