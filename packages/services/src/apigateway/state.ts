import { orderedKey, type Scope, table } from '@cloud-orrery/kernel'
import type {
  Authorizer,
  CanarySettings,
  DocumentationPartLocation,
  GatewayResponse,
  Method,
  MethodSetting,
  Model,
  QuotaSettings,
  RequestValidator,
  ThrottleSettings,
} from '@cloud-orrery/models/apigateway'

export type Strings = Readonly<Record<string, string>>

export interface RestApiRecord {
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly createdAtMs: number
  readonly version?: string
  readonly binaryMediaTypes: readonly string[]
  readonly minimumCompressionSize?: number
  readonly apiKeySource: string
  readonly endpointType: string
  readonly ipAddressType: string
  readonly vpcEndpointIds: readonly string[]
  readonly policy?: string
  readonly disableExecuteApiEndpoint: boolean
  readonly rootResourceId: string
  readonly tags: Strings
  /** Tags were never given: the answer of its creation has none. */
  readonly warnings?: readonly string[]
}

export const restApis = table<RestApiRecord>('apigateway.rest-apis', {
  key: (it) => it.id,
  resource: (it, { region }: Scope) => `arn:aws:apigateway:${region}::/restapis/${it.id}`,
  partition: 'region',
})

export type MethodRecord = Method & { readonly httpMethod: string }

export interface ResourceRecord {
  readonly apiId: string
  readonly id: string
  readonly parentId?: string
  readonly pathPart?: string
  readonly path: string
  readonly methods: Readonly<Record<string, MethodRecord>>
}

export const resources = table<ResourceRecord>('apigateway.resources', {
  key: (it) => orderedKey(it.apiId, it.id),
  partition: 'region',
})

export interface ModelRecord extends Model {
  readonly apiId: string
  readonly id: string
  readonly name: string
  readonly contentType: string
}

export const models = table<ModelRecord>('apigateway.models', {
  key: (it) => orderedKey(it.apiId, it.name),
  partition: 'region',
})

export interface ValidatorRecord extends RequestValidator {
  readonly apiId: string
  readonly id: string
  readonly validateRequestBody: boolean
  readonly validateRequestParameters: boolean
}

export const validators = table<ValidatorRecord>('apigateway.request-validators', {
  key: (it) => orderedKey(it.apiId, it.id),
  partition: 'region',
})

export interface AuthorizerRecord extends Authorizer {
  readonly apiId: string
  readonly id: string
  readonly name: string
  readonly type: string
}

export const authorizers = table<AuthorizerRecord>('apigateway.authorizers', {
  key: (it) => orderedKey(it.apiId, it.id),
  partition: 'region',
})

export interface GatewayResponseRecord extends GatewayResponse {
  readonly apiId: string
  readonly responseType: string
}

export const gatewayResponses = table<GatewayResponseRecord>('apigateway.gateway-responses', {
  key: (it) => orderedKey(it.apiId, it.responseType),
  partition: 'region',
})

export interface DocumentationPartRecord {
  readonly apiId: string
  readonly id: string
  readonly location: DocumentationPartLocation
  /** JSON text. */
  readonly properties: string
}

export const documentationParts = table<DocumentationPartRecord>('apigateway.documentation-parts', {
  key: (it) => orderedKey(it.apiId, it.id),
  partition: 'region',
})

export interface DocumentationVersionRecord {
  readonly apiId: string
  readonly version: string
  readonly createdAtMs: number
  readonly description?: string
  readonly parts: readonly Omit<DocumentationPartRecord, 'apiId'>[]
}

export const documentationVersions = table<DocumentationVersionRecord>(
  'apigateway.documentation-versions',
  { key: (it) => orderedKey(it.apiId, it.version), partition: 'region' },
)

/** All of an API that a deployment keeps: what callers meet, whatever is changed afterwards. */
export interface ApiSnapshot {
  readonly name: string
  readonly description?: string
  readonly version?: string
  readonly binaryMediaTypes: readonly string[]
  readonly minimumCompressionSize?: number
  readonly apiKeySource: string
  readonly policy?: string
  readonly disableExecuteApiEndpoint: boolean
  readonly resources: readonly ResourceRecord[]
  readonly models: readonly ModelRecord[]
  readonly validators: readonly ValidatorRecord[]
  readonly authorizers: readonly AuthorizerRecord[]
  readonly gatewayResponses: readonly GatewayResponseRecord[]
}

export interface DeploymentRecord {
  readonly apiId: string
  readonly id: string
  readonly description?: string
  readonly createdAtMs: number
  readonly snapshot: ApiSnapshot
}

export const deployments = table<DeploymentRecord>('apigateway.deployments', {
  key: (it) => orderedKey(it.apiId, it.id),
  partition: 'region',
})

export interface StageRecord {
  readonly apiId: string
  readonly stageName: string
  readonly deploymentId: string
  readonly description?: string
  readonly clientCertificateId?: string
  readonly cacheClusterEnabled: boolean
  readonly cacheClusterSize?: string
  readonly methodSettings: Readonly<Record<string, MethodSetting>>
  readonly variables?: Strings
  readonly documentationVersion?: string
  readonly accessLogSettings?: { readonly destinationArn?: string; readonly format?: string }
  readonly canarySettings?: CanarySettings
  readonly tracingEnabled: boolean
  readonly tags: Strings
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export const stages = table<StageRecord>('apigateway.stages', {
  key: (it) => orderedKey(it.apiId, it.stageName),
  partition: 'region',
})

export interface ApiKeyRecord {
  readonly id: string
  readonly name?: string
  readonly value: string
  readonly customerId?: string
  readonly description?: string
  readonly enabled: boolean
  readonly stageKeys: readonly string[]
  readonly tags: Strings
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export const apiKeys = table<ApiKeyRecord, 'value'>('apigateway.api-keys', {
  key: (it) => it.id,
  resource: (it, { region }: Scope) => `arn:aws:apigateway:${region}::/apikeys/${it.id}`,
  partition: 'region',
  indexes: { value: (it) => it.value },
})

export interface ApiStageRecord {
  readonly apiId: string
  readonly stage: string
  readonly throttle?: Readonly<Record<string, ThrottleSettings>>
}

export interface UsagePlanRecord {
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly apiStages: readonly ApiStageRecord[]
  readonly throttle?: ThrottleSettings
  readonly quota?: QuotaSettings
  readonly productCode?: string
  readonly tags: Strings
}

export const usagePlans = table<UsagePlanRecord, 'stage'>('apigateway.usage-plans', {
  key: (it) => it.id,
  resource: (it, { region }: Scope) => `arn:aws:apigateway:${region}::/usageplans/${it.id}`,
  partition: 'region',
  indexes: { stage: (it) => it.apiStages.map(({ apiId, stage }) => `${apiId}/${stage}`) },
})

export interface UsagePlanKeyRecord {
  readonly planId: string
  readonly keyId: string
}

export const usagePlanKeys = table<UsagePlanKeyRecord, 'key'>('apigateway.usage-plan-keys', {
  key: (it) => orderedKey(it.planId, it.keyId),
  partition: 'region',
  indexes: { key: (it) => it.keyId },
})

/** Requests of one key under one plan on one day of UTC. */
export interface UsageRecord {
  readonly planId: string
  readonly keyId: string
  /** `2026-01-31` */
  readonly day: string
  readonly used: number
}

export const usage = table<UsageRecord>('apigateway.usage', {
  key: (it) => orderedKey(it.planId, it.keyId, it.day),
  partition: 'region',
  derived: true,
})

/** What UpdateUsage gave or took, for the current period. */
export interface UsageExtension {
  readonly planId: string
  readonly keyId: string
  readonly remaining: number
  /** Start of the period for which it holds, ms. */
  readonly periodMs: number
  /** Requests of the period up to then. */
  readonly usedBefore: number
}

export const usageExtensions = table<UsageExtension>('apigateway.usage-extensions', {
  key: (it) => orderedKey(it.planId, it.keyId),
  partition: 'region',
})

export interface AccountRecord {
  readonly cloudwatchRoleArn?: string
}

export const accounts = table<AccountRecord>('apigateway.account', {
  key: () => 'account',
  partition: 'region',
})

/** A bucket of tokens that throttles. */
export interface ThrottleRecord {
  readonly key: string
  readonly tokens: number
  readonly atMs: number
}

export const throttles = table<ThrottleRecord>('apigateway.throttles', {
  key: (it) => it.key,
  partition: 'region',
  derived: true,
})

/** What an authorizer said of an identity, or an integration of a request, while it holds. */
export interface CachedRecord {
  /** API, stage, authorizer or method, and what tells requests apart. */
  readonly key: string
  readonly expiresAtMs: number
  /** JSON text. */
  readonly value: string
}

export const authorizerCache = table<CachedRecord, 'expiry'>('apigateway.authorizer-cache', {
  key: (it) => it.key,
  partition: 'region',
  indexes: { expiry: ({ expiresAtMs }) => orderedKey(expiresAtMs) },
})

export const responseCache = table<CachedRecord, 'expiry'>('apigateway.response-cache', {
  key: (it) => it.key,
  partition: 'region',
  indexes: { expiry: ({ expiresAtMs }) => orderedKey(expiresAtMs) },
})
