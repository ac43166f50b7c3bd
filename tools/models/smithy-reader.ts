import type {
  Protocol,
  StoredOperation,
  StoredServiceModel,
  XmlNamespace,
} from '@cloud-orrery/models'
import type { ServiceEntry } from './services.ts'
import {
  bare,
  record,
  resolveModel,
  type SmithyModel,
  type SmithyReference,
  type SmithyShape,
  type Traits,
  text,
  unit,
} from './smithy-ast.ts'
import { NameTable, readShapes } from './smithy-shapes.ts'
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
    shapes: readShapes(shape, ast, names, reached),
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
