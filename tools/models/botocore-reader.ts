import type {
  Protocol,
  StoredMember,
  StoredOperation,
  StoredServiceModel,
  StoredShape,
} from '@cloud-orrery/models'
import { errorOf, locationOf, namespaceOf, shapeType, timestampFormats } from './botocore-facts.ts'
import type {
  BotocoreModel,
  BotocoreOperation,
  BotocorePaginators,
  BotocoreReference,
  BotocoreShape,
} from './botocore-model.ts'
import type { ServiceEntry } from './services.ts'
import { compact, type Origin } from './stored-model.ts'

const protocolNames: Readonly<Record<string, Protocol>> = {
  'smithy-rpc-v2-cbor': 'rpcv2Cbor',
  'rest-json': 'restJson1',
  'rest-xml': 'restXml',
  query: 'awsQuery',
  ec2: 'ec2Query',
}

/** A botocore `service-2.json` as our stored model: the same facts as Smithy's, in an older format. */
export function readBotocore(
  model: BotocoreModel,
  paginators: BotocorePaginators,
  entry: ServiceEntry,
  origin: Origin,
): StoredServiceModel {
  return new BotocoreReader(model, paginators).read(entry, origin)
}

class BotocoreReader {
  readonly #model: BotocoreModel
  readonly #paginators: BotocorePaginators
  readonly #protocols: readonly Protocol[]
  /** Wire names are XML names where any protocol of the service writes XML or query strings. */
  readonly #wireName: 'xmlName' | 'jsonName'
  /** Names of shapes in the order in which operations reach them; grows while it is walked. */
  readonly #reached = new Set<string>()
  /** Shapes whose only use is a streaming body, under their new name. */
  readonly #streaming = new Map<string, string>()
  readonly #rootNames = new Map<string, Pick<StoredShape, 'xmlName' | 'xmlNamespace'>>()

  constructor(model: BotocoreModel, paginators: BotocorePaginators) {
    this.#model = model
    this.#paginators = paginators
    const { protocol, protocols, jsonVersion } = model.metadata
    this.#protocols = (protocols ?? [protocol]).map((name) => {
      const found = protocolNames[name] ?? (jsonVersion === '1.0' ? 'awsJson1_0' : 'awsJson1_1')
      return found
    })
    const xml = this.#protocols.some((it) => ['restXml', 'awsQuery', 'ec2Query'].includes(it))
    this.#wireName = xml ? 'xmlName' : 'jsonName'
  }

  read(entry: ServiceEntry, origin: Origin): StoredServiceModel {
    const operations: Record<string, StoredOperation> = {}
    for (const name of Object.keys(this.#model.operations).sort()) {
      const operation = this.#model.operations[name]
      if (operation !== undefined) operations[name] = this.#operation(name, operation)
    }
    return { ...this.#service(entry, origin), operations, shapes: this.#shapes() }
  }

  #service(
    entry: ServiceEntry,
    { name, source, checksum }: Origin,
  ): Omit<StoredServiceModel, 'operations' | 'shapes'> {
    const { metadata } = this.#model
    const signingName = metadata.signingName ?? metadata.endpointPrefix
    const older = (entry.olderProtocols ?? []).filter((it) => !this.#protocols.includes(it))
    const uri = metadata.xmlNamespace ?? entry.xmlNamespace
    return compact({
      name,
      sdkId: metadata.serviceId,
      endpointPrefix: metadata.endpointPrefix,
      signingName,
      arnNamespace: entry.arnNamespace ?? signingName,
      eventSource: entry.eventSource ?? `${signingName}.amazonaws.com`,
      apiVersion: metadata.apiVersion,
      // CloudTrail's prefix carries a namespace here that Smithy's shape name has not.
      targetPrefix:
        entry.shapeName ?? metadata.targetPrefix?.split('.').at(-1) ?? metadata.serviceId,
      protocols: [...this.#protocols, ...older],
      awsQueryCompatible: metadata.awsQueryCompatible !== undefined,
      xmlNamespace: uri === undefined ? undefined : { uri },
      noErrorWrapping: entry.noErrorWrapping,
      global: entry.global,
      checksum,
      source,
    })
  }

  #operation(name: string, operation: BotocoreOperation): StoredOperation {
    const { http, input, auth, authtype, httpChecksum, endpoint } = operation
    const rest = this.#protocols.some((it) => it.startsWith('rest'))
    if (input?.locationName !== undefined) {
      const root = { xmlName: input.locationName, xmlNamespace: namespaceOf(input.xmlNamespace) }
      this.#rootNames.set(input.shape, compact(root))
    }
    const anonymous = authtype === 'none' || auth?.includes('smithy.api#noAuth') === true
    const schemes = auth
      ?.filter((it) => it !== 'smithy.api#noAuth')
      .map((it) => it.split('#').at(-1) ?? it)
    const checksum = compact({
      requestAlgorithmMember: httpChecksum?.requestAlgorithmMember,
      requestRequired:
        httpChecksum?.requestChecksumRequired === true ||
        operation.httpChecksumRequired !== undefined,
      requestValidationModeMember: httpChecksum?.requestValidationModeMember,
      responseAlgorithms: httpChecksum?.responseAlgorithms,
    })
    return compact({
      input: this.#reach(input?.shape),
      output: this.#reach(operation.output?.shape),
      errors: (operation.errors ?? []).map(({ shape }) => this.#reach(shape)),
      http: rest
        ? {
            method: http.method,
            uri: this.#uri(http.requestUri, input?.shape),
            status: http.responseCode ?? 200,
          }
        : undefined,
      auth: schemes,
      optionalAuth: anonymous,
      unsignedPayload: operation.unsignedPayload === true || authtype === 'v4-unsigned-body',
      checksum: Object.keys(checksum).length === 0 ? undefined : checksum,
      hostPrefix: endpoint?.hostPrefix,
      readonly: operation.readonly === true,
      idempotent: operation.idempotent === true || typeof operation.idempotent === 'object',
      paginated: this.#paginated(name),
    })
  }

  /** Labels carry wire names here; Smithy, and our readers, use the member's. */
  #uri(uri: string, input: string | undefined): string {
    const members = input === undefined ? {} : (this.#shape(input).members ?? {})
    let changed = uri
    for (const [name, { location, locationName }] of Object.entries(members)) {
      if (location !== 'uri' || locationName === undefined || locationName === name) continue
      changed = changed
        .replace(`{${locationName}}`, `{${name}}`)
        .replace(`{${locationName}+}`, `{${name}+}`)
    }
    return changed
  }

  /** Of several tokens the first counts: Smithy's trait has one, and so do AWS's own clients. */
  #paginated(name: string): StoredOperation['paginated'] {
    const found = this.#paginators.pagination[name]
    if (found === undefined) return undefined
    const first = (it: string | readonly string[] | undefined): string | undefined => {
      const token = typeof it === 'string' ? it : it?.[0]
      return token?.split(' || ')[0]
    }
    return compact({
      inputToken: first(found.input_token),
      outputToken: first(found.output_token),
      items: first(found.result_key),
      pageSize: found.limit_key,
    })
  }

  #reach<T extends string | undefined>(name: T): T {
    if (name !== undefined) this.#reached.add(name)
    return name
  }

  #shape(name: string): BotocoreShape {
    const shape = this.#model.shapes[name]
    if (shape === undefined) throw new Error(`unknown shape ${name}`)
    return shape
  }

  #shapes(): Record<string, StoredShape> {
    const shapes: Record<string, StoredShape> = {}
    for (const name of this.#reached) shapes[name] = this.#readShape(name, this.#shape(name))
    for (const [name, original] of this.#streaming) {
      shapes[name] = compact({
        ...this.#readShape(original, this.#shape(original)),
        streaming: true,
      })
    }
    return Object.fromEntries(Object.entries(shapes).sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #readShape(name: string, shape: BotocoreShape): StoredShape {
    const type = shapeType(shape)
    const length = ['string', 'enum', 'list', 'map', 'blob'].includes(type)
    const { min, max, member, key, value } = shape
    return compact({
      type,
      members: shape.type === 'structure' && type !== 'document' ? this.#members(shape) : undefined,
      member: member === undefined ? undefined : this.#member('member', member, shape, shape),
      key: key === undefined ? undefined : this.#member('key', key, shape),
      value: value === undefined ? undefined : this.#member('value', value, shape),
      enum: shape.enum,
      // botocore drops a least length of 0; AWS's messages name it beside a largest one.
      lengthMin: length ? (min ?? (max === undefined ? undefined : 0)) : undefined,
      lengthMax: length ? max : undefined,
      rangeMin: length ? undefined : min,
      rangeMax: length ? undefined : max,
      pattern: shape.pattern,
      sparse: shape.sparse,
      sensitive: shape.sensitive,
      streaming: shape.streaming === true && type === 'blob',
      requiresLength: shape.requiresLength,
      eventStream: shape.eventstream,
      timestampFormat:
        shape.timestampFormat === undefined ? undefined : timestampFormats[shape.timestampFormat],
      xmlName: shape.locationName,
      xmlNamespace: namespaceOf(shape.xmlNamespace),
      ...this.#rootNames.get(name),
      error: errorOf(name, shape),
    })
  }

  #members(shape: BotocoreShape): Record<string, StoredMember> {
    return Object.fromEntries(
      Object.entries(shape.members ?? {}).map(([name, it]) => [
        name,
        this.#member(name, it, shape),
      ]),
    )
  }

  #member(
    name: string,
    reference: BotocoreReference,
    owner: BotocoreShape,
    list?: BotocoreShape,
  ): StoredMember {
    const target = this.#shape(reference.shape)
    const streaming = reference.streaming === true && target.streaming !== true
    // A flattened list takes its elements' name from the element, where it has one; Smithy from the member.
    const flattened = reference.flattened === true || target.flattened === true
    const element = flattened && target.type === 'list' ? target.member?.locationName : undefined
    const location = locationOf(name, reference, owner)
    // A payload's root element: without a name of its own it is called after the target shape.
    const payloadName = location?.location === 'payload' ? reference.locationName : undefined
    const named = location === undefined ? (element ?? reference.locationName) : undefined
    const wireName = payloadName ?? (named === name ? undefined : named)
    const streamName = target.type === 'blob' ? 'StreamingBlob' : `Streaming${reference.shape}`
    if (streaming) this.#streaming.set(streamName, reference.shape)
    else this.#reach(reference.shape)
    return compact({
      target: streaming ? streamName : reference.shape,
      required: owner.required?.includes(name),
      ...location,
      // The element's name of a flattened list went to the members that hold the list.
      ...(wireName !== undefined && list?.flattened !== true
        ? { [this.#wireName]: wireName }
        : undefined),
      xmlFlattened: flattened && this.#wireName === 'xmlName',
      xmlAttribute: reference.xmlAttribute,
      xmlNamespace: namespaceOf(reference.xmlNamespace ?? target.xmlNamespace),
      ec2QueryName: reference.queryName,
      timestampFormat:
        reference.timestampFormat === undefined
          ? undefined
          : timestampFormats[reference.timestampFormat],
      mediaType: reference.jsonvalue === true ? 'application/json' : undefined,
      idempotencyToken: reference.idempotencyToken,
      hostLabel: reference.hostLabel,
      eventHeader: reference.eventheader,
      eventPayload: reference.eventpayload,
    })
  }
}
