/**
 * Shapes as the runtime needs them: Smithy's own types and constraints, wire names resolved, targets linked.
 * The generator writes them as compact JSON (`data/<service>.json`); `loadServiceModel` links them.
 */

export type ShapeType =
  | 'structure'
  | 'union'
  | 'list'
  | 'map'
  | 'string'
  | 'enum'
  | 'intEnum'
  | 'boolean'
  | 'byte'
  | 'short'
  | 'integer'
  | 'long'
  | 'bigInteger'
  | 'float'
  | 'double'
  | 'bigDecimal'
  | 'blob'
  | 'timestamp'
  | 'document'

export type TimestampFormat = 'date-time' | 'epoch-seconds' | 'http-date'

/** How an error reads on the wire. Only on structures that carry Smithy's `error` trait. */
export interface ErrorTrait {
  fault: 'client' | 'server'
  /** HTTP status; Smithy's `httpError`, else 400 for client and 500 for server faults. */
  status: number
  /** `awsQueryError.code`: the code that query clients see, where it is not the shape's name. */
  queryCode?: string
  /** `awsQueryError.httpResponseCode`. */
  queryStatus?: number
}

export interface Shape {
  /** The name without its namespace, as AWS's documentation spells it. */
  readonly name: string
  readonly type: ShapeType
  /** Structures and unions: members by their model name, in the model's order. */
  readonly members?: Readonly<Record<string, Member>>
  /** Lists: the element. */
  readonly member?: Member
  /** Maps. */
  readonly key?: Member
  readonly value?: Member
  /** Enum values in the model's order (also for strings with the older `enum` trait). */
  readonly enum?: readonly string[]
  readonly intEnum?: readonly number[]
  /** `length` trait: characters, elements or bytes. */
  readonly lengthMin?: number
  readonly lengthMax?: number
  /** `range` trait. */
  readonly rangeMin?: number
  readonly rangeMax?: number
  readonly pattern?: string
  readonly uniqueItems?: boolean
  readonly sparse?: boolean
  readonly sensitive?: boolean
  readonly streaming?: boolean
  readonly requiresLength?: boolean
  /** A streaming union: an event stream. */
  readonly eventStream?: boolean
  readonly timestampFormat?: TimestampFormat
  readonly mediaType?: string
  readonly xmlName?: string
  readonly xmlNamespace?: XmlNamespace
  readonly error?: ErrorTrait
}

export interface XmlNamespace {
  readonly uri: string
  readonly prefix?: string
}

export type MemberLocation =
  | 'header'
  | 'prefixHeaders'
  | 'query'
  | 'queryParams'
  | 'label'
  | 'payload'
  | 'responseCode'

/** A member of a structure, list or map. Constraint traits of the member override its target's. */
export interface Member {
  readonly name: string
  readonly shape: Shape
  readonly required?: boolean
  readonly location?: MemberLocation
  /** Header name, header prefix or query key, where `location` says so. */
  readonly locationName?: string
  readonly jsonName?: string
  readonly xmlName?: string
  readonly xmlFlattened?: boolean
  readonly xmlAttribute?: boolean
  readonly xmlNamespace?: XmlNamespace
  readonly ec2QueryName?: string
  readonly timestampFormat?: TimestampFormat
  readonly mediaType?: string
  readonly idempotencyToken?: boolean
  readonly hostLabel?: boolean
  readonly eventHeader?: boolean
  readonly eventPayload?: boolean
  readonly default?: unknown
  readonly lengthMin?: number
  readonly lengthMax?: number
  readonly rangeMin?: number
  readonly rangeMax?: number
  readonly pattern?: string
}

export type Protocol =
  | 'awsJson1_0'
  | 'awsJson1_1'
  | 'restJson1'
  | 'restXml'
  | 'awsQuery'
  | 'ec2Query'
  | 'rpcv2Cbor'

export interface HttpBinding {
  readonly method: string
  /** As the model writes it: `/{Bucket}/{Key+}?x-id=GetObject`. */
  readonly uri: string
  /** Status of a success. */
  readonly status: number
}

export interface ChecksumTrait {
  readonly requestAlgorithmMember?: string
  readonly requestRequired?: boolean
  readonly requestValidationModeMember?: string
  readonly responseAlgorithms?: readonly string[]
}

export interface OperationModel {
  readonly name: string
  /** An empty structure where the model names none. */
  readonly input: Shape
  readonly output: Shape
  readonly errors: readonly Shape[]
  readonly http?: HttpBinding
  /** `auth` trait of the operation; absent: the service's. `[]` never occurs; anonymous calls have `optionalAuth`. */
  readonly auth?: readonly string[]
  readonly optionalAuth?: boolean
  readonly unsignedPayload?: boolean
  readonly checksum?: ChecksumTrait
  readonly hostPrefix?: string
  readonly readonly?: boolean
  readonly idempotent?: boolean
  /** The answer's body is its only member, without the wrapper that restXml gives: S3 GetBucketLocation. */
  readonly unwrappedXmlOutput?: boolean
  /** `paginated` trait, the service's defaults folded in. */
  readonly paginated?: {
    inputToken?: string
    outputToken?: string
    items?: string
    pageSize?: string
  }
}

export interface ServiceModel {
  /** Our folder and package name: `sqs`, `events`, `logs`. */
  readonly name: string
  /** AWS's `sdkId`: `CloudWatch Logs`. */
  readonly sdkId: string
  readonly endpointPrefix: string
  /** Name in the credential scope of a signature. */
  readonly signingName: string
  readonly arnNamespace: string
  /** `cloudTrailEventSource`: `sqs.amazonaws.com`. */
  readonly eventSource: string
  readonly apiVersion: string
  /** The shape name of the service, without namespace: `AmazonSQS`; prefix of `X-Amz-Target`. */
  readonly targetPrefix: string
  /** What the service speaks, the preferred one first; older ones that AWS still answers come after. */
  readonly protocols: readonly Protocol[]
  readonly awsQueryCompatible?: boolean
  readonly xmlNamespace?: XmlNamespace
  readonly noErrorWrapping?: boolean
  /** Signs and answers in one region whatever the caller's: IAM, STS's global endpoint, Route 53. */
  readonly global?: boolean
  readonly operations: Readonly<Record<string, OperationModel>>
  readonly shapes: Readonly<Record<string, Shape>>
  /** SHA-256 of the source model, for conformance tests that name what they were checked against. */
  readonly checksum: string
  /** The source: artefact and version. */
  readonly source: string
}
