import type { XmlNamespace } from '@cloud-orrery/models'

/** botocore's `service-2.json`, as far as the generator reads it. */
export interface BotocoreModel {
  readonly metadata: {
    readonly apiVersion: string
    readonly endpointPrefix: string
    readonly signingName?: string
    readonly serviceId: string
    readonly protocol: string
    readonly protocols?: readonly string[]
    readonly jsonVersion?: string
    readonly targetPrefix?: string
    readonly xmlNamespace?: string
    readonly awsQueryCompatible?: object
  }
  readonly operations: Readonly<Record<string, BotocoreOperation>>
  readonly shapes: Readonly<Record<string, BotocoreShape>>
}

export interface BotocoreOperation {
  readonly http: {
    readonly method: string
    readonly requestUri: string
    readonly responseCode?: number
  }
  readonly input?: BotocoreReference
  readonly output?: BotocoreReference
  readonly errors?: readonly BotocoreReference[]
  readonly auth?: readonly string[]
  readonly authtype?: string
  readonly unsignedPayload?: boolean
  readonly httpChecksum?: {
    readonly requestAlgorithmMember?: string
    readonly requestChecksumRequired?: boolean
    readonly requestValidationModeMember?: string
    readonly responseAlgorithms?: readonly string[]
  }
  /** Present where a checksum is demanded; its value carries nothing. */
  readonly httpChecksumRequired?: unknown
  readonly endpoint?: { readonly hostPrefix?: string }
  readonly readonly?: boolean
  readonly idempotent?: boolean | object
}

export interface BotocoreReference {
  readonly shape: string
  readonly location?: string
  readonly locationName?: string
  readonly queryName?: string
  readonly flattened?: boolean
  readonly streaming?: boolean
  readonly xmlAttribute?: boolean
  readonly xmlNamespace?: string | XmlNamespace
  readonly timestampFormat?: string
  readonly idempotencyToken?: boolean
  readonly hostLabel?: boolean
  readonly jsonvalue?: boolean
  readonly eventheader?: boolean
  readonly eventpayload?: boolean
}

export interface BotocoreShape {
  readonly type: string
  readonly members?: Readonly<Record<string, BotocoreReference>>
  readonly required?: readonly string[]
  readonly member?: BotocoreReference
  readonly key?: BotocoreReference
  readonly value?: BotocoreReference
  readonly enum?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
  readonly flattened?: boolean
  readonly payload?: string
  readonly streaming?: boolean
  readonly requiresLength?: boolean
  readonly sensitive?: boolean
  readonly sparse?: boolean
  readonly document?: boolean
  readonly union?: boolean
  readonly eventstream?: boolean
  readonly timestampFormat?: string
  readonly locationName?: string
  readonly xmlNamespace?: string | XmlNamespace
  readonly exception?: boolean
  readonly fault?: boolean
  readonly error?: {
    readonly code?: string
    readonly httpStatusCode?: number
    readonly senderFault?: boolean
  }
}

/** botocore's `paginators-1.json`. */
export interface BotocorePaginators {
  readonly pagination: Readonly<
    Record<
      string,
      {
        readonly input_token?: string | readonly string[]
        readonly output_token?: string | readonly string[]
        readonly result_key?: string | readonly string[]
        readonly limit_key?: string
      }
    >
  >
}
