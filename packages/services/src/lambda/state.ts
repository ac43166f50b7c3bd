import { type BlobRef, orderedKey, table } from '@cloud-orrery/kernel'
import type {
  Architecture,
  LogFormat,
  RecursiveLoop,
  Runtime,
  State,
  TracingMode,
  UpdateRuntimeOn,
} from '@cloud-orrery/models/lambda'
import type { Caller } from '../context.ts'

/** A deployment package, as it was uploaded. */
export interface StoredCode {
  readonly zip: BlobRef
  /** Base64. */
  readonly sha256: string
  readonly sizeBytes: number
  readonly unzippedBytes: number
}

export interface UsedLayer {
  readonly arn: string
  readonly code: StoredCode
}

export interface Logging {
  readonly format: LogFormat
  readonly applicationLevel?: string
  readonly systemLevel?: string
  readonly group: string
}

/** What a caller sets of a function. */
export interface Settings {
  readonly description: string
  readonly runtime: Runtime
  readonly handler: string
  readonly roleArn: string
  readonly timeoutSeconds: number
  readonly memoryMb: number
  readonly storageMb: number
  readonly architecture: Architecture
  /** Absent: never given, which answers show. */
  readonly variables?: Readonly<Record<string, string>>
  readonly kmsKeyArn?: string
  /** The variables encrypted under `kmsKeyArn`, base64. */
  readonly sealedVariables?: string
  readonly layers: readonly UsedLayer[]
  readonly tracing: TracingMode
  readonly deadLetterArn?: string
  readonly logging: Logging
}

/** What environments are made of: each update makes another. */
export interface Deployment {
  readonly id: string
  readonly code: StoredCode
  readonly settings: Settings
}

export interface FunctionRecord {
  readonly name: string
  readonly arn: string
  readonly tags: Readonly<Record<string, string>>
  /** Numbers are never given twice. */
  readonly lastVersion: number
  readonly reservedConcurrency?: number
  readonly recursiveLoop: RecursiveLoop
}

export const functions = table<FunctionRecord>('lambda.functions', {
  key: (it) => it.name,
  partition: 'region',
  resource: (it) => it.arn,
})

/** `$LATEST` has the number 0. */
export interface VersionRecord {
  readonly functionName: string
  readonly number: number
  readonly deployment: Deployment
  /** What answers while an update is under way. */
  readonly serving?: Deployment
  readonly revisionId: string
  readonly modifiedAtMs: number
  readonly state: State
  readonly lastUpdate?: 'InProgress' | 'Successful'
  readonly runtimeUpdates?: RuntimeUpdates
}

export interface RuntimeUpdates {
  readonly on: UpdateRuntimeOn
  readonly versionArn?: string
}

export const versions = table<VersionRecord>('lambda.versions', {
  key: (it) => orderedKey(it.functionName, it.number),
  partition: 'region',
})

export interface AliasRecord {
  readonly functionName: string
  readonly name: string
  readonly description: string
  readonly version: number
  /** Shares of another version, at most one. */
  readonly weights?: Readonly<Record<string, number>>
  readonly revisionId: string
}

export const aliases = table<AliasRecord, 'version'>('lambda.aliases', {
  key: (it) => orderedKey(it.functionName, it.name),
  partition: 'region',
  indexes: { version: (it) => orderedKey(it.functionName, it.version) },
})

export interface PolicyStatement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Principal: unknown
  readonly Action: string
  readonly Resource: string
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** The resource policy of a function, a version or an alias. */
export interface PolicyRecord {
  readonly functionName: string
  /** Empty for the function itself. */
  readonly qualifier: string
  readonly statements: readonly PolicyStatement[]
}

export const policies = table<PolicyRecord>('lambda.policies', {
  key: (it) => orderedKey(it.functionName, it.qualifier),
  partition: 'region',
})

export interface LayerRecord {
  readonly name: string
  readonly arn: string
  readonly lastVersion: number
}

export const layers = table<LayerRecord>('lambda.layers', {
  key: (it) => it.name,
  partition: 'region',
})

export interface LayerVersionRecord {
  readonly layerName: string
  readonly number: number
  readonly arn: string
  readonly layerArn: string
  readonly description: string
  readonly licence?: string
  readonly runtimes?: readonly Runtime[]
  readonly architectures?: readonly Architecture[]
  readonly code: StoredCode
  readonly createdAtMs: number
  readonly statements: readonly PolicyStatement[]
  readonly revisionId: string
}

export const layerVersions = table<LayerVersionRecord>('lambda.layer-versions', {
  key: (it) => orderedKey(it.layerName, it.number),
  partition: 'region',
  resource: (it) => it.arn,
})

export interface EventInvokeConfigRecord {
  readonly functionName: string
  /** `$LATEST` where none was named. */
  readonly qualifier: string
  readonly retryAttempts?: number
  readonly eventAgeSeconds?: number
  readonly onSuccess?: string
  readonly onFailure?: string
  readonly modifiedAtMs: number
}

export const eventInvokeConfigs = table<EventInvokeConfigRecord>('lambda.event-invoke-configs', {
  key: (it) => orderedKey(it.functionName, it.qualifier),
  partition: 'region',
})

export interface ProvisionedRecord {
  readonly functionName: string
  readonly qualifier: string
  /** The version that the environments are of. */
  readonly version: number
  readonly requested: number
  readonly allocated: number
  readonly status: 'IN_PROGRESS' | 'READY' | 'FAILED'
  readonly reason?: string
  readonly modifiedAtMs: number
}

export const provisioned = table<ProvisionedRecord, 'version'>('lambda.provisioned', {
  key: (it) => orderedKey(it.functionName, it.qualifier),
  partition: 'region',
  indexes: { version: (it) => orderedKey(it.functionName, it.version) },
})

/** One execution environment. */
export interface EnvironmentRecord {
  readonly id: string
  readonly functionName: string
  readonly version: number
  readonly deploymentId: string
  readonly state: 'busy' | 'idle'
  /** Started ahead for provisioned concurrency. */
  readonly provisioned: boolean
  /** Whether code was started: the init phase ran. */
  readonly warm: boolean
  readonly lastUsedAtMs: number
  /** How long it stays when nothing uses it. */
  readonly idleMs: number
  /** Order of use within a moment. */
  readonly useNumber: number
  readonly logGroup: string
  readonly logStream: string
  readonly logs: 'unopened' | 'open' | 'denied'
  readonly memoryUsedMb: number
  /** Of the code's random numbers. */
  readonly seed: number
  readonly credentials?: EnvironmentCredentials
  /** The invocation that runs, and the task that gives it up should its end never come. */
  readonly run?: { readonly requestId: string; readonly giveUpTaskId: string }
}

export interface EnvironmentCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiresAtMs: number
  readonly caller: Caller
}

const poolOf = ({ functionName, version, deploymentId }: Pool): string =>
  orderedKey(functionName, version, deploymentId)

/** Environments that can answer for each other. */
export interface Pool {
  readonly functionName: string
  readonly version: number
  readonly deploymentId: string
}

export const environments = table<EnvironmentRecord, 'function' | 'idle' | 'busy'>(
  'lambda.environments',
  {
    key: (it) => it.id,
    partition: 'region',
    indexes: {
      function: (it) => it.functionName,
      /** The one used last comes last. */
      idle: (it) =>
        it.state === 'idle' ? orderedKey(poolOf(it), it.lastUsedAtMs, it.useNumber) : undefined,
      busy: (it) => (it.state === 'busy' ? it.functionName : undefined),
    },
  },
)

/** Prefix of a pool in the index of idle environments. */
export function idlePrefix(pool: Pool): string {
  return `${poolOf(pool)}\u0000`
}
