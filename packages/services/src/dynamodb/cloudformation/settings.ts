import { isDeepStrictEqual } from 'node:util'
import type {
  CreateTableInput,
  GlobalSecondaryIndex,
  PointInTimeRecoverySpecification,
  Tag,
  TimeToLiveSpecification,
} from '@cloud-orrery/models/dynamodb'

/** What both types of tables come to: the inputs of the API that sets them up. */
export interface TableSettings {
  readonly AttributeDefinitions: CreateTableInput['AttributeDefinitions']
  readonly KeySchema: CreateTableInput['KeySchema']
  readonly BillingMode: string
  readonly ProvisionedThroughput: CreateTableInput['ProvisionedThroughput']
  readonly LocalSecondaryIndexes: CreateTableInput['LocalSecondaryIndexes']
  readonly GlobalSecondaryIndexes: readonly GlobalSecondaryIndex[]
  readonly StreamViewType: string | undefined
  readonly SSESpecification: CreateTableInput['SSESpecification']
  readonly TableClass: string | undefined
  readonly DeletionProtectionEnabled: boolean | undefined
  readonly OnDemandThroughput: CreateTableInput['OnDemandThroughput']
  readonly WarmThroughput: CreateTableInput['WarmThroughput']
  /** JSON. */
  readonly policy: string | undefined
  readonly tags: readonly Tag[]
  readonly ttl:
    | { readonly Enabled: boolean; readonly AttributeName?: string | undefined }
    | undefined
  readonly recovery:
    | {
        readonly PointInTimeRecoveryEnabled?: boolean | undefined
        readonly RecoveryPeriodInDays?: number | undefined
      }
    | undefined
}

export function createInput(name: string, settings: TableSettings): CreateTableInput {
  const { StreamViewType, policy, tags, GlobalSecondaryIndexes: globals } = settings
  return {
    TableName: name,
    AttributeDefinitions: settings.AttributeDefinitions,
    KeySchema: settings.KeySchema,
    BillingMode: settings.BillingMode as CreateTableInput['BillingMode'], // Judged by the API.
    ProvisionedThroughput: settings.ProvisionedThroughput,
    LocalSecondaryIndexes: settings.LocalSecondaryIndexes,
    GlobalSecondaryIndexes: globals.length === 0 ? undefined : globals,
    StreamSpecification: streamSpecification(StreamViewType),
    SSESpecification: settings.SSESpecification,
    TableClass: settings.TableClass as CreateTableInput['TableClass'], // As above.
    DeletionProtectionEnabled: settings.DeletionProtectionEnabled,
    OnDemandThroughput: settings.OnDemandThroughput,
    WarmThroughput: settings.WarmThroughput,
    ResourcePolicy: policy,
    Tags: tags.length === 0 ? undefined : tags,
  }
}

export function streamSpecification(viewType: string | undefined) {
  if (viewType === undefined) return undefined
  return {
    StreamEnabled: true,
    StreamViewType: viewType as 'NEW_IMAGE', // Judged by the API.
  }
}

/** Undefined where there is nothing to be switched on. */
export function ttlSpecification(ttl: TableSettings['ttl']): TimeToLiveSpecification | undefined {
  if (ttl?.Enabled !== true) return undefined
  return { Enabled: true, AttributeName: ttl.AttributeName ?? '' }
}

export function recoverySpecification(
  recovery: TableSettings['recovery'],
): PointInTimeRecoverySpecification | undefined {
  if (recovery?.PointInTimeRecoveryEnabled !== true) return undefined
  const { RecoveryPeriodInDays } = recovery
  return {
    PointInTimeRecoveryEnabled: true,
    ...(RecoveryPeriodInDays === undefined ? {} : { RecoveryPeriodInDays }),
  }
}

/** Members without a value count as absent; their order does not count. */
export function isChanged(now: unknown, before: unknown): boolean {
  return !isDeepStrictEqual(JSON.parse(JSON.stringify([now])), JSON.parse(JSON.stringify([before])))
}
